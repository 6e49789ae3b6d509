"""Reads of one row, or of few, without a session or a transaction, for first dials: thousands a minute.

Each thread keeps a connection open. If it is broken, a new one is tried once. Where there are more threads than
connections to keep, the others borrow one for each read: kept ones would leave none for anybody else.
"""

import threading
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from weakref import WeakSet

from msgspec import Struct
from sqlalchemy import Connection, Dialect, Engine, Executable, Result, Row, Select
from sqlalchemy.exc import DBAPIError

T = TypeVar("T")
GLANCES = "sunwai_glances"  # the execution option that keeps our BEGIN away from these connections


class Glances:
    """Runs single statements in autocommit mode."""

    def __init__(self, engine: Engine, most_kept: int) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT", **{GLANCES: True})
        self._local = threading.local()
        self._kept: WeakSet[Connection] = WeakSet()  # one of a thread that ended leaves it by itself
        self._lock, self._most = threading.Lock(), most_kept

    def one(self, statement: Executable, values: Mapping[str, Any]) -> Row[Any] | None:
        """The only row of a statement, or None. Raises what the database raises."""
        return self._read(statement, values, Result.one_or_none)

    def first(self, read: "RowQuery", values: Mapping[str, Any]) -> Any | None:
        """The first row of a prepared read, with its columns as attributes, or None. Raises what the database raises.

        SQLAlchemy takes several times as long to run a statement as the driver does, so it is left out; whoever listens
        to statements hears of this one too.
        """
        kept: Connection | None = getattr(self._local, "connection", None)
        if kept is not None:
            ready = read.on(self._engine.dialect)
            given: Any = tuple(values[name] for name in ready.names) if ready.positional else values
            try:
                cursor = kept.connection.cursor()
                try:
                    for hear in kept.dispatch.before_cursor_execute:
                        hear(kept, cursor, ready.sql, given, None, False)
                    cursor.execute(ready.sql, given)
                    row = cursor.fetchone()
                finally:
                    cursor.close()
            except self._engine.dialect.loaded_dbapi.Error:
                self.drop()
            else:
                return ready.row(row) if row is not None else None
        return self._read(read.statement, values, Result.first)

    def all(self, statement: Executable, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
        """Every row of a statement, which must be few. Raises what the database raises."""
        return self._read(statement, values, Result.all)

    def _read(self, statement: Executable, values: Mapping[str, Any], take: Callable[[Result[Any]], T]) -> T:
        kept: Connection | None = getattr(self._local, "connection", None)
        if kept is not None:
            try:
                return take(kept.execute(statement, values))
            except DBAPIError:
                self.drop()
        fresh = self._engine.connect()
        try:
            found = take(fresh.execute(statement, values))
        except BaseException:
            fresh.close()
            raise
        with self._lock:
            if room := len(self._kept) < self._most:
                self._kept.add(fresh)
        if room:
            self._local.connection = fresh
        else:
            fresh.close()
        return found

    def drop(self) -> None:
        """Close this thread's connection."""
        kept: Connection | None = getattr(self._local, "connection", None)
        self._local.connection = None
        if kept is not None:
            with self._lock:
                self._kept.discard(kept)
            kept.invalidate()
            kept.close()


class RowQuery:
    """A statement that reads one row, compiled once for each kind of database.

    Its values go to the driver as they are: numbers, texts and bytes.
    """

    def __init__(self, statement: Select[Any]) -> None:
        self.statement = statement
        self._ready: dict[str, _DriverQuery] = {}

    def on(self, dialect: Dialect) -> "_DriverQuery":
        """What the driver of a database is given."""
        ready = self._ready.get(dialect.name)
        if ready is None:
            ready = self._ready[dialect.name] = _ready(self.statement, dialect)
        return ready


class _DriverQuery(Struct, frozen=True):
    sql: str
    names: Sequence[str]  # of its values, in their order
    positional: bool  # whether they are given by place, or by name
    columns: Callable[[Sequence[Any]], Any]
    readers: tuple[tuple[int, Callable[[Any], Any]], ...]  # by place what makes SQLAlchemy's value of the driver's

    def row(self, given: Sequence[Any]) -> Any:
        """A row as SQLAlchemy would give it."""
        values = list(given)
        for at, read in self.readers:
            values[at] = read(values[at])
        return self.columns(values)


def _ready(statement: Select[Any], dialect: Dialect) -> _DriverQuery:
    compiled: Any = statement.compile(dialect=dialect)
    columns = statement.selected_columns
    made = namedtuple("Read", columns.keys())  # type: ignore[misc]  # its names come from the statement
    readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    reads = tuple((at, read) for at, read in enumerate(readers) if read is not None)
    return _DriverQuery(str(compiled), compiled.positiontup or (), compiled.positional, made._make, reads)
