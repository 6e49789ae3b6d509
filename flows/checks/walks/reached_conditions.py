"""F113: conditions that always or never hold for the callers who come to their screens."""

from flows.checks.analysis.condition_facts import atoms
from flows.checks.analysis.findings import Findings
from flows.checks.walks.exploration import Walk
from flows.menu import notation
from flows.menu.model import Condition, Either, IsSet, Not
from flows.menu.screen_kinds import conditions_of, saves_of


def check_reached_conditions(findings: Findings, walk: Walk) -> None:
    """Report a `skip_if` that skips its screen for all who come, or for none, and a `when` that nobody meets.

    A guard such as `not area`, where all who come have an area, does no harm, nor does `area` where it is asked.
    """
    faulty = {findings.place(("screens", each.screen)) for each in findings.of("F409")}
    for ask in findings.flow.asks:
        if isinstance(ask.skip_if, Not) and ask.skip_if.of in [IsSet(saved) for saved in saves_of(ask)]:
            said = f"whoever has no {notation.condition(ask.skip_if.of)} is not asked for it, and whoever has one is"
            findings.add("F113", (*findings.path(ask.id), "skip_if"), said, hint="remove not")
            faulty.add(findings.place(("screens", ask.id)))
    for name, screen in findings.flow.screens.items():
        for place, condition in conditions_of(screen):
            truths = walk.truths.get(("screens", name, *place), set())
            path = (*findings.path(name), *place)
            if len(truths) != 1 or not walk.classes.is_known(condition) or _is_told(findings, name, faulty):
                continue
            (holds,) = truths
            said = _effect(place[-1], holds)
            known_before = isinstance(condition, IsSet) and condition.name in saves_of(screen)
            if said and (holds or place[-1] == "when" or not (_is_guard(condition) or known_before)):
                message = f"{notation.condition(condition)!r} is never true for callers who come here: {said}"
                if holds:
                    message = f"{notation.condition(condition)!r} is always true for callers who come here: {said}"
                findings.add("F113", path, message, hint="correct the condition, or the way to this screen")


def _is_told(findings: Findings, name: str, faulty: set[tuple[str, int]]) -> bool:
    return findings.place(("screens", name)) in faulty


def _effect(word: str, holds: bool) -> str:
    if word == "skip_if":
        return "nobody sees this screen" if holds else "it is never skipped"
    return "" if holds else "nobody is offered this choice"


def _is_guard(condition: Condition) -> bool:
    """True for `not a or not b`: a screen is passed over where something that it needs is missing."""
    if isinstance(condition, Either):
        return _is_guard(condition.left) and _is_guard(condition.right)
    return isinstance(condition, Not) and all(isinstance(atom, IsSet) for atom in atoms(condition))
