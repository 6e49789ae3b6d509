"""Staff. Functions act in the caller's transaction and never commit or delete."""

import datetime as dt
import unicodedata
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, select, union_all
from sqlalchemy.orm import Session

from storage.connection.database import hold, memory
from storage.connection.insert_once import add_row_once
from storage.schema.cases import CaseChange, OfficerCount
from storage.schema.tables import Complaint, Contact, Office, Staff

_LANGUAGES = "languages of staff"  # by their id, in the memory of a transaction
_NAMES = 7_786_925  # the advisory lock for adding names
# What is asked for each case is built once. Of a count and the changes that are not added to it yet
# (storage/schema/cases.py), one statement reads both at the same moment.
_STATUSES: BindParameter[Any] = bindparam("statuses", expanding=True)
_COUNTED = select(func.sum(OfficerCount.cases)).where(
    OfficerCount.officer_id == Staff.id, OfficerCount.status.in_(_STATUSES)
)
_CHANGED = select(func.sum(CaseChange.change)).where(
    CaseChange.officer_id == Staff.id, CaseChange.status.in_(_STATUSES)
)
_CASES = func.coalesce(_COUNTED.correlate(Staff).scalar_subquery(), 0) + func.coalesce(
    _CHANGED.correlate(Staff).scalar_subquery(), 0
)
_WORKING = (
    select(Staff, _CASES, Contact.language)
    .outerjoin(Contact, Contact.id == Staff.contact_id)
    .where(Staff.active, Staff.role.in_(bindparam("roles", expanding=True)))
    .order_by(Staff.id)
)
# Of everybody, all counts are read once and grouped.
_COUNTS = union_all(
    select(OfficerCount.officer_id, OfficerCount.cases).where(OfficerCount.status.in_(_STATUSES)),
    select(CaseChange.officer_id, CaseChange.change).where(
        CaseChange.officer_id.is_not(None), CaseChange.status.in_(_STATUSES)
    ),
).subquery()
_SUMS = select(_COUNTS.c.officer_id, func.sum(_COUNTS.c.cases).label("cases")).group_by(_COUNTS.c.officer_id).subquery()
_EVERYBODY = (
    select(Staff, func.coalesce(_SUMS.c.cases, 0))
    .outerjoin(_SUMS, _SUMS.c.officer_id == Staff.id)
    .order_by(Staff.active.desc(), Staff.office, Staff.role, Staff.name)
)
_OPEN_OF = select(_CASES).select_from(Staff).where(Staff.id == bindparam("staff_id"))
_OF_OFFICE = _WORKING.where(Staff.office == bindparam("office"))
_OF_OFFICES = (
    _WORKING.add_columns(Office)
    .outerjoin(Office, Office.code == Staff.office)
    .where(Staff.office.in_(bindparam("offices", expanding=True)))
)
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
    return [(each, int(count)) for each, count in db.execute(_EVERYBODY, {"statuses": tuple(statuses)})]


def count_open_cases(
    db: Session, roles: Collection[str], office: str | None, statuses: Collection[str]
) -> Sequence[tuple[Staff, int]]:
    """The active staff in these roles at this office (None: of no office), each with how many cases in `statuses`.

    No case is read, however many a busy office has.
    """
    asked = {"roles": tuple(roles), "statuses": tuple(statuses)} | ({} if office is None else {"office": office})
    found = db.execute(_OF_NO_OFFICE if office is None else _OF_OFFICE, asked).all()
    _keep(db, [(each, language) for each, _, language in found])
    return [(each, int(open_)) for each, open_, _ in found]


def language_of(db: Session, person: Staff) -> str | None:
    """The language of this person's phone; None if none is known. Whoever was counted is not asked for again."""
    known = memory(db).setdefault(_LANGUAGES, {})
    if person.id not in known:
        contact = db.get(Contact, person.contact_id) if person.contact_id is not None else None
        known[person.id] = contact.language if contact is not None else None
    language: str | None = known[person.id]
    return language


def count_of_offices(
    db: Session, roles: Collection[str], offices: Collection[str], statuses: Collection[str]
) -> Sequence[tuple[Staff, int]]:
    """The same for several offices, with one statement, which reads these too."""
    asked = {"roles": tuple(roles), "statuses": tuple(statuses), "offices": tuple(offices)}
    found = db.execute(_OF_OFFICES, asked).all()
    _keep(db, [(each, language) for each, _, language, _ in found])
    memory(db).update({(Office, office.code): office for _, _, _, office in found if office is not None})
    return [(each, int(open_)) for each, open_, _, _ in found]


def read_with_languages(db: Session, staff_ids: Collection[int]) -> None:
    """Read some of the staff with one statement, for `by_id` and `language_of`."""
    query = select(Staff, Contact.language).outerjoin(Contact, Contact.id == Staff.contact_id)
    _keep(db, [(each, language) for each, language in db.execute(query.where(Staff.id.in_(tuple(staff_ids))))])


def _keep(db: Session, found: Sequence[tuple[Staff, str | None]]) -> None:
    """Remember people and their languages until the transaction ends."""
    hold(db, *(each for each, _ in found))
    memory(db).setdefault(_LANGUAGES, {}).update({each.id: language for each, language in found})


class CasesOfNobody(NamedTuple):
    """Which cases nobody has: those of a desk (None: of any) that were raised to `level`."""

    desk: str | None
    level: int = 0


class NextCases(NamedTuple):
    """Cases, the oldest first, and whether there may be `more` of them."""

    cases: Sequence[Complaint]
    more: bool


def cases(db: Session, staff_id: int, statuses: Collection[str], *, after: int, limit: int) -> NextCases:
    """The next cases in `statuses` of an officer `after` that id, locked until the transaction ends."""
    return _lock_next(db, (Complaint.officer_id == staff_id,), statuses, after, limit)


def count_open(db: Session, staff_id: int, statuses: Collection[str]) -> int:
    """How many cases of an officer are in `statuses`: by its count, however many they are."""
    return int(db.scalar(_OPEN_OF, {"staff_id": staff_id, "statuses": tuple(statuses)}) or 0)


def nobodys(db: Session, statuses: Collection[str], which: CasesOfNobody, *, after: int, limit: int) -> NextCases:
    """The next cases in `statuses` that no officer has `after` that id, locked until the transaction ends."""
    return _lock_next(db, _of_nobody(which), statuses, after, limit)


def count_nobodys(db: Session, statuses: Collection[str], which: CasesOfNobody, *, after: int = 0) -> int:
    """How many there are."""
    query = select(func.count()).select_from(Complaint).where(*_of_nobody(which))
    return db.scalars(query.where(Complaint.status.in_(tuple(statuses)), Complaint.id > after)).one()


def due_first(db: Session, staff_id: int, statuses: Collection[str], limit: int) -> tuple[Sequence[Complaint], int]:
    """The cases in `statuses` of an officer, the next due first, at most `limit`; and how many there are."""
    first = [
        select(Complaint.id, Complaint.due_on)
        .where(Complaint.officer_id == staff_id, Complaint.status == status)
        .order_by(Complaint.due_on, Complaint.id)
        .limit(limit)
        .subquery()
        for status in sorted(set(statuses))
    ]
    if not first:
        return (), 0
    found = union_all(*(select(each) for each in first)).subquery()
    query = select(Complaint).join(found, found.c.id == Complaint.id)
    rows = db.scalars(query.order_by(found.c.due_on, found.c.id).limit(limit)).all()
    return rows, count_open(db, staff_id, statuses)


def _of_nobody(which: CasesOfNobody) -> tuple[ColumnElement[bool], ...]:
    return (
        Complaint.officer_id.is_(None),
        Complaint.level >= which.level,
        Complaint.desk.is_not(None) if which.desk is None else Complaint.desk == which.desk,
    )


def _lock_next(
    db: Session, whose: tuple[ColumnElement[bool], ...], statuses: Collection[str], after: int, limit: int
) -> NextCases:
    """Their ids are looked for first, in each status by itself: so none but the next ones are read, of however many."""
    first = [
        select(Complaint.id)
        .where(*whose, Complaint.status == status, Complaint.id > after)
        .order_by(Complaint.id)
        .limit(limit)
        .subquery()
        for status in sorted(set(statuses))
    ]
    if not first:
        return NextCases((), more=False)
    found = union_all(*(select(each.c.id) for each in first)).subquery()
    ids = db.scalars(select(found.c.id).order_by(found.c.id).limit(limit)).all()
    query = select(Complaint).where(Complaint.id.in_(ids), *whose, Complaint.status.in_(tuple(statuses)))
    query = query.order_by(Complaint.id).with_for_update(of=Complaint, key_share=True)
    rows = db.scalars(query.execution_options(populate_existing=True)).all() if ids else ()
    return NextCases(rows, more=len(ids) == limit)
