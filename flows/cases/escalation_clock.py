"""Escalation: what the clock does to a case next, and when. Pure, so that any number of sweeps compute the same.

A case has working days from receipt (or from a reopening) until the due date its citizen was given. The percentages of
that time at which its officer is reminded and at which it is escalated to a higher level are in the life cycle, under
`escalation` (flows/library/lifecycle.yaml); one day after the most days an answer may take it is with oversight,
whatever was paused. The clock stops only while the citizen is asked something. A case that an office has answered
waits for the citizen, and is closed without their word only if a question reached their phone.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from flows.cases.lifecycle_rules import Life
from flows.cases.working_time import Calendar, day_of

Act = Literal[
    "nudge",
    "unacknowledged",
    "late_1",
    "late_2",
    "late_3",
    "wait_over",
    "remind_confirm",
    "lapse",
    "undelivered",
    "recheck",
]

LEVELS: tuple[Act, ...] = ("late_1", "late_2", "late_3")  # escalated to level 1, 2 and 3
_HISTORY: dict[Act, str] = {
    "nudge": "nudged",
    "remind_confirm": "reminded_citizen",
    "lapse": "lapsed",
    "recheck": "rechecked",
}
DAY = dt.timedelta(days=1)
ASKED = ("resolved_pending", "refused_pending")  # the citizen is asked whether they accept the answer


class Case(Struct, frozen=True):
    """What the clock needs to know about a complaint.

    `life` holds the rules that apply. `received` is when its clock began (receipt, or a reopening), `due_on` the date
    its citizen was given, `since` when it got its status, `heard_at` when the first question about this answer was
    delivered, `reminded_at` when its citizen was asked again. `done` holds the acts in its history since `received`;
    for acts that belong to a status, those since `since`. `works`: it is checked again later.
    """

    life: Life
    status: str
    received: dt.datetime
    filed_at: dt.datetime
    limit_days: int
    due_on: dt.date
    since: dt.datetime
    paused: int = 0
    waiting_since: dt.datetime | None = None
    level: int = 0
    acknowledged: bool = False
    heard_at: dt.datetime | None = None
    reminded_at: dt.datetime | None = None
    works: bool = False
    done: frozenset[str] = frozenset()


class Tick(Struct, frozen=True):
    """One thing the clock does, and when it is due."""

    at: dt.datetime
    act: Act


def first_due(life: Life, calendar: Calendar, received: dt.datetime, days: int) -> dt.date:
    """The day an answer is due: `days` working days after `received`, `answers.most` calendar days at the latest."""
    return day_of(_promised(life, calendar, received, days), calendar.zone)


def due_after(case: Case, calendar: Calendar, waited: dt.timedelta) -> dt.date:
    """The new due date of a case whose clock was stopped for so much working time."""
    return max(case.due_on, day_of(calendar.add(deadline(case, calendar), waited), calendar.zone))


def deadline(case: Case, calendar: Calendar) -> dt.datetime:
    """When the case is late. The due date that the citizen was given holds, even if the calendar has changed since."""
    reckoned = _reckoned(case, calendar)
    if day_of(reckoned, calendar.zone) == case.due_on:
        return reckoned
    return max(calendar.closing(case.due_on), calendar.deadline(case.received, 1))


def next_tick(case: Case, calendar: Calendar) -> Tick | None:
    """The next thing the clock does to this case; None when there is nothing to wait for."""
    return min(_todo(case, calendar), key=lambda tick: tick.at, default=None)


def due_tick(case: Case, calendar: Calendar, now: dt.datetime) -> Tick | None:
    """What the clock does to this case now; None when nothing is due yet.

    If several escalations fell due since the last look, only the highest is returned, so that the citizen hears once.
    """
    due = [tick for tick in _todo(case, calendar) if tick.at <= now]
    late = [tick for tick in due if tick.act in LEVELS]
    if late and case.life.statuses[case.status].clock == "runs":
        return max(late, key=lambda tick: tick.act)
    return min(due, key=lambda tick: tick.at, default=None)


def next_look(case: Case, calendar: Calendar, now: dt.datetime) -> dt.datetime | None:
    """When the clock must look at the case again: at its next tick, or daily until a question reaches its citizen."""
    tick = next_tick(case, calendar)
    if tick is None and case.status in ASKED and case.heard_at is None:
        return now + DAY
    return tick.at if tick else None


def history_name(act: Act) -> str:
    """What history calls a tick once it was made."""
    return _HISTORY.get(act, act)


def needs_interim_reply(acts: Iterable[str]) -> bool:
    """True if, by these acts in order, the case became late and its citizen has had no interim reply since."""
    last = [act for act in acts if act in LEVELS or act == "interim"]
    return bool(last) and last[-1] != "interim"


def _todo(case: Case, calendar: Calendar) -> list[Tick]:
    """Every tick that is still possible for the case; of two at the same moment, the higher level comes first."""
    match case.life.statuses[case.status].clock:
        case "runs":
            ticks = _running(case, calendar)
        case "paused":
            ticks = [*_waiting(case), *_last_day(case, calendar)]
        case "stopped":
            ticks = _silent(case) if case.status in ASKED else _settled(case)
    return [tick for tick in ticks if history_name(tick.act) not in case.done]


def _promised(life: Life, calendar: Calendar, received: dt.datetime, days: int) -> dt.datetime:
    last = received.astimezone(calendar.zone).date() + life.answers.most * DAY
    counted = min(days, life.answers.most + 1)  # more are never waited for, and would be counted one by one
    return min(calendar.deadline(received, counted), calendar.closing(last))


def _reckoned(case: Case, calendar: Calendar) -> dt.datetime:
    """The deadline by the current calendar, with pauses added."""
    promised = _promised(case.life, calendar, case.received, case.limit_days)
    return calendar.add(promised, dt.timedelta(minutes=case.paused))


def _running(case: Case, calendar: Calendar) -> list[Tick]:
    limits = case.life.escalation
    reached = max((level for level, act in enumerate(LEVELS, 1) if act in case.done), default=0)
    paused = dt.timedelta(minutes=case.paused)
    time = max(calendar.between(case.received, deadline(case, calendar)) - paused, dt.timedelta())

    def at(percent: int) -> dt.datetime:
        return calendar.add(case.received, time * percent / 100 + paused)

    ticks = _last_day(case, calendar)
    ticks += [Tick(at(limits.levels[level]), LEVELS[level]) for level in reversed(range(reached, len(LEVELS)))]
    if not reached:  # once it is late, somebody higher has it
        ticks.append(Tick(at(limits.nudge), "nudge"))
    if not reached and case.status == "assigned" and not case.acknowledged:
        ticks.append(Tick(calendar.add(case.since, dt.timedelta(hours=limits.acknowledge)), "unacknowledged"))
    return ticks


def _waiting(case: Case) -> list[Tick]:
    return [Tick((case.waiting_since or case.since) + case.life.pauses.days * DAY, "wait_over")]


def _last_day(case: Case, calendar: Calendar) -> list[Tick]:
    """Counted from receipt: no reopening puts it off, but a reopened case has its new time first."""
    if case.level >= len(LEVELS):
        return []
    last = case.filed_at + (case.life.answers.most + 1) * DAY
    return [Tick(last if case.received <= case.filed_at else max(last, deadline(case, calendar)), "late_3")]


def _silent(case: Case) -> list[Tick]:
    """A reminder, then closing, if a question was delivered; otherwise the case stays open, and history says so once.

    The citizen always has some days from the reminder on.
    """
    silence = case.life.silence
    fair = (silence.over - silence.reminder) * DAY  # the least time that a citizen has to answer
    over = case.since + silence.over * DAY
    remind = Tick(case.since + silence.reminder * DAY, "remind_confirm")
    if case.heard_at is None:
        return [remind, Tick(over, "undelivered")]
    if case.reminded_at is None:
        return [remind]
    return [remind, Tick(max(over, case.heard_at + fair, case.reminded_at + fair), "lapse")]


def _settled(case: Case) -> list[Tick]:
    works = case.works and case.status == "closed_confirmed"
    return [Tick(case.since + case.life.recheck.days * DAY, "recheck")] if works else []
