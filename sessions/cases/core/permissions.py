"""Who may work on a complaint: its office, its officer there, at its level; never whoever filed or closed it."""

from flows.cases import escalation_clock
from flows.text.tracking_number import format_number
from sessions.cases.core import case_clock
from sessions.cases.core.act_context import ActContext
from sessions.cases.rules.case_policy import CasePolicy
from storage.cases import complaints
from storage.people import staff
from storage.schema.tables import Complaint


def permission_problem(context: ActContext, complaint: Complaint) -> str:
    """Why the actor may not work on this complaint, or nothing."""
    shown, actor = format_number(complaint.number), context.actor
    if is_filer(context, complaint):
        return f"You filed {shown} yourself: somebody else works on it."
    if has_closed_before(context, complaint):
        return f"You closed {shown} before, and its citizen said no: somebody else must look at it now."
    if actor.office is None:
        return ""
    if complaint.desk != actor.office and complaint.officer_id != actor.staff_id:
        return f"{shown} is not with your office now."
    lowest = context.policy.lifecycle.ranks.get(actor.role) == 0
    if lowest and complaint.officer_id not in (None, actor.staff_id):
        return f"{shown} is with somebody else of your office: a supervisor can give it to you."
    return ""


def is_filer(context: ActContext, complaint: Complaint) -> bool:
    """True for a member of staff who filed it from the phone that they work with."""
    worker = staff.by_id(context.db, context.actor.staff_id)
    return worker is not None and worker.contact_id == complaint.contact_id


def has_closed_before(context: ActContext, complaint: Complaint) -> bool:
    """True for a member of staff who has ever closed it."""
    who = context.actor.staff_id
    return who is not None and who in complaints.closers(context.db, complaint)


def level_problem(context: ActContext, complaint: Complaint) -> str:
    """Why this actor may not close a complaint that was raised above them, or nothing."""
    if context.policy.lifecycle.may_close(context.actor.role, complaint.level):
        return ""
    may = who_may(context.policy, complaint.level)
    return f"{format_number(complaint.number)} was raised: only {may} may close it."


def who_may(policy: CasePolicy, level: int) -> str:
    """Whose a complaint of this level is."""
    return f"{policy.roles_by_level[level]} or above"


def interim_reply_problem(context: ActContext, complaint: Complaint) -> str:
    """Why a late complaint needs an interim reply before anything else is done, or nothing."""
    acts = [row.act for row in case_clock.this_round(complaints.history_of(context.db, complaint))]
    if not escalation_clock.needs_interim_reply(acts):
        return ""
    return f"{format_number(complaint.number)} is late: write an interim reply to its citizen first, then go on."


def lateness_problem(context: ActContext, complaint: Complaint) -> str:
    """Why no interim reply can be sent yet, or nothing once the complaint is late."""
    case, calendar = case_clock.case_of(context, complaint), case_clock.calendar_of(context, complaint)
    if interim_reply_problem(context, complaint) or context.now >= escalation_clock.deadline(case, calendar):
        return ""
    shown = format_number(complaint.number)
    return f"{shown} is not late: it is due on {complaint.due_on}. Ask its citizen a question (ASK), or close it."
