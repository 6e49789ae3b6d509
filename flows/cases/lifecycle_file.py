"""The file of the life cycle, read and checked: what does not fit together is refused in a sentence that names it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

import msgspec
from msgspec import Struct
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

Kind = Literal["complaint", "suggestion"]
Clock = Literal["runs", "paused", "stopped"]
Need = Literal["words", "closing", "outcome", "relief", "proof", "refusal", "drop", "second", "office", "parent"]

OPEN = "open"  # in place of the statuses a move comes from: every open one
OPERATOR = "operator"
NO_RELIEF = "relief_not_possible"


class BadLifecycle(ValueError):
    """The file of the life cycle does not say what it must; the message says where and what to write."""


class Status(Struct, frozen=True, forbid_unknown_fields=True):
    """`open`: somebody still owes the citizen something. `resolved`: the office is done and the citizen may reopen."""

    open: bool
    clock: Clock
    resolved: bool = False


class Transition(Struct, frozen=True):
    """A legal move. `event` is the key of the text it owes (in Flow.texts), None where the citizen need not hear.

    `act` is what history calls it; `late` says that it may be made while an interim reply is owed; `clock` is what the
    clock does from then on.
    """

    name: str
    act: str
    sources: tuple[str, ...]
    target: str
    by: frozenset[str]
    needs: tuple[Need, ...] = ()
    event: str | None = None
    kind: Kind = "complaint"
    late: bool = False
    clock: Clock = "runs"

    @property
    def needs_note(self) -> bool:
        """Without words for the citizen (a reason, a question, what was done) it is refused."""
        return "words" in self.needs or "closing" in self.needs


class ClosingLength(Struct, frozen=True, forbid_unknown_fields=True):
    """How many characters the words of a closing have."""

    least: int
    most: int


class Limit(Struct, frozen=True, forbid_unknown_fields=True):
    """How often something may be done, and within how many days."""

    most: int = 0
    days: int = 0


class Silence(Struct, frozen=True, forbid_unknown_fields=True):
    """Days after an office's answer: when its citizen is reminded, and when it is closed without one."""

    reminder: int
    over: int


class Life(Struct, frozen=True):
    """Everything the file says; nothing of it can be changed."""

    ranks: Mapping[str, int]
    roles: frozenset[str]
    words: ClosingLength
    pauses: Limit
    reopenings: Limit
    appeal: Limit
    silence: Silence
    transfers: Limit
    outcomes: tuple[str, ...]
    proofs: tuple[str, ...]
    refusals: tuple[str, ...]
    drops: tuple[str, ...]
    verdicts: Mapping[int, str]
    not_ours: tuple[str, ...]
    statuses: Mapping[str, Status]
    moves: tuple[Transition, ...]
    synonyms: Mapping[str, str]


class _Move(Struct, frozen=True, forbid_unknown_fields=True, rename={"source": "from", "target": "to"}):
    name: str
    act: str
    source: str | tuple[str, ...]
    target: str
    by: frozenset[str]
    needs: tuple[Need, ...] = ()
    text: str | None = None
    kind: Kind = "complaint"
    late: bool = False


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    ranks: dict[str, int]
    roles: tuple[str, ...]
    words: ClosingLength
    pauses: Limit
    reopenings: Limit
    appeal: Limit
    silence: Silence
    transfers: Limit
    outcomes: tuple[str, ...]
    proofs: tuple[str, ...]
    refusals: tuple[str, ...]
    drops: tuple[str, ...]
    verdicts: dict[int, str]
    not_ours: tuple[str, ...]
    statuses: dict[str, Status]
    moves: tuple[_Move, ...]
    synonyms: dict[str, str]


def parse_lifecycle(text: str) -> Life:
    """The life cycle in a file's text; BadLifecycle for what cannot be meant."""
    try:
        told = msgspec.convert(YAML(typ="safe", pure=True).load(text), _File)
    except (YAMLError, msgspec.ValidationError) as error:
        raise BadLifecycle(f"lifecycle.yaml cannot be read: {error}") from error
    roles = {*told.roles, *told.ranks}
    moves = tuple(_made(each, told, roles) for each in told.moves)
    _whole(told, moves, roles)
    rest = {name: _fixed(getattr(told, name)) for name in _File.__struct_fields__ if name not in ("roles", "moves")}
    return Life(roles=frozenset(roles), moves=moves, **rest)


def _fixed(value: Any) -> Any:
    return MappingProxyType(value) if isinstance(value, dict) else value


def _made(each: _Move, told: _File, roles: set[str]) -> Transition:
    """A move with its sources spelt out; every name in it is one of the file's own."""
    if each.source == OPEN:
        sources = tuple(name for name, status in told.statuses.items() if status.open)
    else:
        sources = (each.source,) if isinstance(each.source, str) else each.source
    where = f"lifecycle.yaml: the move {each.name!r} to {each.target}"
    for status in (*sources, each.target):
        if status not in told.statuses:
            raise BadLifecycle(f"{where}: {status!r} is no status; statuses are {', '.join(told.statuses)}")
    if not each.by:
        raise BadLifecycle(f"{where}: nobody may make it; write who, by: [officer]")
    for role in sorted(each.by - roles):
        raise BadLifecycle(f"{where}: {role!r} is no role; roles are {', '.join(sorted(roles))}")
    if OPERATOR in each.by:
        raise BadLifecycle(f"{where}: leave {OPERATOR} out; it plays every part but the citizen's and the system's")
    made = Transition(each.name, each.act, sources, each.target, each.by, each.needs, each.text, each.kind, each.late)
    return msgspec.structs.replace(made, clock=told.statuses[each.target].clock)


def _whole(told: _File, moves: tuple[Transition, ...], roles: set[str]) -> None:
    """The parts fit together: no status is out of reach, no synonym leads nowhere, nothing is promised twice."""
    reached = {"received", *(move.target for move in moves)}
    for status in told.statuses:
        if status not in reached:
            raise BadLifecycle(f"lifecycle.yaml: no move leads to {status}: add one, or take the status out")
    for word, status in told.synonyms.items():
        if status not in told.statuses:
            raise BadLifecycle(f"lifecycle.yaml: the synonym {word!r} means {status!r}, which is no status")
    taken: dict[tuple[str, str, str, str], str] = {}
    for move in moves:
        for key in [(move.kind, source, move.target, role) for source in move.sources for role in move.by]:
            if key in taken:
                said = f"{taken[key]!r} and {move.name!r} are both for {key[3]} from {key[1]} to {key[2]}"
                raise BadLifecycle(f"lifecycle.yaml: {said}: keep one")
            taken[key] = move.name
    for role in ("citizen", "system", OPERATOR):
        if role not in roles:
            raise BadLifecycle(f"lifecycle.yaml: the role {role} is missing")
    if NO_RELIEF not in told.outcomes:
        raise BadLifecycle(f"lifecycle.yaml: the outcome {NO_RELIEF} of a refusal is missing")
    if not 0 < told.words.least < told.words.most:
        raise BadLifecycle("lifecycle.yaml: words: least must be above 0 and below most")
