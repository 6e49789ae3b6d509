"""F114 and F417, of a screen that no way leads to: the choice or the outcome that most likely should."""

from collections.abc import Iterator

from msgspec import Struct

from flows.checks.analysis.findings import Findings
from flows.checks.choices.own_words import NONE, OwnWords, Stems, common_words, stems_of, stems_of_name
from flows.menu.diagnostics import Path
from flows.menu.model import Ask, Do, End, Flow
from flows.menu.screen_kinds import leads

NEAR = 8  # screens of a file within which one stands behind the screen that leads to it
ENOUGH = 3  # of what speaks for a way
MOST_LOST = 6  # screens that are looked at: more are lost for another reason


class _Candidate(Struct, frozen=True):
    """A choice or an outcome, with its words and whether another way of its screen leads to the same."""

    screen: str
    path: Path
    name: str
    target: str
    said: Stems
    doubled: bool
    outcome: str = ""


def check_lost_targets(findings: Findings, own: OwnWords) -> None:
    """Report the way that should lead to a screen that nobody can get to; F102 tells of the screen itself."""
    flow = findings.flow
    if not findings.of("F102"):
        return
    named = {target for screen in flow.screens.values() for target, _ in leads(screen) if target != screen.id}
    lost = [name for name in flow.screens if name not in {*named, *flow.unnamed} and not findings.is_shorthand(name)]
    if len(lost) > MOST_LOST:
        return
    order = {name: at for at, name in enumerate(flow.screens)}
    taken = {(act.action, target) for act in flow.actions for outcome, target in act.then.items() if outcome == "ok"}
    for name in lost:
        findings.spend(4 * len(order))
        scored = sorted(
            ((_score(flow, own, each, name, order, taken), each.path, each) for each in _candidates(flow, name)),
            key=lambda found: (-found[0], found[1]),
        )
        best = [each for score, _, each in scored if score >= ENOUGH and score == scored[0][0]]
        if len(best) == 1:
            _tell(findings, best[0], name)


def _candidates(flow: Flow, lost: str) -> Iterator[_Candidate]:
    for screen in flow.screens.values():
        if screen.id == lost:
            continue
        goes = [target for target, _ in leads(screen)]
        if isinstance(screen, Ask):
            for option in screen.options:
                said = stems_of(option.text) | stems_of_name(option.code)
                path = ("screens", screen.id, "choose", option.code)
                doubled = goes.count(option.go) > 1
                yield _Candidate(screen.id, path, option.code, option.go, said, doubled)
        elif isinstance(screen, Do):
            for outcome, target in screen.then.items():
                said = stems_of_name(outcome) | (stems_of_name(screen.action) if outcome == "ok" else NONE)
                path = ("screens", screen.id, "then", outcome)
                yield _Candidate(screen.id, path, outcome, target, said, goes.count(target) > 1, outcome)


def _score(
    flow: Flow, own: OwnWords, each: _Candidate, lost: str, order: dict[str, int], taken: set[tuple[str, str]]
) -> int:
    """How much speaks for it that a way should lead to the screen that is lost."""
    screen = flow.screens[each.screen]
    fits = common_words(each.said, own.of_screen(lost)) - common_words(each.said, own.of_screen(each.target))
    near = 0 < order[lost] - order[each.screen] <= NEAR
    alike = isinstance(flow.screens[lost], End) == bool(each.outcome)
    elsewhere = isinstance(screen, Do) and any(go == each.target and action != screen.action for action, go in taken)
    return 2 * fits + 2 * each.doubled + near + alike + 2 * (elsewhere and each.outcome == "ok")


def _tell(findings: Findings, each: _Candidate, lost: str) -> None:
    path = (*findings.path(each.screen), *each.path[2:])
    if findings.tells(path, "F114", "F417"):
        return
    said = f"{each.name} leads to {each.target}, and no way leads to {lost}, which it most likely means"
    findings.add(
        "F417" if each.outcome else "F114",
        path,
        said,
        hint=f"write go: {lost}" if not each.outcome else f"write {each.name}: {lost}",
    )
