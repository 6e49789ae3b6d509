"""F107 and F704: how far it is to what a caller came for, and the ways back to the menu and to the languages."""

from heapq import heappop, heappush

from flows.checks.analysis.condition_facts import certain
from flows.checks.analysis.findings import Findings
from flows.checks.structure.reachability import reach
from flows.engine.sms_channel import is_texted
from flows.menu.actions import ACTIONS
from flows.menu.model import LANGUAGES_LIST, End, Screen
from flows.menu.screen_kinds import is_seen, leads, skip_condition

MOST_TO_FILE = 8  # screens on the shortest way to file something, the last one included
SECONDS_A_SCREEN = 8
LONGEST_CALL = 120  # seconds after which networks break a call off
MOST_IN_CALL = LONGEST_CALL // SECONDS_A_SCREEN


def check_distance(findings: Findings) -> None:
    """Report flows that take too long, or that a caller cannot find back in."""
    _far(findings)
    if not is_texted(findings.flow):  # an SMS has no keys, and a language of its own: LANG
        _back(findings)
        _languages(findings)


def distances(findings: Findings) -> dict[str, int]:
    """The fewest screens a caller sees up to and with each screen; one that may be skipped counts as skipped."""
    screens = findings.flow.screens
    found: dict[str, int] = {}
    waiting = [(_seen(screens[findings.flow.start]), findings.flow.start)] if findings.flow.start in screens else []
    while waiting:
        far, name = heappop(waiting)
        if name in found:
            continue
        found[name] = far
        for target, _ in leads(screens[name]):
            if target in screens and target not in found:
                heappush(waiting, (far + _seen(screens[target]), target))
    return found


def _seen(screen: Screen) -> int:
    return int(is_seen(screen) and skip_condition(screen) is None)


def _far(findings: Findings) -> None:
    far = distances(findings)
    nearest: dict[str, str] = {}
    for screen in findings.flow.actions:
        if screen.id in far and screen.action in ACTIONS and screen.action.startswith("file_"):
            best = nearest.setdefault(screen.action, screen.id)
            nearest[screen.action] = min(best, screen.id, key=lambda each: far[each])
    for action, name in nearest.items():
        count = far[name] + 1
        if count > MOST_TO_FILE:
            said = f"the shortest way to {action} takes {count} screens, and each one loses callers"
            hint = f"ask less, or ask later: at most {MOST_TO_FILE} screens"
            findings.add("F107", (*findings.path(name), "do"), said, hint=hint)
    for name, count in far.items():
        if count == MOST_IN_CALL + 1 and is_seen(findings.flow.screens[name]):
            said = (
                f"this is screen {count} of a call at the earliest: at {SECONDS_A_SCREEN} s a screen, the "
                "network has ended the call"
            )
            findings.add(
                "F107",
                findings.path(name),
                said,
                hint=f"a call lasts about {LONGEST_CALL} s: shorten the way to this screen",
            )
            return


def _back(findings: Findings) -> None:
    flow = findings.flow
    if isinstance(flow.screens.get(flow.home), End):
        said = f"{flow.keys['home'].key} should lead to the menu, but it ends the call with {flow.home}"
        findings.add("F704", ("keys", "home", "go"), said, hint="make it lead to a screen that asks")
    if not flow.keys["back"].show and not flow.keys["home"].show:
        said = f"no screen says that {flow.keys['back'].key} goes back or that {flow.keys['home'].key} goes to the menu"
        findings.add("F704", ("keys", "back"), said, hint="remove show: no from one of them")


def _languages(findings: Findings) -> None:
    flow = findings.flow
    spoken = flow.ussd_languages or tuple(flow.languages)
    picks = {ask.id: ask for ask in flow.asks if ask.pick is not None and ask.pick.list == LANGUAGES_LIST}
    if len(spoken) < 2 or not flow.screens:
        return
    if not picks:
        said = f"the flow has {len(spoken)} languages, but no caller can choose one"
        hint = "add a screen with choose_from: languages and save: contact.language"
        findings.add("F704", ("languages",), said, hint=hint)
        return
    reached = reach(findings.graph, flow.unnamed) | {*flow.unnamed}
    if not any(name in reached and "contact.language" not in certain(pick.skip_if) for name, pick in picks.items()):
        first = next(iter(picks))
        said = "a caller who chose a wrong language can never choose again, because this screen is skipped from then on"
        hint = "add a way from the menu to a second screen with choose_from: languages and without skip_if"
        findings.add("F704", (*findings.path(first), "skip_if"), said, hint=hint)
