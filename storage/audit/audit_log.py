"""Adds audit entries and finds them again. Functions act in the caller's transaction and never commit or delete."""

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.audit.entry import AuditEntry
from storage.schema.tables import AuditRow

MERGED_FOR = dt.timedelta(minutes=5)  # views of one case by one person within this time are one entry
VIEWS = ("case_opened", "revealed")  # events by which somebody was shown a case
MOST_VIEWS = 1_000  # views of one case that are looked through
MOST_COMPARED = 20  # earlier views of these minutes that a new one is compared with
COMMITTED = "audit_rows"  # the key in Session.info of the rows that are to be logged once they are committed


def record(db: Session, entry: AuditEntry) -> AuditRow:
    """Add an entry in the caller's transaction: if it cannot be stored, what it is about does not happen either.

    Its log line is written after the commit, where the process has asked for that (gateway/monitoring/audit_lines.py).
    """
    row = AuditRow(
        at=entry.at,
        event=entry.event,
        actor_kind=entry.actor.kind,
        actor=entry.actor.id,
        role=entry.actor.role,
        subject_kind=entry.subject_kind,
        subject=str(entry.subject),
        network=entry.actor.network,
        detail={key: str(value) for key, value in entry.detail.items()},
    )
    db.add(row)
    db.flush()
    db.info.setdefault(COMMITTED, []).append(row)
    return row


def record_view(db: Session, entry: AuditEntry) -> AuditRow | None:
    """Add the entry of a view, unless the same person saw the same in the same way less than MERGED_FOR ago.

    For views that showed something: each failed attempt has its own entry. None if there is one already.
    """
    again = (
        select(AuditRow)
        .where(AuditRow.subject_kind == entry.subject_kind, AuditRow.subject == str(entry.subject))
        .where(AuditRow.event == entry.event, AuditRow.at > entry.at - MERGED_FOR)
        .where(AuditRow.actor_kind == entry.actor.kind, AuditRow.actor == entry.actor.id)
    )
    detail = {key: str(value) for key, value in entry.detail.items()}
    if any(row.detail == detail for row in db.scalars(again.order_by(AuditRow.id.desc()).limit(MOST_COMPARED))):
        return None
    return record(db, entry)


def views_of_case(db: Session, number: str) -> Sequence[AuditRow]:
    """The latest views of the case with these nine digits that showed something, newest first, MOST_VIEWS at most."""
    query = select(AuditRow).where(AuditRow.subject_kind == "case", AuditRow.subject == number)
    query = query.where(AuditRow.event.in_(VIEWS)).order_by(AuditRow.id.desc()).limit(MOST_VIEWS)
    return db.scalars(query).all()


def count(db: Session, event: str, subject_kind: str, since: dt.datetime, until: dt.datetime) -> int:
    """How many entries of an event about this kind of thing there are (`since` inclusive, `until` exclusive)."""
    query = (
        select(func.count()).select_from(AuditRow).where(AuditRow.event == event, AuditRow.subject_kind == subject_kind)
    )
    return db.scalars(query.where(AuditRow.at >= since, AuditRow.at < until)).one()


class AuditFilter(Struct, frozen=True):
    """Which entries: by event, actor, subject and time (`since` inclusive, `until` exclusive). Empty means all."""

    event: str = ""
    actor_kind: str = ""
    actor: str = ""
    subject_kind: str = ""
    subject: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None


def find(db: Session, wanted: AuditFilter, limit: int, before: int | None = None) -> Sequence[AuditRow]:
    """The newest entries, at most `limit`, those with an id below `before` if it is given."""
    query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
    for name in ("event", "actor_kind", "actor", "subject_kind", "subject"):
        if value := getattr(wanted, name):
            query = query.where(getattr(AuditRow, name) == value)
    if wanted.since is not None:
        query = query.where(AuditRow.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditRow.at < wanted.until)
    if before is not None:
        query = query.where(AuditRow.id < before)
    return db.scalars(query).all()
