"""F417, of two outcomes of one act: each leads where the other one should."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import names_in, plain
from flows.checks.walks.exploration import DONE, stores
from flows.checks.walks.word_cues import CalledLines
from flows.checks.words.still_and_already import says_already
from flows.menu.actions import ACTIONS
from flows.menu.model import ANY_LANGUAGE, RECEIPT, Ask, Do, End, Flow

AGAIN = frozenset({"repeat", "already", "yours", "too_soon"})  # nothing new was done
CLOSING = frozenset({"confirm_complaint", "withdraw_complaint", "note_pressure"})  # their ok may well be called closed
# The words by which a screen for an outcome is called.
_CALLED = {
    **dict.fromkeys(AGAIN, frozenset({"already", "repeat", "repeated", "soon", "before", "twice", "early", "wait"})),
    "missing": frozenset({"missing", "notfound", "unknown", "nothing"}),
    "none": frozenset({"none", "nothing", "empty"}),
    "too_many": frozenset({"many"}),
    "closed": frozenset({"closed"}),
    "danger": frozenset({"danger"}),
    "private": frozenset({"private", "hidden", "secret"}),
    "private_danger": frozenset({"private", "hidden", "secret", "danger"}),
    "else": frozenset({"later", "failed", "failure", "error", "sorry"}),
}
DANGER = frozenset({"danger", "private_danger"})
NOTHING: frozenset[str] = frozenset()


def check_crossed_outcomes(findings: Findings) -> None:
    """Report pairs of outcomes whose screens look exchanged: by their words, names, the other acts, or the revision."""
    flow = findings.flow
    roles, lines = _roles(flow), CalledLines(findings)
    for act in flow.actions:
        declared = ACTIONS.get(act.action)
        if declared is None or findings.is_shorthand(act.id):
            continue
        known = [name for name in act.then if name in declared.outcomes or name == "else"]
        for one, other in combinations(known, 2):
            if act.then[one] != act.then[other] and _is_exchanged(findings, act, one, other, roles, lines):
                _tell(findings, act, one, other)
                break


def _tell(findings: Findings, act: Do, one: str, other: str) -> None:
    said = (
        f"{one} leads to {act.then[one]} and {other} to {act.then[other]}: the two look exchanged, and callers would "
        "read what did not happen"
    )
    hint = f"write {one}: {act.then[other]} and {other}: {act.then[one]}, or rename the screens"
    findings.add("F417", (*findings.path(act.id), "then", one), said, hint=hint)


def _is_exchanged(
    findings: Findings,
    act: Do,
    one: str,
    other: str,
    roles: dict[str, Counter[tuple[str, str]]],
    lines: CalledLines,
) -> bool:
    flow, (first, second) = findings.flow, (act.then[one], act.then[other])
    old = findings.around.before.screens.get(act.id) if findings.around.before is not None else None
    if isinstance(old, Do) and (old.then.get(one), old.then.get(other)) == (second, first):
        return True
    if len({one, other} & DANGER) == 1:
        danger, safe = (first, second) if one in DANGER else (second, first)
        if _tells_whom(flow, lines, danger) or not _tells_whom(flow, lines, safe):
            return False  # who is in danger is told whom to call, and would not be by the other screen
    fits = _by_name(act, one, first) + _by_name(act, other, second)
    if _by_name(act, one, second) + _by_name(act, other, first) > fits:
        return True
    if stores(act.action) and len({one, other} & DONE) == 1 and len({one, other} & AGAIN) == 1:
        done, again = (first, second) if one in DONE else (second, first)
        return (_tells_already(flow, done) and not _tells_already(flow, again)) or (
            not fits
            and not _tells_already(flow, again)
            and _is_new(flow, again, done)
            and not any(_elsewhere(roles, act, again, each) for each in DONE)
        )
    own = _elsewhere(roles, act, first, one) + _elsewhere(roles, act, second, other)
    return not own and not fits and bool(_elsewhere(roles, act, first, other) + _elsewhere(roles, act, second, one))


def _tells_whom(flow: Flow, lines: CalledLines, name: str) -> bool:
    """True for a screen that says whom to call."""
    screen = flow.screens.get(name)
    return isinstance(screen, Ask | End) and lines.are_named(screen.text)


def _by_name(act: Do, outcome: str, target: str) -> int:
    """How many words of an outcome a screen is called by."""
    called = NOTHING if outcome == "closed" and act.action in CLOSING else _CALLED.get(outcome, NOTHING)
    return len(called & {*target.replace("not_found", "notfound").split("_")})


def _tells_already(flow: Flow, name: str) -> bool:
    """True for a screen that says, in most of its languages, that something was done before."""
    screen = flow.screens.get(name)
    if not isinstance(screen, Ask | End):
        return False
    said = [says_already(plain(parts), tag) for tag, parts in screen.text.items() if tag != ANY_LANGUAGE]
    return sum(said) * 2 > len(said)


def _is_new(flow: Flow, again: str, done: str) -> bool:
    """True where a text follows what was done before, and none what is new."""
    first, second = flow.screens.get(again), flow.screens.get(done)
    return isinstance(first, End) and isinstance(second, End) and _sends(first) and not _sends(second)


def _sends(end: End) -> bool:
    return end.sms is not None or RECEIPT in names_in(end.text)


def _roles(flow: Flow) -> dict[str, Counter[tuple[str, str]]]:
    """For each last screen, the outcomes that lead to it, each with its act."""
    found: dict[str, Counter[tuple[str, str]]] = {}
    for act, outcome, target in _outcomes(flow):
        if isinstance(flow.screens.get(target), End):
            found.setdefault(target, Counter())[outcome, act] += 1
    return found


def _outcomes(flow: Flow) -> Iterator[tuple[str, str, str]]:
    for act in flow.actions:
        yield from ((act.id, outcome, target) for outcome, target in act.then.items())


def _elsewhere(roles: dict[str, Counter[tuple[str, str]]], act: Do, target: str, outcome: str) -> int:
    """How many other acts lead to a last screen with this outcome."""
    return sum(1 for found, at in roles.get(target, Counter()) if found == outcome and at != act.id)
