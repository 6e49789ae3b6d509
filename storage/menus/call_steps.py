"""The paths of recent calls, a row for each hop: added by the sweep with the counts, shown on a screen's page.

Functions run in the caller's transaction and never commit.
"""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from storage.connection.insert_once import insert
from storage.schema.tables import CallStep

KEPT_STEPS = 30_000  # of a flow, some 3,000 calls: the newest ones
AT_ONCE = 2_000  # steps that one transaction deletes
# Id of the path, number of the hop, day, flow, screen, revision, language, seconds since dialling, entry, events.
NewStep = tuple[str, int, dt.date, str, str, int, str, int, str, str]
_COLUMNS = ("path", "number", "day", "flow", "screen", "revision_id", "language", "seconds", "entry", "events")


def add(db: Session, steps: Sequence[NewStep]) -> None:
    """Add steps, in an order that says nothing of when their calls were; one that is there stays as it is."""
    if steps:
        rows = [dict(zip(_COLUMNS, step, strict=True)) for step in sorted(steps)]
        db.execute(insert(db, CallStep).on_conflict_do_nothing(), rows)


def recent_paths(db: Session, flow: str, screens: Collection[str], since: dt.date, most: int) -> list[tuple[str, int]]:
    """(path, id of its revision) of the last calls at one of these screens, the newest day first, at most `most`.

    `screens` are the ids that a screen has and had; calls of days before `since` are left out. Those of one day are in
    the order of their random ids, which says nothing of the time of day.
    """
    newest = func.max(CallStep.day).desc(), CallStep.path
    query = select(CallStep.path, func.max(CallStep.revision_id)).where(
        CallStep.flow == flow, CallStep.screen.in_(screens), CallStep.day >= since
    )
    found = db.execute(query.group_by(CallStep.path).order_by(*newest).limit(most))
    return [(path, int(revision)) for path, revision in found]


def steps_of(db: Session, paths: Collection[str]) -> Sequence[CallStep]:
    """Every step of these paths, in the order of each call, also those in other flows."""
    return db.scalars(select(CallStep).where(CallStep.path.in_(paths)).order_by(CallStep.number)).all()


def typed_entries(db: Session, flow: str, revision_ids: Collection[int]) -> list[tuple[int, str, str, str]]:
    """(id of the revision, path, screen, entry) of everything that the kept calls of these revisions typed.

    An entry stands with the screen that it led to, so the screen is that of the step before.
    """
    before = func.lag(CallStep.screen).over(partition_by=CallStep.path, order_by=CallStep.number).label("before")
    steps = (
        select(CallStep.revision_id, CallStep.path, before, CallStep.entry)
        .where(CallStep.flow == flow, CallStep.revision_id.in_(revision_ids))
        .subquery()
    )
    found = db.execute(select(steps).where(steps.c.before.is_not(None), steps.c.entry != ""))
    return [(int(revision), *rest) for revision, *rest in found]


def forget(db: Session, before: dt.date) -> bool:
    """Delete calls of earlier days and, of each flow, all but the newest KEPT_STEPS steps; True if more are left.

    At most AT_ONCE steps, the oldest, so that no statement holds many rows.
    """
    deleted = _delete(db, CallStep.day < before, AT_ONCE)
    for flow in db.scalars(select(CallStep.flow).distinct()).all():
        newest = select(CallStep.id).where(CallStep.flow == flow).order_by(CallStep.id.desc())
        last = db.scalar(newest.offset(KEPT_STEPS).limit(1))
        if last is not None and deleted < AT_ONCE:
            deleted += _delete(db, (CallStep.flow == flow) & (CallStep.id <= last), AT_ONCE - deleted)
    return deleted >= AT_ONCE


def _delete(db: Session, which: ColumnElement[bool], most: int) -> int:
    ids = db.scalars(select(CallStep.id).where(which).order_by(CallStep.id).limit(most)).all()
    if ids:
        db.execute(delete(CallStep).where(CallStep.id.in_(ids)))
    return len(ids)
