"""What a citizen says of an office's answer: solved, not solved and why, appealed; and what they change.

Each takes a complaint that the caller holds (complaints.lock) and is one step of its history, or two: what is
opened again goes to somebody at once. `texts` is the flow whose lists and words are used.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from flows.cases import escalation_clock
from flows.cases.lifecycle_rules import IllegalMove
from flows.menu.model import Flow
from sessions.cases.acts import assignee_selection, assignment
from sessions.cases.core import act_record, case_clock
from sessions.cases.core.act_record import kind_of
from sessions.cases.core.actors import CITIZEN, SYSTEM, Actor
from sessions.cases.rules.shipped_lifecycle import LIFE, LIFECYCLE, STATUSES, TOP
from storage.cases import complaints
from storage.schema.tables import Complaint

APPEAL_WITHIN = dt.timedelta(days=LIFE.appeal.days)
REOPEN_WITHIN = dt.timedelta(days=LIFE.reopenings.days)
REASONS = LIFE.verdicts
MONEY, RUDE = REASONS[4], REASONS[5]
OVERSIGHT_ONLY = {"for": "oversight"}  # data of a step that the body complained about is not shown


def may_transition(complaint: Complaint, target: str) -> bool:
    """True when a citizen may move the complaint there."""
    try:
        LIFECYCLE.find_transition(complaint.status, target, "citizen", kind_of(complaint))
    except IllegalMove:
        return False
    return True


def confirm(db: Session, now: dt.datetime, complaint: Complaint, texts: Flow) -> bool:
    """It is solved, or the refusal is accepted; False when nothing waits for that."""
    return _move(db, now, complaint, "closed_confirmed", texts)


def reopen(db: Session, now: dt.datetime, complaint: Complaint, reason: str, texts: Flow) -> bool:
    """It is not solved: one level higher, in half the time, never with who closed it; after two times an appeal.

    False when it cannot be opened again (any more).
    """
    if not may_transition(complaint, "reopened") or _later_than(db, now, complaint, REOPEN_WITHIN):
        return False
    opened = complaints.count_acts(db, complaint.id, "reopened")
    if opened >= LIFE.reopenings.most:
        _appealed(db, now, complaint, texts, note=reason)
        return True
    level = min(complaint.level + 1, TOP)
    limit = (complaint.limit_days + 1) // 2
    hidden = _sensitive(complaint, reason)
    complaint.note = None  # what they did not accept is not told to them again by who has it next
    told = {"level": level, "days": limit}
    began = _began(complaint, now, limit, texts) | {"level": level, "reopenings": opened + 1, "officer_id": None}
    note = None if hidden else reason or None
    _take(db, now, complaint, "reopened", CITIZEN, texts, status="reopened", note=note, data=told, **began)
    if hidden:
        give_reason(db, now, complaint, reason)
    _handed(db, now, complaint, texts)
    return True


def reopen_event(complaint: Complaint) -> str:
    """The text that tells what a "not solved" came to: opened again, or with oversight."""
    return "appealed" if complaint.status == "appealed" else "reopened"


def give_reason(db: Session, now: dt.datetime, complaint: Complaint, reason: int | str) -> bool:
    """Why it is not solved, by a key of REASONS or in words; False for a key there is not.

    Who was asked for money, and who was treated badly in a matter that stays hidden, is heard by oversight alone.
    """
    if isinstance(reason, int) and reason not in REASONS:
        return False
    said = REASONS[reason] if isinstance(reason, int) else reason
    hidden = _sensitive(complaint, said)
    _take(db, now, complaint, "reason_given", CITIZEN, note=said, data=OVERSIGHT_ONLY if hidden else None)
    if hidden:
        _take(db, now, complaint, "copied", SYSTEM, data=OVERSIGHT_ONLY | {"reason": said})
    return True


def appeal(db: Session, now: dt.datetime, complaint: Complaint, texts: Flow) -> bool:
    """Oversight shall look at it; False when it cannot be appealed (any more)."""
    if not may_transition(complaint, "appealed") or _later_than(db, now, complaint, APPEAL_WITHIN):
        return False
    _appealed(db, now, complaint, texts)
    return True


def withdraw(db: Session, now: dt.datetime, complaint: Complaint, texts: Flow) -> bool:
    """The citizen takes it back; False when it is closed already."""
    return _move(db, now, complaint, "withdrawn", texts)


def note_pressure(db: Session, now: dt.datetime, complaint: Complaint) -> None:
    """Somebody wanted the citizen to take it back: it stays open, and only oversight learns of it."""
    _take(db, now, complaint, "pressed", CITIZEN, data=OVERSIGHT_ONLY)


def confirm_recheck(db: Session, now: dt.datetime, complaint: Complaint) -> None:
    """Asked again weeks later, the citizen says that the work has held."""
    _take(db, now, complaint, "still_solved", CITIZEN)


def want_call(db: Session, now: dt.datetime, complaint: Complaint) -> None:
    """The office shall call the citizen."""
    _take(db, now, complaint, "call_wanted", CITIZEN, call_back=True)


def _sensitive(complaint: Complaint, reason: str) -> bool:
    return reason == MONEY or (reason == RUDE and complaint.private)


def _move(db: Session, now: dt.datetime, complaint: Complaint, target: str, texts: Flow) -> bool:
    """A citizen's own move, where they may make it. They are answered at once, so no text is owed."""
    if not may_transition(complaint, target):
        return False
    move = LIFECYCLE.find_transition(complaint.status, target, "citizen", kind_of(complaint))
    _take(db, now, complaint, move.act, CITIZEN, texts, status=target, waiting_since=None)
    return True


def _appealed(db: Session, now: dt.datetime, complaint: Complaint, texts: Flow, note: str = "") -> None:
    """With oversight, outside the office that closed it, for as many days as an appeal has."""
    place = assignment.escalation_target(db, complaint, TOP)
    complaint.note = None
    columns = _began(complaint, now, LIFE.appeal.days, texts)
    columns |= {"level": TOP, "desk": place.desk, "officer_id": place.officer_id}
    columns |= {"office": assignee_selection.office_kind_for_citizen(db, complaint, place.desk, texts)}
    data = {"from": complaint.desk, "to": place.desk, "officer": place.officer_id}
    hidden = _sensitive(complaint, note)
    said = None if hidden else note or None
    _take(db, now, complaint, "appealed", CITIZEN, texts, status="appealed", note=said, data=data, **columns)
    if hidden:
        give_reason(db, now, complaint, note)
    assignee_selection.notify_officer(db, now, complaint, texts)


def _handed(db: Session, now: dt.datetime, complaint: Complaint, texts: Flow) -> None:
    """What was opened again goes to a desk and somebody of it, where one is known; else triage gives it one."""
    row = texts.rows.get("category", {}).get(complaint.category or "")
    desk = assignee_selection.assign_office(
        db,
        now,
        complaint,
        columns=row.columns if row else {},
        province=case_clock.province_of(complaint.district, texts),
        texts=texts,
    )
    if desk is not None:
        data = {"to": desk, "officer": complaint.officer_id, "level": complaint.level}
        _take(db, now, complaint, "assigned", SYSTEM, texts, status="assigned", data=data)


def _began(complaint: Complaint, now: dt.datetime, days: int, texts: Flow) -> dict[str, Any]:
    """A clock that begins now: with a reopening or an appeal, and never otherwise."""
    calendar = case_clock.calendar_of(complaint, texts)
    due_on = escalation_clock.first_due(LIFE, calendar, now, days)
    return {"clock_from": now, "limit_days": days, "due_on": due_on, "paused": 0, "waiting_since": None}


def _take(
    db: Session, now: dt.datetime, complaint: Complaint, act: str, actor: Actor, texts: Flow | None = None, **more: Any
) -> None:
    """A step on a complaint that is held, so that nobody can be there first."""
    act_record.require_success(act_record.record_act(db, now, complaint, act, actor, texts=texts, **more))


def _later_than(db: Session, now: dt.datetime, complaint: Complaint, within: dt.timedelta) -> bool:
    """True when it was closed, or its citizen asked again whether it has held, longer ago than that."""
    rows = complaints.history(db, complaint.id)
    asked = (row.at for row in rows if row.act == "rechecked")
    return not STATUSES[complaint.status].open and now - max([case_clock.since_status(rows), *asked]) > within
