"""The figures of a planting: what was found, and where, by class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tests.planted_faults.trial import TOLD, Finding, Outcome

LEAST_FOUND = 95.0  # percent of the harmful faults
LEAST_RIGHT = 90.0  # percent of the harmful faults, at the right file and line
LEAST_NEW = 90.0  # percent of the harmful faults in a flow without scripted calls
MOST_WARNINGS = 2  # of a harmless change, or of a flow that is right
NEW = "flow without scripts"


def share(outcomes: Iterable[Outcome], *, right: bool = False) -> tuple[int, int, float]:
    """(found, of, percent); `right` counts only those found at the right place. No plants are 100 percent."""
    those = list(outcomes)
    found = sum(each.is_right if right else each.is_found for each in those)
    return found, len(those), 100.0 * found / len(those) if those else 100.0


def false_alarms(changes: Iterable[Outcome], flows: Mapping[str, Sequence[Finding]]) -> list[str]:
    """A line for each harmless change, and each flow that is right, of which the check says too much."""
    told = {each.plant.id: each.findings for each in changes if not each.plant.is_fault}
    crashes = [f"{each.plant.id}: {each.crash}" for each in changes if each.crash]
    loud = [
        f"{name}: {each}"
        for name, findings in [*told.items(), *flows.items()]
        if _count(findings, "E") or _count(findings, "W") > MOST_WARNINGS
        for each in findings
        if each.severity in TOLD
    ]
    return crashes + loud


def _count(findings: Iterable[Finding], severity: str) -> int:
    return sum(each.severity == severity for each in findings)


def shortfalls(outcomes: Sequence[Outcome], alarms: Sequence[str]) -> list[str]:
    """What is below its target; nothing if all is well."""
    harmful = [each for each in outcomes if each.plant.is_harmful]
    new = [each for each in harmful if each.plant.where == NEW]
    measured = [
        ("harmful faults found", share(harmful)[2], LEAST_FOUND),
        ("harmful faults at the right place", share(harmful, right=True)[2], LEAST_RIGHT),
        (f"harmful faults found in a {NEW}", share(new)[2], LEAST_NEW),
    ]
    below = [f"{name}: {value:.1f} %, below {least:.0f} %" for name, value, least in measured if value < least]
    return below + [f"false alarm: {each}" for each in alarms]


def table(outcomes: Sequence[Outcome]) -> list[str]:
    """A line for each class, each kind of file, and all."""
    faults = [each for each in outcomes if each.plant.is_fault]
    harmful = [each for each in faults if each.plant.is_harmful]
    kinds, parts = sorted({each.plant.kind for each in faults}), sorted({each.plant.where for each in faults})
    notes = sum(not each.is_found and bool(each.findings) for each in harmful)
    named = sum(each.is_named and not each.is_right for each in harmful)
    return [
        f"{'':<28} {'found':>16} {'at the right place':>20}",
        *(_line(kind, [each for each in faults if each.plant.kind == kind]) for kind in kinds),
        "",
        *(_line(f"harmful, {part}", [each for each in harmful if each.plant.where == part]) for part in parts),
        _line("harmful", harmful),
        _line("all", faults),
        f"harmful, and the right place only named in the words of a finding: {named}",
        f"harmful, and told by a note alone: {notes}",
    ]


def _line(name: str, outcomes: Sequence[Outcome]) -> str:
    found, of, percent = share(outcomes)
    right, _, exact = share(outcomes, right=True)
    return f"{name:<28} {found:>4}/{of:<4} {percent:>5.1f} % {right:>6}/{of:<4} {exact:>5.1f} %"


def verdict(outcome: Outcome) -> str:
    """`missed`, `found` or `found at the right place`, with what was told."""
    word = "missed"
    if outcome.crash:
        word = f"CRASH {outcome.crash}"
    elif outcome.is_right:
        word = "found at the right place"
    elif outcome.is_found:
        word = "found elsewhere, and the place is named" if outcome.is_named else "found elsewhere"
    elif outcome.findings:
        word = "a note alone"
    return f"{outcome.plant.id} ({outcome.plant.kind}): {word}"
