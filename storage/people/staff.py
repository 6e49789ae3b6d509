"""Staff. Functions act in the caller's transaction and never commit or delete."""

import datetime as dt
import unicodedata
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, func, select
from sqlalchemy.orm import Session

from storage.connection.database import hold, memory
from storage.connection.insert_once import add_row_once
from storage.schema.tables import Complaint, Contact, Office, Staff

_LANGUAGES = "languages of staff"  # by their id, in the memory of a transaction
_NAMES = 7_786_925  # the advisory lock for adding names
MOST_COUNTED = 500  # open cases of one person; who has more has too many, however many they are
# What is asked for each case is built once.
_theirs_open = (
    select(Complaint.id)
    .where(Complaint.officer_id == Staff.id, Complaint.status.in_(bindparam("statuses", expanding=True)))
    .correlate(Staff)
    .limit(MOST_COUNTED)
    .subquery()
)
_WORKING = (
    select(Staff, select(func.count()).select_from(_theirs_open).scalar_subquery(), Contact.language)
    .outerjoin(Contact, Contact.id == Staff.contact_id)
    .where(Staff.active, Staff.role.in_(bindparam("roles", expanding=True)))
    .order_by(Staff.id)
)
_OF_OFFICE = _WORKING.where(Staff.office == bindparam("office"))
_OF_NO_OFFICE = _WORKING.where(Staff.office.is_(None))


def add(
    db: Session, now: dt.datetime, *, name: str, role: str, office: str | None, contact_id: int | None
) -> Staff | None:
    """Add a member of staff; None if the name or the phone is taken."""
    return add_row_once(
        db, Staff, name=name, role=role, office=office, contact_id=contact_id, active=True, created_at=now
    )


def fold_name(name: str) -> str:
    """A name as names are compared: letter case, forms of one letter and the number of spaces make no difference."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def serialize_names(db: Session) -> None:
    """Add people one after another: no index knows which names are alike. On SQLite, writers wait anyway."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(_NAMES)))


def names_alike(db: Session, name: str) -> list[str]:
    """The names of staff that are the same as this one but for their letter case, in the order of their ids.

    Databases disagree on what a capital letter is outside ASCII, so names are compared here.
    """
    wanted = fold_name(name)
    return [each for each in db.scalars(select(Staff.name).order_by(Staff.id)) if fold_name(each) == wanted]


def stored_name(db: Session, name: str) -> str:
    """The name as it is stored: exactly this one, else the only one that is alike. As given if there is none, or two.

    Earlier releases let two people have names that differ in letter case only: each is known by their own spelling.
    """
    if db.scalar(select(Staff.id).where(Staff.name == name)) is not None:
        return name
    found = names_alike(db, name)
    return found[0] if len(found) == 1 else name


def by_name(db: Session, name: str) -> Staff | None:
    """The member of staff with this name in any letter case, active or not; None if nobody or more than one has it."""
    return db.scalars(select(Staff).where(Staff.name == stored_name(db, name))).one_or_none()


def lock_by_name(db: Session, name: str) -> Staff | None:
    """The same, read again and held until the transaction ends: of two changes the second sees what the first did."""
    query = select(Staff).where(Staff.name == stored_name(db, name)).with_for_update(key_share=True)
    return db.scalars(query.execution_options(populate_existing=True)).one_or_none()


def by_contact(db: Session, contact_id: int) -> Staff | None:
    """The member of staff with this phone."""
    return db.scalars(select(Staff).where(Staff.contact_id == contact_id)).one_or_none()


def list_staffed_offices(db: Session, most: int = 1000) -> list[tuple[str, str]]:
    """(code, name) of at most `most` active offices in which an officer works, by name."""
    there = select(Staff.office).where(Staff.active, Staff.role == "officer")
    query = select(Office.code, Office.name).where(Office.active, Office.code.in_(there))
    return [(row.code, row.name) for row in db.execute(query.order_by(Office.name, Office.code).limit(most))]


def by_id(db: Session, staff_id: int | None) -> Staff | None:
    """A member of staff by id."""
    found = db.get(Staff, staff_id) if staff_id is not None else None
    hold(db, found)
    return found


def list_active(db: Session, role: str) -> Sequence[Staff]:
    """Everybody who works in this role, by id."""
    return db.scalars(select(Staff).where(Staff.active, Staff.role == role).order_by(Staff.id)).all()


def names_of(db: Session, staff_ids: Collection[int]) -> dict[int, str]:
    """The names of some of the staff, by id."""
    found = db.execute(select(Staff.id, Staff.name).where(Staff.id.in_(tuple(staff_ids))))
    return {row.id: row.name for row in found}


def list_staff(db: Session, statuses: Collection[str]) -> Sequence[tuple[Staff, int]]:
    """All current and former staff with the number of their cases in `statuses`, by office, role and name."""
    query = select(Staff, func.count(Complaint.id)).outerjoin(Complaint, _has(statuses)).group_by(Staff.id)
    rows = db.execute(query.order_by(Staff.active.desc(), Staff.office, Staff.role, Staff.name))
    return [(staff, count) for staff, count in rows]


def count_open_cases(
    db: Session, roles: Collection[str], office: str | None, statuses: Collection[str]
) -> Sequence[tuple[Staff, int]]:
    """The active staff in these roles at this office (None: of no office), each with how many cases in `statuses`.

    The count ends at MOST_COUNTED: a filing must not read ten thousand cases of a busy office.
    """
    asked = {"roles": tuple(roles), "statuses": tuple(statuses)} | ({} if office is None else {"office": office})
    found = db.execute(_OF_NO_OFFICE if office is None else _OF_OFFICE, asked).all()
    hold(db, *(each for each, _, _ in found))
    memory(db).setdefault(_LANGUAGES, {}).update({each.id: language for each, _, language in found})
    return [(each, open_) for each, open_, _ in found]


def language_of(db: Session, person: Staff) -> str | None:
    """The language of this person's phone; None if none is known. Whoever was counted is not asked for again."""
    known = memory(db).setdefault(_LANGUAGES, {})
    if person.id not in known:
        contact = db.get(Contact, person.contact_id) if person.contact_id is not None else None
        known[person.id] = contact.language if contact is not None else None
    language: str | None = known[person.id]
    return language


class CasesOfNobody(NamedTuple):
    """Which cases nobody has: those of a desk (None: of any) that were raised to `level`."""

    desk: str | None
    level: int = 0


def cases(
    db: Session, staff_id: int, statuses: Collection[str], *, after: int = 0, limit: int | None = None
) -> Sequence[Complaint]:
    """The cases in `statuses` of an officer `after` that id, oldest first, locked until the transaction ends."""
    return _lock_in_order(db, _theirs(staff_id, statuses, after), limit)


def count_cases(db: Session, staff_id: int, statuses: Collection[str], *, after: int = 0) -> int:
    """How many there are."""
    return _count(db, _theirs(staff_id, statuses, after))


def nobodys(
    db: Session, statuses: Collection[str], which: CasesOfNobody, *, after: int = 0, limit: int | None = None
) -> Sequence[Complaint]:
    """The cases in `statuses` that no officer has `after` that id, oldest first, locked until the transaction ends."""
    return _lock_in_order(db, _of_nobody(statuses, which, after), limit)


def count_nobodys(db: Session, statuses: Collection[str], which: CasesOfNobody, *, after: int = 0) -> int:
    """How many there are."""
    return _count(db, _of_nobody(statuses, which, after))


def due_first(db: Session, staff_id: int, statuses: Collection[str], limit: int) -> tuple[Sequence[Complaint], int]:
    """The cases in `statuses` of an officer, the next due first, at most `limit`; and how many there are."""
    theirs = (Complaint.officer_id == staff_id, Complaint.status.in_(tuple(statuses)))
    first = select(Complaint).where(*theirs).order_by(Complaint.due_on, Complaint.id).limit(limit)
    return db.scalars(first).all(), db.scalars(select(func.count()).select_from(Complaint).where(*theirs)).one()


def _has(statuses: Collection[str]) -> ColumnElement[bool]:
    return and_(Complaint.officer_id == Staff.id, Complaint.status.in_(tuple(statuses)))


def _theirs(staff_id: int, statuses: Collection[str], after: int) -> tuple[ColumnElement[bool], ...]:
    return (Complaint.officer_id == staff_id, Complaint.status.in_(tuple(statuses)), Complaint.id > after)


def _of_nobody(statuses: Collection[str], which: CasesOfNobody, after: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Complaint.officer_id.is_(None),
        Complaint.status.in_(tuple(statuses)),
        Complaint.level >= which.level,
        Complaint.desk.is_not(None) if which.desk is None else Complaint.desk == which.desk,
        Complaint.id > after,
    )


def _lock_in_order(db: Session, where: tuple[ColumnElement[bool], ...], limit: int | None) -> Sequence[Complaint]:
    query = select(Complaint).where(*where).order_by(Complaint.id).limit(limit)
    query = query.with_for_update(of=Complaint, key_share=True)
    return db.scalars(query.execution_options(populate_existing=True)).all()


def _count(db: Session, where: tuple[ColumnElement[bool], ...]) -> int:
    return db.scalars(select(func.count()).select_from(Complaint).where(*where)).one()
