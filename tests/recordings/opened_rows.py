"""Rows of a database as they are stored, with what is encrypted in them opened. What is drawn for keys is left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.recordings.product import Base, Database, SealedRow, open_column
from tests.recordings.rows import lines, read, written

DRAWN = ("key_id", "phone_ix", "phone_ix_next")  # columns of keys, which are random
KEYS = ("data_keys", "key_checks")  # tables of them


def opened_lines(database: Database) -> Iterator[tuple[str, dict[str, Any]]]:
    """The same as `lines`. Raises UnknownKey for what does not open in its place."""
    classes: dict[str, Any] = {each.class_.__tablename__: each.class_ for each in Base.registry.mappers}
    with database.read() as db:
        for table, row in lines(database.engine):
            held = {name: read(value) for name, value in row.items()}
            kind = classes.get(table)
            if table in KEYS:
                continue
            for name in kind.SEALED if kind is not None and issubclass(kind, SealedRow) else ():
                row[name] = written(open_column(db, kind, name, held[name], held))
            yield table, {name: value for name, value in row.items() if name not in DRAWN}
