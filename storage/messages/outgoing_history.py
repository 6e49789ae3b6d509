"""Recent and unsent texts of a phone. Functions act in the caller's transaction."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from storage.encryption.data_keys import data_keys
from storage.schema.tables import Complaint, OfficerCode, OutboxMessage

_FIRST_DELIVERED = select(func.min(OutboxMessage.settled_at)).where(
    OutboxMessage.order_key == bindparam("order_key"),
    OutboxMessage.event.in_(bindparam("events", expanding=True)),
    OutboxMessage.state == "delivered",
    OutboxMessage.created_at >= bindparam("since"),
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
    query = query.order_by(OutboxMessage.id).with_for_update()
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


def first_delivery_time(
    db: Session, complaint: Complaint, events: Collection[str], since: dt.datetime
) -> dt.datetime | None:
    """When the first text of these events about a case, created since then, was delivered; None if none was."""
    asked = {"order_key": f"complaint:{complaint.id}", "events": tuple(events), "since": since}
    return db.scalars(_FIRST_DELIVERED, asked).one()
