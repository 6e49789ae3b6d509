"""Rows of an earlier release, whose phones are in clear until the online migration has encrypted them.

Look-ups must find them too. A database that has none pays nothing: it is asked once for each table, and again once a
minute while there are some.
"""

import time
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Text, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from storage.connection.autocommit_reads import Glances
from storage.schema.sealed_columns import MARK
from storage.schema.tables import Contact, Inbound, InboundPart, Report

LOOK_AGAIN = 60.0  # seconds after which a table that had such rows is asked again


def clear_phone(table: Any) -> ColumnElement[str]:
    """The phone of a table to compare with a phone in clear: an encrypted one equals none."""
    return type_coerce(table.phone_, Text)


def _is_clear(table: Any) -> ColumnElement[bool]:
    """A row that nothing finds but its phone. Reports name no phone at all in some rows."""
    begins = func.substr(table.phone_, 1, len(MARK), type_=String)
    found: ColumnElement[bool] = table.phone_ix.is_(None) & (begins != literal(MARK, String))
    return found if table is Report else found & (clear_phone(table) != literal("", String))


def _any_in_clear(table: Any) -> Select[Any]:
    return select(literal(1).label("one")).where(_is_clear(table)).limit(1)


_QUESTIONS = {each.__tablename__: _any_in_clear(each) for each in (Contact, Inbound, InboundPart, Report)}


class RowsInClear:
    """Which tables of a database have such rows. Thread-safe."""

    def __init__(self, glances: Glances) -> None:
        self._glances = glances
        self._until: dict[str, float] = {}  # a table has some until then (time.monotonic()); 0 where it has none

    def any(self, db: Session | None, table: str) -> bool:
        """Whether a table may have some. One read of an index at the first time; `db` is None outside a transaction."""
        until = self._until.get(table)
        if until is None or (until and until < time.monotonic()):
            until = self._until[table] = time.monotonic() + LOOK_AGAIN if self._ask(db, table) else 0.0
        return until > 0

    def _ask(self, db: Session | None, table: str) -> bool:
        if db is None:
            return self._glances.one(_QUESTIONS[table], {}) is not None
        with db.no_autoflush:
            return db.execute(_QUESTIONS[table]).one_or_none() is not None
