"""The first outcome of each action of a session. Functions act in the caller's transaction and never commit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import Effect


def first(db: Session, session: str, hop: int, step: int) -> bytes | None:
    """The outcome kept for this step of this hop, or None when it has not been performed."""
    query = select(Effect.outcome).where(Effect.session == session, Effect.hop == hop, Effect.step == step)
    return db.scalars(query).one_or_none()


def keep(
    db: Session,
    session: str,
    hop: int,
    step: int,
    *,
    action: str,
    revision_id: int,
    outcome: bytes,
    now: dt.datetime,
) -> None:
    """Keep the outcome of a step, and the revision its session is pinned to.

    Raises sqlalchemy.exc.IntegrityError when the same step was kept meanwhile: the caller's transaction must roll
    back, because the other one has done the work, and read `first` again.
    """
    kept = Effect(session=session, hop=hop, step=step, action=action, revision_id=revision_id, outcome=outcome, at=now)
    db.add(kept)
    db.flush()


def all_of(db: Session, session: str) -> Sequence[Effect]:
    """Every step kept for a session, in the order of its hops."""
    return db.scalars(select(Effect).where(Effect.session == session).order_by(Effect.hop, Effect.step)).all()
