"""The daily work on a complaint: taking it up, asking its citizen one thing, and writing to them when it is late."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from flows.cases import escalation_clock
from flows.cases.lifecycle_rules import OPERATOR, TransitionInput
from flows.menu.model import Flow
from flows.text import tracking_number
from sessions.cases.core import act_record, case_clock, permissions, staff_transition
from sessions.cases.core.act_record import ActResult, Refusal
from sessions.cases.core.actors import Actor
from sessions.cases.rules.shipped_lifecycle import LIFE, RANK, STATUSES
from storage.cases import complaints
from storage.schema.tables import Complaint

MINUTE = dt.timedelta(minutes=1)
PAUSE = dt.timedelta(days=LIFE.pauses.days)
BEGUN = frozenset({"in_progress", "waiting_citizen"})


def acknowledge(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    words: str = "",
    version: int | None = None,
) -> ActResult | Refusal:
    """Somebody takes it up: it is theirs from now on where it was nobody's.

    What work has begun on, or waits for its citizen, stays as it is: it is only taken, where nobody has it.
    """
    nobodys = complaint.officer_id is None and actor.staff_id is not None
    if nobodys and complaint.status in BEGUN:
        return _taken(db, now, complaint, actor, texts, version)
    if complaint.status == "waiting_citizen":
        return Refusal(
            f"{tracking_number.format_number(complaint.number)} waits for its citizen's answer: go on when you have it."
        )
    theirs: dict[str, Any] = {"officer_id": actor.staff_id} if nobodys else {}
    given = TransitionInput(words=words)
    return staff_transition.perform_transition(
        db, now, complaint, actor, "in_progress", texts, given=given, version=version, **theirs
    )


def _taken(
    db: Session, now: dt.datetime, complaint: Complaint, actor: Actor, texts: Flow, version: int | None
) -> ActResult | Refusal:
    """Somebody has it from now on. Its citizen was told when work began and need not hear of this."""
    if actor.role not in RANK:
        return Refusal(f"A case is for the office to take, not for {actor.role}.")
    if why := permissions.permission_problem(db, complaint, actor):
        return Refusal(why)
    data, who = {"from": None, "to": actor.staff_id}, actor.staff_id
    return act_record.record_act(
        db, now, complaint, "reassigned", actor, texts=texts, data=data, version=version, officer_id=who
    )


def ask_citizen(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    words: str,
    version: int | None = None,
) -> ActResult | Refusal:
    """Ask the citizen one question. The clock stands still until they answer, for some days at most, and not often."""
    asked = complaints.count_acts(db, complaint.id, "asked")
    if asked >= LIFE.pauses.most and complaint.status == "in_progress":
        return Refusal(
            f"The citizen of {tracking_number.format_number(complaint.number)} was asked "
            f"{asked} times already, and no text may "
            "ask "
            "more: call them, or go on with what you know."
        )
    given = TransitionInput(words=words)
    return staff_transition.perform_transition(
        db, now, complaint, actor, "waiting_citizen", texts, given=given, version=version, waiting_since=now
    )


def resume_work(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    words: str = "",
    version: int | None = None,
) -> ActResult | Refusal:
    """The answer was heard by telephone: the clock runs again."""
    given = TransitionInput(words=words)
    columns = clock_after_pause(db, now, complaint, texts)
    return staff_transition.perform_transition(
        db, now, complaint, actor, "in_progress", texts, given=given, version=version, **columns
    )


def send_interim_reply(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    words: str,
    version: int | None = None,
) -> ActResult | Refusal:
    """Tell the citizen why it takes longer. Once a complaint is late nothing else is done to it before that.

    The text says that it is late, so before its time is over there is none.
    """
    if version not in (None, complaint.version):
        return Refusal(act_record.stale_version_message(complaint))
    if actor.role not in RANK and actor.role not in (OPERATOR, "triage"):
        return Refusal(f"An interim reply is for the office to write, not for {actor.role}.")
    if complaint.kind != "complaint" or STATUSES[complaint.status].clock != "runs":
        return Refusal(f"It is {complaint.status}: there is nothing to reply to in the meantime.")
    if why := permissions.permission_problem(db, complaint, actor):
        return Refusal(why)
    if why := permissions.lateness_problem(db, now, complaint, texts):
        return Refusal(why)
    most = LIFE.words.most
    if not words or len(words) > most:
        return Refusal(f"Say in at most {most} characters of plain words why it takes longer.")
    return act_record.record_act(
        db, now, complaint, "interim", actor, texts=texts, note=words, said=True, event="delayed", version=version
    )


def clock_after_pause(db: Session, now: dt.datetime, complaint: Complaint, texts: Flow) -> dict[str, Any]:
    """What a complaint's clock shows after it stood still: the working time it waited, and the day that moves by it.

    Whenever the end of a wait is noticed, no more than its days are counted.
    """
    if complaint.waiting_since is None:
        return {}
    calendar = case_clock.calendar_of(complaint, texts)
    until = max(complaint.waiting_since, min(now, complaint.waiting_since + PAUSE))
    minutes = calendar.between(complaint.waiting_since, until) // MINUTE
    due_on = escalation_clock.due_after(case_clock.case_of(db, complaint), calendar, minutes * MINUTE)
    return {"paused": complaint.paused + minutes, "waiting_since": None, "due_on": due_on}
