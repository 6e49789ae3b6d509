"""A place of the story's own in a PostgreSQL database: a schema that nothing else uses, gone with the story."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.schema import CreateSchema, DropSchema

SCHEMA = "sunwai_story"


@contextmanager
def own_schema(first: Engine, *others: Engine) -> Iterator[None]:
    """Let these engines, not connected yet, use that schema alone. An SQLite file is a place of its own already."""
    if first.dialect.name != "postgresql":
        yield
        return
    for engine in (first, *others):
        event.listen(engine, "connect", _within)
    with first.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(DropSchema(SCHEMA, cascade=True, if_exists=True))
        connection.execute(CreateSchema(SCHEMA))
    try:
        yield
    finally:
        with first.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(DropSchema(SCHEMA, cascade=True))
        first.dispose()


def _within(connection: Any, _record: Any) -> None:
    connection.autocommit = True
    connection.execute(f"SET search_path TO {SCHEMA}")
    connection.autocommit = False
