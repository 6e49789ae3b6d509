"""Nothing in the four rooms changes or deletes what history says: read from the code, and tried on the database."""

from __future__ import annotations

import ast
import datetime as dt
import re
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from storage.cases import complaints
from storage.connection.database import Database
from storage.schema.tables import Complaint, History
from tests.sessions.filing import file_one

pytestmark = pytest.mark.both_databases

ROOT = Path(__file__).parents[3]
ROOMS = ("flows", "storage", "sessions", "gateway")
STATEMENT = re.compile(r"\b(?:update|delete\s+from|replace\s+into|truncate(?:\s+table)?)\s+\"?history\b", re.IGNORECASE)
FIELDS = {column.key for column in History.__table__.columns}
WRITES = {"update", "delete"}  # of SQLAlchemy: as functions of a table, and as methods of a query


def modules() -> list[Path]:
    """The code that runs: migrations aside, whose downgrades take the table away with all that is in it."""
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")) if "migrations" not in path.parts]


def names(node: ast.AST) -> set[str]:
    """Every name in a piece of code, also behind a dot."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} | {
        each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)
    }


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def changes(source: str) -> list[str]:
    """What in a source would change or delete rows of history."""
    tree = ast.parse(source)
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Call() if called(node) in WRITES and "History" in names(node):
                found.append(f"{node.lineno}: {called(node)} of History")
            case ast.Constant(value=str(words)) if STATEMENT.search(words):
                found.append(f"{node.lineno}: {words!r}")
            case ast.FunctionDef():
                found += _assigned(node)
    return found


def _assigned(function: ast.FunctionDef) -> list[str]:
    """Columns written on what a function calls a row of history, or goes through as its rows."""
    told = [*function.args.args, *function.args.kwonlyargs]
    rows = {each.arg for each in told if each.annotation and "History" in names(each.annotation)}
    for node in ast.walk(function):
        if isinstance(node, ast.For | ast.comprehension) and {"history", "History"} & names(node.iter):
            rows |= names(node.target)
    return [
        f"{node.lineno}: {target.value.id}.{target.attr} is written"
        for node in ast.walk(function)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)
        if target.value.id in rows and target.attr in FIELDS
    ]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_code_changes_or_deletes_history(path: Path) -> None:
    assert changes(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "db.execute(update(History).values(note='x'))",
        "db.execute(sqlalchemy.delete(tables.History))",
        "db.query(History).filter_by(id=1).delete()",
        "db.execute(text('DELETE  FROM history WHERE id = 1'))",
        "db.execute(text('REPLACE INTO history VALUES (1)'))",
        "def f(step: History) -> None:\n    step.note = ''",
        "def f(db):\n    for row in complaints.history(db, 1):\n        row.act = 'x'",
    ],
)
def test_this_check_would_see_it(source: str) -> None:
    assert changes(source)


def test_not_even_a_row_that_was_read_can_be_written_back(database: Database) -> None:
    complaint, _ = file_one(database)
    with pytest.raises(DBAPIError, match="history only grows"), database.write.begin() as db:
        complaints.history(db, complaint.id)[0].note = "solved"
    with pytest.raises(DBAPIError, match="history only grows"), database.write.begin() as db:
        db.delete(complaints.history(db, complaint.id)[0])
    with database.read.begin() as db:
        assert [step.note for step in complaints.history(db, complaint.id)] == [None]


def test_a_complaint_that_has_a_history_cannot_be_deleted_with_it(database: Database) -> None:
    complaint, _ = file_one(database)
    with pytest.raises(DBAPIError), database.write.begin() as db:
        db.delete(db.get_one(Complaint, complaint.id))
    with database.read.begin() as db:
        assert db.get(Complaint, complaint.id) is not None
        assert len(complaints.history(db, complaint.id)) == 1


def test_a_row_cannot_be_put_in_the_place_of_another(database: Database) -> None:
    """SQLite's REPLACE deletes without asking the trigger that forbids it."""
    complaint, _ = file_one(database)
    with database.read.begin() as db:
        first = complaints.history(db, complaint.id)[0]
    values = {
        "role": "",
        "id": first.id,
        "complaint_id": complaint.id,
        "version": 1,
        "act": "x",
        "actor": "x",
        "status": "x",
        "at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
    }
    statement = History.__table__.insert().values(values)
    if database.engine.dialect.name == "sqlite":
        statement = statement.prefix_with("OR REPLACE")
    with pytest.raises(DBAPIError), database.write.begin() as db:
        db.execute(statement)
    with database.read.begin() as db:
        assert complaints.history(db, complaint.id)[0].act == "filed"
