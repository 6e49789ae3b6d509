"""The sweep's round over the clocks of cases: what is due is done, many cases in one transaction.

The moment of each case stands in its row (`clock_at`), set by whatever was done to it last. It only says when to look:
what is to be done is reckoned from the case itself, held until it is done. So any number of sweeps may run: each takes
cases that no other holds, and one that was away for a week makes up for it: a late case goes to the highest level due,
in one step.
"""

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Sequence

from msgspec import Struct
from sqlalchemy.orm import Session

from flows.cases import escalation_clock
from flows.cases.escalation_clock import LEVELS, Tick
from flows.menu.model import Flow
from sessions.cases.acts import assignee_selection, timed_acts
from sessions.cases.core import case_clock
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import ActResult, Refusal
from sessions.cases.core.actors import SYSTEM
from sessions.cases.rules.case_policy import CasePolicy
from storage.cases import due_clocks
from storage.connection.database import Database
from storage.connection.write_batch import flush, gather_writes
from storage.encryption.data_keys import data_keys
from storage.messages import outgoing_history
from storage.people import officer_codes, staff
from storage.schema.tables import Complaint

AT_ONCE = 1000  # cases looked at in one round
BATCH = 50  # cases in one transaction: whoever acts on one of them waits a fraction of a second
SECONDS = 1.0  # after which a round begins no other batch, so that texts and leases have their turn
LATER = dt.timedelta(hours=1)  # when a case is looked at again that could not be moved on
SOON = dt.timedelta(minutes=1)  # and one that failed: else such cases would fill every round

TextsOf = Callable[[str], Flow | None]  # the words of a flow, by its name


class ClockSweepCounts(Struct, frozen=True):
    """What one round did, in numbers of cases. Those `refused` are tried again an hour later.

    `singly`: batches that failed, so that each of their cases was looked at alone.
    """

    made: int = 0
    wound: int = 0  # nothing was due yet
    refused: int = 0
    singly: int = 0


class _Round(Struct, frozen=True):
    """What all batches of a round are given, and what they did."""

    now: dt.datetime
    texts_of: TextsOf
    policy: CasePolicy
    counts: Counter[str]
    failed: list[Exception]


def sweep_case_clocks(
    database: Database,
    now: dt.datetime,
    texts_of: TextsOf,
    *,
    policy: CasePolicy,
    at_once: int = AT_ONCE,
    seconds: float = SECONDS,
    rest: Callable[[float], object] = time.sleep,
) -> ClockSweepCounts:
    """One round over at most `at_once` cases, the one that waits longest first. It begins no batch after `seconds`.

    A case that raises holds no other back: the others are looked at first, then its exception goes on. It is tried
    again a little later.
    """
    round_, until, left = _Round(now, texts_of, policy, Counter(), []), time.monotonic() + seconds, at_once
    while left > 0 and (began := time.monotonic()) < until:
        most = min(left, BATCH)
        if _look_at_batch(database, round_, most) < most:
            break
        left -= most
        if left and database.engine.dialect.name == "sqlite":
            rest(time.monotonic() - began)  # it has one lock: who waits for it looks again every tenth of a second
    if round_.failed:
        raise round_.failed[0]
    counts = round_.counts
    return ClockSweepCounts(counts["made"], counts["wound"], counts["refused"], counts["singly"])


def _look_at_batch(database: Database, round_: _Round, most: int) -> int:
    """The next cases in one transaction; how many. If one of them raises, each in a transaction of its own."""
    claimed: list[int] = []
    try:
        with database.write.begin() as db:
            due = due_clocks.claim(db, round_.now, most)
            claimed += [each.id for each in due]
            done = _look(db, round_, due)
    except Exception as error:
        if not claimed:
            raise  # what failed was none of the cases
        if len(claimed) == 1:
            _put_off_failed(database, round_, claimed[0], error)
            return 1
        round_.counts["singly"] += 1
        for complaint_id in claimed:
            _look_at_one(database, round_, complaint_id)
        return len(claimed)
    round_.counts.update(done)
    return len(claimed)


def _look_at_one(database: Database, round_: _Round, complaint_id: int) -> None:
    try:
        with database.write.begin() as db:
            done = _look(db, round_, due_clocks.claim_one(db, complaint_id, round_.now))
        round_.counts.update(done)
    except Exception as error:  # noqa: BLE001 - raised when every other case had its turn
        _put_off_failed(database, round_, complaint_id, error)


def _put_off_failed(database: Database, round_: _Round, complaint_id: int, error: Exception) -> None:
    round_.failed.append(error)
    with database.write.begin() as db:
        due_clocks.put_off(db, complaint_id, round_.now, round_.now + SOON)


def _look(db: Session, round_: _Round, claimed: Sequence[Complaint]) -> list[str]:
    """Do what is due to cases that the transaction holds: first all is read and reckoned, then done and written."""
    if not claimed:
        return []
    with gather_writes(db):
        ids = [each.id for each in claimed]
        officer_codes.keep_codes(db, ids, due_clocks.read_along(db, ids))
        if asked := [each.id for each in claimed if each.status in escalation_clock.ASKED]:
            outgoing_history.read_deliveries(db, asked, case_clock.PROMPTS)
        done, due = list[str](), list[tuple[ActContext, Complaint, Tick]]()
        for each in claimed:
            flow = round_.texts_of(each.flow)
            if flow is None:
                done.append(_put_off(db, round_.now, each))
                continue
            context = ActContext(db, round_.now, SYSTEM, flow, round_.policy)
            calendar = case_clock.calendar_of(context, each)
            found = escalation_clock.due_tick(case_clock.case_of(context, each), calendar, round_.now)
            if found is None:
                case_clock.update_clock(context, each)
                done.append("wound")
            else:
                due.append((context, each, found))
        if due:
            _read_ahead(db, round_.policy, [(each, found) for _, each, found in due])
        for context, each, found in due:
            made = perform_due_act(context, each, found)
            done.append("made" if isinstance(made, ActResult) else _put_off(db, round_.now, each))
    return done


def _read_ahead(db: Session, policy: CasePolicy, due: Sequence[tuple[Complaint, Tick]]) -> None:
    """Read what the acts will ask for, of all cases with one statement each."""
    data_keys(db).read(db, [each.key_id for each, _ in due if each.key_id is not None])
    raised = {each.desk for each, found in due if each.desk and found.act in _RAISING}
    if raised:
        assignee_selection.workloads_of(db, policy).read_offices(raised, policy)
    if reminded := {each.officer_id for each, found in due if each.officer_id and found.act == "nudge"}:
        staff.read_with_languages(db, reminded)


def perform_due_act(context: ActContext, complaint: Complaint, found: Tick) -> ActResult | Refusal:
    """Do what the clock found, unless somebody has moved the case since then."""
    version = complaint.version
    match found.act:
        case "late_1" | "late_2" | "late_3":
            level = int(found.act[-1])
            return timed_acts.escalate(context, complaint, level, version)
        case act:
            return _ACTS[act](context, complaint, version)


_RAISING = frozenset({*LEVELS, "unacknowledged"})  # somebody above the officer gets it, or hears of it
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
    flush(db)
    return "refused"
