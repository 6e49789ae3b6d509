"""Published models of texts. Functions run in the caller's transaction and never commit."""

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from storage.connection.insert_once import add_once
from storage.schema.tables import TextModelRevision


def newest(db: Session) -> int:
    """The number of the model in use; 0 if none was published."""
    return db.scalars(select(func.max(TextModelRevision.number))).one() or 0


def load(db: Session, number: int) -> TextModelRevision | None:
    """One published model."""
    return db.scalars(select(TextModelRevision).where(TextModelRevision.number == number)).one_or_none()


def history(db: Session) -> list[TextModelRevision]:
    """Every published model, newest first; their content is not loaded."""
    query = select(TextModelRevision).order_by(TextModelRevision.number.desc())
    return list(db.scalars(query.options(defer(TextModelRevision.content))))


def publish(
    db: Session, *, digest: str, content: bytes, author: str, message: str, now: dt.datetime, rolls_back: int | None
) -> int:
    """Add the next model, which is then in use; its number. Two at once get different numbers."""
    while True:
        number = newest(db) + 1
        values = {"number": number, "digest": digest, "content": content, "author": author, "message": message}
        if add_once(db, TextModelRevision, **values, rolls_back=rolls_back, published_at=now):
            return number
