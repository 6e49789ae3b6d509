"""The mark of this database, one row. Functions act in the caller's transaction and never commit."""

import datetime as dt

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.schema.tables import DatabaseMark

_EPOCH = select(DatabaseMark.epoch)


def load_mark(db: Session) -> DatabaseMark:
    """The row, read again."""
    return db.get_one(DatabaseMark, 1, populate_existing=True)


def lock_mark(db: Session) -> DatabaseMark:
    """The row, locked until the transaction ends."""
    return db.get_one(DatabaseMark, 1, with_for_update=True, populate_existing=True)


def epoch(db: Session) -> int:
    """The epoch: how often this database was restored."""
    return db.scalars(_EPOCH).one()


def name(db: Session) -> str:
    """The name of this database. A copy of it has the same name."""
    return db.scalars(select(DatabaseMark.name)).one()


def rename(db: Session, name: str) -> None:
    """Change the name of this database."""
    db.execute(
        update(DatabaseMark).where(DatabaseMark.id == 1).values(name=name).execution_options(synchronize_session=False)
    )


def rise(db: Session, now: dt.datetime) -> tuple[str, int]:
    """Raise the mark by one and lock the row until the transaction ends. Returns the database's name and its mark."""
    statement = update(DatabaseMark).where(DatabaseMark.id == 1).values(mark=DatabaseMark.mark + 1, marked_at=now)
    returning = statement.returning(DatabaseMark.name, DatabaseMark.mark).execution_options(synchronize_session=False)
    row = db.execute(returning).one()
    return row.name, row.mark


def begin_epoch(db: Session, system: DatabaseMark, now: dt.datetime, mark: int) -> None:
    """Begin an epoch: texts from before wait for an operator. The mark continues from `mark`."""
    system.epoch, system.restored_at = system.epoch + 1, now
    system.mark, system.marked_at = mark, now
    db.flush()
