"""Files of flows that people work on. Functions act in the caller's transaction and never commit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session, defer

from storage.tables import Draft, DraftEdit

GOING_ON = ("open", "review")


def start(
    db: Session, now: dt.datetime, *, flow: str, base: int, main: str, files: Mapping[str, str], who: str
) -> Draft:
    """A new draft, open."""
    draft = Draft(
        flow=flow, base=base, main=main, files=dict(files), started_by=who, changed_by=who, started_at=now,
        changed_at=now, state="open", version=1, message="",
    )  # fmt: skip
    db.add(draft)
    db.flush()
    return draft


def find(db: Session, draft_id: int) -> Draft | None:
    """A draft by its id."""
    return db.get(Draft, draft_id)


def going_on(db: Session, flow: str | None = None) -> Sequence[Draft]:
    """Drafts that are not over, those changed last first; their files are not loaded."""
    query = select(Draft).where(Draft.state.in_(GOING_ON)).options(defer(Draft.files))
    if flow is not None:
        query = query.where(Draft.flow == flow)
    return db.scalars(query.order_by(Draft.changed_at.desc(), Draft.id.desc())).all()


def save(
    db: Session, now: dt.datetime, draft_id: int, version: int, files: Mapping[str, str], *, who: str, what: str
) -> bool:
    """Keep new files of a draft that is going on and still has this version. False when it has another by now."""
    statement = update(Draft).where(Draft.id == draft_id, Draft.version == version, Draft.state.in_(GOING_ON))
    values = {"files": dict(files), "version": version + 1, "changed_by": who, "changed_at": now}
    values |= {"state": "open", "asked_by": None, "asked_at": None}  # what was to be looked at is another now
    saved = db.execute(statement.values(values).returning(Draft.id)).scalar_one_or_none()
    if saved is None:
        return False
    db.add(DraftEdit(draft_id=draft_id, version=version + 1, who=who, what=what, at=now))
    db.flush()
    return True


def edits(db: Session, draft_id: int, limit: int = 50) -> Sequence[DraftEdit]:
    """The newest saves of a draft, the last one first."""
    query = select(DraftEdit).where(DraftEdit.draft_id == draft_id).order_by(DraftEdit.version.desc()).limit(limit)
    return db.scalars(query).all()
