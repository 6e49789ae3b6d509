"""Which module of storage and sessions had its statements run on which database: each must on both.

Most tests run on SQLite alone (tests/conftest.py). A statement that nobody runs on PostgreSQL would be found by an
installation, so the whole run listens to every statement and fails when a module is left out.
"""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

ROOT = Path(__file__).parent.parent
ROOMS = ("storage", "sessions")
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
# SQLite has no roles and no limit of connections: these modules return before they ask it anything.
POSTGRESQL_ALONE = {"storage/connection/connection_limits.py", "storage/operations/database_role.py"}
RUNS = {"execute", "scalars", "scalar", "get_one", "flush", "refresh", "exec_driver_sql"}
ON = {"db", "connection", "op"}  # what sessions, connections and Alembic are called in the house

_seen: set[tuple[str, str]] = set()  # (dialect, module)


def record() -> None:
    """Listen to every statement of this process from now on."""
    if not event.contains(Engine, "before_cursor_execute", _heard):
        event.listen(Engine, "before_cursor_execute", _heard)


def take(seen: list[list[str]]) -> None:
    """What another process heard, as it was told by `as_lists`."""
    _seen.update((dialect, module) for dialect, module in seen)


def as_lists() -> list[list[str]]:
    """What was heard here."""
    return sorted([dialect, module] for dialect, module in _seen)


def missing(seen: set[tuple[str, str]] = _seen) -> list[str]:
    """A sentence for each module and database that did not meet."""
    return [
        f"{module}: none of its statements was run on {name}. Mark a test of it both_databases (CONTRIBUTING.md)."
        for module in modules()
        for dialect, name in DATABASES.items()
        if (dialect, module) not in seen and not (dialect == "sqlite" and module in POSTGRESQL_ALONE)
    ]


def modules() -> list[str]:
    """Every module that runs statements, read from the code."""
    found = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")) if _runs(path.read_text("utf-8"))]
    return [path.relative_to(ROOT).as_posix() for path in found]


def _runs(source: str) -> bool:
    return any(
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in ON
        and (call.func.attr in RUNS or call.func.value.id == "op")
        for call in ast.walk(ast.parse(source))
    )


def _heard(connection: Any, *_: Any) -> None:
    """The innermost module of ours runs the statement."""
    frame = sys._getframe(1)
    while frame is not None:
        module = _module(frame.f_code.co_filename)
        if module:
            _seen.add((connection.dialect.name, module))
            return
        frame = frame.f_back


@cache
def _module(file: str) -> str:
    path = Path(file)
    ours = path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in ROOMS
    return path.relative_to(ROOT).as_posix() if ours else ""
