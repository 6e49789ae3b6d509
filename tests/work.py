"""How much a database works for what is done on it: to show that it works no more when there are more rows.

SQLite counts the instructions of its virtual machine, PostgreSQL the rows that its scans read and the pages of 8 kB
that it looks at. None depends on the machine or on what else it does. Of PostgreSQL every plan is kept as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from psycopg import IntegrityError
from sqlalchemy import Connection, event

from storage.connection.database import Database

READS = ("SELECT", "WITH", "UPDATE", "DELETE", "INSERT")
ALONE = ("SELECT", "WITH")  # what may be explained where nothing can be rolled back


@dataclass
class SequentialScan:
    """A table that a statement read from its beginning, how many rows that were, and the plan."""

    table: str
    rows: int
    statement: str
    plan: dict[str, Any]


@dataclass
class Work:
    """Instructions (SQLite) or rows read (PostgreSQL) so far, and the statement that cost most.

    Of PostgreSQL also the pages, how often an index was gone down, every statement, and the sequential scans.
    """

    cost: int = 0
    most: int = 0
    dearest: str = ""
    pages: int = 0
    descents: int = 0
    most_pages: int = 0
    widest: str = ""  # the statement that looked at most pages
    plan: dict[str, Any] = field(default_factory=dict)  # of it
    statements: list[str] = field(default_factory=list)
    scans: list[SequentialScan] = field(default_factory=list)

    def add(self, cost: int, statement: str) -> None:
        self.cost += cost
        if cost > self.most:
            self.most, self.dearest = cost, statement

    def add_plan(self, plan: dict[str, Any], statement: str, times: int = 1) -> None:
        """What EXPLAIN (ANALYZE, BUFFERS) said of a statement, which is executed so many times."""
        self.add(_rows(plan) * times, statement)
        pages = (plan.get("Shared Hit Blocks", 0) + plan.get("Shared Read Blocks", 0)) * times
        self.pages += pages
        if pages > self.most_pages:
            self.most_pages, self.widest, self.plan = pages, statement, plan
        for node in nodes(plan):
            if node["Node Type"] == "Seq Scan":
                self.scans.append(SequentialScan(node["Relation Name"], _rows(node), statement, plan))
            elif "Index Name" in node:
                self.descents += round(node.get("Index Searches", node["Actual Loops"])) * times


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan and everything below it."""
    yield plan
    for each in plan.get("Plans", ()):
        yield from nodes(each)


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
        done.statements.append(statement)
        each = (
            given if isinstance(given, list) else [given]
        )  # rows that it is executed for: the first one speaks for all
        if not statement.startswith(READS) or not each:
            return
        cursor: Any = connection.connection.cursor()
        inside = not connection.connection.driver_connection.autocommit  # type: ignore[union-attr]
        try:
            if inside:
                cursor.execute("SAVEPOINT measured")
            elif not statement.startswith(ALONE):
                return
            try:
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", each[0])
                (plan,) = cursor.fetchone()
            except IntegrityError:
                return  # whoever asked is about to see it too
            finally:
                if inside:
                    cursor.execute("ROLLBACK TO SAVEPOINT measured")
        finally:
            cursor.close()
        done.add_plan(json.loads(plan)[0]["Plan"] if isinstance(plan, str) else plan[0]["Plan"], statement, len(each))

    return look


def _rows(node: dict[str, Any]) -> int:
    """The rows that the scans of a plan read, also those that a filter then removed."""
    below = sum(_rows(each) for each in node.get("Plans", ()))
    if "Scan" not in node["Node Type"] or node["Node Type"] in ("Subquery Scan", "CTE Scan", "Function Scan"):
        return below
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return below + round((node["Actual Rows"] + removed) * node["Actual Loops"])
