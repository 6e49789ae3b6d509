"""Statements about thousands of rows at once: PostgreSQL takes them as arrays, SQLite as single values."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Integer,
    LargeBinary,
    Table,
    Text,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import TypeEngine

ColumnOrAttribute = ColumnElement[Any] | InstrumentedAttribute[Any]


def is_among(db: Session, of: ColumnOrAttribute, values: Collection[int] | Collection[str]) -> ColumnElement[bool]:
    """Whether a column has one of these values."""
    found: list[Any] = list(values)
    if db.get_bind().dialect.name != "postgresql" or not found:
        return of.in_(found)
    kind: TypeEngine[Any] = ARRAY(BigInteger() if isinstance(found[0], int) else Text())
    return of == any_(literal(found, kind))


def update_rows(db: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Set columns of rows, each with its `id`: all rows have the same columns."""
    if not rows:
        return
    names = [name for name in rows[0] if name != "id"]
    if db.get_bind().dialect.name == "postgresql":
        _update_by_arrays(db, table, names, rows)
        return
    values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
    changed = update(table).where(table.c.id == bindparam("this")).values(values)
    db.execute(changed, [{"this": row["id"]} | {f"new_{name}": row[name] for name in names} for row in rows])


def _update_by_arrays(db: Session, table: Table, names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    kinds: dict[str, TypeEngine[Any]] = {"id": BigInteger()} | {name: _kind(table, name) for name in names}
    arrays = [literal([_sent(row[name], kind) for row in rows], ARRAY(_plain(kind))) for name, kind in kinds.items()]
    columns = (column(name, _plain(kind)) for name, kind in kinds.items())
    new = func.unnest(*arrays).table_valued(*columns, name="new").render_derived()
    values = {name: cast(new.c[name], JSON) if isinstance(kinds[name], JSON) else new.c[name] for name in names}
    db.execute(update(table).where(table.c.id == new.c.id).values(values))


def _kind(table: Table, name: str) -> TypeEngine[Any]:
    """The type of a column as PostgreSQL knows it."""
    kind: Any = table.c[name].type
    kind = getattr(kind, "impl", kind)
    if isinstance(kind, JSON):
        return JSON()
    if isinstance(kind, LargeBinary):
        return LargeBinary()
    return BigInteger() if isinstance(kind, Integer) else Text()


def _plain(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type of its values in an array: JSON travels as text."""
    return Text() if isinstance(kind, JSON) else kind


def _sent(value: Any, kind: TypeEngine[Any]) -> Any:
    return json.dumps(value) if isinstance(kind, JSON) and value is not None else value
