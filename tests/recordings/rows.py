"""Rows of a database as they are stored, each as one line of JSON: no class of the product has a say in it."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine, MetaData, Table, select

from tests.partitions import is_table

TABLE_OF_VERSIONS = "alembic_version"
_KINDS = {"time": dt.datetime.fromisoformat, "day": dt.date.fromisoformat, "bytes": base64.b64decode}


def tables(engine: Engine) -> list[Table]:
    """Every table of a database as it finds them there, those that others refer to first."""
    found = MetaData()
    found.reflect(engine, only=is_table)
    return [each for each in found.sorted_tables if each.name != TABLE_OF_VERSIONS]


def lines(engine: Engine) -> Iterator[tuple[str, dict[str, Any]]]:
    """(table, row) of all that a database holds, in order of the primary keys; JSON can say each value."""
    with engine.connect() as connection:
        for table in sorted(tables(engine), key=lambda each: each.name):
            for row in connection.execute(
                select(table).order_by(*(list(table.primary_key) or [table.c.id]))
            ).mappings():
                yield table.name, {name: written(value) for name, value in row.items()}


def written(value: Any) -> Any:
    """A value for JSON."""
    match value:
        case dt.datetime():
            return {"time": value.replace(tzinfo=value.tzinfo or dt.UTC).astimezone(dt.UTC).isoformat()}
        case dt.date():
            return {"day": value.isoformat()}
        case bytes() | memoryview():
            return {"bytes": base64.b64encode(bytes(value)).decode()}
        case dict() | list():
            return {"json": value}
        case _:
            return value


def read(value: Any) -> Any:
    """The value that was written so."""
    if not isinstance(value, dict):
        return value
    ((kind, said),) = value.items()
    return said if kind == "json" else _KINDS[kind](said)


def insert(engine: Engine, rows: list[tuple[str, dict[str, Any]]]) -> None:
    """Put rows into tables that are there, and let the next ones be numbered after them."""
    postgresql = engine.dialect.name == "postgresql"
    with engine.begin() as connection:
        for table in tables(engine):
            found = [{name: _kept(read(value), table, name) for name, value in row.items()}
                     for name_of, row in rows if name_of == table.name]  # fmt: skip
            if not found:
                continue
            connection.execute(table.delete())
            connection.execute(table.insert(), found)
            if postgresql and "id" in table.c and table.c.id.autoincrement:
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM {table.name}))"
                    f" WHERE pg_get_serial_sequence('{table.name}', 'id') IS NOT NULL"
                )


def _kept(value: Any, table: Table, name: str) -> Any:
    """SQLite keeps times without a zone, as the product's own columns do."""
    if isinstance(value, dt.datetime) and not getattr(table.c[name].type, "timezone", False):
        return value.replace(tzinfo=None)
    return value
