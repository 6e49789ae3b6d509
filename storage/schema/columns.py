"""What every table is made of: the base they share, and times that keep their zone."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, DateTime, LargeBinary, Text, TextClause, TypeDecorator
from sqlalchemy.orm import DeclarativeBase


class Utc(TypeDecorator[dt.datetime]):
    """A time with zone, kept as UTC. SQLite has no zones, so it is put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without zone cannot be stored: pass datetime.now(UTC)")
        return None if value is None else value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        return None if value is None else value.replace(tzinfo=value.tzinfo or dt.UTC).astimezone(dt.UTC)


class Base(DeclarativeBase):
    type_annotation_map = {dt.datetime: Utc, dict[str, Any]: JSON, bytes: LargeBinary, str: Text}  # noqa: RUF012


def where(only: TextClause) -> dict[str, Any]:
    """Of an index over some rows only: it stays small however many rows were settled."""
    return {"sqlite_where": only, "postgresql_where": only}
