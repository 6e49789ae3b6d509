"""Daily work on a complaint: acknowledge it, ask the citizen a question, and write to them when it is late."""

import datetime as dt

from flows.cases import escalation_clock
from flows.cases.lifecycle_rules import OPERATOR, TransitionInput
from flows.text import tracking_number
from sessions.cases.core import act_record, case_clock, permissions, staff_transition
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import ActResult, Refusal, Step
from storage.cases import complaints
from storage.cases.complaints import ComplaintChanges
from storage.schema.tables import Complaint

MINUTE = dt.timedelta(minutes=1)
BEGUN = frozenset({"in_progress", "waiting_citizen"})


def acknowledge(
    context: ActContext, complaint: Complaint, given: TransitionInput, version: int | None = None
) -> ActResult | Refusal:
    """Start work on it. If no officer has it, it is theirs from now on.

    A complaint that is in progress or waits for its citizen keeps its status: it only gets an officer, if it has none.
    """
    who = context.actor.staff_id
    nobodys = complaint.officer_id is None and who is not None
    if nobodys and complaint.status in BEGUN:
        return _taken(context, complaint, version)
    if complaint.status == "waiting_citizen":
        shown = tracking_number.format_number(complaint.number)
        return Refusal(f"{shown} waits for its citizen's answer: continue when you have it.")
    changes: ComplaintChanges = {"officer_id": who} if nobodys else {}
    return staff_transition.perform_transition(context, complaint, "in_progress", given, version, **changes)


def _taken(context: ActContext, complaint: Complaint, version: int | None) -> ActResult | Refusal:
    """An officer has it from now on. The citizen heard when work began, and is not informed again."""
    actor = context.actor
    if actor.role not in context.policy.lifecycle.ranks:
        return Refusal(f"A case is for the office to take, not for {actor.role}.")
    if why := permissions.permission_problem(context, complaint):
        return Refusal(why)
    step = Step("reassigned", data={"from": None, "to": actor.staff_id})
    return act_record.record_act(context, complaint, step, version, officer_id=actor.staff_id)


def ask_citizen(
    context: ActContext, complaint: Complaint, given: TransitionInput, version: int | None = None
) -> ActResult | Refusal:
    """Ask the citizen one question. The clock stops until they answer, for some days at most, and not often."""
    asked = complaints.count_acts(context.db, complaint, "asked")
    if asked >= context.policy.life.pauses.most and complaint.status == "in_progress":
        shown = tracking_number.format_number(complaint.number)
        return Refusal(
            f"The citizen of {shown} was asked {asked} times already, and no text may ask more: "
            "call them, or continue with what you know."
        )
    return staff_transition.perform_transition(
        context, complaint, "waiting_citizen", given, version, waiting_since=context.now
    )


def resume_work(
    context: ActContext, complaint: Complaint, given: TransitionInput, version: int | None = None
) -> ActResult | Refusal:
    """The answer was heard by telephone: the clock runs again."""
    changes = clock_after_pause(context, complaint)
    return staff_transition.perform_transition(context, complaint, "in_progress", given, version, **changes)


def send_interim_reply(
    context: ActContext, complaint: Complaint, given: TransitionInput, version: int | None = None
) -> ActResult | Refusal:
    """Tell the citizen why it takes longer. Once a complaint is late, this comes before any other act.

    The text says that it is late, so it is not sent before the due date.
    """
    role, words, policy = context.actor.role, given.words, context.policy
    if version not in (None, complaint.version):
        return act_record.stale_version_refusal(complaint)
    if role not in policy.lifecycle.ranks and role not in (OPERATOR, "triage"):
        return Refusal(f"An interim reply is for the office to write, not for {role}.")
    if complaint.kind != "complaint" or policy.statuses[complaint.status].clock != "runs":
        return Refusal(f"It is {complaint.status}: there is nothing to reply to in the meantime.")
    if why := permissions.permission_problem(context, complaint):
        return Refusal(why)
    if why := permissions.lateness_problem(context, complaint):
        return Refusal(why)
    most = policy.life.words.most
    if not words or len(words) > most:
        return Refusal(f"Say in at most {most} characters of plain words why it takes longer.")
    step = Step("interim", note=words, tells=True, event="delayed")
    return act_record.record_act(context, complaint, step, version)


def clock_after_pause(context: ActContext, complaint: Complaint) -> ComplaintChanges:
    """What a complaint's clock shows after it stood still: the working time it waited, and the day that moves by it.

    Whenever the end of a wait is noticed, no more than its days are counted.
    """
    if complaint.waiting_since is None:
        return {}
    calendar = case_clock.calendar_of(context, complaint)
    longest = dt.timedelta(days=context.policy.life.pauses.days)
    until = max(complaint.waiting_since, min(context.now, complaint.waiting_since + longest))
    minutes = calendar.between(complaint.waiting_since, until) // MINUTE
    due_on = escalation_clock.due_after(case_clock.case_of(context, complaint), calendar, minutes * MINUTE)
    return {"paused": complaint.paused + minutes, "waiting_since": None, "due_on": due_on}
