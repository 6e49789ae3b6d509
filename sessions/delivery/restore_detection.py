"""Noticing that the database is an older one, brought back from a backup: what it owed was sent meanwhile.

The database's mark rises with every claim, in the same transaction, and every few seconds; it is copied outside after
the COMMIT and before anything is sent. A copy that is ahead of the database means that the database went back: a new
epoch begins, and what was owed in the older one waits for a person (`flask texts release`). The copy is read before
the database, so that a mark raised in between is no restore. While it cannot be read the mark does not rise: an older
database would catch up with its copy, and nobody would notice any more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from sqlalchemy.orm import Session

from storage.connection.database import Database
from storage.messages import outbox
from storage.operations import restore_mark
from storage.schema.tables import DatabaseMark

EVERY = dt.timedelta(seconds=10)
SINCE_THEN = dt.timedelta(seconds=60)  # a text owed so long after the last mark was owed after the restore


class Marks(Protocol):
    """Where marks are copied to (a key in Redis for each database, by its name). Neither raises."""

    def get(self, name: str) -> int | None:
        """The highest mark copied, 0 when there is none; None when that cannot be known now."""
        ...

    def lift(self, name: str, mark: int) -> None:
        """Copy a mark. A higher one stays."""
        ...


def detect_restore(database: Database, now: dt.datetime, marks: Marks) -> bool | None:
    """True when the database is found restored just now: a new epoch has begun. None when nobody can know now."""
    with database.read.begin() as db:
        name = restore_mark.name(db)
    outside = marks.get(name)
    if outside is None:
        return None
    with database.read.begin() as db:
        if restore_mark.load_mark(db).mark >= outside:
            return False
    with database.write.begin() as db:
        held = restore_mark.lock_mark(db)
        if held.mark >= outside:
            return False  # another process was first
        _begin_epoch(db, held, now, outside)
    return True


def update_mark(database: Database, now: dt.datetime, marks: Marks) -> bool:
    """Notice, then raise the mark when it is due, and copy it; True when the database was found restored."""
    found = detect_restore(database, now, marks)
    if found is None:
        return False
    with database.read.begin() as db:
        marked_at = restore_mark.load_mark(db).marked_at
    if found or marked_at is None or not dt.timedelta() <= now - marked_at < EVERY:
        with marked_transaction(database, now, marks):
            pass
    return found


@contextmanager
def marked_transaction(database: Database, now: dt.datetime, marks: Marks | None) -> Iterator[Session]:
    """A transaction that raises the mark; its copy follows the COMMIT. Without marks, a transaction like any other.

    Give no marks that `detect_restore` could not read just before.
    """
    with database.write.begin() as db:
        raised = restore_mark.rise(db, now) if marks is not None else None
        yield db
    if marks is not None and raised is not None:
        marks.lift(*raised)


def begin_epoch(database: Database, now: dt.datetime) -> None:
    """A person says that the database was restored (`flask texts restored`), or wants nothing owed to go by itself."""
    with database.write.begin() as db:
        held = restore_mark.lock_mark(db)
        _begin_epoch(db, held, now, held.mark + 1)


def _begin_epoch(db: Session, held: DatabaseMark, now: dt.datetime, mark: int) -> None:
    since = held.marked_at + SINCE_THEN if held.marked_at is not None else now
    restore_mark.begin_epoch(db, held, now, mark)
    outbox.carry_over(db, held.epoch, since)


def rename_database(database: Database, name: str) -> None:
    """Give a database another name, while nothing runs: its marks outside count for the old one only."""
    with database.write.begin() as db:
        restore_mark.rename(db, name)
