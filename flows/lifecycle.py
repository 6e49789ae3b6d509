"""A complaint's states, the legal moves between them, who may make each, and which text it owes the citizen."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Kind = Literal["complaint", "suggestion"]

OPERATOR = "operator"  # the person at the command line: plays every part but the citizen's
ROLES = frozenset({"citizen", "helper", "officer", "supervisor", "triage", "oversight", "system", OPERATOR})
_OWN = frozenset({"citizen", "helper"})  # what only the person who complained, or a helper for them, may do


class Status(Struct, frozen=True):
    """`open`: somebody still owes the citizen something. `resolved`: the office is done and the citizen may reopen."""

    open: bool
    resolved: bool = False


class Move(Struct, frozen=True):
    """A legal move. `event` is the key of the text it owes (in Flow.texts), None where the citizen need not hear."""

    name: str
    sources: tuple[str, ...]
    target: str
    by: frozenset[str]
    needs_note: bool = False  # without words for the citizen (a reason, a question, what was done) it is refused
    event: str | None = None
    kind: Kind = "complaint"


class IllegalMove(ValueError):
    """A move the life cycle does not have; the message says which ones are legal."""


STATUSES: dict[str, Status] = {
    "received": Status(open=True),
    "screening": Status(open=True),
    "assigned": Status(open=True),
    "in_progress": Status(open=True),
    "waiting_citizen": Status(open=True),
    "resolved_pending": Status(open=True, resolved=True),  # the office says so; the citizen has not answered yet
    "refused_pending": Status(open=True),
    "reopened": Status(open=True),
    "appealed": Status(open=True),
    "closed_confirmed": Status(open=False, resolved=True),
    "closed_unanswered": Status(open=False, resolved=True),
    "closed_final": Status(open=False),
    "dropped": Status(open=False),
    "merged": Status(open=False),
    "withdrawn": Status(open=False),
    # what becomes of a suggestion
    "noted": Status(open=False),
    "adopted": Status(open=False),
    "declined": Status(open=False),
}
_OPEN = tuple(name for name, status in STATUSES.items() if status.open)


def _move(
    name: str,
    sources: str | tuple[str, ...],
    target: str,
    by: str,
    event: str | None = None,
    *,
    note: bool = False,
    kind: Kind = "complaint",
) -> Move:
    places = (sources,) if isinstance(sources, str) else sources
    return Move(name, places, target, frozenset(by.split()), note, event, kind)


# An officer may take up what was received: the office is known from the moment of filing, whether or not a routing
# rule has moved it on. Changing the officer inside an office is no move: the citizen's complaint stays where it is.
MOVES: tuple[Move, ...] = (
    _move("screen", "received", "screening", "system triage"),
    _move("assign", "received", "assigned", "system triage officer supervisor", "assigned"),
    _move("assign", "screening", "assigned", "triage", "assigned"),
    _move("assign", ("reopened", "appealed"), "assigned", "system triage supervisor oversight", "assigned"),
    _move("take", ("received", "assigned"), "in_progress", "officer", "in_progress"),
    _move("transfer", ("assigned", "in_progress"), "assigned", "officer supervisor triage", "transferred", note=True),
    _move("ask", "in_progress", "waiting_citizen", "officer", "waiting_citizen", note=True),
    _move("go on", "waiting_citizen", "in_progress", "officer", "in_progress"),  # the answer was heard by telephone
    _move("go on", "waiting_citizen", "in_progress", "citizen system"),  # an answer came, or five days passed
    _move("resolve", "in_progress", "resolved_pending", "officer", "resolved_pending", note=True),
    _move("refuse", "in_progress", "refused_pending", "supervisor", "refused_pending", note=True),
    _move("confirm", ("resolved_pending", "refused_pending"), "closed_confirmed", "citizen", "closed_confirmed"),
    _move("lapse", ("resolved_pending", "refused_pending"), "closed_unanswered", "system", "closed_unanswered"),
    _move(
        "reopen",
        ("resolved_pending", "closed_confirmed", "closed_unanswered"),
        "reopened",
        "citizen",
        "reopened",
        note=True,
    ),
    _move(
        "appeal",
        ("refused_pending", "closed_confirmed", "closed_unanswered", "dropped"),
        "appealed",
        "citizen",
        "appealed",
    ),
    _move("decide", "appealed", "closed_final", "oversight", "closed_final", note=True),
    _move("drop", "screening", "dropped", "triage", "dropped", note=True),
    _move("merge", _OPEN, "merged", "triage supervisor", "merged", note=True),
    _move("withdraw", _OPEN, "withdrawn", "citizen", "withdrawn"),
    _move("note", "received", "noted", "officer supervisor triage", "noted", kind="suggestion"),
    _move("adopt", "received", "adopted", "officer supervisor triage", "adopted", kind="suggestion"),
    _move("decline", "received", "declined", "officer supervisor triage", "declined", kind="suggestion", note=True),
    _move("withdraw", "received", "withdrawn", "citizen", "withdrawn", kind="suggestion"),
)

_SYNONYMS = {
    "triage": "screening",
    "forwarded": "assigned",
    "started": "in_progress",
    "working": "in_progress",
    "accepted": "in_progress",
    "waiting": "waiting_citizen",
    "question": "waiting_citizen",
    "resolved": "resolved_pending",
    "solved": "resolved_pending",
    "done": "resolved_pending",
    "fixed": "resolved_pending",
    "refused": "refused_pending",
    "not_possible": "refused_pending",
    "confirmed": "closed_confirmed",
    "unanswered": "closed_unanswered",
    "final": "closed_final",
    "duplicate": "merged",
}


def named(word: str) -> str | None:
    """The status an officer means by `word` ("Resolved", "in progress"), or None."""
    status = "_".join(word.casefold().replace("-", " ").replace("_", " ").split())
    return status if status in STATUSES else _SYNONYMS.get(status)


def legal(status: str, kind: Kind = "complaint") -> tuple[str, ...]:
    """The statuses that a complaint (or a suggestion) in `status` can become, by whoever may."""
    return tuple(dict.fromkeys(move.target for move in MOVES if move.kind == kind and status in move.sources))


def move(status: str, target: str, by: str, kind: Kind = "complaint") -> Move:
    """The move from `status` to `target` made by a role of ROLES; IllegalMove with what is legal instead."""
    if by not in ROLES:
        raise IllegalMove(f"{by} is no role; roles are {', '.join(sorted(ROLES))}")
    found = [step for step in MOVES if step.kind == kind and step.target == target and status in step.sources]
    if not found:
        targets = ", ".join(legal(status, kind)) or "nothing else"
        raise IllegalMove(f"a {kind} that is {status} cannot become {target}; it can become: {targets}")
    for step in found:
        if by in step.by or (by == OPERATOR and step.by - _OWN):
            return step
    may = ", ".join(sorted(frozenset[str]().union(*(step.by for step in found))))
    raise IllegalMove(f"from {status} to {target} is for {may} to do, not for {by}")
