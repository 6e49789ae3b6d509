"""Who gets a complaint: it is assigned, given to somebody else of an office, or sent on to another office.

Number, clock and due date stay the same wherever it goes. After too many transfers a person of triage decides.
"""

from typing import Unpack

from flows.cases.lifecycle_rules import OPERATOR, Transition, TransitionInput
from flows.cases.local_offices import kinds_of_office
from flows.menu.diagnostics import suggest_nearest
from flows.text import tracking_number
from sessions.cases.acts import assignee_selection, office_coverage
from sessions.cases.acts.assignee_selection import AssignmentTarget
from sessions.cases.core import act_record, permissions, staff_transition
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import ActResult, Refusal, Step
from storage.cases import complaints
from storage.cases.complaints import ComplaintChanges
from storage.people import offices_and_jurisdictions
from storage.schema.tables import Complaint, Staff

FEW = 12  # offices that can be named in one line


def assign(
    context: ActContext, complaint: Complaint, given: TransitionInput, version: int | None = None
) -> ActResult | Refusal:
    """Give it to an office: to the one named, or to the one it is with."""
    words_alone = TransitionInput(words=given.words)
    move = staff_transition.check_transition(context, complaint, "assigned", words_alone, version)
    if isinstance(move, Refusal):
        return move
    if move.name != "assign":
        return Refusal(f"It is {complaint.status}: it is with an office already, transfer it instead.")
    place = (
        _place(context, complaint, given.office, counted=False)
        if given.office
        else escalation_target(context, complaint, complaint.level)
    )
    if isinstance(place, str):
        return Refusal(place)
    if given.office and place.desk is None and place.reason:
        return Refusal(f"It complains about {complaint.against}, and no office above that one is known: name another.")
    return _sent(context, complaint, move, place, given)


def reassign(
    context: ActContext, complaint: Complaint, officer: Staff, version: int | None = None
) -> ActResult | Refusal:
    """A supervisor gives it to another officer of the office. The citizen is not informed."""
    role, lifecycle = context.actor.role, context.policy.lifecycle
    if version not in (None, complaint.version):
        return act_record.stale_version_refusal(complaint)
    if lifecycle.ranks.get(role, 0) < 1 and role not in (OPERATOR, "triage"):
        return Refusal("Only a supervisor or above gives a case to somebody else.")
    if role in lifecycle.ranks and not lifecycle.may_close(role, complaint.level):
        may = permissions.who_may(context.policy, complaint.level)
        return Refusal(f"It was raised: only {may} gives it to somebody else.")
    if why := permissions.permission_problem(context, complaint):
        return Refusal(why)
    if lifecycle.statuses[complaint.status].clock == "stopped":
        return Refusal(f"It is {complaint.status}: there is nothing to work on.")
    if not officer.active or complaint.desk is None or officer.office != complaint.desk:
        return Refusal(f"{officer.name} does not work at the office that has it.")
    if officer.id in complaints.closers(context.db, complaint) or officer.contact_id == complaint.contact_id:
        return Refusal(f"{officer.name} closed it before or filed it: give it to somebody else.")
    step = Step("reassigned", data={"from": complaint.officer_id, "to": officer.id})
    done = act_record.record_act(context, complaint, step, version, officer_id=officer.id)
    return notify_assignee(context, done)


def transfer(
    context: ActContext, complaint: Complaint, given: TransitionInput, version: int | None = None
) -> ActResult | Refusal:
    """Send it to the office whose work it is. After too many transfers, and if only the office that it is about could
    have it, triage decides instead."""
    move = staff_transition.check_transition(context, complaint, "assigned", given, version)
    if isinstance(move, Refusal):
        return move
    if move.name != "transfer":
        return Refusal(f"It is {complaint.status}, so it is with no office yet: assign it.")
    place = _place(context, complaint, given.office)
    if isinstance(place, str):
        return Refusal(place)
    if place.desk is not None and place.desk == complaint.desk:
        return Refusal(f"{tracking_number.format_number(complaint.number)} is with that office already.")
    if place.desk is None and place.reason:
        return _to_triage(context, complaint, given, place.reason, version)
    return _sent(context, complaint, move, place, given, transfers=complaint.transfers + 1)


def hand_back(
    context: ActContext, complaint: Complaint, given: TransitionInput, version: int | None = None
) -> ActResult | Refusal:
    """Give it back to triage: it is not for this office, which does not know whose it is."""
    return _to_triage(context, complaint, given, "handed_back", version)


def _to_triage(
    context: ActContext, complaint: Complaint, given: TransitionInput, reason: str, version: int | None
) -> ActResult | Refusal:
    move = staff_transition.check_transition(context, complaint, "screening", given, version)
    if isinstance(move, Refusal):
        return move
    place, hops = AssignmentTarget(None, reason=reason), complaint.transfers + 1
    return _sent(context, complaint, move, place, TransitionInput(words=given.words), transfers=hops)


def _place(context: ActContext, complaint: Complaint, office: str, *, counted: bool = True) -> AssignmentTarget | str:
    """Where a complaint goes that is sent to this office, or why it cannot go anywhere."""
    try:
        place = assignee_selection.transfer_target(context, complaint, office, counted=counted)
        return office_coverage.coverage_problem(context, complaint, office) or place
    except LookupError:
        desked = [each.code for each in offices_and_jurisdictions.every(context.db) if each.active]
    known = desked or sorted(kinds_of_office(context.flow))
    if office not in known:
        meant = suggest_nearest(office, known) if len(known) > FEW else f"use one of {', '.join(known)}"
        return f"There is no office {office!r}{f': {meant}' if meant else ''}."
    if counted and complaint.transfers >= context.policy.life.transfers.most:
        return AssignmentTarget(None, reason="third_transfer")
    # No office is known by name yet: it goes to a kind of office, and a person there takes it up.
    return AssignmentTarget(None)


def escalation_target(context: ActContext, complaint: Complaint, level: int) -> AssignmentTarget:
    """The office and officer for a complaint of this level: oversight at the highest, else the office that has it."""
    db, desk = context.db, complaint.desk
    if level >= context.policy.lifecycle.top and desk and not offices_and_jurisdictions.is_above(db, desk):
        desk = assignee_selection.oversight_of(db, desk, complaint.against) or desk
    found = assignee_selection.officer_for(db, context.policy, complaint, desk, level)
    return AssignmentTarget(desk, found.id if found else None)


def _sent(
    context: ActContext,
    complaint: Complaint,
    move: Transition,
    place: AssignmentTarget,
    given: TransitionInput,
    **changes: Unpack[ComplaintChanges],
) -> ActResult | Refusal:
    data = {"from": complaint.desk or complaint.office, "to": place.desk, "officer": place.officer_id}
    data |= {"reason": place.reason} if place.reason else {}
    changes["desk"], changes["officer_id"] = place.desk, place.officer_id
    changes["office"] = _kind(context, complaint, place, given.office)
    done = staff_transition.apply_transition(context, complaint, move, given.words, data, **changes)
    return notify_assignee(context, done)


def _kind(context: ActContext, complaint: Complaint, place: AssignmentTarget, office: str) -> str:
    """The same where it may go to a kind of office only, because no office is known by name."""
    if place.desk is None and not place.reason and office in kinds_of_office(context.flow):
        return office
    return assignee_selection.office_kind_for_citizen(context, complaint, place.desk)


def notify_assignee(
    context: ActContext, done: ActResult | Refusal, event: str = "officer_new", to: Staff | None = None
) -> ActResult | Refusal:
    """Send the officer who has it now, or `to`, the text of this event."""
    if isinstance(done, Refusal):
        return done
    owed = assignee_selection.notify_officer(context, done.complaint, event, to)
    return done if owed is None else ActResult(done.complaint, [*done.outbox_ids, owed])
