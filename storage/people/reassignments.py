"""Cases that change hands in parts. Functions act in the caller's transaction and never commit."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.schema.tables import Reassignment


def list_open(db: Session) -> Sequence[Reassignment]:
    """Those that are not done, the oldest first."""
    return db.scalars(select(Reassignment).where(Reassignment.done_at.is_(None)).order_by(Reassignment.id)).all()


def by_ids(db: Session, ids: Collection[int]) -> Sequence[Reassignment]:
    """Some of them, done or not."""
    return db.scalars(select(Reassignment).where(Reassignment.id.in_(tuple(ids)))).all()


def lock(db: Session, reassignment_id: int) -> Reassignment | None:
    """One that is not done, held until the transaction ends; None if another process has it or it is done."""
    query = select(Reassignment).where(Reassignment.id == reassignment_id, Reassignment.done_at.is_(None))
    held = query.with_for_update(skip_locked=True, key_share=True).execution_options(populate_existing=True)
    return db.scalars(held).one_or_none()
