"""F501 to F503: numbers and words by which a caller cannot tell two choices apart."""

from __future__ import annotations

from flows.checks.findings import Findings
from flows.checks.lists import offered
from flows.checks.variables import MOST_RECORDS
from flows.model import ANY_LANGUAGE, LANGUAGES_LIST, Ask, Flow, Not, Option, Pick, Row, Template
from flows.problems import Path


def keys(findings: Findings) -> None:
    """Report numbers used twice or reserved, and choices that read the same."""
    reserved: dict[str, str] = {}
    for name, key in findings.flow.keys.items():
        if key.key in reserved:
            said = f"{key.key!r} is the key of {reserved[key.key]} already: {name} would never work"
            findings.add("F501", ("keys", name), said, hint="give each its own key")
        reserved.setdefault(key.key, name)
    for name, screen in findings.flow.screens.items():
        if isinstance(screen, Ask):
            path = findings.path(name)
            _numbers(findings, path, screen, reserved)
            _rows_beside(findings, path, screen, reserved)
            _words(findings, path, screen)
            _answer(findings, path, screen, reserved)


def _numbers(findings: Findings, path: Path, screen: Ask, reserved: dict[str, str]) -> None:
    taken: dict[str, Option] = {}
    for option in screen.options:
        at = (*path, "choose", option.code, "key")
        if option.key in reserved:
            said = f"a caller who types {option.key} gets {reserved[option.key]!r}, never {option.code!r}"
            findings.add("F502", at, said, hint="give the choice another key")
        if option.key in taken:
            said = f"{option.key} is the number of {taken[option.key].code!r} already: {option.code!r} is never chosen"
            findings.add("F501", at, said, hint="give one of them another key")
        taken.setdefault(option.key, option)


def _rows_beside(findings: Findings, path: Path, screen: Ask, reserved: dict[str, str]) -> None:
    """Rows of a list are numbered on after the options."""
    if screen.pick is None:
        return
    first = len(screen.options) + 1
    numbers = {str(number) for number in range(first, first + most_rows(findings.flow, screen.pick))}
    for option in screen.options:
        if option.key in numbers:
            said = f"{option.key} is the number of {option.code!r} and of a row of {screen.pick.list}"
            hint = "leave out key, so that the rows are numbered on after the choices"
            findings.add("F501", (*path, "choose", option.code, "key"), said, hint=hint)
    for key in sorted(numbers & set(reserved)):
        said = f"row {key} of {screen.pick.list} is never chosen: {key} is the key of {reserved[key]}"
        findings.add("F502", (*path, "choose_from"), said, hint="offer fewer rows at a time, with where")


def most_rows(flow: Flow, pick: Pick) -> int:
    """The most rows a pick offers at a time."""
    if pick.list == LANGUAGES_LIST:
        return len(flow.languages)
    if pick.list not in flow.lists:
        return MOST_RECORDS
    return max((len(rows) for rows in offered(flow, pick)), default=0)


def _answer(findings: Findings, path: Path, screen: Ask, reserved: dict[str, str]) -> None:
    if screen.answer is None or screen.answer.between is None:
        return
    low, high = screen.answer.between
    for key, name in reserved.items():
        if name != "more" and key.isdecimal() and str(int(key)) == key and low <= int(key) <= high:
            said = f"the answer {key} cannot be given: it is the key of {name}"
            hint = f"begin the range after {key}, or give {name} another key"
            findings.add("F502", (*path, "between"), said, hint=hint)


def _words(findings: Findings, path: Path, screen: Ask) -> None:
    for tag in findings.flow.languages:
        seen: dict[str, Option] = {}
        for option in screen.options:
            words = _reads(option.text.get(tag) or option.text.get(ANY_LANGUAGE) or ())
            other = seen.setdefault(words, option)
            if words and other is not option and not _apart(option, other):
                said = f"{option.code!r} reads {words!r} as {other.code!r} does: a caller cannot tell them apart"
                hint = "give them different words"
                findings.add("F503", (*path, "choose", option.code), said, language=tag, hint=hint)
        for rows in offered(findings.flow, screen.pick) if screen.pick else ():
            _rows(findings, screen.pick, rows, tag)


def _rows(findings: Findings, pick: Pick | None, rows: tuple[Row, ...], tag: str) -> None:
    seen: dict[str, Row] = {}
    for row in rows:
        words = row.text.get(tag, "")
        other = seen.setdefault(_fold(words), row)
        if words and other is not row and pick is not None:
            said = f"{row.code!r} reads {words!r} as {other.code!r} does: a caller cannot tell them apart"
            hint = "give them different words"
            findings.add("F503", ("lists", pick.list, row.code), said, language=tag, hint=hint)


def _apart(one: Option, other: Option) -> bool:
    """True when the two are never shown together: one's condition is the other's denied."""
    if one.when is None or other.when is None:
        return False
    return one.when == Not(other.when) or other.when == Not(one.when)


def _reads(parts: Template) -> str:
    return _fold("".join(part if isinstance(part, str) else f"{{{part.name}}}" for part in parts))


def _fold(words: str) -> str:
    return " ".join(words.casefold().split())
