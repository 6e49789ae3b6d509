"""Two changes to the staff at the same time: the second sees what the first did, and neither dies of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import ColumnElement, func, select, text, update

from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import operator
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.offices import case_reassignment
from sessions.offices.case_reassignment import StaffManager
from sessions.staff import staff_and_their_cases
from sessions.staff.rights import ADMIN
from sessions.staff.staff_and_their_cases import NewStaff, StaffChange, StaffEdit
from storage.connection.database import Database
from storage.people import reassignments, staff
from storage.schema.tables import AuditRow, Complaint, Reassignment, Staff
from tests.faults.post_office import until
from tests.keys import open_database
from tests.sessions.filing import NOW, file_one, shipped
from tests.sessions.roster import DESK, WATER, WATER_PUNJAB, hire, import_

BY = StaffManager(NOW, operator("Rehana"), SHIPPED_POLICY)
SOON = 0.9  # seconds: a lock is waited for no longer than one
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"

Change = Callable[[Database], object]


@pytest.fixture
def busy(postgresql_url: str) -> Iterator[Database]:
    """A database with many writers at once: SQLite has one at a time."""
    opened = open_database(postgresql_url)
    import_(opened, WATER, WATER_PUNJAB, DESK)
    hire(opened, "Bilal", phone="+923331112222")
    yield opened
    opened.close()


def together(database: Database, held: str, *changes: Change) -> list[object]:
    """What these changes came to, all of them begun before the first could end."""

    def waiting() -> int:
        with database.engine.connect() as connection:
            return int(connection.execute(text(WAITING)).scalar_one())

    with ThreadPoolExecutor(len(changes)) as others:
        with database.write.begin() as db:
            staff.lock_by_name(db, held)
            begun = [others.submit(each, database) for each in changes]
            until(lambda: waiting() == len(changes), SOON)
        return [each.result() for each in begun]


def remove(database: Database) -> object:
    return staff_and_their_cases.remove(database, BY, "Bilal")


def promote(database: Database) -> object:
    return staff_and_their_cases.change(database, BY, "Bilal", StaffEdit(role="supervisor"))


def count(database: Database, which: ColumnElement[bool]) -> int:
    with database.read() as db:
        return db.scalars(select(func.count()).where(which)).one()


@pytest.mark.parametrize("more", [False, True], ids=["their only one", "with a later one"])
def test_a_case_that_is_given_to_somebody_while_they_are_removed_goes_to_another(busy: Database, more: bool) -> None:
    omar, ayesha = hire(busy, "Omar"), hire(busy, "Ayesha")
    with busy.write.begin() as db:
        db.execute(update(Staff).where(Staff.name == "Bilal").values(active=False))
    case, _ = file_one(busy)
    assigned = update(Complaint).where(Complaint.id == case.id)
    with busy.write.begin() as db:
        db.execute(assigned.values(desk=ayesha.office, officer_id=ayesha.id, status="assigned"))
    if more:  # which is looked at first
        later, _ = file_one(busy)
        with busy.write.begin() as db:
            theirs = update(Complaint).where(Complaint.id == later.id)
            db.execute(theirs.values(desk=omar.office, officer_id=omar.id, status="assigned"))
    with busy.write.begin() as db:
        db.execute(assigned.values(officer_id=omar.id))
        assert isinstance(staff_and_their_cases.remove(busy, BY, "Omar"), StaffChange)
        assert more or case_reassignment.cases_to_move(busy, SHIPPED_POLICY) == {}
    assert more or case_reassignment.cases_to_move(busy, SHIPPED_POLICY) == {omar.id: 1}
    for seconds in (2, 12, 14, 16):
        now = NOW + dt.timedelta(seconds=seconds)
        case_reassignment.sweep_reassignments(busy, now, lambda: {"complaints": shipped()}, policy=SHIPPED_POLICY)
    with busy.read() as db:
        assert db.get_one(Complaint, case.id).officer_id == ayesha.id
        assert reassignments.list_open(db) == []


def test_of_two_who_remove_somebody_one_is_told_that_it_was_done(busy: Database) -> None:
    done = together(busy, "Bilal", remove, remove)
    assert sorted(type(each).__name__ for each in done) == ["Refusal", "StaffChange"]
    assert count(busy, AuditRow.event == "access_removed") == 1
    assert count(busy, Reassignment.kind == "leave") == 1


def test_who_is_removed_while_they_are_changed_is_either_changed_first_or_not_at_all(busy: Database) -> None:
    removed, changed = together(busy, "Bilal", remove, promote)
    assert isinstance(removed, StaffChange)
    with busy.read() as db:
        bilal = db.scalars(select(Staff).where(Staff.name == "Bilal")).one()
    assert not bilal.active
    assert bilal.role == ("officer" if isinstance(changed, Refusal) else "supervisor")


def test_two_admins_who_remove_each_other_leave_one(busy: Database) -> None:
    for name in ("Rehana", "Sana"):
        assert isinstance(staff_and_their_cases.add(busy, BY, NewStaff(name, ADMIN)), StaffChange)

    def removing(name: str) -> Change:
        return lambda database: staff_and_their_cases.remove(database, BY, name, keep=ADMIN)

    done = together(busy, "Rehana", removing("Rehana"), removing("Sana"))
    assert sorted(type(each).__name__ for each in done) == ["Refusal", "StaffChange"]
