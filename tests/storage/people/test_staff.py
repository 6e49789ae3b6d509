"""Who has least to do is found through the cases of these people, not through all there ever were."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from storage.connection.database import Database
from storage.people import staff

pytestmark = pytest.mark.both_databases


def test_the_cases_of_somebody_are_found_through_their_index(database: Database) -> None:
    asked: list[tuple[str, object]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    with database.read.begin() as db:
        staff.count_open_cases(db, ("officer",), "water-lahore", ("assigned", "in_progress"))
        staff.due_first(db, 1, ("assigned", "in_progress"), 5)
    statements = [each for each in asked if "FROM complaints" in each[0] or "JOIN complaints" in each[0]]
    assert len(statements) == 3
    with database.read.begin() as db:
        explain = "EXPLAIN QUERY PLAN"
        if database.engine.dialect.name == "postgresql":  # among a few rows it would rather read them all
            explain = "EXPLAIN"
            for way in ("seqscan", "hashjoin", "mergejoin"):
                db.connection().exec_driver_sql(f"SET LOCAL enable_{way} = off")
        for statement, given in statements:
            plan = str(db.connection().exec_driver_sql(f"{explain} {statement}", given).all())  # type: ignore[arg-type]
            assert "complaints_officer" in plan, plan
