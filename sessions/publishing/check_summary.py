"""What a revision keeps of the checks that it passed."""

from typing import Any

from flows.menu.diagnostics import Problem


def check_summary(problems: tuple[Problem, ...], agreed: tuple[Problem, ...], scripts: int) -> dict[str, Any]:
    """Counts of the findings, what was accepted in full, and the number of scripted calls.

    `agreed` are the protections that the revision loses, to which a second person agreed.
    """
    counts = {letter: sum(each.severity == letter for each in problems) for letter in ("E", "W", "I")}
    warnings = [each for each in problems if each.severity == "W"]
    accepted = {"warnings": [*map(str, warnings)], **({"agreed": [*map(str, agreed)]} if agreed else {})}
    return {**counts, **accepted, "scripts": scripts}
