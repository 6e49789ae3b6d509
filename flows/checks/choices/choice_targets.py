"""F114 and F118: choices that lead where another one should, copied screens, and the choice of who is forced."""

import re
from collections.abc import Mapping
from itertools import combinations

from msgspec import Struct

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import base_text, plain
from flows.checks.choices.yes_and_no_targets import answers_of
from flows.menu.actions import ACTIONS
from flows.menu.model import Ask, Do, End, Flow, Option, Screen, Text

_WORD = re.compile(r"[a-z]{3,}")
_NEGATED = re.compile(r"\b(?:not|never|without|don['’]?t|nahi|nahin|mat)\b", re.IGNORECASE)  # it names what is not done
_LONG_WORD = 4  # letters of a word of the target's question that counts
PRESSURE = "note_pressure"
_MOST_OPTIONS = 12
_BY_NAME = 2  # what a word of the id or the act of a screen counts, against one of its question
_FINISH = "finish"  # any screen may be the last one
_STEM = 5  # letters by which words of ids are compared
_GENERIC = frozenset(
    {"compl", "sugge", "detai", "probl", "surve", "feedb", "known"}
)  # of what it is, not of what is done
# Words that mean the same where a choice leads somewhere; the first stands for all.
_ALIKE = (
    ("file", "send", "submit", "save", "book", "confirm", "filed", "report"),
    ("private", "hide", "hidden", "secret", "anonymous"),
    ("cancel", "withdraw", "withdrawn", "cancelled", "delete", "remove"),
    ("solved", "settled", "closed", "close", "resolved", "accept", "accepted"),
    ("reopen", "reopened", "again"),
    ("status", "look", "view", "see"),
    ("finish", "bye", "end", "done", "exit", "stop", "thanks", "goodbye"),
    ("call", "calling", "phone"),
    ("words", "add", "write", "say", "details"),
    ("suggest", "suggestion", "idea"),
    ("remind", "reminder", "reminded"),
)
_SAME = {word: group[0] for group in _ALIKE for word in group}
_NOTHING = frozenset(
    {"the", "and", "for", "you", "your", "what", "which", "with", "type", "choose", "this", "not", "its"}
)


class _Target(Struct, frozen=True):
    """The words of a screen: of its id and its action (with whether it hides the caller), and of what it asks."""

    name: frozenset[str]
    asks: frozenset[str] = frozenset()


def check_choice_targets(findings: Findings) -> set[str]:
    """Report choices whose targets look swapped, and screens that do something else than they are called.

    Returns the screens with such choices.
    """
    told: set[str] = set()
    for ask in findings.flow.asks:
        if 1 < len(ask.options) <= _MOST_OPTIONS and not findings.is_shorthand(ask.id):
            findings.spend(len(ask.options) ** 2)
            if _swapped(findings, ask):
                told.add(ask.id)
    for act in findings.flow.actions:
        if not findings.is_shorthand(act.id):
            _copied(findings, act)
    return told


def _copied(findings: Findings, act: Do) -> None:
    """A screen that is called like one action and does another: it was copied, or the wrong one was named."""
    name, own = _stems(act.id), _stems(act.action)
    meant = next((action for action in ACTIONS if name & _stems(action) - _GENERIC), "")
    if name & own or not meant or meant == act.action or ACTIONS[meant].writes != ACTIONS[act.action].writes:
        return
    said = f"{act.id} does {act.action}, although it is called like {meant}: callers would get what they did not choose"
    findings.add("F114", (*findings.path(act.id), "do"), said, hint=f"write do: {meant}, or rename the screen")


def _stems(name: str) -> frozenset[str]:
    """The beginnings of the words of an id: `pressed` begins like `pressure`."""
    return frozenset(word[:_STEM] for word in name.split("_") if len(word) >= _STEM)


def _swapped(findings: Findings, ask: Ask) -> bool:
    flow = findings.flow
    if any(option.go not in flow.screens for option in ask.options):
        return False
    said = {option.code: _of_option(flow, option) for option in ask.options}
    goes = {option.code: _of_target(flow, option.go) for option in ask.options}

    def fits(one: Option, other: Option) -> int:
        """How well what a choice says fits the screen of another: by its id or act, or less by what it asks."""
        words = said[one.code]
        return _BY_NAME * len(words & (goes[other.code].name - {_FINISH})) + len(words & goes[other.code].asks)

    for one, other in combinations(ask.options, 2):
        own, crossed = fits(one, one) + fits(other, other), fits(one, other) + fits(other, one)
        if one.go != other.go and crossed - own >= _BY_NAME:
            _tell(findings, ask, one, other)
            return True
    return _against_question(findings, ask, goes)


def _against_question(findings: Findings, ask: Ask, goes: Mapping[str, _Target]) -> bool:
    """What the question names must follow yes, not no."""
    by = answers_of(findings.flow, ask)
    yes, no = by.get("yes"), by.get("no")
    if yes is None or no is None or yes.go == no.go:
        return False
    question = _words(_base(findings.flow, ask.text)) | _words(ask.id.replace("_", " "))
    crossed = bool(question & goes[no.code].name and not question & goes[yes.code].name)
    if crossed:
        _tell(findings, ask, yes, no)
    return crossed


def _tell(findings: Findings, ask: Ask, one: Option, other: Option) -> None:
    said = (
        f"{one.code} leads to {one.go} and {other.code} to {other.go}: the two look swapped, and callers would get "
        "what they did not choose"
    )
    hint = f"write go: {other.go} at {one.code} and go: {one.go} at {other.code}, or rename the screens"
    findings.add("F114", (*findings.path(ask.id), "choose", one.code), said, hint=hint)


def _of_option(flow: Flow, option: Option) -> frozenset[str]:
    said = _base(flow, option.text)
    return _words(option.code.replace("_", " ")) | (frozenset() if _NEGATED.search(said) else _words(said))


def _of_target(flow: Flow, name: str) -> _Target:
    screen: Screen | None = flow.screens.get(name)
    words = _words(name.replace("_", " ").replace(".", " "))
    match screen:
        case Do():
            return _Target(
                words | _words(screen.action.replace("_", " ")) | _words(" ".join(screen.given)) & {"private"}
            )
        case Ask() | End():
            asked = _words(_base(flow, screen.text)) - words
            return _Target(words, frozenset(word for word in asked if len(word) >= _LONG_WORD))
        case _:
            return _Target(words)


def _base(flow: Flow, text: Text) -> str:
    return plain(base_text(flow, text) or ())


def _words(text: str) -> frozenset[str]:
    found = _WORD.findall(text.casefold())
    return frozenset(_SAME.get(word, word) for word in found if word not in _NOTHING)


def check_forced_callers(findings: Findings) -> None:
    """Report choices that tell that the caller is forced and that are shown: whoever forces them reads along."""
    for ask in findings.flow.asks:
        for option in ask.options:
            act = findings.flow.screens.get(option.go)
            if option.shown and isinstance(act, Do) and act.action == PRESSURE:
                said = f"the choice {option.code} tells that the caller is forced, and whoever forces them reads it"
                hint = "write show: no, and tell people of its number elsewhere"
                findings.add("F118", (*findings.path(ask.id), "choose", option.code), said, hint=hint)
