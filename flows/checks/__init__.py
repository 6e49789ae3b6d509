"""What is wrong with a flow before a citizen meets it. Each family of checks is a module; `CHECKS` names every code."""

from __future__ import annotations

from flows.checks.catalogue import CHECKS, Check
from flows.checks.data import data
from flows.checks.findings import Findings
from flows.checks.keys import keys
from flows.checks.lists import lists
from flows.checks.references import references
from flows.checks.room import room
from flows.checks.structure import structure
from flows.checks.texts import texts
from flows.problems import Parsed, Problem, by_place

FAMILIES = (structure, texts, room, data, keys, lists, references)


def check(parsed: Parsed) -> tuple[Problem, ...]:
    """Everything wrong with a flow, what reading it found included, in the order of its files and lines.

    Never raises for what stands in the files. A file that is not YAML at all has nothing more to be checked.
    """
    if parsed.flow is None:
        return parsed.problems
    findings = Findings(parsed, parsed.flow)
    for family in FAMILIES:
        family(findings)
    return by_place([*parsed.problems, *findings.found])


__all__ = ["CHECKS", "FAMILIES", "Check", "check"]
