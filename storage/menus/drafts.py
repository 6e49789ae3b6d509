"""Drafts: files of flows that people work on. Functions run in the caller's transaction and never commit."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, literal, select, update
from sqlalchemy.orm import Session, defer

from storage.schema.tables import Draft, DraftEdit

GOING_ON = ("open", "review")
OVER = ("published", "dropped")
KEPT = dt.timedelta(days=30)  # how long the files of a closed draft are stored, so that it can be restored


def start(
    db: Session, now: dt.datetime, *, flow: str, base: int, main: str, files: Mapping[str, str], who: str
) -> Draft:
    """Create an open draft."""
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


def list_open_drafts(db: Session, flow: str | None = None) -> Sequence[Draft]:
    """Open drafts, the last changed first."""
    query = select(Draft).where(Draft.state.in_(GOING_ON))
    if flow is not None:
        query = query.where(Draft.flow == flow)
    return db.scalars(query.order_by(Draft.changed_at.desc(), Draft.id.desc())).all()


def lock_draft(db: Session, draft_id: int) -> Draft | None:
    """A draft in its present state, locked until this transaction ends."""
    query = select(Draft).where(Draft.id == draft_id).with_for_update().execution_options(populate_existing=True)
    return db.scalars(query).one_or_none()


def list_dropped_drafts(db: Session, flow: str | None = None, limit: int = 20) -> Sequence[Draft]:
    """Dropped drafts that still have their files, newest first; the files are not loaded."""
    query = select(Draft).where(Draft.state == "dropped", Draft.main != "").options(defer(Draft.files))
    if flow is not None:
        query = query.where(Draft.flow == flow)
    return db.scalars(query.order_by(Draft.changed_at.desc(), Draft.id.desc()).limit(limit)).all()


def note(db: Session, now: dt.datetime, draft: Draft, *, who: str, what: str) -> None:
    """Record something other than a save that was done with a draft, among its edits."""
    db.add(DraftEdit(draft_id=draft.id, version=draft.version, who=who, what=what, at=now))
    db.flush()


def forget(db: Session, now: dt.datetime) -> None:
    """Delete the files of drafts closed long ago; who did what is kept. Their `main` becomes ""."""
    over = Draft.state.in_(OVER), Draft.changed_at < now - KEPT, Draft.main != literal("", literal_execute=True)
    db.execute(update(Draft).where(*over).values(files={}, main=""))


def save(
    db: Session,
    now: dt.datetime,
    draft_id: int,
    version: int,
    files: Mapping[str, str],
    *,
    who: str,
    what: str,
    onto: tuple[int, str] | None = None,
) -> bool:
    """Store new files of an open draft that still has this version. False if it has another version now.

    `onto` is the new base revision, if it changes, and the name of the main file. A scheduled publication is
    cancelled, since it was made for the previous files.
    """
    statement = update(Draft).where(Draft.id == draft_id, Draft.version == version, Draft.state.in_(GOING_ON))
    values = {"files": dict(files), "version": version + 1, "changed_by": who, "changed_at": now}
    values |= {"state": "open", "asked_by": None, "asked_at": None}  # the review was of the previous files
    if onto is not None:
        values["base"], values["main"] = onto
    saved = db.execute(statement.values(values).returning(Draft.id)).scalar_one_or_none()
    if saved is None:
        return False
    db.add(DraftEdit(draft_id=draft_id, version=version + 1, who=who, what=what, at=now))
    db.flush()
    arranged = select(Draft.publish_at).where(Draft.id == draft_id, Draft.publish_at.is_not(None))
    if db.scalar(arranged) is not None and (there := lock_draft(db, draft_id)):
        miss(db, now, there, who=who, why="saved", what="not to be published by itself any more: it was changed")
    return True


def miss(db: Session, now: dt.datetime, draft: Draft, *, who: str, why: str, what: str, **more: Any) -> None:
    """Cancel the scheduled publication of a locked draft, and store why: `more` are facts for the message."""
    if draft.publish_at is None:
        return
    about = {"why": why, "who": who, "by": draft.publish_by, "at": draft.publish_at.isoformat(), **more}
    draft.missed, draft.publish_at, draft.publish_by, draft.publish_reason = about, None, None, ""
    note(db, now, draft, who=who, what=what)


def due(db: Session, now: dt.datetime) -> Sequence[int]:
    """Ids of drafts whose publication is due, earliest first."""
    query = select(Draft.id).where(Draft.publish_at <= now, Draft.state.in_(GOING_ON))
    return db.scalars(query.order_by(Draft.publish_at, Draft.id)).all()


def list_missed_schedules(db: Session) -> Sequence[Draft]:
    """Open drafts whose last scheduled publication was missed; the files are not loaded."""
    query = select(Draft).where(Draft.missed.is_not(None), Draft.state.in_(GOING_ON)).options(defer(Draft.files))
    return db.scalars(query.order_by(Draft.id)).all()


def edits(db: Session, draft_id: int, limit: int = 50) -> Sequence[DraftEdit]:
    """What was done with a draft, newest first."""
    query = select(DraftEdit).where(DraftEdit.draft_id == draft_id).order_by(DraftEdit.id.desc()).limit(limit)
    return db.scalars(query).all()


def savers(db: Session, draft_id: int) -> frozenset[str]:
    """Everybody who saved a draft, by name. A save is the first edit of its version; the others are notes."""
    saves = select(func.min(DraftEdit.id)).where(DraftEdit.draft_id == draft_id, DraftEdit.version > 1)
    return frozenset(db.scalars(select(DraftEdit.who).where(DraftEdit.id.in_(saves.group_by(DraftEdit.version)))))


def published_as(db: Session, flow: str, number: int) -> Draft | None:
    """The draft that became this revision; its files are not loaded. None if it was published from files."""
    query = select(Draft).where(Draft.flow == flow, Draft.state == "published", Draft.published == number)
    return db.scalars(query.options(defer(Draft.files)).order_by(Draft.id).limit(1)).one_or_none()


def last_edits(db: Session, draft_ids: Sequence[int]) -> dict[int, str]:
    """The last thing that was done with each of these drafts, by draft."""
    last = select(func.max(DraftEdit.id)).where(DraftEdit.draft_id.in_(tuple(draft_ids))).group_by(DraftEdit.draft_id)
    found = db.scalars(select(DraftEdit).where(DraftEdit.id.in_(last)))
    return {each.draft_id: each.what for each in found}
