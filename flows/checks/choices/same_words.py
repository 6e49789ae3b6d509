"""F114, of choices with the same words or the same act: one of them leads elsewhere than all others do."""

import re
from collections.abc import Iterator

from msgspec import Struct

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import plain
from flows.checks.choices.first_acts import first_acts
from flows.checks.choices.own_words import OwnWords, Stems, common_words, stems_of, stems_of_name
from flows.checks.choices.yes_and_no_targets import says
from flows.checks.walks.exploration import FILING, stores
from flows.menu.model import Ask, Do, End, Option
from flows.menu.screen_kinds import option_saves, skip_condition

SHORTEST_CODE = 3  # letters of a code that says something
# What a choice that does nothing says, in codes and in English.
_NOT = re.compile(r"\b(?:not?|stop|cancel|never|don['’]?t|keep|later|finish|partly|back|change)\b", re.IGNORECASE)


class _Choice(Struct, frozen=True):
    ask: Ask
    option: Option
    label: frozenset[tuple[str, str]]
    stems: Stems
    files: bool  # whether an act can still follow
    ends: bool  # whether the call ends with it, and nothing is done


def check_same_words(findings: Findings, own: OwnWords, told: set[str]) -> None:
    """Report choices that end the call where all others with their words go on, and two that do the same at once.

    Nothing more is said of the screens `told`.
    """
    choices = [each for each in _choices(findings) if each.ask.id not in told]
    by_words: dict[object, list[_Choice]] = {}
    for choice in choices:
        if len(choice.option.code) >= SHORTEST_CODE:
            by_words.setdefault(choice.option.code, []).append(choice)
        by_words.setdefault(choice.label, []).append(choice)
    for choice in choices:
        if choice.ends and says(findings.flow, choice.option) is None:
            alike = [*by_words.get(choice.option.code, ()), *by_words.get(choice.label, ())]
            others = [each for each in alike if each.ask.id != choice.ask.id]
            goes = {each.option.go for each in others}
            related = any(each.stems & choice.stems for each in others) or (len(goes) == 1 and len(others) > 1)
            if others and related and all(each.files for each in others):
                _tell(findings, choice, others[0])
                told.add(choice.ask.id)
    _danger(findings, told)
    for ask in findings.flow.asks:
        if ask.id not in told and not findings.is_shorthand(ask.id):
            _same_act(findings, ask)
    if findings.flow.home not in told and not findings.of("F102"):
        _menu(findings, own)


def _choices(findings: Findings) -> Iterator[_Choice]:
    flow = findings.flow
    for ask in flow.asks:
        if findings.is_shorthand(ask.id):
            continue
        before = findings.earlier.of(ask.id)
        for option in ask.options:
            label = frozenset((tag, plain(parts).strip().casefold()) for tag, parts in option.text.items())
            follows = first_acts(findings, option.go, frozenset())
            files = option.go in before or bool(follows.acts)
            ends = isinstance(flow.screens.get(option.go), End)
            yield _Choice(ask, option, label, stems_of(option.text) | stems_of_name(option.code), files, ends)


def _tell(findings: Findings, choice: _Choice, other: _Choice) -> None:
    option = choice.option
    said = (
        f"{option.code} ends the call with {option.go}, and nothing is done; the same words lead on to "
        f"{other.option.go} elsewhere ({other.ask.id})"
    )
    path = (*findings.path(choice.ask.id), "choose", option.code)
    findings.add("F114", path, said, hint=f"write go: {other.option.go}, or other words")


def _danger(findings: Findings, told: set[str]) -> None:
    """Who was told whom to call has to be able to go on: what they wrote is still nowhere."""
    flow = findings.flow
    screen = flow.screens.get(flow.danger_screen)
    files = any(act.action in FILING for act in flow.actions)
    if not isinstance(screen, Ask) or not files or not screen.options or screen.id in told:
        return
    goes = [first_acts(findings, option.go, frozenset()) for option in screen.options]
    onward = screen.go or screen.pick or skip_condition(screen)
    if not onward and not any(each.acts for each in goes):
        said = "after words of danger no choice leads to an act: who wants to tell the office too is cut off"
        path = (*findings.path(screen.id), "choose", screen.options[0].code)
        findings.add("F114", path, said, hint=f"lead one of the choices on, such as to {flow.home}")
        told.add(screen.id)


def _menu(findings: Findings, own: OwnWords) -> None:
    """Two lines of the menu that lead to the same screen, where nothing keeps which was chosen."""
    flow = findings.flow
    menu = flow.screens.get(flow.home)
    if not isinstance(menu, Ask) or option_saves(menu):
        return
    by_target: dict[str, list[Option]] = {}
    for option in menu.options:
        if not isinstance(flow.screens.get(option.go), End):
            by_target.setdefault(option.go, []).append(option)
    for target, options in by_target.items() if len(by_target) > 1 else ():
        words = own.of_screen(target)
        fits = {each.code: common_words(stems_of(each.text) | stems_of_name(each.code), words) for each in options}
        odd = min(options, key=lambda each: (fits[each.code], -options.index(each)))
        path = (*findings.path(menu.id), "choose", odd.code)
        if len(options) > 1 and not findings.tells(path, "F114"):
            others = ", ".join(each.code for each in options if each is not odd)
            said = f"{odd.code} leads to {target}, as {others} does: whichever callers choose in the menu"
            findings.add("F114", path, said, hint="lead one of them elsewhere, or remove it")


def _same_act(findings: Findings, ask: Ask) -> None:
    """Two choices that do the same at once, where nothing keeps which was chosen."""
    flow = findings.flow
    by_act: dict[str, list[Option]] = {}
    for option in ask.options:
        act = flow.screens.get(option.go)
        if isinstance(act, Do) and stores(act.action) and not option_saves(ask):
            by_act.setdefault(option.go, []).append(option)
    for target, options in by_act.items():
        if len(options) > 1:
            odd = next((each for each in options if _denies(each)), options[-1])
            other = next(each for each in options if each is not odd)
            path = (*findings.path(ask.id), "choose", odd.code)
            if not findings.tells(path, "F411", "F904", "F114"):
                said = f"{odd.code} does what {other.code} does: both lead to {target}, whatever callers choose"
                findings.add("F114", path, said, hint="lead one of them elsewhere, or remove it")


def _denies(option: Option) -> bool:
    said = [option.code.replace("_", " "), *(plain(parts) for parts in option.text.values())]
    return any(_NOT.search(each) for each in said)
