"""Findings as people read them, and as programs do: JSON, SARIF for code hosts, commands for GitHub's log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from flows.checks import CHECKS
from flows.problems import Problem

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
_NAMES = {"E": "error", "W": "warning", "I": "note"}
_LEVELS = {"E": "error", "W": "warning", "I": "notice"}  # what GitHub calls them
_PAGE = "docs/checks.md"


def as_text(problems: Sequence[Problem], file: str) -> str:
    """A line each, and how many there are."""
    counts = [(sum(each.severity == letter for each in problems), name) for letter, name in _NAMES.items()]
    told = ", ".join(f"{count} {name}{'s' if count > 1 else ''}" for count, name in counts if count)
    return "\n".join([*map(str, problems), f"{file}: {told or 'no problems found'}"])


def as_json(problems: Sequence[Problem], file: str) -> str:  # noqa: ARG001 - every format is called alike
    """A list of objects."""
    return msgspec.json.format(msgspec.json.encode(problems)).decode()


def as_sarif(problems: Sequence[Problem], file: str) -> str:  # noqa: ARG001
    """SARIF 2.1.0, which code hosts show beside the lines of a change."""
    codes = sorted({problem.code for problem in problems})
    rules = [
        {
            "id": code,
            "shortDescription": {"text": CHECKS[code].summary},
            "fullDescription": {"text": CHECKS[code].about},
            "helpUri": f"{_PAGE}#{code.lower()}",
            "defaultConfiguration": {"level": _NAMES[CHECKS[code].severity]},
        }
        for code in codes
    ]
    results = [
        {
            "ruleId": problem.code,
            "ruleIndex": codes.index(problem.code),
            "level": _NAMES[problem.severity],
            "message": {"text": words(problem)},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": problem.file},
                        "region": {"startLine": problem.line},
                    }
                }
            ],
        }
        for problem in problems
    ]
    run: dict[str, Any] = {"tool": {"driver": {"name": "sunwai", "rules": rules}}, "results": results}
    log = {"$schema": SARIF, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(log)).decode()


def as_github(problems: Sequence[Problem], file: str) -> str:
    """Workflow commands: GitHub shows each at its line. An empty run says so in the log."""
    lines = [
        f"::{_LEVELS[problem.severity]} file={_property(problem.file)},line={problem.line},"
        f"title={problem.code}::{_escaped(words(problem))}"
        for problem in problems
    ]
    return "\n".join(lines or [f"{file}: no problems found"])


def words(problem: Problem) -> str:
    """What a problem says without its file, line and code."""
    where = f"{problem.screen}[{problem.language}]" if problem.language else problem.screen
    hint = f" ({problem.hint})" if problem.hint else ""
    return f"{where}: {problem.message}{hint}" if where else f"{problem.message}{hint}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


FORMATS: dict[str, Callable[[Sequence[Problem], str], str]] = {
    "text": as_text,
    "json": as_json,
    "sarif": as_sarif,
    "github": as_github,
}
