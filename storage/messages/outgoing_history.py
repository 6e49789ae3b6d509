"""Recent and unsent texts of a phone. Functions act in the caller's transaction."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from storage.connection.database import memory
from storage.encryption.data_keys import data_keys
from storage.schema.tables import Complaint, OfficerCode, OutboxMessage

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


def bodies_since(db: Session, contact_id: int, since: dt.datetime, limit: int = 60) -> Sequence[str]:
    """The texts created for this contact since then, the latest first."""
    query = select(OutboxMessage).where(OutboxMessage.contact_id == contact_id, OutboxMessage.created_at >= since)
    found = db.scalars(query.order_by(OutboxMessage.id.desc()).limit(limit)).all()
    data_keys(db).read_for(db, (each.body_ for each in found))
    return [each.body for each in found]


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
