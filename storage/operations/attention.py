"""What waits for a person, a page of it at a time. Each query reads an index or the latest rows only.

No row holds a phone number or a citizen's words. Functions act in the caller's transaction and never commit.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, literal_column, or_, select
from sqlalchemy.orm import Session, aliased

from storage.messages import quarantine, unheard_texts
from storage.messages.outbox_admin import COLUMNS, NO_ROUTE, OVER_BUDGET, READY, UNCONFIRMED
from storage.schema.cases import UNHELD
from storage.schema.tables import Complaint, OutboxMessage, Report, Unheard, UnreadableForm

MOST_COUNTED = 1000  # rows of one list; a longer one is "more than that"
LATEST = 1000  # reports that are looked at
TextList = Literal["late", "held", "doubt", "no_route", "again", "quota"]
TEXT_LISTS: tuple[TextList, ...] = ("late", "held", "doubt", "no_route", "again", "quota")
_IN_ORDER = ("no_route", "quota")  # their indexes are in the order of ids
_UNKNOWN = OutboxMessage.state == literal_column("'unknown'")


class Moments(NamedTuple):
    """When a text counts as late, and as held by a quota for long; and the epoch of the database."""

    now: dt.datetime
    late: dt.datetime
    long: dt.datetime
    epoch: int


class WaitingPhone(NamedTuple):
    """A phone whose texts nobody understood: why they are kept, how many they are, and since when."""

    id: int
    reason: str
    texts: int
    since: dt.datetime


class WaitingRequest(NamedTuple):
    """A request of an aggregator that could not be read; it came so many `times`, `at` last."""

    id: int
    aggregator: str
    door: str
    problem: str
    times: int
    at: dt.datetime


class UnmatchedReport(NamedTuple):
    """A delivery report that names no text of ours."""

    id: int
    aggregator: str
    status: str
    reason: str
    at: dt.datetime


class UnheldCase(NamedTuple):
    """A case of danger that no officer has. `number` is its nine digits, `since` when its clock began."""

    number: str
    flow: str
    category: str | None
    desk: str | None
    status: str
    version: int
    since: dt.datetime


def list_texts(db: Session, which: TextList, at: Moments, limit: int, offset: int = 0) -> Sequence[Row[Any]]:
    """Texts of one list as COLUMNS of outbox_admin, the oldest first; they name no complaint."""
    query = select(*COLUMNS).outerjoin(Complaint, Complaint.id == OutboxMessage.complaint_id)
    if which in _IN_ORDER:
        query = query.where(_fits(which, at)).limit(limit).offset(offset)
    else:
        query = query.where(OutboxMessage.id.in_(_oldest(_fits(which, at), limit, offset)))
    return db.execute(query.order_by(OutboxMessage.id)).all()


def _oldest(fits: ColumnElement[bool], limit: int, offset: int) -> Select[tuple[int]]:
    """The ids of the oldest texts that fit, for a condition whose indexes are in another order than that of ids.

    All that fit are found first: for ORDER BY id LIMIT alone PostgreSQL may read every text that is settled.
    """
    fitting = select(OutboxMessage.id).where(fits).cte("fitting").prefix_with("MATERIALIZED")
    return select(fitting.c.id).order_by(fitting.c.id).limit(limit).offset(offset)


def count_texts(db: Session, which: TextList, at: Moments) -> int:
    """How many texts a list has; at most MOST_COUNTED."""
    return _count(db, select(OutboxMessage.id).where(_fits(which, at)))


def _fits(which: TextList, at: Moments) -> ColumnElement[bool]:
    ours = and_(READY, OutboxMessage.epoch == at.epoch)
    match which:
        case "late":
            return and_(ours, OutboxMessage.next_at <= at.late)
        case "held":
            return and_(READY, OutboxMessage.epoch < at.epoch)
        case "doubt":
            return or_(UNCONFIRMED, and_(_UNKNOWN, OutboxMessage.next_at <= at.late))
        case "no_route":
            return NO_ROUTE
        case "again":
            kept = OutboxMessage.reason.not_in(("quiet_hours", "number_budget"))
            return and_(ours, OutboxMessage.next_at > at.now, OutboxMessage.reason.is_not(None), kept)
        case "quota":
            return and_(OVER_BUDGET, OutboxMessage.epoch == at.epoch, OutboxMessage.created_at <= at.long)


def list_unheard(db: Session, limit: int, offset: int = 0) -> Sequence[WaitingPhone]:
    """Phones whose texts nobody understood, the oldest first."""
    query = select(Unheard.id, Unheard.reason, Unheard.texts, Unheard.since)
    query = query.where(unheard_texts.WAITS).order_by(Unheard.since, Unheard.id)
    return [WaitingPhone(*row) for row in db.execute(query.limit(limit).offset(offset))]


def count_unheard(db: Session) -> int:
    """How many phones wait for a person to read them; at most MOST_COUNTED."""
    return _count(db, select(Unheard.id).where(unheard_texts.WAITS))


def list_unreadable(db: Session, limit: int, offset: int = 0) -> Sequence[WaitingRequest]:
    """Requests that could not be read, the oldest first."""
    form = UnreadableForm
    query = select(form.id, form.aggregator, form.door, form.problem, form.times, form.at)
    query = query.where(form.state == quarantine.OPEN).order_by(form.id)
    return [WaitingRequest(*row) for row in db.execute(query.limit(limit).offset(offset))]


def count_unreadable(db: Session) -> int:
    """How many requests that could not be read wait; at most MOST_COUNTED."""
    return _count(db, select(UnreadableForm.id).where(UnreadableForm.state == quarantine.OPEN))


def list_unmatched_reports(db: Session, since: dt.datetime, until: dt.datetime) -> Sequence[UnmatchedReport]:
    """Reports among the latest LATEST that arrived in this time and name no text, the newest first."""
    newest = aliased(Report, select(Report).order_by(Report.id.desc()).limit(LATEST).subquery())
    known = aliased(Report)
    same = and_(known.aggregator == newest.aggregator, known.provider_id == newest.provider_id)
    over = exists().where(same, known.outbox_id.is_not(None))
    query = select(newest.id, newest.aggregator, newest.status, newest.reason, newest.at)
    query = query.where(newest.outbox_id.is_(None), newest.at >= since, newest.at <= until, ~over)
    return [UnmatchedReport(*row) for row in db.execute(query.order_by(newest.id.desc()))]


def list_unheld(db: Session, statuses: Collection[str], before: dt.datetime, limit: int) -> Sequence[UnheldCase]:
    """Cases of danger in these statuses that no officer has had since then, the one that waits longest first."""
    query = select(Complaint).where(UNHELD, Complaint.clock_from <= before).order_by(Complaint.clock_from)
    found = [each for each in db.scalars(query.limit(MOST_COUNTED)) if each.status in statuses]
    return [
        UnheldCase(
            each.number,
            each.flow,
            each.category,
            each.desk or each.office,
            each.status,
            each.version,
            each.clock_from or each.filed_at,
        )
        for each in found[:limit]
    ]


def _count(db: Session, ids: Select[int]) -> int:
    return db.scalars(select(func.count()).select_from(ids.limit(MOST_COUNTED).subquery())).one()
