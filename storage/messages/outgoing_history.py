"""Recent and unsent texts of a phone. Functions act in the caller's transaction."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple, cast

from sqlalchemy import Table, bindparam, exists, func, literal_column, select, true
from sqlalchemy.orm import Session

from storage.connection.database import memory
from storage.connection.driver_statements import DriverStatement
from storage.encryption.data_keys import data_keys
from storage.schema.sealed_columns import open_value
from storage.schema.tables import Complaint, OfficerCode, OutboxMessage, Question

_DELIVERED = (
    select(OutboxMessage.order_key, OutboxMessage.created_at, OutboxMessage.settled_at)
    .where(OutboxMessage.order_key.in_(bindparam("order_keys", expanding=True)))
    .where(OutboxMessage.event.in_(bindparam("events", expanding=True)), OutboxMessage.state == "delivered")
    .where(OutboxMessage.settled_at.is_not(None))
)
_newest = (
    select(OutboxMessage.event, OutboxMessage.created_at)
    .where(OutboxMessage.order_key == bindparam("order_key"))
    .order_by(OutboxMessage.id.desc())
    .limit(bindparam("most"))
    .subquery()
)
_REPLIES = select(func.count(), func.count().filter(_newest.c.event.in_(bindparam("events", expanding=True)))).where(
    _newest.c.created_at >= bindparam("since")
)
_MOST_LATEST = 60  # texts that may come back
_OUTBOX = cast("Table", OutboxMessage.__table__).c
_asked = select(
    exists()
    .where(Question.contact_id == bindparam("contact_id"), Question.expires_at > bindparam("now"))
    .label("is_asked")
).subquery()
_latest = (
    select(_OUTBOX.dedupe, _OUTBOX.body)
    .where(_OUTBOX.contact_id == bindparam("contact_id"), _OUTBOX.claimed_at >= bindparam("since"))
    .order_by(_OUTBOX.claimed_at.desc())  # as their index has them: no more are read
    .limit(literal_column(str(_MOST_LATEST)))
    .subquery()
)
_TEXTED = DriverStatement(
    select(_asked.c.is_asked, _latest.c.dedupe, _latest.c.body).select_from(_asked.outerjoin(_latest, true()))
)
_LEFT = ("sent", "buffered", "delivered")  # a text that is being sent or was given up may still be sent again


def lock_unsent_messages(db: Session, complaint: Complaint) -> Sequence[OutboxMessage]:
    """Texts about a case that may still be sent, locked until the transaction ends. Lock their contact first."""
    theirs = OutboxMessage.contact_id == complaint.contact_id  # there is an index for this
    query = select(OutboxMessage).where(theirs, OutboxMessage.complaint_id == complaint.id)
    query = query.where(OutboxMessage.state.not_in(_LEFT)).order_by(OutboxMessage.id).with_for_update()
    return db.scalars(query.execution_options(populate_existing=True)).all()


def lock_unsent_to_officers(db: Session, complaint: Complaint, order: str) -> Sequence[OutboxMessage]:
    """Texts about a case to all who have or had it that may still be sent, locked until the transaction ends.

    `order` is what the order keys of these texts begin with.
    """
    phones = select(OfficerCode.contact_id).where(OfficerCode.complaint_id == complaint.id)
    theirs = OutboxMessage.contact_id.in_(phones)  # there is an index for this
    query = select(OutboxMessage).where(theirs, OutboxMessage.complaint_id == complaint.id)
    query = query.where(OutboxMessage.order_key.startswith(order), OutboxMessage.state.not_in(_LEFT))
    query = query.order_by(OutboxMessage.contact_id, OutboxMessage.id).with_for_update()  # as who settles texts
    return db.scalars(query.execution_options(populate_existing=True)).all()


class ReplyCounts(NamedTuple):
    """How many replies to SMS a phone was owed, and how many of them were of the events that were asked for."""

    replies: int
    of_events: int


def replies_since(
    db: Session, order_key: str, since: dt.datetime, most: int, events: Collection[str] = ()
) -> ReplyCounts:
    """The replies created with this order key since then, among the `most` newest: no others are read."""
    asked = {"order_key": order_key, "since": since, "most": most, "events": tuple(events)}
    return ReplyCounts(*db.execute(_REPLIES, asked).one())


class RecentTexts(NamedTuple):
    """The latest texts that a phone was sent, and whether it was asked anything that has not expired."""

    bodies: list[str]
    is_asked: bool


def texted_since(db: Session, contact_id: int, since: dt.datetime, now: dt.datetime) -> RecentTexts:
    """What may have been sent to this contact since then, the latest first, and whether it is asked anything."""
    rows = _TEXTED.run(db, {"contact_id": contact_id, "since": since, "now": now})
    sent, keys = [each for each in rows if each.body is not None], data_keys(db)
    keys.read_for(db, (each.body for each in sent))
    bodies = [open_value(keys, db, OutboxMessage, "body", each.body, {"dedupe": each.dedupe}) for each in sent]
    return RecentTexts(bodies, any(each.is_asked for each in rows))


def read_deliveries(db: Session, complaint_ids: Collection[int], events: Collection[str]) -> None:
    """Read when the texts of these events about several cases were delivered, for `first_delivery_time`."""
    found: dict[str, list[tuple[dt.datetime, dt.datetime]]] = {f"complaint:{each}": [] for each in complaint_ids}
    for row in db.execute(_DELIVERED, {"order_keys": tuple(found), "events": tuple(events)}):
        found[row.order_key].append((row.created_at, row.settled_at))
    memory(db).update({(OutboxMessage, order_key, events): rows for order_key, rows in found.items()})


def first_delivery_time(
    db: Session, complaint: Complaint, events: Collection[str], since: dt.datetime
) -> dt.datetime | None:
    """When the first text of these events about a case, created since then, was delivered; None if none was.

    It is read once in a transaction.
    """
    kept = (OutboxMessage, f"complaint:{complaint.id}", events)
    if kept not in memory(db):
        read_deliveries(db, [complaint.id], events)
    return min((settled for created, settled in memory(db)[kept] if created >= since), default=None)
