"""The five things that must hold at the end of a run, whatever went wrong in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults import menu
from tests.faults.evidence import Evidence

MOST_AMBIGUOUS = 3

TOLD = "every citizen told 'filed' has exactly one complaint"
TEXTED = "every complaint has at least one accepted text"
ONCE = "a text is accepted twice only where an attempt was ambiguous"
SAME = "the same hop always gets the same bytes"
SILENT = "no number, text or secret in any log"


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant: what breaks it, one line each."""

    invariant: str
    broken: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Nothing breaks it."""
        return not self.broken


def check(seen: Evidence) -> list[Finding]:
    """Every invariant with what breaks it."""
    return [Finding(name, tuple(look(seen))) for name, look in _LOOKS.items()]


def broken(findings: list[Finding]) -> set[str]:
    """The invariants that do not hold."""
    return {each.invariant for each in findings if not each.holds}


def _told(seen: Evidence) -> list[str]:
    stored, of_phone = Counter(seen.complaints), Counter(phone for phone, _ in seen.complaints)
    wrong = [
        f"{phone} was told {number}: stored {stored[phone, number]} times"
        for phone, shown in seen.told.items()
        for number in set(shown)
        if stored[phone, number] != 1
    ]
    wrong += [f"{phone} has {count} complaints of one matter" for phone, count in of_phone.items() if count > 1]
    return wrong


def _texted(seen: Evidence) -> list[str]:
    reached = {(phone, number) for phone, body in seen.accepted for number in menu.numbers(body)}
    states = {(each.phone, number): each.state for each in seen.owed for number in menu.numbers(each.body)}
    return [
        f"{phone} has {number} and no text of it: {states.get((phone, number), 'never owed')}"
        for phone, number in seen.complaints
        if (phone, number) not in reached
    ]


def _once(seen: Evidence) -> list[str]:
    accepted = Counter(seen.accepted)
    known = {(each.phone, each.body): each for each in seen.owed}
    wrong = []
    for text, count in accepted.items():
        row = known.get(text)
        if row is None:
            wrong.append(f"{text[0]} got a text that nobody owed")
        elif count > 1 + row.ambiguous:
            wrong.append(f"{text[0]} got it {count} times, ambiguous attempts: {row.ambiguous} ({row.state})")
    wrong += [
        f"{each.phone}: {each.ambiguous} ambiguous attempts, {MOST_AMBIGUOUS} are allowed"
        for each in seen.owed
        if each.ambiguous > MOST_AMBIGUOUS
    ]
    return wrong


def _same(seen: Evidence) -> list[str]:
    """An apology ("not available right now") did nothing: the hop sent again may be answered better."""
    wrong = []
    for (session, text), answers in seen.answers.items():
        differing = {each for each in answers if not menu.busy(each)}
        if len(differing) > 1:
            wrong.append(f"{session} {text!r}: {sorted(differing)}")
    return wrong + [f"no answer to this: {each}" for each in seen.odd]


def _silent(seen: Evidence) -> list[str]:
    return seen.leaks


_LOOKS: dict[str, Callable[[Evidence], list[str]]] = {
    TOLD: _told,
    TEXTED: _texted,
    ONCE: _once,
    SAME: _same,
    SILENT: _silent,
}
