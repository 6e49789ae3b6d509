"""Detects that the database was restored from a backup: texts that are due in it may have been sent since.

The database's mark rises with every claim, in the same transaction, and every few seconds. It is copied to Redis after
the COMMIT and before anything is sent. If the copy is ahead of the database, the database went back: a new epoch
begins, and texts of the older one wait for an operator (`flask texts release`). The copy is read before the database,
so that a mark raised in between does not look like a restore. While it cannot be read the mark does not rise: otherwise
a restored database could catch up with its copy unnoticed.
"""

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
SINCE_THEN = dt.timedelta(seconds=60)  # a text created so long after the last mark was created after the restore


class Marks(Protocol):
    """Where marks are copied (a key in Redis for each database, by its name). Neither method raises."""

    def get(self, name: str) -> int | None:
        """The highest mark copied; 0 if there is none, and None if it cannot be read now."""
        ...

    def lift(self, name: str, mark: int) -> None:
        """Copy a mark. A higher one stays."""
        ...


def detect_restore(database: Database, now: dt.datetime, marks: Marks) -> bool | None:
    """True if a restore is detected now: a new epoch has begun. None if it cannot be known now."""
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
    """Detect a restore, then raise and copy the mark when it is due; True if the database was restored."""
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
    """Begin a new epoch for an operator (`flask texts restored`): no text created so far is sent by itself."""
    with database.write.begin() as db:
        held = restore_mark.lock_mark(db)
        _begin_epoch(db, held, now, held.mark + 1)


def _begin_epoch(db: Session, held: DatabaseMark, now: dt.datetime, mark: int) -> None:
    since = held.marked_at + SINCE_THEN if held.marked_at is not None else now
    restore_mark.begin_epoch(db, held, now, mark)
    outbox.carry_over(db, held.epoch, since)


def rename_database(database: Database, name: str) -> None:
    """Give a database another name, while nothing runs: copied marks belong to the old name only."""
    with database.write.begin() as db:
        restore_mark.rename(db, name)
