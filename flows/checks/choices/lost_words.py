"""F119: ways out of a flow by SMS on which the words that somebody wrote are lost, or what is known of them."""

from collections.abc import Iterator

from flows.checks.analysis.findings import Findings
from flows.checks.choices.first_acts import FirstActs, first_acts
from flows.checks.walks.exploration import stores
from flows.checks.walks.marks import root_of
from flows.engine.sms_channel import GIVEN, is_texted
from flows.menu.actions import ACTIONS
from flows.menu.diagnostics import Path
from flows.menu.model import Do, Flow
from flows.menu.screen_kinds import inputs_of, leads, saves_of

FILES_TEXT = "file_by_text"
TOLD = {"danger": "category", "private": ""}  # what is known of words that came -> the argument that makes up for it


def check_lost_words(findings: Findings) -> None:
    """Report ways after the last try, and after a failure, that come to no act, and acts that leave out what is known.

    Whoever calls can dial again, and is told so; an SMS is written once.
    """
    flow = findings.flow
    if not is_texted(flow):
        return
    storing = _storing(flow)
    cares = any(argument in act.given for act in flow.actions for argument in TOLD)
    for name, screen in flow.screens.items():
        for target, place in _ways_out(flow, name):
            if name in storing and target not in storing and target in flow.screens:
                said = f"who comes to {target} from here has written in vain: nothing on that way stores the words"
                path = (*findings.path(name), *place)
                findings.add("F119", path, said, hint="lead to the act that files them without this answer")
        if isinstance(screen, Do) and screen.action == FILES_TEXT and cares:
            _left_out(findings, screen)
    for ask in flow.asks:
        if ask.after_tries and ask.go:
            _poorer(findings, ask.id, ask.go, ask.after_tries)


def _storing(flow: Flow) -> set[str]:
    """The screens from which a call can still come to an act that stores something."""
    before: dict[str, set[str]] = {}
    for name, screen in flow.screens.items():
        for target, _ in leads(screen):
            before.setdefault(target, set()).add(name)
    found = {act.id for act in flow.actions if stores(act.action)}
    waiting = [*found]
    while waiting:
        for name in before.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return found


def _ways_out(flow: Flow, name: str) -> Iterator[tuple[str, Path]]:
    screen = flow.screens[name]
    for target, place in leads(screen):
        failed = isinstance(screen, Do) and place == ("then", "else") and not stores(screen.action)
        if failed or place == ("after_tries",):
            yield target, place


def _left_out(findings: Findings, act: Do) -> None:
    """What is known of the words (whether they tell of danger, or of a secret) has to be stored with them."""
    for argument, instead in TOLD.items():
        if argument in ACTIONS[act.action].arguments and argument not in act.given and instead not in act.given:
            said = f"{act.id} stores words that came by SMS, and not what is known of them: {argument}"
            hint = f"write {argument}: {argument} under with"
            findings.add("F119", (*findings.path(act.id), "with"), said, hint=hint, severity="W")


def _poorer(findings: Findings, name: str, go: str, after: str) -> None:
    """Who is not understood comes to another act, which leaves out more than the answer that is missing."""
    flow, before = findings.flow, findings.earlier.of(name)
    usual, then = first_acts(findings, go, before), first_acts(findings, after, before)
    for other in sorted(then.acts - usual.acts):
        kept = _given(flow, FirstActs(at_once=frozenset({other})))
        known = {*GIVEN} | {each for at in before - {name} for each in saves_of(flow.screens[at])}
        lost = sorted(_given(flow, usual) & known - kept - {*saves_of(flow.screens[name])})
        if lost and usual.acts:
            said = f"who is not understood comes to {other}, which leaves out {', '.join(lost)}"
            hint = f"lead to {min(usual.acts)}, or to an act that stores it"
            findings.add("F119", (*findings.path(name), "after_tries"), said, hint=hint, severity="W")
            return


def _given(flow: Flow, follows: FirstActs) -> set[str]:
    """The variables that all of these acts are given."""
    given = [{root_of(source) for source, _ in inputs_of(flow.screens[name])} for name in follows.acts]
    return set[str].intersection(*given) if given else set()
