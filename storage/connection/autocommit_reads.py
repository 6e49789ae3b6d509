"""Reads of one row, or of few, without a session or a transaction, for first dials: thousands a minute.

Each thread keeps a connection open. If it is broken, a new one is tried once. Where there are more threads than
connections to keep, the others borrow one for each read: kept ones would leave none for anybody else.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from weakref import WeakSet

from sqlalchemy import Connection, Engine, Executable, Result, Row
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
