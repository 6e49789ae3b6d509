"""Comments on drafts. Functions act in the caller's transaction and never commit or delete."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.menus.drafts import GOING_ON
from storage.schema.tables import Draft, DraftComment


def add(
    db: Session, now: dt.datetime, draft: Draft, *, who: str, said: str, place: str = "", answers: int | None = None
) -> DraftComment:
    """Add a comment on a draft at its present version; `answers` is the id of the comment that it answers."""
    made = DraftComment(
        draft_id=draft.id, version=draft.version, place=place, answers=answers, who=who, said=said, at=now
    )
    db.add(made)
    db.flush()
    return made


def of_draft(db: Session, draft_id: int) -> Sequence[DraftComment]:
    """Every comment on a draft and every answer, oldest first."""
    return db.scalars(select(DraftComment).where(DraftComment.draft_id == draft_id).order_by(DraftComment.id)).all()


def of_open_drafts(db: Session) -> Sequence[DraftComment]:
    """Every comment and answer on the drafts that are open, oldest first."""
    query = select(DraftComment).join(Draft, Draft.id == DraftComment.draft_id).where(Draft.state.in_(GOING_ON))
    return db.scalars(query.order_by(DraftComment.id)).all()


def last_of(db: Session, draft_id: int, who: str) -> DraftComment | None:
    """The last comment or answer of somebody on a draft."""
    mine = select(DraftComment).where(DraftComment.draft_id == draft_id, DraftComment.who == who)
    return db.scalars(mine.order_by(DraftComment.id.desc()).limit(1)).one_or_none()


def count(db: Session, draft_id: int) -> int:
    """How many comments and answers a draft has."""
    return db.scalars(select(func.count()).where(DraftComment.draft_id == draft_id)).one()


def find_comment(db: Session, draft_id: int, comment_id: int) -> DraftComment | None:
    """A comment on this draft, or an answer."""
    query = select(DraftComment).where(DraftComment.id == comment_id, DraftComment.draft_id == draft_id)
    return db.scalars(query).one_or_none()


def lock_comment(db: Session, draft_id: int, comment_id: int) -> DraftComment | None:
    """A comment on this draft that is no answer, locked until the transaction ends."""
    mine = (DraftComment.id == comment_id, DraftComment.draft_id == draft_id, DraftComment.answers.is_(None))
    query = select(DraftComment).where(*mine).with_for_update().execution_options(populate_existing=True)
    return db.scalars(query).one_or_none()
