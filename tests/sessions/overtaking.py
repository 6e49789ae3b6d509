"""Somebody else who gets in between what an act reads and what it writes: a race that always ends the same way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, cast

from sqlalchemy.orm import Session

from storage.connection.database import Database


class Overtaking:
    """Write sessions of a database before one of which, the first by default, `another` acts on it, and commits."""

    def __init__(self, database: Database, another: Callable[[Database], None], before: int = 1) -> None:
        self._database, self._another, self._left = database, another, before

    @classmethod
    def of(cls, database: Database, another: Callable[[Database], None], before: int = 1) -> Database:
        return replace(database, write=cast("Any", cls(database, another, before)))

    def begin(self) -> AbstractContextManager[Session]:
        self._left -= 1
        if not self._left:
            self._another(self._database)
        return self._database.write.begin()
