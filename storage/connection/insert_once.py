"""Inserts a row at most once, which makes repeated requests, jobs and commits harmless."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Table, bindparam, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from storage.schema.sealed_columns import seal_columns
from storage.schema.tables import Base

T = TypeVar("T", bound=Base)
Reckoned = tuple[tuple[str, ColumnElement[Any]], ...]  # columns that the database computes: name and expression


def add_once(db: Session, table: type[Base], reckoned: Reckoned = (), /, **values: Any) -> int | None:
    """Add a row to a table with an `id`; returns its id, or None if one of its unique keys is taken.

    It does not raise or break the transaction: on PostgreSQL it waits for another transaction's commit. Statements are
    cached: pass the same tuple `reckoned` in each call.
    """
    statement = _adding(db.get_bind().dialect.name, cast("Table", table.__table__), reckoned)
    return db.execute(statement, seal_columns(db, table, values)).scalar_one_or_none()


def add_once_in_months(db: Session, table: type[Base], key: tuple[str, ...], /, **values: Any) -> int | None:
    """The same for a table in monthly partitions, of which each knows its own rows only: `key` is looked up in all.

    Around the border of a month the caller holds the key (`hold_border` of monthly_partitions.py).
    """
    dialect = db.get_bind().dialect.name
    if dialect != "postgresql":
        return add_once(db, table, **values)
    statement = _adding_in_months(cast("Table", table.__table__), key, tuple(values))
    new = {f"new_{name}": value for name, value in seal_columns(db, table, values).items()}
    return db.execute(statement, new).scalar_one_or_none()


def add_all_once(
    db: Session, table: type[Base], key: str, reckoned: Reckoned, rows: Sequence[Mapping[str, Any]]
) -> dict[Any, int]:
    """`add_once` of several rows with the same columns, in order, as one statement.

    Returns the ids of those that were added by their `key`, the name of a unique column.
    """
    if not rows:
        return {}
    statement = _adding(db.get_bind().dialect.name, cast("Table", table.__table__), reckoned, key)
    found = db.execute(statement, [seal_columns(db, table, each) for each in rows])
    return {row[1]: row[0] for row in found}


def add_row_once(db: Session, table: type[T], /, **values: Any) -> T | None:
    """The same, and the row itself: it need not be read again."""
    return db.scalars(_adding_row(db.get_bind().dialect.name, table), seal_columns(db, table, values)).one_or_none()


def add_many_once(db: Session, table: type[Base], rows: Sequence[Mapping[str, Any]], reckoned: Reckoned = ()) -> None:
    """Add many rows with one statement: those of which a unique key is taken are left out. Their words are sealed."""
    db.execute(_adding_many(db.get_bind().dialect.name, cast("Table", table.__table__), reckoned), rows)


def insert(db: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT in this database's dialect, which supports ON CONFLICT."""
    return _insert(db.get_bind().dialect.name)(table)


@lru_cache(maxsize=64)
def _adding(dialect: str, table: Table, reckoned: Reckoned, *others: str) -> ReturningInsert[Any]:
    returned = (table.c.id, *(table.c[name] for name in others))
    statement = _insert(dialect)(table).on_conflict_do_nothing().returning(*returned)
    return statement.values(dict(reckoned)) if reckoned else statement


@lru_cache(maxsize=64)
def _adding_in_months(table: Table, key: tuple[str, ...], names: tuple[str, ...]) -> ReturningInsert[int]:
    known, values = table.alias(), {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
    same = exists().where(*(known.c[name] == values[name] for name in key))
    new = postgresql.insert(table).from_select(list(names), select(*values.values()).where(~same))
    return new.on_conflict_do_nothing().returning(table.c.id)


@lru_cache(maxsize=64)
def _adding_many(dialect: str, table: Table, reckoned: Reckoned) -> postgresql.Insert | sqlite.Insert:
    statement = _insert(dialect)(table).on_conflict_do_nothing()
    return statement.values(dict(reckoned)) if reckoned else statement


@lru_cache(maxsize=64)
def _adding_row(dialect: str, table: type[T]) -> Any:
    columns = cast("Table", table.__table__)
    return select(table).from_statement(_insert(dialect)(columns).on_conflict_do_nothing().returning(*columns.c))


def _insert(dialect: str) -> type[postgresql.Insert] | type[sqlite.Insert]:
    return postgresql.Insert if dialect == "postgresql" else sqlite.Insert
