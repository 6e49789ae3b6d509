"""What every act of staff begins and ends with: checks of permission, life cycle and requirements; then the step."""

from typing import Any, Unpack

from flows.cases.lifecycle_rules import IllegalMove, Transition, TransitionInput
from sessions.cases.core import act_record, permissions
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import ActResult, Refusal, Step
from storage.cases.complaints import ComplaintChanges
from storage.schema.tables import Complaint


def check_transition(
    context: ActContext, complaint: Complaint, target: str, given: TransitionInput, version: int | None = None
) -> Transition | Refusal:
    """The move to `target`, when this actor may make it now with what is given; else why not, and what to do."""
    if version not in (None, complaint.version):
        return act_record.stale_version_refusal(complaint)
    move = context.find_transition(complaint, target, given)
    if isinstance(move, IllegalMove):
        return Refusal(_sentence(str(move)))
    if why := permissions.permission_problem(context, complaint):
        return Refusal(why)
    if not move.late and (why := permissions.interim_reply_problem(context, complaint)):
        return Refusal(why)
    return move


def perform_transition(
    context: ActContext,
    complaint: Complaint,
    target: str,
    given: TransitionInput,
    version: int | None = None,
    **changes: Unpack[ComplaintChanges],
) -> ActResult | Refusal:
    """Make the move to `target`: the words given go to the citizen, `changes` into the complaint."""
    move = check_transition(context, complaint, target, given, version)
    if isinstance(move, Refusal):
        return move
    return apply_transition(context, complaint, move, given.words, **changes)


def apply_transition(
    context: ActContext,
    complaint: Complaint,
    move: Transition,
    words: str,
    data: dict[str, Any] | None = None,
    **changes: Unpack[ComplaintChanges],
) -> ActResult | Refusal:
    """Make a move that is allowed: its step, with `data` for history, and its text."""
    step = Step(move.act, move.target, note=words or None, tells=True, data=data, event=move.event)
    return act_record.record_act(context, complaint, step, **changes)


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."
