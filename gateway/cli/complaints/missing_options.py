"""The complete command for a move that lacked something, ready to be typed or improved."""

import shlex

from flows.cases.lifecycle_rules import IllegalMove, Lifecycle, Need, TransitionInput
from sessions.cases.core.act_context import kind_of
from sessions.cases.rules.case_policy import CasePolicy
from storage.schema.tables import Complaint

# A requirement of the life cycle -> the option that gives it, and its field in TransitionInput.
_OPTIONS: dict[Need, tuple[str, str]] = {
    "outcome": ("--outcome", "outcome"),
    "relief": ("--outcome", "outcome"),
    "proof": ("--proof", "proof"),
    "refusal": ("--reason", "reason"),
    "drop": ("--reason", "reason"),
    "second": ("--second", "second"),
    "office": ("--office", "office"),
    "parent": ("--parent", "parent"),
    "words": ("--note", "words"),
    "closing": ("--note", "words"),
}


def suggest_command(
    policy: CasePolicy,
    complaint: Complaint,
    number: str,
    status: str,
    role: str,
    given: TransitionInput,
    rest: dict[str, str],
) -> str:
    """` Type: flask complaints move …` for a move that lacks something, with the values that were right; else "".

    `rest` are the given options that no move requires.
    """
    lifecycle = policy.lifecycle
    try:
        step = lifecycle.find_transition(
            complaint.status, lifecycle.parse_status(status) or status, role, kind_of(complaint)
        )
    except IllegalMove:
        return ""
    if not lifecycle.missing_requirements(step, given):
        return ""
    words = ["flask", "complaints", "move", number, status]
    for need in step.needs:
        option, name = _OPTIONS[need]
        words += [option, _sample(lifecycle, need) if lifecycle.lacks(need, given) else getattr(given, name)]
    words += [word for option, said in rest.items() if said for word in (option, said)]
    return f" Type: {shlex.join(words)}"


def _sample(lifecycle: Lifecycle, need: Need) -> str:
    """What may be typed for a need."""
    samples: dict[Need, str] = {
        "outcome": lifecycle.relief[0],
        "relief": lifecycle.relief[0],
        "proof": "visit",
        "refusal": lifecycle.life.refusals[0],
        "drop": lifecycle.life.drops[0],
        "second": "NAME",
        "office": "CODE",
        "parent": "NUMBER",
        "words": "Plain words for the citizen",
        "closing": "Say here what was done, or why not",
    }
    return samples[need]
