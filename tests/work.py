"""How much a database works for what is done on it: to show that it works no more when there are more rows.

SQLite counts the instructions of its virtual machine, PostgreSQL the rows that its scans read. Neither depends on the
machine or on what else it does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, event

from storage.connection.database import Database

READS = ("SELECT", "WITH", "UPDATE", "DELETE")


@dataclass
class Work:
    """Instructions (SQLite) or rows read (PostgreSQL) so far, and the statement that cost most."""

    cost: int = 0
    most: int = 0
    dearest: str = ""

    def add(self, cost: int, statement: str) -> None:
        self.cost += cost
        if cost > self.most:
            self.most, self.dearest = cost, statement


@contextmanager
def measured(database: Database) -> Iterator[Work]:
    """The work of every statement on any connection of a database while the block runs."""
    done = Work()
    look = _explain(done) if database.engine.dialect.name == "postgresql" else _count(done)
    event.listen(database.engine, "before_cursor_execute", look)
    try:
        yield done
    finally:
        event.remove(database.engine, "before_cursor_execute", look)
        database.close()  # SQLite's connections would go on counting


def _count(done: Work) -> Any:
    def look(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        raw: Any = connection.connection.driver_connection
        spent = [0]

        def step() -> None:
            spent[0] += 1
            done.cost += 1
            if spent[0] > done.most:
                done.most, done.dearest = spent[0], statement

        raw.set_progress_handler(step, 1)

    return look


def _explain(done: Work) -> Any:
    def look(connection: Connection, _cursor: object, statement: str, given: Any, *_: object) -> None:
        if not statement.startswith(READS):
            return
        cursor: Any = connection.connection.cursor()
        inside = not connection.connection.driver_connection.autocommit  # type: ignore[union-attr]
        try:
            if inside:
                cursor.execute("SAVEPOINT measured")
            elif not statement.startswith("SELECT"):
                return
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", given)
            (plan,) = cursor.fetchone()
            if inside:
                cursor.execute("ROLLBACK TO SAVEPOINT measured")
        finally:
            cursor.close()
        done.add(_rows(json.loads(plan)[0]["Plan"] if isinstance(plan, str) else plan[0]["Plan"]), statement)

    return look


def _rows(node: dict[str, Any]) -> int:
    """The rows that the scans of a plan read, also those that a filter then removed."""
    below = sum(_rows(each) for each in node.get("Plans", ()))
    if "Scan" not in node["Node Type"] or node["Node Type"] in ("Subquery Scan", "CTE Scan", "Function Scan"):
        return below
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return below + round((node["Actual Rows"] + removed) * node["Actual Loops"])
