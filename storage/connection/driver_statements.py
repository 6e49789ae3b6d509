"""Statements of a session's transaction that are compiled once and given to the driver: those of every filing.

SQLAlchemy takes several times as long to run a statement as the driver does, and longer still to make a row of it or to
find out what of a row has changed. A statement here is built once, at import or for its columns. Values become what
the column's type makes of them, errors are SQLAlchemy's, and whoever listens to statements hears of these too. Nothing
that waits in the session is written first.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeVar, cast

from msgspec import Struct
from sqlalchemy import Connection, Dialect, Executable, Table, bindparam, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from storage.connection.database import memory
from storage.schema.sealed_columns import KEYS, SealedRow
from storage.schema.tables import Base

T = TypeVar("T", bound=Base)
Convert = Callable[[Any], Any] | None
_CONNECTION = "the connection of this transaction"


class DriverStatement:
    """A statement for the driver."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._ready: dict[str, _DialectStatement] = {}

    def run(self, db: Session, values: Mapping[str, Any]) -> list[Any]:
        """Every row, with its columns as attributes; none of a statement that returns none."""
        kept = memory(db)
        connection = kept.get(_CONNECTION)
        if connection is None:
            connection = db.connection()
            memory(db)[_CONNECTION] = connection  # the transaction has begun now
        ready = self._ready.get(connection.dialect.name)
        if ready is None:
            ready = _ready(self._statement, connection.dialect)
            self._ready[connection.dialect.name] = ready
        given = ready.given(values)
        try:
            with closing(connection.connection.cursor()) as cursor:
                for hear in connection.dispatch.before_cursor_execute:
                    hear(connection, cursor, ready.sql, given, None, False)
                cursor.execute(ready.sql, given)
                rows = cursor.fetchall() if ready.row else []
                for hear in connection.dispatch.after_cursor_execute:
                    hear(connection, cursor, ready.sql, given, None, False)
        except connection.dialect.loaded_dbapi.Error as error:
            raise _error(connection, ready.sql, error) from error
        return [ready.row(each) for each in rows] if ready.row else []

    def one(self, db: Session, values: Mapping[str, Any]) -> Any | None:
        """The first row, or None."""
        rows = self.run(db, values)
        return rows[0] if rows else None


class _DialectStatement(Struct, frozen=True):
    sql: str
    fixed: dict[str, Any]  # values that the statement has of its own, as the driver takes them
    plain: tuple[str, ...]  # names in the SQL of those that the driver takes as they are
    read: Callable[[Mapping[str, Any]], tuple[Any, ...]]  # those, of the values that it is given by our names
    made: tuple[tuple[str, str, Callable[[Any], Any]], ...]  # of the others: its name in the SQL, ours, and its type's
    order: Callable[[Mapping[str, Any]], tuple[Any, ...]] | None  # of all, where they are given by place
    row: Callable[[Sequence[Any]], Any] | None

    def given(self, values: Mapping[str, Any]) -> Any:
        """What the driver takes."""
        found = dict(self.fixed)
        found.update(zip(self.plain, self.read(values), strict=True))
        for name, key, convert in self.made:
            found[name] = convert(values[key])
        return self.order(found) if self.order else found


def _ready(statement: Any, dialect: Dialect) -> _DialectStatement:
    compiled = statement.compile(dialect=dialect)
    if compiled.post_compile_params or compiled.literal_execute_params:
        raise ValueError("the SQL of a driver's statement is the same for all values")
    fixed, plain, made = dict[str, Any](), dict[str, str](), []
    for bind, name in compiled.bind_names.items():
        convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
        if not bind.required:
            fixed[name] = convert(bind.value) if convert else bind.value
        elif convert is None:
            plain[name] = bind.key
        else:
            made.append((name, bind.key, convert))
    order = _values_of(tuple(compiled.positiontup or ())) if compiled.positional else None
    returned = tuple(statement.exported_columns)
    reader = _reader(returned, dialect) if returned else None
    return _DialectStatement(
        str(compiled), fixed, tuple(plain), _values_of(tuple(plain.values())), tuple(made), order, reader
    )


def _values_of(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """What reads the values of these names."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple(values[name] for name in names)


def _reader(columns: Sequence[Any], dialect: Dialect) -> Callable[[Sequence[Any]], Any]:
    """What makes a row as SQLAlchemy would give it of one of the driver's."""
    named: Any = namedtuple("Row", [each.key for each in columns])  # type: ignore[misc]  # by the statement
    make: Callable[[Sequence[Any]], Any] = named._make
    readers = tuple(each.type.dialect_impl(dialect).result_processor(dialect, None) for each in columns)
    if not any(readers):
        return make
    return lambda given: make([read(value) if read else value for read, value in zip(readers, given, strict=True)])


def _error(connection: Connection, sql: str, error: Exception) -> Exception:
    """The driver's error as SQLAlchemy raises it. A connection that is gone is not used again."""
    dialect = connection.dialect
    gone = dialect.is_disconnect(cast("Any", error), connection.connection, None)
    if gone:
        connection.invalidate(error)
    return DBAPIError.instance(
        sql, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, connection_invalidated=gone, dialect=dialect
    )


def write_columns(db: Session, row: Base, **columns: Any) -> None:
    """Change columns of a row that the transaction holds, none of them encrypted."""
    if not columns:
        return
    db.flush()  # what was set on it before
    _changing(type(row), tuple(columns)).run(db, {"this": row.id, **columns})  # type: ignore[attr-defined]
    for name, value in columns.items():
        set_committed_value(row, name, value)


@lru_cache(maxsize=64)
def _changing(table: type[Base], names: tuple[str, ...]) -> DriverStatement:
    columns = cast("Table", table.__table__).c
    values = {name: bindparam(name, type_=columns[name].type) for name in names}
    return DriverStatement(update(columns.id.table).where(columns.id == bindparam("this")).values(values))


def to_row(db: Session, table: type[T], columns: Mapping[str, Any]) -> T:
    """The row of these columns, all that its table has, as if the session had read it just now."""
    attributes = {_attributes(table)[name]: value for name, value in columns.items()}
    known = db.identity_map.get(table.__mapper__.identity_key_from_primary_key((columns["id"],)))
    if known is not None:
        for name, value in attributes.items():
            set_committed_value(known, name, value)
        return cast("T", known)
    row = table()
    row.__dict__.update(attributes)
    make_transient_to_detached(row)
    db.add(row)
    if isinstance(row, SealedRow):
        row._keys = db.info.get(KEYS)
    return row


@lru_cache(maxsize=64)
def _attributes(table: type[Base]) -> dict[str, str]:
    return {each.columns[0].name: each.key for each in table.__mapper__.column_attrs}
