"""The one row that says how far this database got. Functions act in the caller's transaction and never commit."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import System


def read(db: Session) -> System:
    """The row as it is now."""
    return db.get_one(System, 1, populate_existing=True)


def hold(db: Session) -> System:
    """The row, held until the transaction ends."""
    return db.get_one(System, 1, with_for_update=True, populate_existing=True)


def epoch(db: Session) -> int:
    """How often this database was restored."""
    return db.scalars(select(System.epoch)).one()


def raise_mark(db: Session, system: System, now: dt.datetime, to: int | None = None) -> None:
    """One step on, or to a given mark."""
    system.mark, system.marked_at = system.mark + 1 if to is None else to, now
    db.flush()


def begin_epoch(db: Session, system: System, now: dt.datetime) -> None:
    """What was owed before waits for a person from now on."""
    system.epoch, system.restored_at = system.epoch + 1, now
    db.flush()
