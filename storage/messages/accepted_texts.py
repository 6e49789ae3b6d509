"""Texts that aggregators accepted, written many at a time. Functions act in the caller's transaction and never commit.

One statement writes them all: their columns come as one JSON value, which both databases read as rows.
"""

import datetime as dt
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import (
    JSON,
    FromClause,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    column,
    exists,
    func,
    null,
    select,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from storage.schema.tables import OutboxMessage, Report

_ROW = cast("Table", OutboxMessage.__table__)
_COLUMNS = (
    column("id", Integer),
    column("ambiguous", Integer),
    column("provider_id", String),
    column("parts", Integer),
    column("cost", String),
)


class AcceptedText(Struct, frozen=True):
    """A text that its sender holds, and what the aggregator said of it."""

    id: int
    ambiguous: int
    provider_id: str | None
    parts: int | None
    cost: str | None


def record(db: Session, texts: Sequence[AcceptedText], now: dt.datetime) -> frozenset[int]:
    """Mark texts as sent; the ids of those that a report named before. The rows that the session holds are not changed.

    The caller holds their contacts, so that a report that comes now waits.
    """
    if not texts:
        return frozenset()
    given = {"accepted": json.dumps([asdict(each) for each in texts]), "now": now}
    rows = db.execute(_statement(db.get_bind().dialect.name), given)
    return frozenset(row[0] for row in rows if row[1])


@lru_cache(maxsize=2)
def _statement(dialect: str) -> ReturningUpdate[Any]:
    told = _rows(dialect)
    reported = exists(select(Report.id).where(Report.provider_id == _ROW.c.provider_id).correlate(_ROW))
    statement = update(_ROW).where(_ROW.c.id == told.c.id)
    return statement.values(
        state="sent",
        reason=null(),
        lease=null(),
        lease_until=null(),
        settled_at=bindparam("now", type_=_ROW.c.settled_at.type),
        **{each.name: told.c[each.name] for each in _COLUMNS[1:]},
    ).returning(_ROW.c.id, reported)


def _rows(dialect: str) -> FromClause:
    """The columns of AcceptedText, out of the JSON value."""
    if dialect == "postgresql":
        given = sql_cast(bindparam("accepted", type_=Text), JSON)
        return func.json_to_recordset(given).table_valued(*_COLUMNS).render_derived(name="accepted", with_types=True)
    each = func.json_each(bindparam("accepted", type_=Text)).table_valued("value")
    return select(*(func.json_extract(each.c.value, f"$.{name.name}").label(name.name) for name in _COLUMNS)).subquery(
        "accepted"
    )
