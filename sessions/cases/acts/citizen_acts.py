"""What a citizen does with their own complaint: adds to it, reminds the office, rates.

Each takes a complaint that the caller holds (own_cases.lock) and is one step of its history, in one transaction. What
they say of an office's answer is in citizen_verdicts.py, filing in file_complaint.py.
"""

import datetime as dt
from typing import Literal

from flows.cases.lifecycle_rules import WAITS
from flows.cases.local_offices import office_of_place
from flows.cases.redaction import listed_numbers, redact
from flows.menu.model import Flow, Record
from flows.text import tracking_number
from sessions.cases.acts import assignee_selection, office_work
from sessions.cases.core import act_record
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import Step
from sessions.cases.rules.case_policy import CasePolicy
from storage.cases import complaints
from storage.schema.cases import WITHDRAWN
from storage.schema.tables import Complaint

OPEN, CLOSED = "open", "closed"  # all that a shared phone shows of the status of a private complaint
OVERSIGHT_ONLY = {"for": "oversight"}  # data of a step that the body complained about is not shown


def record_of(
    complaint: Complaint, policy: CasePolicy, flow: Flow, *, guarded: bool = False, readable: bool = False
) -> Record:
    """A complaint as a flow sees it (flows.menu.actions.COMPLAINT). `guarded`: acts on it need a PIN. `readable`: the
    PIN opens it.
    """
    shown = complaint.shown_status
    status = policy.statuses[shown]
    known: Record = {
        "number": tracking_number.format_number(complaint.number),
        "due": complaint.due_on.isoformat(),
        "filed": complaint.filed_at.astimezone(policy.zone).date().isoformat(),
        "open": status.open,
        "resolved": status.resolved,
        "waits": WAITS.get(shown, ""),
        "private": complaint.private,
        "guarded": guarded,
        "readable": readable,
    }
    if complaint.private:  # the phone may be shared: neither subject, place, office nor an officer's words
        neutral = OPEN if status.open else CLOSED
        return known | {"status": neutral, "listed": neutral, "category": "", "district": "", "office": "", "note": ""}
    return known | _told_of(complaint, flow)


def opened_record(complaint: Complaint, policy: CasePolicy, flow: Flow) -> Record:
    """All of a complaint, for a screen that somebody with its PIN reads (flows.menu.actions.OPENED)."""
    told = record_of(complaint, policy, flow, guarded=complaint.private, readable=complaint.private)
    return told | _told_of(complaint, flow) | {"details": complaint.details or ""}


def _told_of(complaint: Complaint, flow: Flow) -> Record:
    """What others who use the phone may not read of a private case."""
    shown = complaint.shown_status
    return {
        "status": shown,
        "listed": shown,
        "category": complaint.category or "",
        "district": complaint.district or "",
        "office": office_of_place(flow, complaint.office, complaint.district),
        "note": "" if shown == WITHDRAWN else complaint.note or "",
    }


def add_details(context: ActContext, complaint: Complaint, details: str) -> None:
    """Add words. An office that waited for them continues."""
    words = f"{complaint.details}\n{details}" if complaint.details else details
    if complaint.shown_status != "waiting_citizen":
        act_record.note_act(context, complaint, Step("details_added", note=details), details=words)
        return
    changes = office_work.clock_after_pause(context, complaint)
    changes["details"] = words
    step = Step("answered", "in_progress", note=details)
    act_record.require_success(act_record.record_act(context, complaint, step, **changes))
    assignee_selection.notify_officer(
        context, complaint, "officer_answer", note=redact(details, listed_numbers(context.flow))
    )


def add_new_lines(context: ActContext, complaint: Complaint, words: str) -> None:
    """`add_details` of those lines that the complaint does not hold; nothing where it holds them all."""
    held = (complaint.details or "").splitlines()
    if new := [each for each in words.splitlines() if each.strip() and each not in held]:
        add_details(context, complaint, "\n".join(new))


def remind(context: ActContext, complaint: Complaint) -> Literal["ok", "too_soon", "missing"]:
    """A reminder to the office: "too_soon" after the last one, "missing" for what is closed."""
    if not context.policy.is_open(complaint.shown_status):
        return "missing"
    since = context.now - dt.timedelta(hours=context.policy.life.reminders.hours)
    if complaints.count_acts(context.db, complaint, "reminded", since):
        return "too_soon"
    act_record.note_act(context, complaint, Step("reminded"))
    return "ok"


def rate(context: ActContext, complaint: Complaint, rating: int) -> None:
    """How satisfied the citizen is."""
    act_record.note_act(context, complaint, Step("rated", note=str(rating)), rating=rating)


def confirm_recheck(context: ActContext, complaint: Complaint) -> None:
    """Asked again weeks later, the citizen says that the work has held."""
    act_record.note_act(context, complaint, Step("still_solved"))


def want_call(context: ActContext, complaint: Complaint) -> None:
    """The office shall call the citizen."""
    act_record.note_act(context, complaint, Step("call_wanted"), call_back=True)
