"""Heartbeats of processes. Functions act in the caller's transaction and never commit."""

import datetime as dt

from sqlalchemy import delete
from sqlalchemy.orm import Session

from storage.connection.insert_once import insert
from storage.schema.tables import Heartbeat


def beat(db: Session, name: str, now: dt.datetime) -> None:
    """Record that `name` is running now."""
    statement = insert(db, Heartbeat).values(name=name, seen_at=now)
    db.execute(statement.on_conflict_do_update(index_elements=[Heartbeat.name], set_={"seen_at": now}))


def forget(db: Session, before: dt.datetime) -> None:
    """Delete heartbeats from before then: a worker's name ends with its process."""
    db.execute(delete(Heartbeat).where(Heartbeat.seen_at < before))
