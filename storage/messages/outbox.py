"""The outbox. Functions act in the caller's transaction and never commit. Claims are in outbox_claims.py.

ready -> sending (claimed, under a lease) -> sent -> buffered -> delivered or failed. A text that may have reached the
aggregator is `unknown` until a report arrives or it is retried. After three such attempts, or when it expires, it is
`unconfirmed`, and a person must check it. Not sent: `cancelled` (the contact wants no texts, or an operator cancelled
it), `skipped` (a text about a later move of the case replaces it), `expired`.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Table,
    and_,
    bindparam,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from storage.cases import contacts
from storage.connection.driver_statements import DriverStatement
from storage.connection.insert_once import Reckoned, add_all_once, add_many_once, add_once
from storage.connection.write_batch import write_batch
from storage.schema.sealed_columns import seal_columns
from storage.schema.tables import Complaint, Contact, DatabaseMark, OutboxMessage

# The order of states. Of two with the same rank the first stays: delivered and failed are both final.
RANK = {
    "ready": 0,
    "sending": 1,
    "unknown": 2,
    "unconfirmed": 2,
    "sent": 3,
    "buffered": 4,
    "delivered": 5,
    "failed": 5,
    "cancelled": 2,  # an earlier attempt may have arrived, so a report overrides it
    "skipped": 2,
    "expired": 2,
}
_ROW = cast("Table", OutboxMessage.__table__)
NEWS = "status"  # a kind of text that the phone did not ask for
_EPOCH = select(DatabaseMark.epoch).scalar_subquery()
# A new text is deferred like an earlier one of its order key: otherwise every claim would have to skip it.
_earlier = aliased(OutboxMessage)
_now: BindParameter[dt.datetime] = bindparam("after", type_=OutboxMessage.next_at.type)
_AHEAD = (
    select(_earlier.next_at, _earlier.reason)
    .where(_earlier.order_key == bindparam("behind"), _earlier.epoch == _EPOCH)
    .where(_earlier.state == literal_column("'ready'"), _earlier.next_at > _now)
    .where(_earlier.kind != bindparam("passes"))
    .order_by(_earlier.next_at.desc(), _earlier.id)
    .limit(1)
)
_OF_AGGREGATOR = (
    select(OutboxMessage)
    .where(OutboxMessage.aggregator == bindparam("aggregator"), OutboxMessage.provider_id == bindparam("provider_id"))
    .order_by(OutboxMessage.id.desc())
    .limit(1)
    .with_for_update()
)
_FIRST = (("epoch", _EPOCH),)  # of a text with no other one before it
_SKIP = DriverStatement(
    update(_ROW)
    .where(_ROW.c.state == literal_column("'ready'"), OutboxMessage.contact_id == bindparam("of"))
    .where(_ROW.c.event == bindparam("about"))
    .values(state="skipped", reason=bindparam("why"), settled_at=bindparam("now"))
)
_WITH_CONTACTS = (
    select(OutboxMessage)
    .join(Contact, Contact.id == OutboxMessage.contact_id)
    .where(OutboxMessage.id.in_(bindparam("ids", expanding=True)))
    .order_by(Contact.id, OutboxMessage.id)
    .with_for_update(of=[Contact, OutboxMessage], key_share=True)
    .execution_options(populate_existing=True)
)


class NewMessage(Struct, frozen=True):
    """A new text, added once for `dedupe`. The last three fields say when it may be sent (see enqueue.py)."""

    contact_id: int
    complaint_id: int | None
    event: str
    dedupe: str
    order_key: str
    body: str
    version: int | None = None  # of the complaint, after the move that the text is about
    kind: str = "status"
    urgent: bool = False
    expires_at: dt.datetime | None = None


def add(db: Session, now: dt.datetime, owed: NewMessage, reasons: Collection[str] = ()) -> int | None:
    """Add a text; its id, or None if it was added before.

    An earlier one of its order key that was deferred for one of these `reasons` defers it too, for the same reason.
    Replies to a phone pass news that may not be sent yet; the texts of one complaint keep their order.
    """
    reckoned = _reckoned(tuple(reasons))
    values = {**asdict(owed), "state": "ready", "attempts": 0, "ambiguous": 0, "created_at": now, **_place(owed, now)}
    if (batch := write_batch(db)) is None:
        return add_once(db, OutboxMessage, reckoned, **values)
    new = batch.next_id(db, OutboxMessage)
    batch.add(_add_many, (reckoned, seal_columns(db, OutboxMessage, values | {"id": new})))
    return new


def _place(owed: NewMessage, now: dt.datetime) -> dict[str, Any]:
    """What `_reckoned` is reckoned of."""
    passes_news = owed.kind != NEWS and owed.complaint_id is None
    return {"behind": owed.order_key, "after": now, "passes": NEWS if passes_news else ""}


def _add_many(db: Session, rows: Sequence[tuple[Reckoned, dict[str, Any]]]) -> None:
    alike: dict[Reckoned, list[dict[str, Any]]] = {}
    for reckoned, text in rows:
        alike.setdefault(reckoned, []).append(text)
    for reckoned, texts in alike.items():
        add_many_once(db, OutboxMessage, texts, reckoned)


@lru_cache(maxsize=8)
def _reckoned(reasons: tuple[str, ...]) -> Reckoned:
    """The columns of a new text that the database knows: when it may be sent, as an earlier one that was put off."""
    ahead = _AHEAD.where(or_(false(), *(_earlier.reason == each for each in reasons)))
    return (
        ("epoch", _EPOCH),
        ("next_at", func.coalesce(ahead.with_only_columns(_earlier.next_at).scalar_subquery(), _now)),
        ("reason", ahead.with_only_columns(_earlier.reason).scalar_subquery()),
    )


def add_first(db: Session, now: dt.datetime, owed: Sequence[NewMessage]) -> dict[str, int]:
    """Add texts of order keys that are new, such as those of a new complaint, in order: nothing can defer them.

    Returns the ids of those that were not added before, by their `dedupe`.
    """
    state = {"state": "ready", "attempts": 0, "ambiguous": 0, "reason": None, "created_at": now, "next_at": now}
    return add_all_once(db, OutboxMessage, "dedupe", _FIRST, [asdict(each) | state for each in owed])


def add_with_answer(
    db: Session, now: dt.datetime, owed: Sequence[NewMessage], answer: NewMessage, reasons: Collection[str]
) -> dict[str, int]:
    """`add_first` of texts and then `add` of an answer, as one statement."""
    state = {"state": "ready", "attempts": 0, "ambiguous": 0, "reason": None, "created_at": now, "next_at": now}
    rows = [asdict(each) | state for each in (*owed, answer)]
    last = _reckoned(tuple(reasons))
    return add_all_once(db, OutboxMessage, "dedupe", _FIRST, rows, last, **_place(answer, now))


def reword(db: Session, owed: NewMessage) -> int | None:
    """Replace a text that the caller's transaction owed, found by its `dedupe`; its id, or None if there is none."""
    columns = seal_columns(db, OutboxMessage, asdict(owed))
    statement = update(_ROW).where(_ROW.c.dedupe == owed.dedupe).values(**columns)
    return db.execute(statement.returning(_ROW.c.id)).scalar_one_or_none()


def skip_event(db: Session, contact_id: int, event: str, now: dt.datetime, reason: str) -> None:
    """Do not send a contact's texts of an event that still wait: they are not true any more."""
    _SKIP.run(db, {"of": contact_id, "about": event, "why": reason, "now": now})


def hold_back(db: Session, complaint: Complaint, body: str, now: dt.datetime) -> None:
    """Send nothing that waits about a case: it would tell that it goes on. What may be sent again says `body`."""
    about = and_(OutboxMessage.contact_id == complaint.contact_id, OutboxMessage.complaint_id == complaint.id)
    waits = and_(about, _while("ready"), OutboxMessage.ambiguous == 0)
    statement = update(OutboxMessage).where(waits).values(state="skipped", reason="superseded", settled_at=now)
    db.execute(statement.execution_options(synchronize_session=False))
    again = select(OutboxMessage).where(about, OutboxMessage.state.in_(("ready", "sending", "unknown")))
    for text in db.scalars(again.with_for_update().execution_options(populate_existing=True)):
        text.body = body
    db.flush()


def forward(db: Session, text: OutboxMessage, state: str, now: dt.datetime, reason: str | None = None) -> bool:
    """Advance a text to `state` for a report; False, and nothing is done, if that would be a step back."""
    if RANK[state] <= RANK[text.state]:
        return False
    text.state, text.settled_at, text.lease, text.lease_until = state, now, None, None
    if reason:
        text.reason = reason
    db.flush()
    return True


def lock_message(db: Session, outbox_id: int) -> OutboxMessage | None:
    """One text, read again and locked until the transaction ends. Lock its contact first."""
    query = select(OutboxMessage).where(OutboxMessage.id == outbox_id).with_for_update()
    return db.scalars(query.execution_options(populate_existing=True)).one_or_none()


def lock_with_contacts(db: Session, ids: Collection[int]) -> Sequence[OutboxMessage]:
    """Several texts, read again and locked until the transaction ends, each after its contact.

    Whoever waits for a text here holds its contact, as everybody does who locks texts that were claimed; and contacts
    are locked in the one order of `contacts.lock_all`.
    """
    return db.scalars(_WITH_CONTACTS, {"ids": tuple(ids)}).all()


def lock_message_ids(db: Session, where: ColumnElement[bool]) -> list[int]:
    """Ids of matching texts, locked until the transaction ends: contacts first, both in the usual order."""
    people = set(db.scalars(select(OutboxMessage.contact_id).where(where).distinct()))
    contacts.lock_all(db, people)
    theirs = and_(where, OutboxMessage.contact_id.in_(tuple(people)))
    return list(db.scalars(select(OutboxMessage.id).where(theirs).order_by(OutboxMessage.id).with_for_update()))


def change(db: Session, ids: Collection[int], **columns: Any) -> None:
    """Write these columns of locked texts."""
    statement = update(OutboxMessage).where(OutboxMessage.id.in_(tuple(ids))).values(**columns)
    db.execute(statement.execution_options(synchronize_session=False))


def carry_over(db: Session, epoch: int, since: dt.datetime) -> int:
    """Move texts created after `since` to this epoch. How many."""
    older = and_(_while("ready"), OutboxMessage.epoch < epoch, OutboxMessage.created_at >= since)
    held = lock_message_ids(db, older)
    change(db, held, epoch=epoch)
    return len(held)


def find(db: Session, outbox_id: int | None) -> OutboxMessage | None:
    """A text by its id."""
    return db.get(OutboxMessage, outbox_id) if outbox_id is not None else None


def find_by_aggregator_id(db: Session, aggregator: str, provider_id: str) -> OutboxMessage | None:
    """The text with this aggregator's id, locked until the transaction ends."""
    return db.scalars(_OF_AGGREGATOR, {"aggregator": aggregator, "provider_id": provider_id}).one_or_none()


def in_doubt(db: Session, contact_id: int, since: dt.datetime) -> Sequence[OutboxMessage]:
    """This contact's texts that a report with an unknown id may be about.

    Those being sent, with an attempt of unknown outcome, or accepted without an id; and those that were attempted more
    than once and settled after `since`, because a report of the earlier attempt may still arrive.
    """
    unsettled = OutboxMessage.state.in_(("sending", "unknown"))
    tried = and_(OutboxMessage.state.in_(("ready", "unconfirmed")), OutboxMessage.ambiguous > 0)
    dropped = and_(OutboxMessage.state.in_(("cancelled", "skipped", "expired")), OutboxMessage.ambiguous > 0)
    gone = and_(dropped, OutboxMessage.settled_at >= since)
    nameless = and_(OutboxMessage.state.in_(("sent", "buffered")), OutboxMessage.provider_id.is_(None))
    twice = and_(OutboxMessage.ambiguous > 0, OutboxMessage.settled_at >= since, _attempted_beyond_its_report())
    query = select(OutboxMessage).where(
        OutboxMessage.contact_id == contact_id, or_(unsettled, tried, nameless, twice, gone)
    )
    return db.scalars(
        query.order_by(OutboxMessage.id).with_for_update().execution_options(populate_existing=True)
    ).all()


def list_expired_leases(db: Session, now: dt.datetime, limit: int = 200) -> Sequence[tuple[int, int]]:
    """(id, contact) of texts whose lease ran out without an outcome."""
    query = select(OutboxMessage.id, OutboxMessage.contact_id).where(_while("sending"))
    query = query.where(OutboxMessage.lease_until <= now).order_by(OutboxMessage.lease_until).limit(limit)
    return [(row.id, row.contact_id) for row in db.execute(query)]


def list_overdue_unknown(db: Session, now: dt.datetime, limit: int = 200) -> Sequence[tuple[int, int]]:
    """(id, contact) of unknown texts for which no report arrived in time."""
    query = select(OutboxMessage.id, OutboxMessage.contact_id).where(_while("unknown"))
    query = query.where(OutboxMessage.next_at <= now).order_by(OutboxMessage.next_at).limit(limit)
    return [(row.id, row.contact_id) for row in db.execute(query)]


def _while(state: str) -> ColumnElement[bool]:
    """The state as a literal: only then do both databases use the partial index."""
    return OutboxMessage.state == literal(state, literal_execute=True)


def _attempted_beyond_its_report() -> ColumnElement[bool]:
    """An orphan that was matched by phone explains one attempt; another one may still be reported."""
    return or_(OutboxMessage.ambiguous > 1, OutboxMessage.reason.is_distinct_from("adopted"))
