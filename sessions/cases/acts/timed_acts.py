"""What time does to a complaint: reminds, raises, ends a wait, closes what nobody answered. Each exactly once.

The sweep finds what is due (case_clock_sweep.py) and calls these. Two sweeps may: the second is refused, and so is one
that
finds the complaint moved meanwhile.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from flows.cases.lifecycle_rules import IllegalMove
from flows.menu.model import Flow
from sessions.cases.acts import assignee_selection, assignment, office_work
from sessions.cases.core import act_record, case_clock
from sessions.cases.core.act_record import ActResult, Refusal, kind_of
from sessions.cases.core.actors import Actor
from sessions.cases.rules.shipped_lifecycle import LIFECYCLE, STATUSES, TOP
from storage.schema.tables import Complaint

AWAITED = ("resolved_pending", "refused_pending")  # the citizen has the word


def nudge(
    db: Session, now: dt.datetime, complaint: Complaint, actor: Actor, texts: Flow, *, version: int | None = None
) -> ActResult | Refusal:
    """Most of the time is over: whoever has it is reminded."""
    done = _noticed(db, now, complaint, actor, texts, "nudged", "runs", version)
    return assignment.notify_assignee(db, now, done, texts, "officer_due")


def flag_unacknowledged_complaint(
    db: Session, now: dt.datetime, complaint: Complaint, actor: Actor, texts: Flow, *, version: int | None = None
) -> ActResult | Refusal:
    """Nobody took it up: a supervisor is told."""
    if complaint.status != "assigned":
        return Refusal(f"It is {complaint.status}: nobody waits for it to be taken up.")
    done = _noticed(db, now, complaint, actor, texts, "unacknowledged", "runs", version)
    above = assignee_selection.officer_for(db, complaint, complaint.desk, min(complaint.level + 1, TOP))
    return assignment.notify_assignee(db, now, done, texts, "unacknowledged", above) if above else done


def flag_undelivered_question(
    db: Session, now: dt.datetime, complaint: Complaint, actor: Actor, texts: Flow, *, version: int | None = None
) -> ActResult | Refusal:
    """The time to answer is over and no question reached the citizen: it stays, for a person to look at."""
    if complaint.status not in AWAITED:
        return Refusal(f"It is {complaint.status}: no answer is waited for.")
    return _noticed(db, now, complaint, actor, texts, "undelivered", "stopped", version)


def escalate(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    level: int,
    version: int | None = None,
) -> ActResult | Refusal:
    """Its time is over: it is raised to this level, its citizen is told, and an interim reply is owed to them."""
    raised = max(complaint.level, level)
    if complaint.level >= raised:
        done = _noticed(db, now, complaint, actor, texts, f"late_{level}", "runs", version)
        return assignment.notify_assignee(db, now, done, texts, "supervisor_escalation")
    place = assignment.escalation_target(db, complaint, raised)
    columns: dict[str, Any] = {"level": raised, "desk": place.desk, "officer_id": place.officer_id}
    columns |= {"office": assignee_selection.office_kind_for_citizen(db, complaint, place.desk, texts)}
    data = {"level": raised, "from": complaint.desk, "to": place.desk, "officer": place.officer_id}
    done = _noticed(
        db, now, complaint, actor, texts, f"late_{level}", "runs", version, data=data, event="escalated", **columns
    )
    return assignment.notify_assignee(db, now, done, texts, "supervisor_escalation")


def end_wait(
    db: Session, now: dt.datetime, complaint: Complaint, actor: Actor, texts: Flow, *, version: int | None = None
) -> ActResult | Refusal:
    """The citizen did not answer in time: the office goes on with what it knows."""
    told = office_work.clock_after_pause(db, now, complaint, texts)
    return _moved(db, now, complaint, actor, texts, "in_progress", version, act="wait_over", **told)


def remind_confirm(
    db: Session, now: dt.datetime, complaint: Complaint, actor: Actor, texts: Flow, *, version: int | None = None
) -> ActResult | Refusal:
    """The office's answer waits for the citizen's word: they are asked once more."""
    if complaint.status not in AWAITED:
        return Refusal(f"It is {complaint.status}: no answer is waited for.")
    event = "reminder_confirm" if complaint.status == "resolved_pending" else "reminder_refused"
    return _noticed(db, now, complaint, actor, texts, "reminded_citizen", "stopped", version, event=event)


def lapse(
    db: Session, now: dt.datetime, complaint: Complaint, actor: Actor, texts: Flow, *, version: int | None = None
) -> ActResult | Refusal:
    """The citizen said nothing: closed without an answer, and only if a question reached them."""
    if complaint.status in AWAITED and case_clock.case_of(db, complaint).heard_at is None:
        return Refusal("No question reached its citizen's phone, so their silence says nothing: it stays open.")
    return _moved(db, now, complaint, actor, texts, "closed_unanswered", version)


def recheck(
    db: Session, now: dt.datetime, complaint: Complaint, actor: Actor, texts: Flow, *, version: int | None = None
) -> ActResult | Refusal:
    """Weeks after the citizen said that works are done they are asked whether it has held."""
    if complaint.status != "closed_confirmed":
        return Refusal(f"It is {complaint.status}: there is nothing to look at again.")
    return _noticed(db, now, complaint, actor, texts, "rechecked", "stopped", version, event="recheck")


def _noticed(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    act: str,
    clock: str,
    version: int | None,
    **more: Any,
) -> ActResult | Refusal:
    """A step that leaves the status as it is, made once in a round of the clock."""
    if version not in (None, complaint.version):
        return Refusal(act_record.stale_version_message(complaint))
    if STATUSES[complaint.status].clock not in (clock, "paused" if act.startswith("late_") else clock):
        return Refusal(f"It is {complaint.status}: its clock does not count.")
    if act in case_clock.case_of(db, complaint).done:
        return Refusal(f"It was {act.replace('_', ' ')} already.")
    return act_record.record_act(db, now, complaint, act, actor, texts=texts, version=version, **more)


def _moved(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    target: str,
    version: int | None,
    *,
    act: str = "",
    **columns: Any,
) -> ActResult | Refusal:
    """A move that time makes."""
    if version not in (None, complaint.version):
        return Refusal(act_record.stale_version_message(complaint))
    try:
        move = LIFECYCLE.find_transition(complaint.status, target, actor.role, kind_of(complaint))
    except IllegalMove as illegal:
        return Refusal(f"{illegal}.")
    return act_record.record_act(
        db, now, complaint, act or move.act, actor, texts=texts, status=target, event=move.event, **columns
    )
