"""What a citizen says of an office's answer: solved, not solved and why, appealed; and taking a complaint back.

Each takes a complaint that the caller holds (own_cases.lock) and is one step of its history, or two: what is opened
again goes to somebody at once.
"""

import datetime as dt

from flows.cases import escalation_clock
from flows.cases.lifecycle_file import ASKED_FOR_MONEY, RUDE
from flows.cases.lifecycle_rules import IllegalMove
from flows.text import tracking_number
from flows.understanding.bribe_detection import asks_for_money
from sessions.cases.acts import assignee_selection, assignment
from sessions.cases.acts.citizen_acts import OVERSIGHT_ONLY
from sessions.cases.core import act_record, case_clock
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import Step, require_success
from sessions.cases.core.actors import SYSTEM
from sessions.messages import render_text
from storage.cases import complaints
from storage.cases.complaints import ComplaintChanges
from storage.messages import outbox
from storage.schema.cases import WITHDRAWN
from storage.schema.tables import Complaint, Contact


def may_transition(context: ActContext, complaint: Complaint, target: str) -> bool:
    """True when the citizen may move the complaint there."""
    return not isinstance(context.find_transition(complaint, target), IllegalMove)


def confirm(context: ActContext, complaint: Complaint) -> bool:
    """It is solved, or the refusal is accepted; False when nothing waits for that."""
    return _move(context, complaint, "closed_confirmed")


def reopen(context: ActContext, complaint: Complaint, reason: str) -> bool:
    """It is not solved: one level higher, in half the time, never with who closed it; after two times an appeal.

    False when it cannot be opened again (any more).
    """
    life = context.policy.life
    if not may_transition(context, complaint, "reopened") or _later_than(context, complaint, life.reopenings.days):
        return False
    opened = complaints.count_acts(context.db, complaint, "reopened")
    if opened >= life.reopenings.most:
        _appealed(context, complaint, reason)
        return True
    level = min(complaint.level + 1, context.policy.lifecycle.top)
    limit = (complaint.limit_days + 1) // 2
    hidden = _sensitive(complaint, reason)
    complaint.note = None  # what they did not accept is not told to them again by who has it next
    changes = _began(context, complaint, limit)
    changes |= {"level": level, "reopenings": opened + 1, "officer_id": None}
    if complaint.desk is None:
        changes["against"] = assignee_selection.body_complained_about(context, complaint)
    note, data = None if hidden else reason or None, {"level": level, "days": limit}
    require_success(
        act_record.record_act(context, complaint, Step("reopened", "reopened", note=note, data=data), **changes)
    )
    if hidden:
        give_reason(context, complaint, reason)
    _handed(context, complaint)
    return True


def reopen_event(complaint: Complaint) -> str:
    """The text that tells what a "not solved" came to: opened again, or with oversight."""
    return "appealed" if complaint.status == "appealed" else "reopened"


def give_reason(context: ActContext, complaint: Complaint, reason: int | str) -> bool:
    """Why it is not solved, by a key of the life cycle's verdicts or in words; False for a key there is not.

    Who was asked for money, and who was treated badly in a matter that stays hidden, is heard by oversight alone.
    """
    verdicts = context.policy.life.verdicts
    if isinstance(reason, int) and reason not in verdicts:
        return False
    said = verdicts[reason] if isinstance(reason, int) else reason
    hidden = _sensitive(complaint, said)
    act_record.note_act(context, complaint, Step("reason_given", note=said, data=OVERSIGHT_ONLY if hidden else None))
    if hidden:
        copied = Step("copied", data=OVERSIGHT_ONLY | {"reason": said})
        act_record.note_act(context.by(SYSTEM), complaint, copied)
    return True


def appeal(context: ActContext, complaint: Complaint) -> bool:
    """Oversight shall look at it; False when it cannot be appealed (any more)."""
    days = context.policy.life.appeal.days
    if not may_transition(context, complaint, "appealed") or _later_than(context, complaint, days):
        return False
    _appealed(context, complaint)
    return True


def withdraw(context: ActContext, complaint: Complaint) -> bool:
    """The citizen takes it back; False when it is closed already. No text that waits about it is sent any more."""
    if not _move(context, complaint, WITHDRAWN):
        return False
    _hold_back(context, complaint)
    return True


def note_pressure(context: ActContext, complaint: Complaint) -> bool:
    """Somebody makes the citizen take it back: oversight has it from now on, and their phone shows it as taken back.

    It stays open, and no text about it is sent any more, those that wait included. False when it is closed already.
    """
    if not may_transition(context, complaint, WITHDRAWN):
        return False
    level = context.policy.lifecycle.top
    place = assignment.escalation_target(context, complaint, level)
    data = OVERSIGHT_ONLY | {"from": complaint.desk, "to": place.desk, "officer": place.officer_id}
    changes: ComplaintChanges = {"level": level, "desk": place.desk, "officer_id": place.officer_id, "coerced": True}
    require_success(act_record.record_act(context, complaint, Step("pressed", data=data), **changes))
    _hold_back(context, complaint)
    assignee_selection.notify_officer(context, complaint)
    return True


def _hold_back(context: ActContext, complaint: Complaint) -> None:
    """Texts that were owed before would tell whoever holds the phone that the case goes on."""
    language = context.db.get_one(Contact, complaint.contact_id).language
    body = render_text.render_sms(context.flow, WITHDRAWN, language, complaint)
    outbox.hold_back(context.db, complaint, body or tracking_number.format_number(complaint.number), context.now)


def _sensitive(complaint: Complaint, reason: str) -> bool:
    return reason == ASKED_FOR_MONEY or asks_for_money(reason) or (reason == RUDE and complaint.private)


def _move(context: ActContext, complaint: Complaint, target: str) -> bool:
    """A citizen's own move, where they may make it. They are answered at once, so no text is sent."""
    move = context.find_transition(complaint, target)
    if isinstance(move, IllegalMove):
        return False
    require_success(act_record.record_act(context, complaint, Step(move.act, target), waiting_since=None))
    return True


def _appealed(context: ActContext, complaint: Complaint, note: str = "") -> None:
    """With oversight, outside the office that closed it, for as many days as an appeal has."""
    top = context.policy.lifecycle.top
    place = assignment.escalation_target(context, complaint, top)
    complaint.note = None
    changes = _began(context, complaint, context.policy.life.appeal.days)
    changes |= {"level": top, "desk": place.desk, "officer_id": place.officer_id}
    changes["office"] = assignee_selection.office_kind_for_citizen(context, complaint, place.desk)
    data = {"from": complaint.desk, "to": place.desk, "officer": place.officer_id}
    hidden = _sensitive(complaint, note)
    step = Step("appealed", "appealed", note=None if hidden else note or None, data=data)
    require_success(act_record.record_act(context, complaint, step, **changes))
    if hidden:
        give_reason(context, complaint, note)
    assignee_selection.notify_officer(context, complaint)


def _handed(context: ActContext, complaint: Complaint) -> None:
    """Assign a reopened complaint to its office and an officer, if a rule names one; else triage does."""
    desk = assignee_selection.assign_office(context, complaint)
    if desk is not None:
        data = {"to": desk, "officer": complaint.officer_id, "level": complaint.level}
        step = Step("assigned", "assigned", data=data)
        require_success(act_record.record_act(context.by(SYSTEM), complaint, step))


def _began(context: ActContext, complaint: Complaint, days: int) -> ComplaintChanges:
    """A clock that starts again now. Only a reopening or an appeal does that."""
    due_on = escalation_clock.first_due(
        context.policy.life, case_clock.calendar_of(context, complaint), context.now, days
    )
    return {"clock_from": context.now, "limit_days": days, "due_on": due_on, "paused": 0, "waiting_since": None}


def _later_than(context: ActContext, complaint: Complaint, days: int) -> bool:
    """True when it was closed, or its citizen asked again whether it has held, longer ago than that."""
    if context.policy.is_open(complaint.status):
        return False
    rows = complaints.history_of(context.db, complaint)
    asked = (row.at for row in rows if row.act == "rechecked")
    return context.now - max([case_clock.since_status(rows), *asked]) > dt.timedelta(days=days)
