"""What a move lacked, as the command that has it all: to be typed as it stands, or with better words."""

from __future__ import annotations

import shlex

from flows.cases.lifecycle_rules import IllegalMove, TransitionInput
from sessions.cases.core.act_record import kind_of
from sessions.cases.rules.shipped_lifecycle import LIFE, LIFECYCLE, RELIEF
from storage.schema.tables import Complaint

# A need of the life cycle -> the option that gives it, what it is in TransitionInput, and what may stand there.
_OPTIONS = {
    "outcome": ("--outcome", "outcome", RELIEF[0]),
    "relief": ("--outcome", "outcome", RELIEF[0]),
    "proof": ("--proof", "proof", "visit"),
    "refusal": ("--reason", "reason", LIFE.refusals[0]),
    "drop": ("--reason", "reason", LIFE.drops[0]),
    "second": ("--second", "second", "NAME"),
    "office": ("--office", "office", "CODE"),
    "parent": ("--parent", "parent", "NUMBER"),
    "words": ("--note", "words", "Plain words for its citizen"),
    "closing": ("--note", "words", "Say here what was done, or why it is not"),
}


def suggest_command(
    complaint: Complaint, number: str, status: str, role: str, given: TransitionInput, rest: dict[str, str]
) -> str:
    """` Type: flask complaints move …` for a move that lacks something, with what was given well; else nothing.

    `rest` are options that no move needs and that were given.
    """
    try:
        step = LIFECYCLE.find_transition(
            complaint.status, LIFECYCLE.parse_status(status) or status, role, kind_of(complaint)
        )
    except IllegalMove:
        return ""
    if not LIFECYCLE.missing_requirements(step, given):
        return ""
    words = ["flask", "complaints", "move", number, status]
    for need in step.needs:
        option, name, sample = _OPTIONS[need]
        words += [option, sample if LIFECYCLE.lacks(need, given) else getattr(given, name)]
    words += [word for option, said in rest.items() if said for word in (option, said)]
    return f" Type: {shlex.join(words)}"
