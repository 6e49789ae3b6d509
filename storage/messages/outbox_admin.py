"""Operators' queries and changes of the outbox. Functions act in the caller's transaction and never commit."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from storage.messages import outbox
from storage.schema.outbox import SETTLED
from storage.schema.tables import Complaint, Contact, Office, OutboxMessage, Staff

COLUMNS: tuple[Any, ...] = (
    OutboxMessage.id,
    OutboxMessage.state,
    OutboxMessage.event,
    Complaint.number,
    OutboxMessage.attempts,
    OutboxMessage.ambiguous,
    OutboxMessage.aggregator,
    OutboxMessage.reason,
    OutboxMessage.epoch,
    OutboxMessage.next_at,
    OutboxMessage.created_at,
    OutboxMessage.settled_at,
)
MORE: tuple[Any, ...] = (
    Contact,
    Contact.texts,
    OutboxMessage,
    OutboxMessage.parts,
    OutboxMessage.cost,
    OutboxMessage.provider_id,
    OutboxMessage.expires_at,
    OutboxMessage.claimed_at,
    Staff.name.label("officer"),
    Office.name.label("office"),
)
UNSETTLED = ("ready", "sending", "unknown", "unconfirmed")
UNCONFIRMED = OutboxMessage.state == literal_column("'unconfirmed'")
READY = OutboxMessage.state == literal_column("'ready'")
OVER_BUDGET = and_(READY, OutboxMessage.reason == literal_column("'number_budget'"))
NO_ROUTE = and_(OutboxMessage.state == literal_column("'failed'"), OutboxMessage.reason == literal_column("'no_road'"))


def list_messages(
    db: Session,
    *,
    states: Collection[str] = (),
    ids: Collection[int] = (),
    number: str | None = None,
    older_than: int | None = None,
    limit: int = 50,
) -> Sequence[Row[Any]]:
    """Texts as COLUMNS, the latest first: of these states, with these ids, about this complaint, of an older epoch."""
    query = select(*COLUMNS).outerjoin(Complaint, Complaint.id == OutboxMessage.complaint_id)
    if states and not ids and number is None and older_than is None:
        query = query.where(OutboxMessage.id.in_(_latest_of_states(states, limit)))
    elif states:
        query = query.where(OutboxMessage.state.in_(tuple(states)))
    if ids:
        query = query.where(OutboxMessage.id.in_(tuple(ids)))
    if number is not None:
        about = select(Complaint.id).where(Complaint.number == number).scalar_subquery()
        query = query.where(OutboxMessage.complaint_id == about)
    if older_than is not None:
        query = query.where(READY, OutboxMessage.epoch < older_than)
    return db.execute(query.order_by(OutboxMessage.id.desc()).limit(limit)).all()


def _latest_of_states(states: Collection[str], limit: int) -> Select[tuple[int]]:
    """The ids of the latest texts of each state. Literals: each state has its index, which is over some rows only."""
    parts = [
        select(OutboxMessage.id)
        .where(OutboxMessage.state == literal(state, literal_execute=True))
        .where(*([] if state in UNSETTLED else [literal_column(SETTLED)]))
        .order_by(OutboxMessage.id.desc())
        .limit(limit)
        .subquery()
        for state in sorted(set(states))
    ]
    found = union_all(*(select(each.c.id) for each in parts)).subquery()
    return select(found.c.id).order_by(found.c.id.desc()).limit(limit)


def whole(db: Session, outbox_id: int) -> Row[Any] | None:
    """One text as COLUMNS and MORE; None when there is none."""
    query = select(*COLUMNS, *MORE).join(Contact, Contact.id == OutboxMessage.contact_id)
    query = query.outerjoin(Staff, Staff.contact_id == Contact.id).outerjoin(Office, Office.code == Staff.office)
    query = query.outerjoin(Complaint, Complaint.id == OutboxMessage.complaint_id).where(OutboxMessage.id == outbox_id)
    return db.execute(query).one_or_none()


def list_stuck_messages(
    db: Session, epoch: int, since: dt.datetime, limit: int, *, owed_before: dt.datetime
) -> Sequence[Row[Any]]:
    """Texts that need an operator or should have been sent long ago, the oldest first.

    Texts created before `owed_before` that a quota holds are included.
    """
    query = select(*COLUMNS).outerjoin(Complaint, Complaint.id == OutboxMessage.complaint_id)
    late = and_(READY, OutboxMessage.epoch == epoch, OutboxMessage.next_at <= since)
    held = and_(READY, OutboxMessage.epoch < epoch)
    waits = and_(OVER_BUDGET, OutboxMessage.epoch == epoch, OutboxMessage.created_at <= owed_before)
    # Each group is read along its own index, and two of them are put in order afterwards: in order of id PostgreSQL
    # might read every text that was ever settled.
    groups = [late, held, waits, UNCONFIRMED, NO_ROUTE]
    orders = [OutboxMessage.id + 0] * 2 + [OutboxMessage.id.expression] * 3
    found = [select(OutboxMessage.id).where(group) for group in groups]
    firsts = [each.order_by(order).limit(limit).subquery() for each, order in zip(found, orders, strict=True)]
    query = query.where(OutboxMessage.id.in_(union_all(*(select(each.c.id) for each in firsts))))
    return db.execute(query.order_by(OutboxMessage.id).limit(limit)).all()


def count_unconfirmed_messages(db: Session) -> int:
    """How many texts may or may not have arrived: a person must check them."""
    return db.scalars(select(func.count()).select_from(OutboxMessage).where(UNCONFIRMED)).one()


def count_without_route(db: Session) -> int:
    """How many texts failed because no route leads to their phone."""
    return db.scalars(select(func.count()).select_from(OutboxMessage).where(NO_ROUTE)).one()


def count_over_quota(db: Session, epoch: int, owed_before: dt.datetime) -> int:
    """How many texts created before then wait for the daily quota of their phone."""
    held = and_(OVER_BUDGET, OutboxMessage.epoch == epoch, OutboxMessage.created_at <= owed_before)
    return db.scalars(select(func.count()).select_from(OutboxMessage).where(held)).one()


def count_before_restore(db: Session, epoch: int) -> int:
    """How many texts from before a restore wait for an operator."""
    return db.scalars(select(func.count()).select_from(OutboxMessage).where(READY, OutboxMessage.epoch < epoch)).one()


def ids_before_restore(db: Session, epoch: int) -> list[int]:
    """Ids of texts from before a restore that wait for an operator."""
    return list(
        db.scalars(select(OutboxMessage.id).where(READY, OutboxMessage.epoch < epoch).order_by(OutboxMessage.id))
    )


def ids_waiting_for_route(
    db: Session, epoch: int, since: dt.datetime, route: str, rests: str, kept: Collection[str]
) -> list[int]:
    """Ids of texts that wait beyond `since` for a route: deferred while it `rests`, or not accepted by it last time.

    Texts with a reason in `kept` wait for something else.
    """
    waits = and_(READY, OutboxMessage.epoch == epoch, OutboxMessage.next_at > since)
    for_it = or_(
        OutboxMessage.reason == rests, and_(OutboxMessage.aggregator == route, OutboxMessage.reason.not_in(kept))
    )
    return list(db.scalars(select(OutboxMessage.id).where(waits, for_it).order_by(OutboxMessage.id)))


def change(
    db: Session,
    ids: Collection[int],
    states: Collection[str],
    *,
    columns: dict[str, Any],
    or_without_route: bool = False,
    attempts: Mapping[int, int] | None = None,
    with_words: bool = False,
) -> list[int]:
    """Change texts that are in one of `states`, or that no route leads to; returns their ids.

    `attempts` by id, where given: a text that has been tried more often is left alone. `with_words`: and one whose
    words were removed, because they were kept long enough.
    """
    fits: ColumnElement[bool] = OutboxMessage.state.in_(tuple(states))
    if or_without_route:
        fits = or_(fits, NO_ROUTE)
    if attempts is not None:
        fits = and_(fits, tuple_(OutboxMessage.id, OutboxMessage.attempts).in_(list(attempts.items())))
    if with_words:
        fits = and_(fits, OutboxMessage.body_ != literal_column("''"))
    return _changed(db, ids, fits, columns)


def release(db: Session, now: dt.datetime, epoch: int, ids: Collection[int], kept: Collection[str]) -> list[int]:
    """Release texts from before a restore; returns their ids.

    They are due at once; those already due keep their place, and those with a reason in `kept` keep waiting.
    """
    stays = or_(OutboxMessage.reason.in_(tuple(kept)), OutboxMessage.next_at <= now)
    reason = case((OutboxMessage.reason.in_(tuple(kept)), OutboxMessage.reason), else_="released")
    let_go = {"epoch": epoch, "reason": reason, "next_at": case((stays, OutboxMessage.next_at), else_=now)}
    return _changed(db, ids, and_(READY, OutboxMessage.epoch < epoch), let_go)


def hasten(db: Session, now: dt.datetime, epoch: int, ids: Collection[int], kept: Collection[str]) -> list[int]:
    """Make texts due that wait for a retry; returns their ids. Those with a reason in `kept` keep waiting."""
    free = or_(OutboxMessage.reason.is_(None), OutboxMessage.reason.not_in(tuple(kept)))
    waits = and_(READY, OutboxMessage.epoch == epoch, OutboxMessage.next_at > now, free)
    return _changed(db, ids, waits, {"next_at": now, "reason": "by_hand"})


def _changed(db: Session, ids: Collection[int], fits: ColumnElement[bool], columns: dict[str, Any]) -> list[int]:
    held = outbox.lock_message_ids(db, and_(OutboxMessage.id.in_(tuple(ids)), fits))
    outbox.change(db, held, **columns)
    return held
