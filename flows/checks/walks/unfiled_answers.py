"""F419: answers that callers are asked for and that what is filed then leaves out."""

import re
from collections.abc import Iterator

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import names_in
from flows.checks.walks.exploration import FILING, Walk, stores
from flows.checks.walks.marks import root_of
from flows.engine.answer_kinds import is_free
from flows.menu import conditions
from flows.menu.actions import ACTIONS
from flows.menu.model import Ask, Do, Flow
from flows.menu.screen_kinds import ROWS, conditions_of, inputs_of, saves_of, ways_of

WORDS = ("details", "words", "reason")  # the arguments that take what callers type
ARGUMENT_FAULTS = ("F401", "F402", "F415", "F416", "F420")
NOT_FILED = frozenset({"contact.language", "contact.province"})


def check_unfiled_answers(findings: Findings, walk: Walk) -> None:
    """Report acts of filing that leave out what their callers were asked for."""
    flow = findings.flow
    filing = [screen for screen in flow.actions if screen.action in FILING and not findings.is_shorthand(screen.id)]
    if not filing:
        return
    answered = _answered(findings)
    free = {ask.save for ask in flow.asks if ask.save and ask.answer is not None and is_free(ask.answer)}
    stored = {root for screen in flow.actions if stores(screen.action) for root in _given(screen)}
    decides, looked_up = _deciding(flow), _looked_up(flow)
    for screen in filing:
        came = answered.get(screen.id, frozenset())
        if _is_told(findings, screen):
            continue
        given = _given(screen)
        alike = {root for each in filing if each.action == screen.action for root in _given(each)}
        fixed = _literals(findings, screen, came - given)
        for name in sorted(came - given - NOT_FILED - fixed):
            typed = name in free and not (name in stored and _takes_words(screen))
            shown_only = name not in stored | decides | looked_up and _is_read(findings, name)
            if (typed or shown_only or name in alike) and _comes(findings, walk, name, screen):
                _tell(findings, screen, name)
                break
    _lost(findings, walk, free & stored)


def _comes(findings: Findings, walk: Walk, name: str, screen: Do) -> bool:
    """True if a caller who was asked for it comes to the act, before another act has stored it.

    Whoever goes back to an earlier question answers anew.
    """
    flow = findings.flow

    def comes(asker: str) -> bool:
        before = findings.earlier.of(asker)

        def stops(at: str) -> bool:
            act = flow.screens[at]
            return at in before or (isinstance(act, Do) and stores(act.action) and name in _given(act))

        return walk.is_followed((name, asker), screen.id, stops)

    return any(comes(ask.id) for ask in flow.asks if name in saves_of(ask))


def _lost(findings: Findings, walk: Walk, typed: set[str]) -> None:
    """Words that acts elsewhere store under this name: on the way from their question none does."""
    flow = findings.flow
    taking = {name: [act.id for act in flow.actions if stores(act.action) and name in _given(act)] for name in typed}
    for ask in flow.asks:
        name = ask.save or ""
        if name not in typed or ask.id not in walk.arrivals or findings.is_shorthand(ask.id):
            continue
        if any(_follows(walk, name, ask, act) for act in taking[name]):
            continue
        filed = next((act for act in flow.actions if act.action in FILING and _follows(walk, name, ask, act.id)), None)
        if filed is not None and not findings.tells((*findings.path(ask.id), "save"), "F418", "F407"):
            said = f"what a caller writes on {ask.id} is saved as {name}, and no act that follows stores it"
            taken = next((each for each in WORDS if each in filed.arguments), "")
            hint = f"save it as {filed.arguments[taken]}, which {filed.id} stores" if taken else "give it to the act"
            findings.add("F419", (*findings.path(ask.id), "save"), said, hint=hint)


def _follows(walk: Walk, name: str, ask: Ask, act: str) -> bool:
    return walk.is_followed((name, ask.id), act, lambda _: False)


def _is_told(findings: Findings, screen: Do) -> bool:
    """True if an argument has another fault, from which this one would follow."""
    name = findings.path(screen.id)[1]
    told = any(each.screen == name for each in findings.of(*ARGUMENT_FAULTS))
    return told or any(findings.knows(code, screen=name) for code in ARGUMENT_FAULTS)


def _tell(findings: Findings, screen: Do, name: str) -> None:
    asks = next(ask.id for ask in findings.flow.asks if name in saves_of(ask))
    place = next((argument for argument in WORDS if argument in screen.given), "")
    said = f"a caller may have been asked for {name} (on {asks}), and {screen.id} stores nothing of it"
    hint = f"give it to {screen.action}: with {{{place or _words_of(screen)}: …}}"
    findings.add("F419", (*findings.path(screen.id), "with", *([place] if place else [])), said, hint=hint)


def _words_of(screen: Do) -> str:
    return next((name for name in WORDS if name in ACTIONS[screen.action].arguments), WORDS[0])


def _literals(findings: Findings, screen: Do, came: frozenset[str]) -> set[str]:
    """Report a fixed code that is filed although callers were asked to choose one; the answers that it replaces."""
    told: set[str] = set()
    for argument, source in screen.arguments.items():
        listed = ACTIONS[screen.action].arguments.get(argument)
        if not source.startswith("'") or listed is None or listed.list is None:
            continue
        asked = next((name for name in sorted(came) if findings.flow.kinds.get(name) == listed.list), "")
        if asked:
            said = f"every caller's {argument} is stored as {source[1:]}, although {asked} was asked for"
            hint = f"write {argument}: {asked}"
            findings.add("F419", (*findings.path(screen.id), "with", argument), said, hint=hint)
            told.add(asked)
    return told


def _takes_words(screen: Do) -> bool:
    return any(name in screen.given for name in WORDS)


def _given(screen: Do) -> frozenset[str]:
    return frozenset(root_of(name) for name, _ in inputs_of(screen))


def _deciding(flow: Flow) -> set[str]:
    """The variables that conditions, filters and the arguments of other actions read."""
    found: set[str] = set()
    for screen in flow.screens.values():
        found |= {root_of(name) for name, place in inputs_of(screen) if place != ROWS}
        for _, condition in conditions_of(screen):
            found |= {root_of(name) for name in conditions.names(condition)}
    return found


def _looked_up(flow: Flow) -> set[str]:
    """The variables of which a screen shows a column: the answer served to tell the caller something."""
    shown = {name for ask in flow.asks for name in names_in(ask.text)}
    return {head for name in shown if (head := name.rpartition(".")[0]) in flow.kinds}


def _is_read(findings: Findings, name: str) -> bool:
    """False for an answer that nothing uses at all or that is misspelt, which F407 and F401 report."""
    return not any(name in re.split("[ ,:]", each.message) for each in findings.of("F401", "F407"))


def _answered(findings: Findings) -> dict[str, frozenset[str]]:
    """For each screen, the answers that callers may have given on a way to it."""
    flow = findings.flow
    found: dict[str, frozenset[str]] = {name: frozenset() for name in flow.unnamed if name in flow.screens}
    waiting = list(found)
    while waiting:
        name = waiting.pop()
        at = flow.screens[name]
        filed = _given(at) if isinstance(at, Do) and stores(at.action) else frozenset()
        for target, saved in _leaving(flow, name):
            after = (found[name] - filed) | saved
            findings.spend(1 + len(after) // 8)
            if target in flow.screens and (target not in found or not after <= found[target]):
                found[target] = found.get(target, frozenset()) | after
                waiting.append(target)
    return found


def _leaving(flow: Flow, name: str) -> Iterator[tuple[str, frozenset[str]]]:
    screen = flow.screens[name]
    for way in ways_of(screen):
        yield way.go or "", frozenset(way.saves) if isinstance(screen, Ask) else frozenset()
