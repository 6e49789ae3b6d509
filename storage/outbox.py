"""The texts we owe. Functions act in the caller's transaction and never commit.

ready -> sending (claimed, under a lease) -> sent -> buffered -> delivered or failed. What may or may not have reached
the aggregator is `unknown` until a report tells, or until it is tried again; after three such attempts, or three days
of refusals after one, it is `unconfirmed`, for a person to look at. `cancelled`: its contact wants no texts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from storage.once import add_once
from storage.tables import Contact, OutboxText

LEASE = 60  # seconds; longer than any send may take
BLOCKING = ("ready", "sending", "unknown")  # an earlier text in one of these holds back later ones of its order key
# The order in which a text moves on. The first of two equals stays: delivered and failed are both final.
RANK = {
    "ready": 0,
    "sending": 1,
    "unknown": 2,
    "unconfirmed": 2,
    "sent": 3,
    "buffered": 4,
    "delivered": 5,
    "failed": 5,
    "cancelled": 5,
}


def add(
    db: Session,
    *,
    contact_id: int,
    complaint_id: int | None,
    event: str,
    dedupe: str,
    order_key: str,
    body: str,
    now: dt.datetime,
) -> int | None:
    """Owe a text once for `dedupe`; its id, or None when it is owed already."""
    return add_once(
        db,
        OutboxText,
        contact_id=contact_id,
        complaint_id=complaint_id,
        event=event,
        dedupe=dedupe,
        order_key=order_key,
        body=body,
        state="ready",
        attempts=0,
        ambiguous=0,
        next_at=now,
        created_at=now,
    )


def claim(
    db: Session,
    outbox_id: int | None,
    now: dt.datetime,
    lease: str,
    *,
    aggregator: str,
    answers: Collection[str] = (),
    lease_seconds: int = LEASE,
) -> OutboxText | None:
    """Take one due text (this one, or the one due longest) for sending; None when there is none to send now.

    It is not sent before earlier texts of its order key, nor to a contact who wants no texts, unless its event is one
    of `answers`. The lease is the fencing token: only its holder may `settle`.
    """
    wanted = or_(OutboxText.event.in_(tuple(answers)), _wants_texts())
    query = select(OutboxText.id).where(_due(now), wanted)
    if outbox_id is not None:
        query = query.where(OutboxText.id == outbox_id)
    first = query.order_by(OutboxText.next_at, OutboxText.id).limit(1).with_for_update(skip_locked=True)
    claimed = db.execute(
        update(OutboxText)
        .where(OutboxText.id == first.scalar_subquery(), OutboxText.state == "ready")
        .values(
            state="sending",
            attempts=OutboxText.attempts + 1,
            lease=lease,
            lease_until=now + dt.timedelta(seconds=lease_seconds),
            aggregator=aggregator,
        )
        .returning(OutboxText.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    return None if claimed is None else db.get_one(OutboxText, claimed, populate_existing=True)


def settle(db: Session, outbox_id: int, lease: str, /, **columns: Any) -> bool:
    """Write what became of a send, if this lease is still the row's last; False when another took it over.

    A row whose lease ran out meanwhile is `unknown` and still carries the lease: an answer that comes late is truer
    than no answer.
    """
    held = OutboxText.state.in_(("sending", "unknown"))
    return _change(db, and_(OutboxText.id == outbox_id, OutboxText.lease == lease, held), columns) == 1


def forward(db: Session, text: OutboxText, state: str, now: dt.datetime, reason: str | None = None) -> bool:
    """Move a text on to `state` as a report says; False (and nothing done) when that would be a step back."""
    if RANK[state] <= RANK[text.state]:
        return False
    text.state, text.settled_at, text.lease, text.lease_until = state, now, None, None
    if reason:
        text.reason = reason
    db.flush()
    return True


def held(db: Session, outbox_id: int) -> OutboxText | None:
    """One text as it is now, held until the transaction ends. Lock its contact first: everyone does."""
    query = select(OutboxText).where(OutboxText.id == outbox_id).with_for_update()
    return db.scalars(query.execution_options(populate_existing=True)).one_or_none()


def of_provider(db: Session, aggregator: str, provider_id: str) -> OutboxText | None:
    """The text the aggregator knows by this id, held until the transaction ends."""
    query = select(OutboxText).where(OutboxText.aggregator == aggregator, OutboxText.provider_id == provider_id)
    return db.scalars(query.order_by(OutboxText.id.desc()).limit(1).with_for_update()).one_or_none()


def in_doubt(db: Session, contact_id: int, since: dt.datetime) -> Sequence[OutboxText]:
    """This contact's texts that a report with an id nobody knows may be about.

    On their way, or with an attempt whose fate is not known, or accepted without an id; and those that were attempted
    more than once and settled after `since`, because a report of the earlier attempt may still come.
    """
    unsettled = OutboxText.state.in_(("sending", "unknown"))
    tried = and_(OutboxText.state.in_(("ready", "unconfirmed")), OutboxText.ambiguous > 0)
    nameless = and_(OutboxText.state.in_(("sent", "buffered")), OutboxText.provider_id.is_(None))
    twice = and_(OutboxText.ambiguous > 0, OutboxText.settled_at >= since, _attempted_beyond_its_report())
    query = select(OutboxText).where(OutboxText.contact_id == contact_id, or_(unsettled, tried, nameless, twice))
    return db.scalars(query.order_by(OutboxText.id).with_for_update().execution_options(populate_existing=True)).all()


def due(db: Session, now: dt.datetime, limit: int = 200) -> list[int]:
    """Texts that could be sent now, the one due longest first."""
    query = select(OutboxText.id).where(_due(now)).order_by(OutboxText.next_at, OutboxText.id).limit(limit)
    return list(db.scalars(query))


def next_of(db: Session, order_key: str, now: dt.datetime) -> list[int]:
    """The text of this order key that could be sent now, if there is one."""
    query = select(OutboxText.id).where(OutboxText.order_key == order_key, _due(now))
    return list(db.scalars(query.order_by(OutboxText.id).limit(1)))


def expired(db: Session, now: dt.datetime, limit: int = 200) -> Sequence[tuple[int, int]]:
    """(id, contact) of texts whose sender has not been heard of until its lease ran out."""
    query = select(OutboxText.id, OutboxText.contact_id).where(OutboxText.state == "sending")
    query = query.where(OutboxText.lease_until <= now).order_by(OutboxText.id).limit(limit)
    return [(row.id, row.contact_id) for row in db.execute(query)]


def waited_out(db: Session, now: dt.datetime, limit: int = 200) -> Sequence[tuple[int, int]]:
    """(id, contact) of unknown texts that no report has explained in time."""
    query = select(OutboxText.id, OutboxText.contact_id).where(OutboxText.state == "unknown")
    query = query.where(OutboxText.next_at <= now).order_by(OutboxText.id).limit(limit)
    return [(row.id, row.contact_id) for row in db.execute(query)]


def cancel_unwanted(db: Session, now: dt.datetime, answers: Collection[str]) -> int:
    """Cancel due texts of contacts who want none, answers to their own messages aside. How many."""
    unwanted = and_(OutboxText.state == "ready", OutboxText.next_at <= now, ~_wants_texts())
    columns = {"state": "cancelled", "reason": "opted_out", "settled_at": now}
    return _change(db, and_(unwanted, OutboxText.event.not_in(tuple(answers))), columns)


def _due(now: dt.datetime) -> ColumnElement[bool]:
    earlier = aliased(OutboxText)
    held_back = exists().where(
        earlier.order_key == OutboxText.order_key, earlier.id < OutboxText.id, earlier.state.in_(BLOCKING)
    )
    return and_(OutboxText.state == "ready", OutboxText.next_at <= now, ~held_back)


def _wants_texts() -> ColumnElement[bool]:
    return exists().where(Contact.id == OutboxText.contact_id, Contact.texts)


def _attempted_beyond_its_report() -> ColumnElement[bool]:
    """Adopting a text by its number explains one attempt; a second one may still be reported."""
    return or_(OutboxText.ambiguous > 1, OutboxText.reason.is_distinct_from("adopted"))


def _change(db: Session, where: ColumnElement[bool], columns: dict[str, Any]) -> int:
    statement = update(OutboxText).where(where).values(**columns).execution_options(synchronize_session=False)
    return int(db.execute(statement).rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it
