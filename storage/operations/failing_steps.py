"""Steps of the sweep that fail. Functions act in the caller's transaction and never commit."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage.connection.insert_once import insert
from storage.schema.tables import FailingStep


def record_failure(db: Session, name: str, now: dt.datetime, reason: str) -> None:
    """Count one more failure of a step in a row."""
    statement = insert(db, FailingStep).values(name=name, since=now, last_at=now, failures=1, reason=reason)
    again = {"last_at": now, "failures": FailingStep.failures + 1, "reason": reason}
    db.execute(statement.on_conflict_do_update(index_elements=[FailingStep.name], set_=again))


def forget(db: Session, name: str) -> None:
    """The step works."""
    db.execute(delete(FailingStep).where(FailingStep.name == name).execution_options(synchronize_session=False))


def failing_since(db: Session, began: dt.datetime, seen: dt.datetime) -> Sequence[FailingStep]:
    """The steps that have failed since `began` or longer, and failed after `seen` for the last time, by name."""
    query = select(FailingStep).where(FailingStep.since <= began, FailingStep.last_at > seen)
    return db.scalars(query.order_by(FailingStep.name)).all()
