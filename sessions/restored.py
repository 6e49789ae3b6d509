"""Noticing that the database is an older one, brought back from a backup: what it owed was sent meanwhile.

The database's mark rises every few seconds and is then copied outside. A copy that is ahead of the database means that
the database went back: a new epoch begins, and what was owed in the older one waits for a person
(`flask texts release`). The copy is read before the database, so that a mark raised in between is no restore.
"""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from sqlalchemy.orm import Session

from storage import outbox, system
from storage.database import Database
from storage.tables import System

EVERY = dt.timedelta(seconds=10)
SINCE_THEN = dt.timedelta(seconds=60)  # a text owed so long after the last mark was owed after the restore


class Marks(Protocol):
    """Where marks are copied to (a key in Redis). Neither raises; `get` is None when there is none or it is away."""

    def get(self) -> str | None:
        """The last mark copied."""
        ...

    def set(self, mark: str) -> None:
        """Copy a mark."""
        ...


def notice(database: Database, now: dt.datetime, marks: Marks) -> bool:
    """True when the database is found restored just now: a new epoch has begun."""
    outside = marks.get()
    if outside is None:
        return False
    with database.read.begin() as db:
        if not _behind(system.read(db), outside):
            return False
    with database.write.begin() as db:
        held = system.hold(db)
        ahead = _behind(held, outside)
        if not ahead:
            return False  # another process was first
        _begin_epoch(db, held, now, ahead)
    return True


def keep(database: Database, now: dt.datetime, marks: Marks) -> bool:
    """Notice, then raise the mark when it is due, and copy it; True when the database was found restored."""
    found = notice(database, now, marks)
    with database.read.begin() as db:
        marked_at = system.read(db).marked_at
    if not found and marked_at is not None and dt.timedelta() <= now - marked_at < EVERY:
        return False
    with database.write.begin() as db:
        held = system.hold(db)
        system.raise_mark(db, held, now)
        mark = f"{held.name}:{held.mark}"
    marks.set(mark)
    return found


def begin_epoch(database: Database, now: dt.datetime) -> None:
    """A person says that the database was restored (`flask texts restored`), or wants nothing owed to go by itself."""
    with database.write.begin() as db:
        held = system.hold(db)
        _begin_epoch(db, held, now, held.mark + 1)


def _begin_epoch(db: Session, held: System, now: dt.datetime, mark: int) -> None:
    since = held.marked_at + SINCE_THEN if held.marked_at is not None else now
    system.begin_epoch(db, held, now)
    outbox.carry_over(db, held.epoch, since)
    system.raise_mark(db, held, now, mark)


def _behind(held: System, outside: str) -> int:
    """The mark outside when it is ahead of this database's; else 0. Another database's marks mean nothing."""
    name, _, mark = outside.partition(":")
    if name != held.name or not mark.isascii() or not mark.isdigit():
        return 0
    return int(mark) if int(mark) > held.mark else 0
