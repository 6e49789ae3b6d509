"""Whatever happens to cases, each count is what the cases say: with what is noted, and after it was added."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text

from sessions.cases.core.actors import operator
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.counts import case_counts
from sessions.counts.case_counts import CountDifference
from sessions.offices.case_reassignment import StaffManager
from sessions.staff import staff_and_their_cases
from sessions.staff.staff_and_their_cases import StaffEdit
from storage.cases import complaints
from storage.connection.database import Database
from storage.migrations.runner import downgrade, migrate
from storage.operations.case_counts import CountKey
from storage.people import staff
from storage.schema.cases import CaseChange, CodeCount, OfficerCount
from storage.schema.tables import Complaint
from tests.examples import examples
from tests.sessions.filing import NOW, file_one
from tests.sessions.roster import DESK, WATER, give_many, hire, import_

pytestmark = pytest.mark.both_databases

NAMES = ("Ayesha", "Bilal")
STATUSES = ("received", "assigned", "in_progress", "closed_confirmed")
PLACES = (("mun01", "lahore", "water"), ("mun02", "multan", "water"), ("pow01", "lahore", "disco"))
BY = StaffManager(NOW, operator("operator"), SHIPPED_POLICY, {})


def go(database: Database, name: str) -> None:
    """Somebody leaves, or comes back; their cases change hands."""
    with database.read() as db:
        works = staff.by_name(db, name).active  # type: ignore[union-attr]  # hired below
    if works:
        staff_and_their_cases.remove(database, BY, name)
    else:
        staff_and_their_cases.change(database, BY, name, StaffEdit(back=True))


def alter(database: Database, number: int) -> None:
    """A case gets another status, place or officer; or none of it changes."""
    category, district, office = PLACES[number % len(PLACES)]
    with database.write.begin() as db:
        cases = db.scalars(select(Complaint).order_by(Complaint.id)).all()
        if not cases:
            return
        case = cases[number % len(cases)]
        case.status = STATUSES[number % len(STATUSES)]
        if number % 2:
            case.category, case.district, case.office = category, district, office
        if number % 3 == 0:
            case.officer_id = None if number % 2 else 1


def truth(database: Database) -> tuple[set[str], dict[str, int]]:
    """The codes in use and the open cases of everybody, from the cases themselves."""
    with database.read() as db:
        cases = db.scalars(select(Complaint)).all()
        people = {each.id: each.name for each, _ in staff.list_staff(db, ())}
    codes = {f"{name}:{getattr(each, name)}" for each in cases for name in complaints.CODE_LISTS}
    has = dict.fromkeys(people.values(), 0)
    for each in cases:
        if each.officer_id is not None and each.status in SHIPPED_POLICY.open_statuses:
            has[people[each.officer_id]] += 1
    return codes, has


def kept(database: Database) -> tuple[set[str], dict[str, int]]:
    """The same, as everybody else reads it."""
    with database.read() as db:
        counted = staff.list_staff(db, SHIPPED_POLICY.open_statuses)
        return set(complaints.codes_in_use(db, "complaints")), {each.name: count for each, count in counted}


ACTS: tuple[Callable[[Database, int], object], ...] = (
    lambda database, number: file_one(database, category=PLACES[number % 3][0], office=PLACES[number % 3][2]),
    lambda database, number: give_many(database, None, 1 + number % 3),
    alter,
    lambda database, number: go(database, NAMES[number % 2]),
    lambda database, _number: case_counts.add_changes(database),
)


@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 60)), min_size=5, max_size=25))
@settings(max_examples=examples(12), deadline=None, suppress_health_check=list(HealthCheck))
def test_after_any_acts_each_count_is_what_the_cases_say(
    database: Database, acts: list[tuple[Callable[[Database, int], object], int]]
) -> None:
    import_(database, WATER, DESK)
    with database.read() as db:
        known = [each.name for each, _ in staff.list_staff(db, ())]
    for name in NAMES:
        if name not in known:
            hire(database, name)
    for act, number in acts:
        act(database, number)
        assert kept(database) == truth(database)
    assert case_counts.find_differences(database) == []


def test_changes_are_added_once_while_others_file_and_several_sweeps_run(database: Database) -> None:
    import_(database, WATER, DESK)
    hire(database, NAMES[0])
    stop, added = threading.Event(), list[int]()

    def sweep() -> None:
        while not stop.is_set():
            added.append(case_counts.add_changes(database))

    sweeps = [threading.Thread(target=sweep) for _ in range(2)]
    for each in sweeps:
        each.start()
    try:
        for _ in range(10):
            file_one(database)
            assert kept(database) == truth(database)
    finally:
        stop.set()
        for each in sweeps:
            each.join()
    case_counts.add_changes(database)
    with database.read() as db:
        assert db.scalars(select(CaseChange.id)).all() == []
    assert sum(added) > 0 and case_counts.find_differences(database) == []


def test_what_is_wrong_is_found_and_corrected(database: Database) -> None:
    import_(database, WATER, DESK)
    officer = hire(database, NAMES[0])
    give_many(database, officer, 3)
    case_counts.add_changes(database)
    with database.write.begin() as db:
        db.execute(text("UPDATE code_counts SET cases = cases + 5 WHERE code = 'assigned'"))
        db.execute(delete(OfficerCount))
        db.add(CodeCount(flow="complaints", list="office", code="nobody", cases=2))
    wrong = [
        CountDifference(CountKey("office", "complaints", "nobody"), 2, 0),
        CountDifference(CountKey("officer", str(officer.id), "assigned"), 0, 3),
        CountDifference(CountKey("officer", str(officer.id), "closed_confirmed"), 0, 1),
        CountDifference(CountKey("status", "complaints", "assigned"), 8, 3),
    ]
    assert case_counts.find_differences(database) == wrong
    assert case_counts.repair(database) == wrong
    assert case_counts.find_differences(database) == case_counts.repair(database) == []
    assert kept(database) == truth(database)
    case_counts.add_changes(database)
    assert case_counts.find_differences(database) == []


def test_an_upgrade_counts_the_cases_that_are_there(database: Database) -> None:
    import_(database, WATER, DESK)
    give_many(database, hire(database, NAMES[0]), 3)
    before = kept(database)
    downgrade(database, "0038")
    with database.write.begin() as db:  # the release before works on
        db.execute(text("UPDATE complaints SET status = 'in_progress' WHERE id = 2"))
    migrate(database)
    assert kept(database) == truth(database) != before
    assert case_counts.find_differences(database) == []
