"""Who has the same problem: open complaints about one thing in one district, and those who said "me too".

Functions act in the caller's transaction and never commit.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select, union
from sqlalchemy.orm import Session

from storage.connection.insert_once import add_once
from storage.schema.tables import Complaint, MeToo

MOST_COUNTED = 500


class Matter(NamedTuple):
    """What is looked for: complaints of a category in a district, filed since then and in one of `statuses`."""

    category: str
    district: str
    since: dt.datetime
    statuses: Collection[str]


def of_others(db: Session, matter: Matter, contact_id: int | None) -> Complaint | None:
    """The first complaint about the matter that somebody else filed with their name open."""
    query = select(Complaint).where(*_public(matter))
    if contact_id is not None:
        query = query.where(Complaint.contact_id != contact_id)
    return db.scalars(query.order_by(Complaint.filed_at, Complaint.id).limit(1)).first()


def phones(db: Session, matter: Matter, complaint_id: int) -> int:
    """How many phones told of the matter: those that filed and those that said "me too", each counted once.

    Of this complaint, however old it is, and of the latest MOST_COUNTED about the matter; and of as many of those who
    joined them: a caller waits for it.
    """
    latest = select(Complaint.id, Complaint.contact_id).where(*_public(matter))
    newest = latest.order_by(Complaint.filed_at.desc()).limit(MOST_COUNTED).subquery()
    itself = select(Complaint.id, Complaint.contact_id).where(Complaint.id == complaint_id)
    filed = union(select(newest.c.id, newest.c.contact_id), itself.where(Complaint.private.is_(False))).cte("filed")
    joined = select(MeToo.contact_id).where(MeToo.complaint_id.in_(select(filed.c.id))).limit(MOST_COUNTED).subquery()
    both = union(select(filed.c.contact_id), select(joined.c.contact_id)).subquery()
    return db.scalar(select(func.count()).select_from(both)) or 0


def add(db: Session, complaint_id: int, contact_id: int, now: dt.datetime) -> bool:
    """Count a contact for a complaint; False when it was counted for this one already."""
    return add_once(db, MeToo, complaint_id=complaint_id, contact_id=contact_id, at=now) is not None


def joined_by(db: Session, contact_id: int, number: str) -> Complaint | None:
    """The complaint with this number, if this contact was counted for it."""
    query = select(Complaint).join(MeToo, MeToo.complaint_id == Complaint.id)
    return db.scalars(query.where(MeToo.contact_id == contact_id, Complaint.number == number)).one_or_none()


def latest_of(db: Session, contact_id: int, limit: int) -> Sequence[Complaint]:
    """The complaints for which this contact was counted last, newest first."""
    query = select(Complaint).join(MeToo, MeToo.complaint_id == Complaint.id).where(MeToo.contact_id == contact_id)
    return db.scalars(query.order_by(MeToo.at.desc(), MeToo.id.desc()).limit(limit)).all()


def count(db: Session, complaint_id: int) -> int:
    """How many said "me too" to a complaint."""
    return db.scalar(select(func.count()).select_from(MeToo).where(MeToo.complaint_id == complaint_id)) or 0


def about(matter: Matter) -> tuple[ColumnElement[bool], ...]:
    """The conditions of a query for complaints about the matter."""
    return (
        Complaint.district == matter.district,
        Complaint.category == matter.category,
        Complaint.kind == "complaint",
        Complaint.filed_at >= matter.since,
        Complaint.status.in_(matter.statuses),
    )


def _public(matter: Matter) -> tuple[ColumnElement[bool], ...]:
    """Private reports are never shown to others, not even as a number."""
    return *about(matter), Complaint.private.is_(False)
