"""What SQLAlchemy compiled once serves every engine of a test process, as it serves every request of a real one.

An engine keeps its compiled statements to itself, and nearly every test opens an engine of its own. Compiling the same
statements for each took a fifth of the time of the tests that use a database.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

SHARED: LRUCache[object, object] = LRUCache(4000)
DIALECTS = (SQLiteDialect_pysqlite, PGDialect_psycopg)


def share() -> None:
    """From now on. Compiled statements are found by their dialect: two of one class are the same one here."""
    for each in DIALECTS:
        each.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[assignment,method-assign]
        each.__hash__ = lambda self: hash(type(self))  # type: ignore[assignment,method-assign]
    if not event.contains(Engine, "engine_connect", _use):
        event.listen(Engine, "engine_connect", _use)


def _use(connection: Connection) -> None:
    connection.engine._compiled_cache = SHARED  # type: ignore[assignment]
