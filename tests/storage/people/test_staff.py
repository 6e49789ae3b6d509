"""Who has least to do is found through the cases of these people, not through all there ever were."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.counts import case_counts
from storage.connection.database import Database
from storage.people import staff
from tests.plan_ways import plan_by_indexes
from tests.sessions.roster import DESK, WATER, give_many, hire, import_
from tests.work import measured

pytestmark = pytest.mark.both_databases


def test_the_cases_of_somebody_are_found_through_their_index(database: Database) -> None:
    asked: list[tuple[str, object]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    with database.read.begin() as db:
        staff.count_open_cases(db, ("officer",), "water-lahore", ("assigned", "in_progress"))
        staff.due_first(db, 1, ("assigned", "in_progress"), 5)
    statements = [each for each in asked if "FROM complaints" in each[0] or "JOIN complaints" in each[0]]
    assert len(statements) == 1
    for statement, given in statements:
        plan = plan_by_indexes(database, statement, given)
        assert "complaints_officer" in plan, plan


def test_cases_are_counted_without_reading_them(database: Database) -> None:
    import_(database, WATER, DESK)
    few, many = hire(database, "Bilal"), hire(database, "Ayesha")
    give_many(database, few, 3)
    give_many(database, many, 100)

    def counted() -> tuple[list[tuple[str, int]], int]:
        case_counts.add_changes(database)
        with measured(database) as work, database.read() as db:
            rows = staff.count_open_cases(db, ("officer",), "water-lahore", SHIPPED_POLICY.open_statuses)
            staff.list_staff(db, SHIPPED_POLICY.open_statuses)
        return [(each.name, count) for each, count in rows], work.cost

    found, cost = counted()
    assert found == [("Bilal", 3), ("Ayesha", 100)]
    give_many(database, many, 900)
    found, more = counted()
    assert found == [("Bilal", 3), ("Ayesha", 1000)]
    assert more <= cost * 1.2


def test_the_next_cases_of_somebody_are_read_without_those_that_come_later(database: Database) -> None:
    """Each part of what changes hands begins with them, and one with ten thousand cases has two hundred parts."""
    import_(database, WATER, DESK)
    busy = hire(database, "Ayesha")
    statuses = SHIPPED_POLICY.open_statuses

    def read() -> int:
        if database.engine.dialect.name == "postgresql":
            with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE complaints")
        with measured(database) as work, database.write.begin() as db:
            found = staff.cases(db, busy.id, statuses, after=0, limit=10)
            assert [each.id for each in found.cases] == list(range(2, 12))
            assert found.more
            assert staff.count_open(db, busy.id, statuses) == cases
        return work.cost

    give_many(database, busy, cases := 100)
    case_counts.add_changes(database)
    few = read()
    give_many(database, busy, 900)
    cases = 1000
    case_counts.add_changes(database)
    assert read() <= few * 1.2
    with database.write.begin() as db:
        last = staff.cases(db, busy.id, statuses, after=991, limit=11)
    assert ([each.id for each in last.cases], last.more) == (list(range(992, 1002)), False)
