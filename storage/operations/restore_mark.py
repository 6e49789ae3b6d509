"""The one row that says how far this database got. Functions act in the caller's transaction and never commit."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.schema.tables import DatabaseMark


def load_mark(db: Session) -> DatabaseMark:
    """The row as it is now."""
    return db.get_one(DatabaseMark, 1, populate_existing=True)


def lock_mark(db: Session) -> DatabaseMark:
    """The row, held until the transaction ends."""
    return db.get_one(DatabaseMark, 1, with_for_update=True, populate_existing=True)


def epoch(db: Session) -> int:
    """How often this database was restored."""
    return db.scalars(select(DatabaseMark.epoch)).one()


def name(db: Session) -> str:
    """What this database is called. A copy of it is called the same."""
    return db.scalars(select(DatabaseMark.name)).one()


def rename(db: Session, name: str) -> None:
    """Call this database so from now on."""
    db.execute(
        update(DatabaseMark).where(DatabaseMark.id == 1).values(name=name).execution_options(synchronize_session=False)
    )


def rise(db: Session, now: dt.datetime) -> tuple[str, int]:
    """The mark rises by one, and the row is held until the transaction ends; the database's name and its mark now."""
    statement = update(DatabaseMark).where(DatabaseMark.id == 1).values(mark=DatabaseMark.mark + 1, marked_at=now)
    returning = statement.returning(DatabaseMark.name, DatabaseMark.mark).execution_options(synchronize_session=False)
    row = db.execute(returning).one()
    return row.name, row.mark


def begin_epoch(db: Session, system: DatabaseMark, now: dt.datetime, mark: int) -> None:
    """What was owed before waits for a person from now on; the mark goes on from there."""
    system.epoch, system.restored_at = system.epoch + 1, now
    system.mark, system.marked_at = mark, now
    db.flush()
