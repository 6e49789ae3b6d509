"""Inserts a row at most once, which makes repeated requests, jobs and commits harmless."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Table, bindparam, exists, select
from sqlalchemy import insert as insert_into
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from storage.connection.driver_statements import DriverStatement, to_row
from storage.schema.sealed_columns import seal_columns
from storage.schema.tables import Base

T = TypeVar("T", bound=Base)
Reckoned = tuple[tuple[str, ColumnElement[Any]], ...]  # columns that the database computes: name and expression
FEW = 8  # rows that one driver's statement adds; of more, SQLAlchemy makes its statement anew each time


def add_once(db: Session, table: type[Base], reckoned: Reckoned = (), /, **values: Any) -> int | None:
    """Add a row to a table with an `id`; returns its id, or None if one of its unique keys is taken.

    It does not raise or break the transaction: on PostgreSQL it waits for another transaction's commit. Statements are
    cached: pass the same tuple `reckoned` in each call.
    """
    sealed = seal_columns(db, table, values)
    names = tuple(sealed)
    row = _adding_few(db.get_bind().dialect.name, cast("Table", table.__table__), names, reckoned).one(db, sealed)
    return None if row is None else cast("int", row.id)


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
    db: Session,
    table: type[Base],
    key: str,
    reckoned: Reckoned,
    rows: Sequence[Mapping[str, Any]],
    last: Reckoned = (),
    **values: Any,
) -> dict[Any, int]:
    """`add_once` of several rows with the same columns, in order, as one statement.

    Of the last one, the database computes these columns too, of these values. Returns the ids of those that were
    added by their `key`, the name of a unique column.
    """
    if not rows:
        return {}
    columns, dialect = cast("Table", table.__table__), db.get_bind().dialect.name
    sealed = [seal_columns(db, table, each) for each in rows]
    if last or len(sealed) <= FEW:
        few = _adding_few(dialect, columns, tuple(sealed[0]), reckoned, (key,), len(sealed), last)
        return {row[1]: row[0] for row in few.run(db, {**_numbered(sealed), **values})}
    found = db.execute(_adding(dialect, columns, reckoned, key), sealed)
    return {row[1]: row[0] for row in found}


def add_row_once(db: Session, table: type[T], /, **values: Any) -> T | None:
    """The same, and the row itself: it need not be read again."""
    db.flush()  # rows that it may refer to
    sealed, columns = seal_columns(db, table, values), cast("Table", table.__table__)
    others = tuple(each.key for each in columns.c if each.key != "id")
    row = _adding_few(db.get_bind().dialect.name, columns, tuple(sealed), (), others).one(db, sealed)
    return None if row is None else to_row(db, table, row._asdict())


def add_rows(db: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows with the same columns, their words sealed, in order, as one statement. Raises where a key is taken."""
    columns = cast("Table", table.__table__)
    if len(rows) <= FEW:
        _adding_few("", columns, tuple(rows[0]), (), (), len(rows)).run(db, _numbered(rows))
    else:
        db.execute(insert_into(columns).returning(columns.c.id), rows)  # with it, several rows are one statement


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


@lru_cache(maxsize=128)
def _adding_few(
    dialect: str,
    table: Table,
    names: tuple[str, ...],
    reckoned: Reckoned,
    others: tuple[str, ...] = (),
    count: int = 1,
    last: Reckoned = (),
) -> DriverStatement:
    """So many rows, once for each unique key where a dialect is named: which are added, by id and these columns.

    Names that are no columns are values of what is reckoned. Of the last row `last` is reckoned too.
    """
    # What the columns are by default; those of which a function knows it must be given.
    known = {each.key: cast("Any", each.default) for each in table.c if each.default is not None}
    filled = {name: default.arg for name, default in known.items() if default.is_scalar}
    rows = [
        filled
        | {each: bindparam(_name(each, at), type_=table.c[each].type) for each in names if each in table.c}
        | dict(reckoned)
        for at in range(count)
    ]
    rows[-1] |= dict(last)
    if not dialect:
        return DriverStatement(insert_into(table).values(rows if count > 1 else rows[0]))
    adding = _insert(dialect)(table).values(rows if count > 1 else rows[0]).on_conflict_do_nothing()
    return DriverStatement(adding.returning(table.c.id, *(table.c[name] for name in others)))


def _numbered(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The values of several rows, by the names that `_adding_few` gives them."""
    return {_name(name, at): value for at, row in enumerate(rows) for name, value in row.items()}


def _name(column: str, at: int) -> str:
    return f"{column}__{at}" if at else column


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


def _insert(dialect: str) -> type[postgresql.Insert] | type[sqlite.Insert]:
    return postgresql.Insert if dialect == "postgresql" else sqlite.Insert
