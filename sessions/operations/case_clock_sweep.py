"""The sweep's round over the clocks of cases: what is due is done, each in a transaction of its own.

The moment of each case stands in its row (`clock_at`), set by whatever was done to it last. It only says when to look:
what is to be done is reckoned from the case itself, held until it is done. So any number of sweeps may run, and one
that was away for a week makes up for it: a late case goes to the highest level due, in one step.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable

from msgspec import Struct
from sqlalchemy.orm import Session

from flows.cases import escalation_clock
from flows.cases.escalation_clock import Tick
from flows.menu.model import Flow
from sessions.cases.acts import timed_acts
from sessions.cases.core import case_clock
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import ActResult, Refusal
from sessions.cases.core.actors import SYSTEM
from sessions.cases.rules.case_policy import CasePolicy
from storage.cases import due_clocks
from storage.connection.database import Database
from storage.schema.tables import Complaint

AT_ONCE = 200  # cases looked at in one round
LATER = dt.timedelta(hours=1)  # when a case is looked at again that could not be moved on
SOON = dt.timedelta(minutes=1)  # and one that failed: else such cases would fill every round

TextsOf = Callable[[str], Flow | None]  # the words of a flow, by its name


class ClockSweepCounts(Struct, frozen=True):
    """What one round did, in numbers of cases. Those `refused` are tried again an hour later."""

    made: int = 0
    wound: int = 0  # nothing was due yet
    refused: int = 0


def sweep_case_clocks(
    database: Database,
    now: dt.datetime,
    texts_of: TextsOf,
    *,
    policy: CasePolicy,
    at_once: int = AT_ONCE,
) -> ClockSweepCounts:
    """One round over at most `at_once` cases, the one that waits longest first.

    A case that raises holds no other back: the others are looked at first, then its exception goes on. It is tried
    again a little later.
    """
    with database.read.begin() as db:
        due = due_clocks.due(db, now, at_once)
    counts: Counter[str] = Counter()
    failed: dict[int, Exception] = {}
    for complaint_id, contact_id in due:
        try:
            with database.write.begin() as db:
                complaint = due_clocks.lock_due_complaint(db, complaint_id, contact_id, now)
                counts[_look(db, now, complaint, texts_of, policy)] += 1
        except Exception as error:  # noqa: BLE001 - raised below, when every other case had its turn
            failed[complaint_id] = error
    if failed:
        for complaint_id in failed:
            with database.write.begin() as db:
                due_clocks.put_off(db, complaint_id, now, now + SOON)
        raise next(iter(failed.values()))
    return ClockSweepCounts(counts["made"], counts["wound"], counts["refused"])


def _look(db: Session, now: dt.datetime, complaint: Complaint | None, texts_of: TextsOf, policy: CasePolicy) -> str:
    if complaint is None:
        return "passed"  # another sweep, or whoever moved it, was here
    flow = texts_of(complaint.flow)
    if flow is None:
        return _put_off(db, now, complaint)
    context = ActContext(db, now, SYSTEM, flow, policy)
    calendar = case_clock.calendar_of(context, complaint)
    found = escalation_clock.due_tick(case_clock.case_of(context, complaint), calendar, now)
    if found is None:
        case_clock.update_clock(context, complaint)
        return "wound"
    done = perform_due_act(context, complaint, found)
    return "made" if isinstance(done, ActResult) else _put_off(db, now, complaint)


def perform_due_act(context: ActContext, complaint: Complaint, found: Tick) -> ActResult | Refusal:
    """Do what the clock found, unless somebody has moved the case since then."""
    version = complaint.version
    match found.act:
        case "late_1" | "late_2" | "late_3":
            level = int(found.act[-1])
            return timed_acts.escalate(context, complaint, level, version)
        case act:
            return _ACTS[act](context, complaint, version)


_ACTS = {
    "nudge": timed_acts.nudge,
    "unacknowledged": timed_acts.flag_unacknowledged_complaint,
    "wait_over": timed_acts.end_wait,
    "remind_confirm": timed_acts.remind_confirm,
    "lapse": timed_acts.lapse,
    "undelivered": timed_acts.flag_undelivered_question,
    "recheck": timed_acts.recheck,
}


def _put_off(db: Session, now: dt.datetime, complaint: Complaint) -> str:
    complaint.clock_at = now + LATER
    db.flush()
    return "refused"
