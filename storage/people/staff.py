"""Staff. Functions act in the caller's transaction and never commit or delete."""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from storage.connection.insert_once import add_once
from storage.schema.tables import Complaint, Staff


def add(
    db: Session, now: dt.datetime, *, name: str, role: str, office: str | None, contact_id: int | None
) -> Staff | None:
    """Add a member of staff; None if the name or the phone is taken."""
    added = add_once(db, Staff, name=name, role=role, office=office, contact_id=contact_id, active=True, created_at=now)
    return db.get_one(Staff, added) if added is not None else None


def by_name(db: Session, name: str) -> Staff | None:
    """The member of staff with this name, active or not."""
    return db.scalars(select(Staff).where(Staff.name == name)).one_or_none()


def by_contact(db: Session, contact_id: int) -> Staff | None:
    """The member of staff with this phone."""
    return db.scalars(select(Staff).where(Staff.contact_id == contact_id)).one_or_none()


def by_id(db: Session, staff_id: int | None) -> Staff | None:
    """A member of staff by id."""
    return db.get(Staff, staff_id) if staff_id is not None else None


def list_staff(db: Session, statuses: Collection[str]) -> Sequence[tuple[Staff, int]]:
    """All current and former staff with the number of their cases in `statuses`, by office, role and name."""
    query = select(Staff, func.count(Complaint.id)).outerjoin(Complaint, _has(statuses)).group_by(Staff.id)
    rows = db.execute(query.order_by(Staff.active.desc(), Staff.office, Staff.role, Staff.name))
    return [(staff, count) for staff, count in rows]


def least_busy(
    db: Session,
    roles: Collection[str],
    office: str | None,
    statuses: Collection[str],
    *,
    not_: Collection[int] = (),
    filed_by: int | None = None,
) -> Staff | None:
    """The active member of staff in a role at this office (None: of no office) with the fewest cases in `statuses`.

    Of two with equally many, the one who was added first. Never one of `not_`, nor the owner of `filed_by`.
    """
    query = select(Staff).outerjoin(Complaint, _has(statuses)).where(Staff.active, Staff.role.in_(tuple(roles)))
    query = query.where(Staff.office.is_(None) if office is None else Staff.office == office)
    if not_:
        query = query.where(Staff.id.not_in(tuple(not_)))
    if filed_by is not None:
        query = query.where(Staff.contact_id.is_distinct_from(filed_by))
    return db.scalars(query.group_by(Staff.id).order_by(func.count(Complaint.id), Staff.id).limit(1)).one_or_none()


def cases(db: Session, staff_id: int, statuses: Collection[str]) -> Sequence[Complaint]:
    """The cases in `statuses` of an officer, oldest first, locked until the transaction ends."""
    query = select(Complaint).where(Complaint.officer_id == staff_id, Complaint.status.in_(tuple(statuses)))
    query = query.order_by(Complaint.id).with_for_update(of=Complaint, key_share=True)
    return db.scalars(query.execution_options(populate_existing=True)).all()


def nobodys(db: Session, statuses: Collection[str], *, desk: str | None = None, level: int = 0) -> Sequence[Complaint]:
    """The cases in `statuses` of an office that no officer has, oldest first, locked until the transaction ends.

    Without an office: those of all offices that were raised to `level`.
    """
    query = select(Complaint).where(Complaint.officer_id.is_(None), Complaint.status.in_(tuple(statuses)))
    query = query.where(
        Complaint.level >= level, Complaint.desk.is_not(None) if desk is None else Complaint.desk == desk
    )
    query = query.order_by(Complaint.id).with_for_update(of=Complaint, key_share=True)
    return db.scalars(query.execution_options(populate_existing=True)).all()


def due_first(db: Session, staff_id: int, statuses: Collection[str], limit: int) -> tuple[Sequence[Complaint], int]:
    """The cases in `statuses` of an officer, the next due first, at most `limit`; and how many there are."""
    theirs = (Complaint.officer_id == staff_id, Complaint.status.in_(tuple(statuses)))
    first = select(Complaint).where(*theirs).order_by(Complaint.due_on, Complaint.id).limit(limit)
    return db.scalars(first).all(), db.scalars(select(func.count()).select_from(Complaint).where(*theirs)).one()


def _has(statuses: Collection[str]) -> ColumnElement[bool]:
    return and_(Complaint.officer_id == Staff.id, Complaint.status.in_(tuple(statuses)))
