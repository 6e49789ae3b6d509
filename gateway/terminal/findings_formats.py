"""Findings for people, and for programs: JSON, SARIF for code hosts, commands for GitHub's log."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec.structs import replace

from flows.checks.analysis.catalogue import CHECKS
from flows.menu.diagnostics import Problem
from flows.text.printable import one_line, pluralize
from gateway.terminal.errors import command

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
SEVERITIES = {"E": "error", "W": "warning", "I": "note"}
_HEADS = {"E": "Errors: they block publishing", "W": "Warnings: publishing requires a --reason", "I": "Notes"}
_LEVELS = {"E": "error", "W": "warning", "I": "notice"}  # what GitHub calls them
_PAGE = "docs/operators/checks.md"
COMPARED = "publishing also compares it with the live revision"


def relative_findings(problems: Iterable[Problem], folder: Path) -> list[Problem]:
    """Findings whose files are relative to the folder of the command."""
    return [replace(each, file=(folder / each.file).as_posix()) for each in problems]


def as_text(problems: Sequence[Problem], file: str) -> str:
    """A line for each, the most severe first, then how many there are and whether the flow may be published."""
    lines: list[str] = []
    for letter, head in _HEADS.items():
        found = lines_of(problems, letter)
        lines += [head, *found] if found else []
    counts = {letter: sum(each.severity == letter for each in problems) for letter in SEVERITIES}
    fit = "it can be published"
    if counts["W"]:
        fit = "it can be published with a --reason for the warnings"
    if counts["E"]:
        fit = "it cannot be published until the errors are corrected"
    more = "" if counts["E"] else f" ({COMPARED})"
    return "\n".join([*lines, f"{file}: {count_line(counts)}: {fit}{more}."])


def as_text_of_data(problems: Sequence[Problem], file: str) -> str:
    """The same of a file that is not published by itself: whether the service can be started with it."""
    said = as_text(problems, file).splitlines()
    counts = {letter: sum(each.severity == letter for each in problems) for letter in SEVERITIES}
    fit = "do not use it until the errors are corrected" if counts["E"] else "it can be used"
    heads = {_HEADS["E"]: "Errors", _HEADS["W"]: "Warnings"}
    return "\n".join([*(heads.get(line, line) for line in said[:-1]), f"{file}: {count_line(counts)}: {fit}."])


def as_blockers(problems: Sequence[Problem], letter: str, file: str) -> str:
    """One line for each finding that blocks publishing, and one that counts the others."""
    counts = {each: sum(other.severity == each for other in problems) for each in SEVERITIES if each != letter}
    rest = [f"Also: {count_line(counts)} ({command('check', file)})."] if any(counts.values()) else []
    return "\n".join([*lines_of(problems, letter), *rest])


def lines_of(problems: Iterable[Problem], letter: str) -> list[str]:
    """The findings of one severity, one line each."""
    return [one_line(str(each)) for each in problems if each.severity == letter]


def count_line(counts: Mapping[str, int]) -> str:
    """`1 error, 0 warnings, 3 notes` for numbers by severity."""
    return ", ".join(pluralize(counts.get(letter, 0), name) for letter, name in SEVERITIES.items() if letter in counts)


def as_json(problems: Sequence[Problem], file: str) -> str:  # noqa: ARG001 - every format has the same signature
    """A list of objects."""
    return msgspec.json.format(msgspec.json.encode(problems)).decode()


def as_sarif(problems: Sequence[Problem], file: str) -> str:  # noqa: ARG001
    """SARIF 2.1.0, which code hosts show beside the changed lines."""
    codes = sorted({problem.code for problem in problems})
    rules = [
        {
            "id": code,
            "shortDescription": {"text": CHECKS[code].summary},
            "fullDescription": {"text": CHECKS[code].about},
            "helpUri": f"{_PAGE}#{code.lower()}",
            "defaultConfiguration": {"level": SEVERITIES[CHECKS[code].severity]},
        }
        for code in codes
    ]
    results = [
        {
            "ruleId": problem.code,
            "ruleIndex": codes.index(problem.code),
            "level": SEVERITIES[problem.severity],
            "message": {"text": words(problem)},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": quote(problem.file)},
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
    """The message of a problem without its file, line and code."""
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
