"""Goes through tables in short transactions, beside the service, until no row needs the change any more.

Each transaction notes how far it came: a round that was broken off goes on there.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from msgspec import Struct
from sqlalchemy.exc import OperationalError

from storage.connection import error_codes
from storage.connection.database import Database
from storage.encryption import key_jobs
from storage.encryption.sealed_tables import Change, Window, change_window, rows_from, take_time
from storage.schema.sealed_columns import SealedRow

Clock = Callable[[], datetime]
R = TypeVar("R")
TRIES = 30  # a batch that could not get its rows is tried so often
LONGEST = 0.5  # seconds that rows may be held: batches become smaller then
SMALLEST = 50  # ids of a batch
PAUSE = 0.5  # seconds before it is tried again, and before a round for rows that somebody held


class Pace(Struct, frozen=True):
    """How fast rows are changed: at most `size` ids in a transaction, then a pause of `rest` times what it took."""

    size: int = 1000
    rest: float = 1.0
    wait: Callable[[float], None] = time.sleep


class Progress(Struct, frozen=True):
    """Where a round is: ids of `table` that were passed, of how many, and what was done in all rounds."""

    table: str
    passed: int
    total: int
    looked: int
    changed: int


class TableCount(Struct, frozen=True):
    """How many rows a table has, and how many need a change."""

    table: str
    rows: int
    wanted: int


Tables = Sequence[type[SealedRow]]
Tell = Callable[[Progress], None]


def run_rounds(
    database: Database, job: str, tables: Tables, change: Change, *, pace: Pace, clock: Clock, tell: Tell
) -> None:
    """Make a change in every row that needs it: rounds, until one finds none."""
    while True:
        for table in tables:
            _go_through(database, job, table, change, pace=pace, clock=clock, tell=tell)
        if not attempt(lambda: _round_is_over(database, job), pace):
            return
        pace.wait(PAUSE)


def count_rows(database: Database, tables: Tables, change: Change, size: int) -> list[TableCount]:
    """How many rows need a change. It reads every row and holds none."""
    found = []
    for table in tables:
        after = rows = wanted = 0
        while True:
            with database.read.begin() as db:
                window = change_window(db, table, change, after, size, only_count=True)
            if window is None:
                break
            after, rows, wanted = window.last, rows + window.looked, wanted + window.left
        found.append(TableCount(table.__tablename__, rows, wanted))
    return found


def attempt(act: Callable[[], R], pace: Pace) -> R:
    """Run a transaction, and again where others hold what it needs. Raises what the database raises."""
    for _ in range(TRIES - 1):
        try:
            return act()
        except OperationalError as error:
            if not (error_codes.is_row_conflict(error) or error_codes.code(error) == "SQLITE_BUSY"):
                raise
        pace.wait(PAUSE)
    return act()


def _go_through(
    database: Database, job: str, table: type[SealedRow], change: Change, *, pace: Pace, clock: Clock, tell: Tell
) -> None:
    name = table.__tablename__
    with database.read.begin() as db:
        total = rows_from(db, table, 0)

    size = pace.size

    def window() -> Window | None:
        with database.write.begin() as db:
            take_time(db)
            row = key_jobs.mark(db, job, name, clock())
            if row.finished_at is not None:
                return None
            done = change_window(db, table, change, row.after, size)
            key_jobs.move(row, done, clock())
            tell(Progress(name, min(row.after, total), total, row.looked, row.changed))
            return done

    while True:
        began = time.monotonic()
        if attempt(window, pace) is None:
            return
        took = time.monotonic() - began
        size = max(SMALLEST, size // 2) if took > LONGEST else min(pace.size, size * 2) if took < LONGEST / 4 else size
        if pace.rest:
            pace.wait(took * pace.rest)


def _round_is_over(database: Database, job: str) -> int:
    with database.write.begin() as db:
        return key_jobs.start_round(db, job)
