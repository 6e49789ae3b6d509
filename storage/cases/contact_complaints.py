"""The complaints of one contact that are on its phone. Functions act in the caller's transaction and never commit.

Only `sessions/cases/core/own_cases.py` asks these questions: it decides what a phone is given.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import NamedTuple, cast

from msgspec import Struct
from sqlalchemy import Select, Table, bindparam, exists, literal_column, or_, select, update
from sqlalchemy.orm import Session

from storage.cases import contacts
from storage.cases.case_custody import forget_custody
from storage.cases.complaints import LATEST
from storage.cases.me_too_entries import Matter, about
from storage.connection.database import memory
from storage.connection.driver_statements import DriverStatement
from storage.people.offices_and_jurisdictions import Place, beside_rules, keep_rules
from storage.schema.tables import Complaint, Contact, MeToo, OutboxMessage

# What is asked at each hop of each case is built once.
_ROW = cast("Table", Complaint.__table__)
_TEXT = cast("Table", OutboxMessage.__table__).c
_ON_PHONE = Complaint.off_phone_at.is_(None)  # a citizen may take a case off their phone: own_cases.py
_BY_NUMBER = select(Complaint).where(
    Complaint.contact_id == bindparam("contact_id"), Complaint.number == bindparam("number"), _ON_PHONE
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
    """This contact's complaint with these nine digits. What this transaction has filed need not be read again."""
    new: Complaint | None = memory(db).get((Complaint, number))
    if new is not None and new.contact_id == contact_id and new.off_phone_at is None:
        return new
    return db.scalars(_BY_NUMBER, {"contact_id": contact_id, "number": number}).one_or_none()


def lock(db: Session, contact_id: int, number: str) -> Complaint | None:
    """The same, held until the transaction ends, so that what is done to it comes one after the other.

    Rows that name it may still be added: a reply about it does not wait for what somebody does to it.
    """
    return db.scalars(_LOCKED, {"contact_id": contact_id, "number": number}).one_or_none()


def latest(db: Session, contact_id: int, limit: int) -> Sequence[Complaint]:
    """What this contact filed last, newest first. Of a contact that is locked it is read once for several askers."""
    kept: dict[int, tuple[int, Sequence[Complaint]]] = memory(db).setdefault(LATEST, {})
    most, rows = kept.get(contact_id, (0, ()))
    if most < limit and len(rows) == most:
        rows = db.scalars(_newest(contact_id).limit(limit)).all()
        if contacts.is_locked(db, contact_id):
            kept[contact_id] = (limit, rows)
    return rows[:limit]


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


class FilingLook(NamedTuple):
    """What a filing looks at first: what was `done` under its key, else the `earlier` one that it repeats, and whether
    a text of an `unfinished` call waits for its contact.
    """

    done: Complaint | None
    earlier: Complaint | None
    unfinished: bool


def find_filing(
    db: Session,
    contact_id: int,
    filed_in: str,
    same: Repetition,
    since: dt.datetime,
    statuses: Collection[str],
    place: Place,
) -> FilingLook:
    """What was filed under this key, by anybody; and where nothing was, `latest_same`. One statement finds neither.

    It also reads the rules of the place for a case that is new (`keep_rules`).
    """
    asked = {
        **place._asdict(),
        "of_kind": same.kind,
        "contact_id": contact_id,
        "filed_in": filed_in,
        "category": same.category,
        "of_district": same.district,
        "flow": same.flow,
        "office": same.office,
        "since": since,
        **{f"status{at}": each for at, each in enumerate(statuses)},
    }
    rows = _first_look(len(statuses)).run(db, asked)
    keep_rules(db, place, rows)
    found, unfinished = rows[0], bool(rows[0].unfinished)
    if found.done is not None:
        return FilingLook(db.get_one(Complaint, found.done), None, unfinished)
    if found.earlier is None:
        return FilingLook(None, None, unfinished)
    return FilingLook(None, latest_same(db, contact_id, same, since, statuses), unfinished)


def first_about(db: Session, contact_id: int, matter: Matter) -> Complaint | None:
    """The first complaint about the matter that this contact filed."""
    query = select(Complaint).where(
        Complaint.contact_id == contact_id, _ON_PHONE, Complaint.coerced.is_(False), *about(matter)
    )
    return db.scalars(query.order_by(Complaint.filed_at, Complaint.id).limit(1)).first()


def list_open(db: Session, contact_id: int, statuses: Collection[str], limit: int) -> Sequence[Complaint]:
    """Those in one of these statuses, on the phone or not, held until the transaction ends; the earliest first."""
    query = select(Complaint).where(Complaint.contact_id == contact_id, Complaint.status.in_(statuses))
    query = query.order_by(Complaint.id).limit(limit).with_for_update(key_share=True)
    return db.scalars(query.execution_options(populate_existing=True)).all()


def has_any(db: Session, contact_id: int) -> bool:
    """True if the contact filed something, or was counted for a case of others."""
    filed = exists().where(Complaint.contact_id == contact_id)
    return bool(db.scalar(select(or_(filed, exists().where(MeToo.contact_id == contact_id)))))


def find_of_before(db: Session, contact_id: int, number: str) -> Complaint | None:
    """The case with these nine digits that was this phone's and is not shown on it.

    It is of a contact that had the number before, or off the phone. Whoever is given it must have proved that it is
    theirs.
    """
    before = select(Contact.id).where(Contact.successor_id == contact_id)
    query = select(Complaint).where(
        Complaint.number == number,
        or_(
            Complaint.contact_id.in_(before),
            (Complaint.contact_id == contact_id) & Complaint.off_phone_at.is_not(None),
        ),
    )
    return db.scalars(query).one_or_none()


def give(db: Session, before: int, after: int) -> Sequence[int]:
    """Everything that one contact filed or was counted for is another's from now on; returns the ids of the complaints.

    Each of them is owed a step, which commits to that: without one, the transparency log shows it as changed.
    """
    moved = update(Complaint).where(Complaint.contact_id == before).values(contact_id=after).returning(Complaint.id)
    memory(db).pop(LATEST, None)
    ids = sorted(db.scalars(moved.execution_options(synchronize_session="fetch")).all())
    forget_custody(db, ids)
    known = select(MeToo.complaint_id).where(MeToo.contact_id == after)
    followed = update(MeToo).where(MeToo.contact_id == before, MeToo.complaint_id.not_in(known))
    db.execute(followed.values(contact_id=after).execution_options(synchronize_session=False))
    return ids


def _newest(contact_id: int) -> Select[Complaint]:
    return select(Complaint).where(Complaint.contact_id == contact_id, _ON_PHONE).order_by(Complaint.id.desc())


@lru_cache(maxsize=8)
def _first_look(statuses: int) -> DriverStatement:
    """The ids of what has a key, and of the latest that is the same but for its words, beside the rules.

    Indexed reads of their own in one statement: of an OR over both, a planner may make a scan.
    """
    same = select(_ROW.c.id).where(
        _ROW.c.contact_id == bindparam("contact_id"),
        _ROW.c.off_phone_at.is_(None),
        _ROW.c.kind == bindparam("of_kind"),
        _ROW.c.category.is_not_distinct_from(bindparam("category")),
        _ROW.c.district.is_not_distinct_from(bindparam("of_district")),
        _ROW.c.filed_at >= bindparam("since"),
        or_(*(_ROW.c.status == bindparam(f"status{at}") for at in range(statuses))),
        _ROW.c.coerced.is_(False),
        or_(_ROW.c.flow == bindparam("flow"), _ROW.c.office.is_not_distinct_from(bindparam("office"))),
    )
    of_key = select(_ROW.c.id).where(_ROW.c.filed_in == bindparam("filed_in"))
    unfinished = exists().where(
        _TEXT.state == literal_column("'ready'"),
        _TEXT.contact_id == bindparam("contact_id"),
        _TEXT.event == literal_column(f"'{contacts.CALL_UNFINISHED}'"),
    )
    latest = same.order_by(_ROW.c.id.desc()).limit(literal_column("1"))
    return beside_rules(
        select(
            of_key.scalar_subquery().label("done"),
            latest.scalar_subquery().label("earlier"),
            unfinished.label("unfinished"),
        )
    )
