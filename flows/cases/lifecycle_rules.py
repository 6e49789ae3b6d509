"""A complaint's states, the legal moves between them, who may make each, what each needs, and the text it owes.

The rules are data (library/lifecycle.yaml); this module applies them. It knows no complaints: given a status and what
somebody wants, it returns the move or says why there is none.
"""

from collections.abc import Callable, Mapping

from msgspec import Struct

from flows.cases.lifecycle_file import NO_RELIEF, OPERATOR, Kind, Life, Need, Status, Transition
from flows.text.normalization import words as words_of

__all__ = [
    "NO_RELIEF",
    "OPERATOR",
    "IllegalMove",
    "Kind",
    "Life",
    "Lifecycle",
    "Need",
    "Status",
    "Transition",
    "TransitionInput",
]

# What only the person who complained or a helper for them may do, and what follows from time alone: no operator's part.
NOT_STAFF = frozenset({"citizen", "helper", "system"})
# What an answer is waited for, by status: the field `waits` of a complaint in a flow.
WAITS = {"resolved_pending": "solved", "refused_pending": "refused", "waiting_citizen": "answer"}


class IllegalMove(ValueError):
    """A move that the life cycle does not have, or whose requirements are not met; the message says what to do."""


class TransitionInput(Struct, frozen=True):
    """What is given with a move: words for the citizen, and codes of the life cycle. `second` is a second person."""

    words: str = ""
    outcome: str = ""
    proof: str = ""
    reason: str = ""
    office: str = ""
    parent: str = ""
    second: str = ""


class Lifecycle(Struct, frozen=True):
    """The rules of a life cycle file, applied."""

    life: Life

    @property
    def statuses(self) -> Mapping[str, Status]:
        """Every status by its name."""
        return self.life.statuses

    @property
    def moves(self) -> tuple[Transition, ...]:
        """Every legal move."""
        return self.life.moves

    @property
    def roles(self) -> frozenset[str]:
        """Every role that may make a move."""
        return self.life.roles

    @property
    def ranks(self) -> Mapping[str, int]:
        """The rank of each role that works on cases."""
        return self.life.ranks

    @property
    def top(self) -> int:
        """The highest rank."""
        return max(self.life.ranks.values())

    @property
    def relief(self) -> tuple[str, ...]:
        """The outcomes of a resolution: all but that of a refusal."""
        return _relief(self.life)

    @property
    def events(self) -> frozenset[str]:
        """The keys of the texts that moves send, and of those that give a status."""
        return frozenset({*self.life.statuses, *(move.event for move in self.life.moves if move.event)})

    def parse_status(self, word: str) -> str | None:
        """The status an officer means by `word` ("Resolved", "in progress"), or None."""
        status = "_".join(word.casefold().replace("-", " ").replace("_", " ").split())
        return status if status in self.statuses else self.life.synonyms.get(status)

    def legal(self, status: str, kind: Kind = "complaint", by: str | None = None) -> tuple[str, ...]:
        """The statuses that a complaint (or a suggestion) in `status` can get: through this role, or through any."""
        here = (move for move in self.moves if move.kind == kind and status in move.sources)
        return tuple(dict.fromkeys(move.target for move in here if by is None or _may(move, by)))

    def find_transition(
        self, status: str, target: str, by: str, kind: Kind = "complaint", given: TransitionInput | None = None
    ) -> Transition:
        """The move from `status` to `target` made by one of `roles`; IllegalMove with what is legal instead.

        With `given`, its requirements are checked too; without, only whether the move could be made.
        """
        if by not in self.roles:
            raise IllegalMove(f"{by} is no role; roles are {', '.join(sorted(self.roles))}")
        found = [step for step in self.moves if step.kind == kind and step.target == target and status in step.sources]
        if not found:
            targets = ", ".join(self.legal(status, kind, by)) or "nothing else"
            raise IllegalMove(f"a {kind} that is {status} cannot become {target}; it can become: {targets}")
        for step in found:
            if _may(step, by):
                if given is not None:
                    self.check(step, given)
                return step
        may = ", ".join(sorted(frozenset[str]().union(*(step.by for step in found))))
        raise IllegalMove(f"from {status} to {target} is for {may} to do, not for {by}")

    def check(self, step: Transition, given: TransitionInput) -> None:
        """Raise IllegalMove that names every unmet requirement of a move."""
        if problems := self.missing_requirements(step, given):
            raise IllegalMove("; ".join(dict.fromkeys(problems)))

    def missing_requirements(self, step: Transition, given: TransitionInput) -> list[str]:
        """The unmet requirements of a move, a sentence each."""
        return [problem for need in step.needs if (problem := self.lacks(need, given))]

    def lacks(self, need: Need, given: TransitionInput) -> str:
        """Why a requirement is not met, or ""."""
        return _CHECKS[need](self.life, given)

    def may_close(self, role: str, level: int) -> bool:
        """True if this role may close a case of this level: the role it was escalated to, or a higher one."""
        return role == OPERATOR or self.ranks.get(role, -1) >= level


def _may(step: Transition, by: str) -> bool:
    return by in step.by or (by == OPERATOR and bool(step.by - NOT_STAFF))


def _relief(life: Life) -> tuple[str, ...]:
    return tuple(outcome for outcome in life.outcomes if outcome != NO_RELIEF)


def _words(_: Life, given: TransitionInput) -> str:
    return "" if given.words else "this move needs a few plain words for the citizen: give them as the note"


def _closing(life: Life, given: TransitionInput) -> str:
    least, most, length = life.words.least, life.words.most, len(given.words)
    if not least <= length <= most:
        said = f"say in {least} to {most} characters of plain words what was done or why not"
        return f"{said}: these are {length}, and the citizen reads them in one SMS"
    return _TRANSFER if _not_ours(life, given.words) else ""


def _code(what: str, said: str, codes: tuple[str, ...]) -> str:
    wrong = f"{said} is no {what}" if said else f"say the {what}"
    return "" if said in codes else f"{wrong}: use one of {', '.join(codes)}"


def _refusal(life: Life, given: TransitionInput) -> str:
    return _TRANSFER if _not_ours(life, given.reason) else _code("reason to refuse", given.reason, life.refusals)


def _drop(life: Life, given: TransitionInput) -> str:
    return _TRANSFER if _not_ours(life, given.reason) else _code("reason to drop", given.reason, life.drops)


def _not_ours(life: Life, said: str) -> bool:
    """True for words that mean "this is another office's work"."""
    text = _folded(said.replace("_", " "))
    return any(_folded(phrase) in text for phrase in life.not_ours)


def _folded(said: str) -> str:
    return " " + " ".join(word.folded for word in words_of(said)) + " "


_TRANSFER = "another office's work is no reason to close: transfer it instead, its number and date stay"

_CHECKS: Mapping[Need, Callable[[Life, TransitionInput], str]] = {
    "words": _words,
    "closing": _closing,
    "outcome": lambda life, given: _code("outcome", given.outcome, life.outcomes),
    "relief": lambda life, given: _code("outcome of a closing", given.outcome, _relief(life)),
    "proof": lambda life, given: _code("proof", given.proof.partition(":")[0].strip(), life.proofs),
    "refusal": _refusal,
    "drop": _drop,
    "second": lambda _, given: "" if given.second else "a second person must agree to drop it: give their name",
    "office": lambda _, given: "" if given.office else "say which office it goes to",
    "parent": lambda _, given: "" if given.parent else "say the number of the complaint it is joined to",
}
