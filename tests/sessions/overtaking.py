"""Somebody else who gets in between what an act reads and what it writes: a race that always ends the same way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, cast

from sqlalchemy.orm import Session

from storage.connection.database import Database


class Overtaking:
    """Write sessions of a database before the first of which `another` acts on it, and commits."""

    def __init__(self, database: Database, another: Callable[[Database], None]) -> None:
        self._database, self._another, self._done = database, another, False

    @classmethod
    def of(cls, database: Database, another: Callable[[Database], None]) -> Database:
        return replace(database, write=cast("Any", cls(database, another)))

    def begin(self) -> AbstractContextManager[Session]:
        if not self._done:
            self._done = True
            self._another(self._database)
        return self._database.write.begin()
