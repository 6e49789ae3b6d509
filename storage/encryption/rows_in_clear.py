"""Rows of an earlier release, whose phones are in clear until the online migration has encrypted them.

Look-ups must find them too. A database that has none pays nothing: it is asked once, and again once a minute while
there are some.
"""

import time
from typing import Any

from sqlalchemy import ColumnElement, String, Text, exists, func, literal, select, type_coerce
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


_TABLES = (Contact, Inbound, InboundPart, Report)
_WHICH = select(*(exists().where(_is_clear(each)).label(each.__tablename__) for each in _TABLES))


class RowsInClear:
    """Which tables of a database have such rows. Thread-safe."""

    def __init__(self, glances: Glances) -> None:
        self._glances = glances
        self._have: frozenset[str] | None = None
        self._until = 0.0  # seconds of time.monotonic()

    def any(self, db: Session | None, table: str) -> bool:
        """Whether a table may have some. `db` is None outside a transaction."""
        have = self._have
        if have is None or (have and self._until < time.monotonic()):
            have = self._have = self._ask(db)
            self._until = time.monotonic() + LOOK_AGAIN
        return table in have

    def _ask(self, db: Session | None) -> frozenset[str]:
        if db is None:
            row: Any = self._glances.one(_WHICH, {})
        else:
            with db.no_autoflush:
                row = db.execute(_WHICH).one()
        return frozenset(table for table, found in row._mapping.items() if found)
