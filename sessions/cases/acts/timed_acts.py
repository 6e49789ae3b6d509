"""What the clock does to a complaint: remind, escalate, end a wait, close what nobody answered. Each exactly once.

The sweep finds what is due (case_clock_sweep.py) and calls these. If two sweeps do, the second is refused, and so is a
sweep that finds the complaint moved since then.
"""

from typing import Unpack

from flows.cases.lifecycle_rules import IllegalMove
from sessions.cases.acts import assignee_selection, assignment, office_work
from sessions.cases.core import act_record, case_clock
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import ActResult, Refusal, Step
from storage.cases.complaints import ComplaintChanges
from storage.schema.tables import Complaint

AWAITED = ("resolved_pending", "refused_pending")  # the citizen has to answer


def nudge(context: ActContext, complaint: Complaint, version: int | None = None) -> ActResult | Refusal:
    """Most of the time has passed: remind the officer who has it."""
    done = _noticed(context, complaint, Step("nudged"), version)
    return assignment.notify_assignee(context, done, "officer_due")


def flag_unacknowledged_complaint(
    context: ActContext, complaint: Complaint, version: int | None = None
) -> ActResult | Refusal:
    """Nobody has acknowledged it: inform a supervisor."""
    if complaint.status != "assigned":
        return Refusal(f"It is {complaint.status}: nobody has to acknowledge it.")
    done = _noticed(context, complaint, Step("unacknowledged"), version)
    level = min(complaint.level + 1, context.policy.lifecycle.top)
    above = assignee_selection.officer_for(context.db, context.policy, complaint, complaint.desk, level)
    return assignment.notify_assignee(context, done, "unacknowledged", above) if above else done


def flag_undelivered_question(
    context: ActContext, complaint: Complaint, version: int | None = None
) -> ActResult | Refusal:
    """The time to answer is over and no question reached the citizen: it stays open, for a person to look at."""
    if complaint.status not in AWAITED:
        return Refusal(f"It is {complaint.status}: no answer is waited for.")
    return _noticed(context, complaint, Step("undelivered"), version, clock="stopped")


def escalate(context: ActContext, complaint: Complaint, level: int, version: int | None = None) -> ActResult | Refusal:
    """Its due date has passed: escalate it to this level and inform the citizen, who must get an interim reply next."""
    raised = max(complaint.level, level)
    if complaint.level >= raised:
        done = _noticed(context, complaint, Step(f"late_{level}"), version)
        return assignment.notify_assignee(context, done, "supervisor_escalation")
    place, before = assignment.escalation_target(context, complaint, raised), complaint.officer_id
    data = {"level": raised, "from": complaint.desk, "to": place.desk, "officer": place.officer_id}
    done = _noticed(
        context,
        complaint,
        Step(f"late_{level}", data=data, event="escalated"),
        version,
        level=raised,
        desk=place.desk,
        officer_id=place.officer_id,
        office=assignee_selection.office_kind_for_citizen(context, complaint, place.desk),
    )
    if isinstance(done, ActResult):
        assignee_selection.workloads_of(context.db, context.policy).move(before, place.officer_id)
    return assignment.notify_assignee(context, done, "supervisor_escalation")


def end_wait(context: ActContext, complaint: Complaint, version: int | None = None) -> ActResult | Refusal:
    """The citizen did not answer in time: the office continues with what it knows."""
    changes = office_work.clock_after_pause(context, complaint)
    return _moved(context, complaint, "in_progress", version, "wait_over", **changes)


def remind_confirm(context: ActContext, complaint: Complaint, version: int | None = None) -> ActResult | Refusal:
    """The citizen has not said whether it is solved: ask them once more."""
    if complaint.status not in AWAITED or complaint.coerced:
        return Refusal(f"It is {complaint.status}: no answer is waited for.")
    event = "reminder_confirm" if complaint.status == "resolved_pending" else "reminder_refused"
    return _noticed(context, complaint, Step("reminded_citizen", event=event), version, clock="stopped")


def lapse(context: ActContext, complaint: Complaint, version: int | None = None) -> ActResult | Refusal:
    """The citizen said nothing: close it without their answer, but only if a question reached them."""
    if complaint.coerced:
        return Refusal("Its citizen was made to take it back: it stays open for the oversight office.")
    if complaint.status in AWAITED and case_clock.case_of(context, complaint).heard_at is None:
        return Refusal("No question reached its citizen's phone, so their silence says nothing: it stays open.")
    return _moved(context, complaint, "closed_unanswered", version)


def recheck(context: ActContext, complaint: Complaint, version: int | None = None) -> ActResult | Refusal:
    """Weeks after the citizen said that the work is done, ask them whether it has lasted."""
    if complaint.status != "closed_confirmed":
        return Refusal(f"It is {complaint.status}: there is nothing to look at again.")
    return _noticed(context, complaint, Step("rechecked", event="recheck"), version, clock="stopped")


def _noticed(
    context: ActContext,
    complaint: Complaint,
    step: Step,
    version: int | None,
    clock: str = "runs",
    **changes: Unpack[ComplaintChanges],
) -> ActResult | Refusal:
    """A step that leaves the status as it is, made once in a round of the clock."""
    if version not in (None, complaint.version):
        return act_record.stale_version_refusal(complaint)
    also_paused = "paused" if step.act.startswith("late_") else clock
    if context.policy.statuses[complaint.status].clock not in (clock, also_paused):
        return Refusal(f"It is {complaint.status}: its clock does not count.")
    if step.act in case_clock.case_of(context, complaint).done:
        return Refusal(f"It was {step.act.replace('_', ' ')} already.")
    return act_record.record_act(context, complaint, step, version, **changes)


def _moved(
    context: ActContext,
    complaint: Complaint,
    target: str,
    version: int | None,
    act: str = "",
    **changes: Unpack[ComplaintChanges],
) -> ActResult | Refusal:
    """A move that time makes."""
    if version not in (None, complaint.version):
        return act_record.stale_version_refusal(complaint)
    move = context.find_transition(complaint, target)
    if isinstance(move, IllegalMove):
        return Refusal(f"{move}.")
    return act_record.record_act(context, complaint, Step(act or move.act, target, event=move.event), **changes)
