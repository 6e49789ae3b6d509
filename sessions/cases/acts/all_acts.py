"""The registry of acts that staff do on a case: the moves of the life cycle by name, and what is done for each.

A move that is not listed is made as the life cycle has it: its words go to the citizen with its text, and history gets
its step. So a new act is a line in `flows/library/lifecycle.yaml`; if it does more, also a function and a line here.
What a citizen does is in citizen_acts.py and citizen_verdicts.py, what time does in timed_acts.py.
"""

from collections.abc import Callable, Mapping

from flows.cases.lifecycle_rules import Transition, TransitionInput
from sessions.cases.acts import assignment, office_work, resolution
from sessions.cases.core import staff_transition
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import ActResult, Refusal
from storage.schema.tables import Complaint

StaffAct = Callable[[ActContext, Complaint, TransitionInput], ActResult | Refusal]

STAFF_ACTS: Mapping[str, StaffAct] = {
    "assign": assignment.assign,
    "take": office_work.acknowledge,
    "transfer": assignment.transfer,
    "hand back": assignment.hand_back,
    "ask": office_work.ask_citizen,
    "go on": office_work.resume_work,
    "resolve": resolution.resolve,
    "refuse": resolution.refuse,
    "decide": resolution.decide,
    "drop": resolution.drop,
    "merge": resolution.merge,
}
TO_AN_OFFICE = frozenset({"assign", "transfer"})  # moves for which an office may be named


def staff_act(move: Transition) -> StaffAct:
    """What is done for a move."""
    return STAFF_ACTS.get(move.name) or plain_act(move.target)


def plain_act(target: str) -> StaffAct:
    """A move to `target` that needs nothing but what the life cycle asks for."""

    def act(context: ActContext, complaint: Complaint, given: TransitionInput) -> ActResult | Refusal:
        return staff_transition.perform_transition(context, complaint, target, given)

    return act
