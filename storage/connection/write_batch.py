"""Writes of one transaction that are put together, so that one statement writes the rows of many cases.

Between the first and the last line of `gather_writes`, functions that add or change a row of a case hand it over here
instead. What they return is as it will be. The transaction must hold every case that it writes about: then no row can
turn out otherwise. It may not go on after a failure, because what was handed over is not written.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.orm import Session

from storage.connection.database import memory
from storage.schema.tables import Base

Write = Callable[[Session, Sequence[Any]], None]
_BATCH = "writes that wait"
IDS_AT_ONCE = 128  # that are reserved in a sequence with one statement; those that are not used leave gaps


class WriteBatch:
    """The rows that wait, by the function that writes them: they are written in the order of each function's first."""

    def __init__(self) -> None:
        self._rows: dict[Write, list[Any]] = {}
        self._ids: dict[Table, list[int]] = {}
        self._last: dict[Table, int] = {}

    def add(self, write: Write, row: Any) -> None:
        """One more row for this function."""
        self._rows.setdefault(write, []).append(row)

    def next_id(self, db: Session, table: type[Base]) -> int:
        """The id that a row will have. Nobody else adds rows to this table in the transaction."""
        rows = cast("Table", table.__table__)
        if not self._ids.get(rows):
            numbers = select(next_number(db, table))
            if is_postgresql(db):
                numbers = numbers.select_from(func.generate_series(1, IDS_AT_ONCE))
            self.keep_ids(db, table, db.scalars(numbers).all())
        return self._ids[rows].pop()

    def keep_ids(self, db: Session, table: type[Base], numbers: Sequence[int]) -> None:
        """Rows will have these, which a statement of this transaction read as `next_number`.

        On SQLite, which lets one transaction write at a time, they follow the highest of them.
        """
        rows = cast("Table", table.__table__)
        if numbers and not is_postgresql(db):
            first = max(numbers[0], self._last.get(rows, 0) + 1)
            numbers = range(first, first + IDS_AT_ONCE)
        self._ids[rows] = sorted(numbers, reverse=True)
        self._last[rows] = max(self._ids[rows], default=0)

    def write(self, db: Session) -> None:
        """Write what waits."""
        while self._rows:
            write = next(iter(self._rows))
            write(db, self._rows.pop(write))


@contextmanager
def gather_writes(db: Session) -> Iterator[None]:
    """Write together what the block hands over, at its end."""
    batch = memory(db)[_BATCH] = WriteBatch()
    yield
    del memory(db)[_BATCH]
    batch.write(db)
    db.flush()


def write_batch(db: Session) -> WriteBatch | None:
    """Where rows wait in this transaction; None if each is written at once."""
    found: WriteBatch | None = memory(db).get(_BATCH)
    return found


def write_early(db: Session) -> None:
    """Write what waits now, because another row will refer to it."""
    if (batch := write_batch(db)) is not None:
        batch.write(db)


def flush(db: Session) -> None:
    """Write changed rows, unless they are written together at the end."""
    if write_batch(db) is None:
        db.flush()


def next_number(db: Session, table: type[Base]) -> ColumnElement[int]:
    """A column of ids that no row has: one more in each row of what is read, or on SQLite the lowest in all of them."""
    rows = cast("Table", table.__table__)
    if is_postgresql(db):
        return func.nextval(f"{rows.name}_id_seq")
    return select(func.coalesce(func.max(rows.c.id), 0) + 1).scalar_subquery()


def is_postgresql(db: Session) -> bool:
    """Whether the database has sequences."""
    return db.get_bind().dialect.name == "postgresql"
