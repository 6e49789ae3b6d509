"""Figures about the service. Each query reads an index or the latest rows only, however large the tables are.

Functions act in the caller's transaction and never commit.
"""

import datetime as dt
from typing import NamedTuple

from sqlalchemy import Select, func, literal, literal_column, select, text, union_all
from sqlalchemy.orm import Session

from storage.schema.outbox import FAULTY
from storage.schema.tables import Draft, Heartbeat, HourlyClaims, LiveFlow, OutboxMessage, Revision, UnreadableForm

OPEN = ("ready", "sending", "unknown", "unconfirmed")  # states of texts that are not settled; each has its index
LATEST = 2_000  # rows to read, at most, for the events of a day


class RouteFault(NamedTuple):
    """How many texts failed on a route for this reason, and when the last one did."""

    route: str
    reason: str
    state: str
    texts: int
    last: dt.datetime


class UnreadableCount(NamedTuple):
    """How many forms of an aggregator could not be read at this endpoint, and when the last one arrived."""

    aggregator: str
    door: str
    forms: int
    last: dt.datetime


def open_texts(db: Session) -> dict[str, int]:
    """How many texts are in each state that is not settled. At most 100,000 of each are counted."""
    found = {}
    for state in OPEN:
        rows = (
            select(OutboxMessage.id).where(OutboxMessage.state == literal(state, literal_execute=True)).limit(100_000)
        )
        found[state] = db.scalars(select(func.count()).select_from(rows.subquery())).one()
    return found


def claimed_since(db: Session, hour: dt.datetime) -> int:
    """How many texts were claimed since the start of that clock hour."""
    return db.scalars(select(func.coalesce(func.sum(HourlyClaims.texts), 0)).where(HourlyClaims.hour >= hour)).one()


def faults_since(db: Session, since: dt.datetime) -> list[RouteFault]:
    """Failures of texts since then, by route and reason, the most frequent first; of the latest of them only.

    Those that failed for good have an index of their own, and those that are tried again that of what is owed.
    """
    text_ = OutboxMessage
    columns = (text_.aggregator, text_.reason, text_.state, text_.claimed_at)
    failed = select(*columns).where(literal_column(FAULTY), text_.claimed_at >= since)
    failed = failed.order_by(text_.claimed_at.desc()).limit(LATEST)
    owed = select(*columns, text_.attempts).where(text_.state == literal_column("'ready'"))
    late = owed.order_by(text_.epoch.desc(), text_.next_at.desc()).limit(LATEST).subquery()
    again = select(late.c.aggregator, late.c.reason, late.c.state, late.c.claimed_at)
    again = again.where(late.c.attempts > 0, late.c.reason.is_not(None), late.c.claimed_at >= since)
    latest = (failed.subquery(), again.subquery())
    route, reason, state, at = (rows := union_all(*(select(each) for each in latest)).subquery()).c
    query = select(route, reason, state, func.count(), func.max(at)).select_from(rows).group_by(route, reason, state)
    found = [RouteFault(row[0] or "", row[1] or "", row[2], row[3], row[4] or since) for row in db.execute(query)]
    return sorted(found, key=lambda each: (-each.texts, each.route, each.reason))


def unreadable_since(db: Session, since: dt.datetime) -> list[UnreadableCount]:
    """Unreadable forms since then, by aggregator and endpoint; from the latest rows only."""
    latest = _latest(select(UnreadableForm.id), UnreadableForm.id.desc())
    query = select(UnreadableForm.aggregator, UnreadableForm.door, func.count(), func.max(UnreadableForm.at))
    query = query.where(UnreadableForm.id.in_(latest), UnreadableForm.at >= since)
    query = query.group_by(UnreadableForm.aggregator, UnreadableForm.door)
    return [UnreadableCount(*row) for row in db.execute(query.order_by(func.count().desc()))]


def _latest(ids: Select[tuple[int]], order: object) -> Select[tuple[int]]:
    return select(ids.order_by(order).limit(LATEST).subquery().c.id)  # type: ignore[arg-type]


def heartbeats(db: Session) -> dict[str, dt.datetime]:
    """When each process was last seen, by its name."""
    return {row.name: row.seen_at for row in db.scalars(select(Heartbeat).order_by(Heartbeat.name))}


def drafts(db: Session) -> dict[str, int]:
    """How many drafts are open, and how many are in review."""
    query = select(Draft.state, func.count()).where(Draft.state.in_(("open", "review"))).group_by(Draft.state)
    return {"open": 0, "review": 0} | {row[0]: row[1] for row in db.execute(query)}


def live_revisions(db: Session) -> dict[str, int]:
    """The number of the revision that answers new calls, by flow."""
    query = select(LiveFlow.flow, Revision.number).join(Revision, Revision.id == LiveFlow.revision_id)
    return {row[0]: row[1] for row in db.execute(query.order_by(LiveFlow.flow))}


def size(db: Session) -> int:
    """The size of the database in bytes."""
    if db.get_bind().dialect.name == "postgresql":
        return int(db.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    pages = db.scalar(text("PRAGMA page_count")) or 0
    return int(pages) * int(db.scalar(text("PRAGMA page_size")) or 0)
