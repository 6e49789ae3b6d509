"""Reads of one row without a session or a transaction, for first dials: thousands a minute.

Each thread keeps a connection open. If it is broken, a new one is tried once.
"""

import threading
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Row
from sqlalchemy.exc import DBAPIError

GLANCES = "sunwai_glances"  # the execution option that keeps our BEGIN away from these connections


class Glances:
    """Runs single statements in autocommit mode."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT", **{GLANCES: True})
        self._local = threading.local()

    def one(self, statement: Executable, values: Mapping[str, Any]) -> Row[Any] | None:
        """The only row of a statement, or None. Raises what the database raises."""
        kept: Connection | None = getattr(self._local, "connection", None)
        if kept is not None:
            try:
                return kept.execute(statement, values).one_or_none()
            except DBAPIError:
                self.drop()
        fresh = self._engine.connect()
        try:
            row = fresh.execute(statement, values).one_or_none()
        except BaseException:
            fresh.close()
            raise
        self._local.connection = fresh
        return row

    def drop(self) -> None:
        """Close this thread's connection."""
        kept: Connection | None = getattr(self._local, "connection", None)
        self._local.connection = None
        if kept is not None:
            kept.invalidate()
            kept.close()
