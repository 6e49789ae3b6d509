"""A complaint's clock: what it counts from, the calendar it runs by, and when it must be looked at next."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from flows.cases import escalation_clock
from flows.cases.lifecycle_file import NO_RELIEF
from flows.cases.working_time import Calendar
from flows.menu.model import Flow
from sessions.cases.core.act_context import ActContext
from sessions.cases.rules.case_policy import CasePolicy
from storage.cases import complaints
from storage.cases.complaints import ComplaintChanges, HistoryEntry
from storage.connection.write_batch import flush
from storage.messages import outgoing_history
from storage.schema.tables import Complaint, History

BEGINS = frozenset({"filed", "reopened", "appealed"})  # acts with which the clock begins
AGAIN = frozenset({"unacknowledged", "reminded_citizen", "undelivered", "lapsed", "rechecked"})  # once in each status
SENT = frozenset({"assigned", "transferred"})  # to an office, which has to take it up
# Acts after which the citizen's phone is told nothing of the case, and those after which it is told again.
OUT_OF_REACH = frozenset({"number_changed", "off_phone"})
IN_REACH = frozenset({"number_proven", "on_phone"})
PROMPTS = ("resolved_pending", "refused_pending", "reminder_confirm", "reminder_refused")


def province_of(district: str | None, flow: Flow) -> str | None:
    """The province of a district, as the flow's list has it."""
    row = flow.rows.get("district", {}).get(district or "")
    return (row.columns.get("province") or None) if row else None


def calendar_for(policy: CasePolicy, flow: Flow, district: str | None, *, urgent: bool) -> Calendar:
    """The working time of the offices of a district."""
    return policy.calendars.of(province_of(district, flow), urgent=urgent)


def calendar_of(context: ActContext, complaint: Complaint) -> Calendar:
    """The calendar a complaint's clock runs by."""
    return calendar_for(context.policy, context.flow, complaint.district, urgent=complaint.urgent)


def case_of(context: ActContext, complaint: Complaint) -> escalation_clock.Case:
    """A complaint as the clock sees it."""
    return _case(context, complaint, complaints.history_of(context.db, complaint), {})


def _case(
    context: ActContext, complaint: Complaint, rows: Sequence[History | HistoryEntry], changes: Mapping[str, Any]
) -> escalation_clock.Case:
    def now(name: str) -> Any:
        return changes[name] if name in changes else getattr(complaint, name)

    since = since_status(rows)
    own = this_round(rows)
    reminded = (row.at for row in own if row.act == "reminded_citizen" and row.at >= since)
    reach = next((row for row in reversed(rows) if row.act in OUT_OF_REACH | IN_REACH), None)
    lost = reach is not None and reach.act in OUT_OF_REACH
    asked = max(since, reach.at) if reach is not None else since  # what was sent before may have gone to another person
    return escalation_clock.Case(
        life=context.policy.life,
        status=now("status"),
        received=now("clock_from"),
        filed_at=complaint.filed_at,
        limit_days=now("limit_days"),
        due_on=now("due_on"),
        paused=now("paused"),
        waiting_since=now("waiting_since"),
        level=now("level"),
        since=since,
        acknowledged=_acknowledged(own),
        heard_at=outgoing_history.first_delivery_time(context.db, complaint, PROMPTS, asked)
        if now("status") in escalation_clock.ASKED and not lost
        else None,
        reminded_at=max(reminded, default=None),
        works=now("outcome") != NO_RELIEF
        and (now("category") or "").startswith(context.policy.life.recheck.categories),
        done=frozenset(row.act for row in own if row.act not in AGAIN or row.at >= since),
    )


def update_clock(context: ActContext, complaint: Complaint) -> None:
    """Say when the clock must look at a complaint next. Suggestions have no clock."""
    if complaint.kind == "suggestion":
        return
    calendar = calendar_of(context, complaint)
    complaint.clock_at = escalation_clock.next_look(case_of(context, complaint), calendar, context.now)
    flush(context.db)


def next_look(
    context: ActContext, complaint: Complaint, entry: HistoryEntry, changes: ComplaintChanges
) -> dt.datetime | None:
    """When the clock must look at a complaint next, once a step is made of it with these changes."""
    rows: list[History | HistoryEntry] = [*complaints.history_of(context.db, complaint), entry]
    district, urgent = changes.get("district", complaint.district), changes.get("urgent", complaint.urgent)
    calendar = calendar_for(context.policy, context.flow, district, urgent=urgent)
    return escalation_clock.next_look(
        _case(context, complaint, rows, {**changes, "status": entry.status}), calendar, context.now
    )


def first_look(context: ActContext, complaint: Complaint, entries: Sequence[HistoryEntry]) -> dt.datetime | None:
    """The same for a complaint that is being filed, with these steps. Suggestions have no clock. Asks no database."""
    if complaint.kind == "suggestion":
        return None
    case = _case(context, complaint, entries, {"status": entries[-1].status})
    return escalation_clock.next_look(case, calendar_of(context, complaint), context.now)


def this_round(rows: Sequence[History | HistoryEntry]) -> Sequence[History | HistoryEntry]:
    """The steps since the clock began: at receipt, with a reopening or an appeal."""
    begun = max((at for at, row in enumerate(rows) if row.act in BEGINS), default=0)
    return rows[begun:]


def _acknowledged(rows: Sequence[History | HistoryEntry]) -> bool:
    """True once somebody of the office that has it now took it up."""
    sent = max((at for at, row in enumerate(rows) if row.act in SENT), default=0)
    return any(row.act == "acknowledged" or row.status == "in_progress" for row in rows[sent:])


def since_status(rows: Sequence[History | HistoryEntry]) -> dt.datetime:
    """When a complaint got its status: a transfer gives it again, what the clock does not."""
    for row, before in zip(reversed(rows), reversed(rows[:-1]), strict=False):
        if before.status != row.status or row.act in SENT:
            return row.at
    return rows[0].at
