"""Adds audit entries and finds them again. Functions act in the caller's transaction and never commit or delete."""

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.audit.entry import AuditEntry
from storage.schema.tables import AuditRow

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
