"""F114 and F115: choices that lead where another one should, and answers that lead back to an earlier screen."""

import re
from collections.abc import Iterator, Mapping
from itertools import combinations

from msgspec import Struct

from flows.checks.analysis.earlier_screens import EarlierScreens
from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import base_text, names_in, plain
from flows.checks.walks.word_cues import leads_back, polarity
from flows.engine.answer_kinds import is_free
from flows.menu import conditions
from flows.menu.actions import ACTIONS
from flows.menu.diagnostics import Path
from flows.menu.model import Ask, Do, End, Flow, Option, Screen, Text
from flows.menu.screen_kinds import conditions_of, option_saves, texts_of

_WORD = re.compile(r"[a-z]{3,}")
_NEGATED = re.compile(r"\b(?:not|never|without|don['’]?t|nahi|nahin|mat)\b", re.IGNORECASE)  # it names what is not done
_LONG_WORD = 4  # letters of a word of the target's question that counts
_MOST_OPTIONS = 12
_BY_NAME = 2  # what a word of the id or the act of a screen counts, against one of its question
_FINISH = "finish"  # any screen may be the last one
_STEM = 5  # letters by which words of ids are compared
_GENERIC = frozenset(
    {"compl", "sugge", "detai", "probl", "surve", "feedb", "known"}
)  # of what it is, not of what is done
_KNOWN = frozenset({"en", "ur", "ur-Latn"})  # the languages in which we know what leads back
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


def check_choice_targets(findings: Findings) -> None:
    """Report choices whose targets look swapped, yes and no that lead to the same, and answers that lead back."""
    for ask in findings.flow.asks:
        if 1 < len(ask.options) <= _MOST_OPTIONS and not findings.is_shorthand(ask.id):
            findings.spend(len(ask.options) ** 2)
            _swapped(findings, ask)
            _same(findings, ask)
            _pressed(findings, ask)
    _back(findings)
    for act in findings.flow.actions:
        if not findings.is_shorthand(act.id):
            _copied(findings, act)


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


def _swapped(findings: Findings, ask: Ask) -> None:
    flow = findings.flow
    if any(option.go not in flow.screens for option in ask.options):
        return
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
            return
    _against_question(findings, ask, goes)


def _against_question(findings: Findings, ask: Ask, goes: Mapping[str, _Target]) -> None:
    """What the question names must follow yes, not no."""
    by = {polarity(option.text): option for option in reversed(ask.options)}
    yes, no = by.get("yes"), by.get("no")
    if yes is None or no is None or yes.go == no.go:
        return
    question = _words(_base(findings.flow, ask.text)) | _words(ask.id.replace("_", " "))
    if question & goes[no.code].name and not question & goes[yes.code].name:
        _tell(findings, ask, yes, no)


def _tell(findings: Findings, ask: Ask, one: Option, other: Option) -> None:
    said = (
        f"{one.code} leads to {one.go} and {other.code} to {other.go}: the two look swapped, and callers would get "
        "what they did not choose"
    )
    hint = f"write go: {other.go} at {one.code} and go: {one.go} at {other.code}, or rename the screens"
    findings.add("F114", (*findings.path(ask.id), "choose", one.code), said, hint=hint)


def _pressed(findings: Findings, ask: Ask) -> None:
    """The choice for callers who are forced must not be seen by who forces them."""
    for option in ask.options:
        act = findings.flow.screens.get(option.go)
        if option.shown and isinstance(act, Do) and act.action == "note_pressure":
            said = f"who forces the caller reads the choice {option.code} on the screen"
            findings.add("F114", (*findings.path(ask.id), "choose", option.code), said, hint="write show: no")


def _same(findings: Findings, ask: Ask) -> None:
    by = {polarity(option.text): option for option in reversed(ask.options)}
    yes, no = by.get("yes"), by.get("no")
    acts = yes is not None and not isinstance(findings.flow.screens.get(yes.go), End)
    if yes is not None and no is not None and acts and yes.go == no.go and not option_saves(ask):
        said = f"yes and no both lead to {yes.go}: whatever callers answer, the same follows"
        findings.add("F114", (*findings.path(ask.id), "choose", no.code), said, hint="lead one of them elsewhere")


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


def _back(findings: Findings) -> None:
    """An answer whose next screen comes before it on every way: the caller is asked the same over again."""
    flow = findings.flow
    before = EarlierScreens(flow, findings.spend, flow.unnamed)
    for ask in flow.asks:
        if ask.save == "contact.language":
            continue  # what led here is shown again in the language that was chosen
        for target, path, words in _onward(findings, ask):
            if target in flow.screens and before.has(target, ask.id):
                said = f"{words} leads back to {target}, through which every caller has come: the answer is lost"
                findings.add("F115", path, said, hint="lead to the screen that follows")


def _onward(findings: Findings, ask: Ask) -> Iterator[tuple[str, Path, str]]:
    """The ways of a screen that should lead on: its `go` after an answer, and choices that do not say that they lead
    back."""
    path = findings.path(ask.id)
    answers = (
        ask.pick is not None or ask.answer is not None or (ask.save and all(each.go == ask.go for each in ask.options))
    )
    to_menu = ask.go == findings.flow.home and (ask.save or "").startswith("contact.")
    if answers and ask.go and not to_menu and ask.save and not _uses(findings.flow, ask.go, ask.save):
        yield ask.go, (*path, "go"), "the answer"
    typed = ask.pick.typed if ask.pick is not None else None
    if typed is not None and typed.go != findings.flow.home:
        yield typed.go, (*path, "or_type", "go"), "a name that is typed"
    for option in ask.options:
        free = ask.answer is not None and is_free(ask.answer)
        after = findings.flow.screens.get(option.go)
        asks = isinstance(after, Ask) and bool(after.save)  # what was answered there is asked for again
        known = bool(_KNOWN & {*option.text}) and not leads_back(option.code, option.text)
        if asks and known and option.go not in (ask.go, findings.flow.home) and not free:
            yield option.go, (*path, "choose", option.code, "go"), f"the choice {option.code}"


def _uses(flow: Flow, target: str, name: str) -> bool:
    """True for a screen that shows an answer or decides by it."""
    screen = flow.screens.get(target)
    if screen is None:
        return False
    shown = {each for text in texts_of(screen) for each in names_in(text.text)}
    return name in shown | {each for _, condition in conditions_of(screen) for each in conditions.names(condition)}
