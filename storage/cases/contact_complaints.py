"""The complaints of one contact. Functions act in the caller's transaction and never commit.

Only `sessions/cases/core/own_cases.py` asks these questions: it decides what a phone is given.
"""

import datetime as dt
from collections.abc import Collection, Sequence

from msgspec import Struct
from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from storage.cases.me_too_entries import Matter, about
from storage.schema.tables import Complaint

# What is asked at each hop of each case is built once.
_BY_NUMBER = select(Complaint).where(
    Complaint.contact_id == bindparam("contact_id"), Complaint.number == bindparam("number")
)
_LOCKED = _BY_NUMBER.with_for_update(key_share=True).execution_options(populate_existing=True)


class Repetition(Struct, frozen=True):
    """What makes two filings of one contact the same; `details` only where the words are all of it.

    Another flow may use a category's code for something else. Its complaint is the same if its `office` is.
    """

    kind: str
    category: str | None
    district: str | None
    flow: str
    office: str | None
    details: str | None = None


def find(db: Session, contact_id: int, number: str) -> Complaint | None:
    """This contact's complaint with these nine digits."""
    return db.scalars(_BY_NUMBER, {"contact_id": contact_id, "number": number}).one_or_none()


def lock(db: Session, contact_id: int, number: str) -> Complaint | None:
    """The same, held until the transaction ends, so that what is done to it comes one after the other.

    Rows that name it may still be added: a reply about it does not wait for what somebody does to it.
    """
    return db.scalars(_LOCKED, {"contact_id": contact_id, "number": number}).one_or_none()


def latest(db: Session, contact_id: int, limit: int) -> Sequence[Complaint]:
    """What this contact filed last, newest first."""
    return db.scalars(_newest(contact_id).limit(limit)).all()


def latest_same(
    db: Session, contact_id: int, same: Repetition, since: dt.datetime, statuses: Collection[str]
) -> Complaint | None:
    """The latest one that is the `same`, filed by this contact since then and in one of `statuses`."""
    query = _newest(contact_id).where(
        Complaint.kind == same.kind,
        Complaint.category == same.category,
        Complaint.district == same.district,
        Complaint.filed_at >= since,
        Complaint.status.in_(statuses),
        Complaint.coerced.is_(False),
        or_(Complaint.flow == same.flow, Complaint.office.is_not_distinct_from(same.office)),
    )
    if same.details is None:
        return db.scalars(query.limit(1)).one_or_none()
    return next((each for each in db.scalars(query) if each.details == same.details), None)


def first_about(db: Session, contact_id: int, matter: Matter) -> Complaint | None:
    """The first complaint about the matter that this contact filed."""
    query = select(Complaint).where(Complaint.contact_id == contact_id, Complaint.coerced.is_(False), *about(matter))
    return db.scalars(query.order_by(Complaint.filed_at, Complaint.id).limit(1)).first()


def _newest(contact_id: int) -> Select[Complaint]:
    return select(Complaint).where(Complaint.contact_id == contact_id).order_by(Complaint.id.desc())
