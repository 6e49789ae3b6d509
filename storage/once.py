"""Inserting a row at most once: what makes a repeated request, job or commit harmless."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.tables import Base


def add_once(db: Session, table: type[Base], **values: Any) -> int | None:
    """Add a row of a table with an `id` and say its id, or None when one of its unique keys is taken already.

    No exception and no broken transaction: on PostgreSQL it waits for a rival's commit and then sees it.
    """
    statement = insert(db, table).values(**values).on_conflict_do_nothing()
    return db.execute(statement.returning(table.__table__.c.id)).scalar_one_or_none()


def insert(db: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that may say what happens on a conflict, as this database writes it."""
    return (postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert)(table)
