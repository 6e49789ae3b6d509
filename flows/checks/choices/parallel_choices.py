"""F114, of screens with the same choices, and of a screen whose answers all lead to one place: one of them is odd."""

from flows.checks.analysis.findings import Findings
from flows.menu.model import Ask, Do, End, Flow
from flows.menu.screen_kinds import option_saves

FEWEST = 3  # choices that two screens share, and that a screen has
MOST_SCREENS = 400  # of a flow whose screens are compared with each other


def check_parallel_choices(findings: Findings) -> None:
    """Report a choice that leads elsewhere than its counterpart or its neighbours do, where all others agree."""
    flow = findings.flow
    for ask in flow.asks:
        if len(ask.options) >= FEWEST and option_saves(ask):
            _odd(findings, ask)
    by_code: dict[str, list[Ask]] = {}
    seen: set[tuple[str, str]] = set()
    for ask in flow.asks[:MOST_SCREENS]:
        for option in ask.options:
            for other in by_code.get(option.code, ()):
                findings.spend(1)
                if (other.id, ask.id) not in seen:
                    seen.add((other.id, ask.id))
                    _compare(findings, other, ask)
        for option in ask.options:
            by_code.setdefault(option.code, []).append(ask)


def _odd(findings: Findings, ask: Ask) -> None:
    """One answer of several that are kept ends the call, and all others go on to the same screen."""
    goes = [option.go for option in ask.options]
    for option in ask.options:
        others = {go for go in goes if go != option.go}
        alone = goes.count(option.go) == 1 and len(others) == 1
        path = (*findings.path(ask.id), "choose", option.code)
        if alone and isinstance(findings.flow.screens.get(option.go), End) and not findings.tells(path, "F114"):
            said = f"{option.code} ends the call with {option.go}, and every other answer goes on to {min(others)}"
            findings.add("F114", path, said, hint=f"write go: {min(others)}")


def _compare(findings: Findings, one: Ask, other: Ask) -> None:
    goes = {option.code: option.go for option in one.options}
    common = [option for option in other.options if option.code in goes]
    unlike = [option for option in common if option.go != goes[option.code]]
    if len(common) < FEWEST or len(unlike) != 1 or len(unlike) * 2 >= len(common):
        return
    (odd,) = unlike
    if _acts(findings.flow, odd.go) & _acts(findings.flow, goes[odd.code]):
        return  # one of them hides the caller's name, or stores another kind
    ask, go, usual = (other, odd.go, goes[odd.code])
    if _is_doubled(findings.flow, one, goes[odd.code]) and not _is_doubled(findings.flow, other, odd.go):
        ask, go, usual = one, goes[odd.code], odd.go
    path = (*findings.path(ask.id), "choose", odd.code)
    if not findings.tells(path, "F114"):
        said = (
            f"{odd.code} leads to {go}, and on {(one if ask is other else other).id}, whose other choices lead where "
            f"these do, to {usual}"
        )
        findings.add("F114", path, said, hint=f"write go: {usual}, or give the choice another code")


def _acts(flow: Flow, name: str) -> set[str]:
    screen = flow.screens.get(name)
    return {screen.action} if isinstance(screen, Do) else set()


def _is_doubled(flow: Flow, ask: Ask, target: str) -> bool:
    """True if another choice of the screen leads there too, or the call ends there."""
    return sum(option.go == target for option in ask.options) > 1 or isinstance(flow.screens.get(target), End)
