"""Every check finds the fault it is for, at its line, and leaves what only looks like it alone."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.checks import CHECKS, check
from flows.parse import parse
from flows.problems import Parsed, Problem
from tests.flows.library import shipped_files

FOLDER = Path(__file__).parent / "checks"
FILES = {
    path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(FOLDER.rglob("*"))
    if path.suffix in (".yaml", ".csv")
}
BASE = FILES["base.yaml"]
BAD = sorted(name for name in FILES if re.fullmatch(r"F\d{3}_bad\w*\.yaml", name))
NEAR = sorted(name for name in FILES if re.fullmatch(r"F\d{3}_near\.yaml", name))
HERE = "<- here"
BESIDE = {"F301_bad_option.yaml": {"F302"}}  # a choice longer than a screen is a second page too
OTHERWISE = {"F304_bad.yaml": "W", "F701_bad_silent.yaml": "W"}  # graver, or less grave, than the code is usually
TOP = """
flow: t
title: t
languages: {en: English, ur: اردو}
errors: {bad_choice: {en: A, ur: ا}, too_many: {en: B, ur: ب}}
"""


def read(name: str) -> tuple[Parsed, dict[str, str]]:
    """A fixture with the base before it, unless it is a whole flow."""
    text = FILES[name]
    files = {**FILES, name: text if text.startswith("flow:") else BASE + text}
    return parse(files, name), files


def found(text: str, **files: str) -> tuple[Problem, ...]:
    """What is found in a flow given as text; other files are named without their `.csv` or `.yaml`."""
    named = {name.replace("_", "."): words for name, words in files.items()}
    return check(parse({"flow.yaml": text, **named}, "flow.yaml"))


def codes(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.code for problem in problems]


def marked(parsed: Parsed, files: dict[str, str], name: str) -> tuple[str, int]:
    """The one line of a fixture, or of the list it uses, that says where the fault is."""
    used = {name, *(file for file in files if file in files[name])}
    lines = [(file, at) for file in used for at, line in enumerate(files[file].splitlines(), 1) if HERE in line]
    assert len(lines) == 1, lines
    return lines[0]


@pytest.mark.parametrize("name", BAD)
def test_a_fault_is_found_at_its_line_and_nothing_else_is(name: str) -> None:
    parsed, files = read(name)
    problems = check(parsed)
    code = name[:4]
    own = [problem for problem in problems if problem.code == code]
    assert {problem.code for problem in problems} - BESIDE.get(name, set()) == {code}, [*map(str, problems)]
    assert {(problem.file, problem.line) for problem in own} == {marked(parsed, files, name)}, [*map(str, problems)]
    assert {problem.severity for problem in own} == {OTHERWISE.get(name, CHECKS[code].severity)}


@pytest.mark.parametrize("name", NEAR)
def test_what_only_looks_like_a_fault_is_left_alone(name: str) -> None:
    assert [str(problem) for problem in check(read(name)[0])] == []


@pytest.mark.parametrize("code", CHECKS)
def test_every_check_has_a_fault_and_a_near_miss(code: str) -> None:
    assert f"{code}_bad.yaml" in BAD
    assert f"{code}_near.yaml" in NEAR


def test_every_fixture_belongs_to_a_check() -> None:
    assert {name[:4] for name in [*BAD, *NEAR]} == set(CHECKS)


@pytest.mark.parametrize("name", BAD)
def test_a_finding_says_what_a_citizen_would_meet_in_one_line(name: str) -> None:
    for problem in check(read(name)[0]):
        assert "\n" not in str(problem)
        assert 10 < len(problem.message) < 220, problem


def test_the_shipped_flow_has_neither_errors_nor_warnings() -> None:
    parsed = parse(shipped_files(), "complaints.yaml")
    started = time.perf_counter()
    problems = check(parsed)
    print(f"checked the shipped flow in {1000 * (time.perf_counter() - started):.0f} ms")
    assert [str(problem) for problem in problems if problem.severity != "I"] == []


def test_the_problems_of_reading_and_of_checking_come_in_the_order_of_the_file() -> None:
    problems = found(
        TOP + "screens:\n  menu: {ask: {en: A}, answer: number, tries: x, go: menu}\n  b: {end: {en: B, ur: ب}}"
    )
    assert [(problem.line, problem.code) for problem in problems] == sorted((p.line, p.code) for p in problems)
    assert {"F701", "F201", "F105", "F102"} == set(codes(problems))


def test_a_flow_that_cannot_be_read_has_only_that_said_of_it() -> None:
    assert codes(found("flow: [")) == ["F000"]


def test_a_misspelt_screen_is_named_with_its_neighbour() -> None:
    problem = next(p for p in check(read("F101_bad.yaml")[0]) if p.code == "F101")
    assert problem.hint == "did you mean 'bye'?"
    assert "'by'" in problem.message


def test_a_screen_that_could_not_be_read_is_not_also_missing() -> None:
    assert codes(check(read("F001_bad.yaml")[0])) == ["F001"]


def test_a_letter_that_halves_the_room_is_named_with_what_to_write() -> None:
    (problem,) = check(read("F305_bad.yaml")[0])
    assert "'’'" in problem.message
    assert "\"'\" for '’'" in problem.hint


def sms(language: str, count: int) -> tuple[Problem, ...]:
    letter = {"en": "a", "ur": "ا"}
    words = {tag: letter[tag] * (count if tag == language else 1) for tag in letter}
    return found(
        TOP
        + "screens:\n  menu: {ask: {en: A, ur: ا}, choose: {a: {en: A, ur: ا, go: b}}}\n"
        + f"  b: {{end: {{en: B, ur: ب}}, sms: {{en: {words['en']}, ur: {words['ur']}}}}}"
    )


@pytest.mark.parametrize(
    ("language", "letters", "severities"),
    [
        ("en", 160, ""),
        ("en", 161, "W"),
        ("en", 307, "W"),
        ("ur", 70, ""),
        ("ur", 71, "I"),
        ("ur", 134, "I"),
        ("ur", 135, "W"),
    ],
)
def test_an_sms_that_costs_more_than_its_script_need_is_a_warning(language: str, letters: int, severities: str) -> None:
    problems = sms(language, letters)
    assert "".join(problem.severity for problem in problems) == severities
    assert set(codes(problems)) <= {"F304"}


def end(letters: int, script: str) -> tuple[Problem, ...]:
    words = {"en": "b", "ur": "ب"}
    words[script] *= letters
    return found(
        TOP
        + "screens:\n  menu: {ask: {en: A, ur: ا}, choose: {a: {en: A, ur: ا, go: b}}}\n"
        + f"  b: {{end: {{en: {words['en']}, ur: {words['ur']}}}}}"
    )


@pytest.mark.parametrize(
    ("letters", "script", "expected"),
    [
        *((156, "en", []), (157, "en", ["F303"]), (182, "en", ["F303"]), (183, "en", ["F301"])),
        *((66, "ur", []), (67, "ur", ["F303"]), (80, "ur", ["F303"]), (81, "ur", ["F301"])),
    ],
)
def test_a_last_screen_is_measured_to_the_letter(letters: int, script: str, expected: list[str]) -> None:
    assert codes(end(letters, script)) == expected


def test_a_variable_is_reckoned_at_the_longest_words_of_its_list() -> None:
    flow = (
        TOP
        + "lists: {area: area.csv}\nscreens:\n"
        + "  menu: {ask: {en: A, ur: ا}, choose_from: area, save: area, go: b}\n"
        + f'  b: {{end: {{en: "{"b" * 100} {{area}}", ur: "{{area}}"}}}}'
    )
    assert codes(found(flow, area_csv=f"code,en,ur\na,A,ا\nb,{'n' * 55},ب")) == []
    assert codes(found(flow, area_csv=f"code,en,ur\na,A,ا\nb,{'n' * 56},ب")) == ["F303"]


def test_a_missing_language_is_told_of_once_and_not_measured_in_another() -> None:
    flow = TOP + "screens:\n  menu: {ask: {en: A, ur: ا}, choose: {a: {en: A, ur: ا, go: b}}}\n  b: {end: {en: %s}}"
    assert codes(found(flow % ("b" * 120))) == ["F201"]


def test_a_hidden_choice_takes_its_room_all_the_same() -> None:
    choices = "".join(
        f"      c{at}: {{en: {'w' * 20} {at}, ur: ا{at}, go: b, when: contact.district}}\n" for at in range(8)
    )
    flow = TOP + f"screens:\n  menu:\n    ask: {{en: A, ur: ا}}\n    choose:\n{choices}  b: {{end: {{en: B, ur: ب}}}}"
    assert codes(found(flow)) == ["F302"]


EXAMPLE = FILES["F401_near.yaml"]
LINES = (BASE + EXAMPLE).splitlines()
SHIPPED = shipped_files()["complaints.yaml"].splitlines()


def survives(lines: list[str], files: dict[str, str]) -> None:
    problems = check(parse({**files, "flow.yaml": "\n".join(lines)}, "flow.yaml"))
    assert all(problem.line >= 1 and problem.code in CHECKS for problem in problems)
    assert max(Counter(problems).values(), default=0) <= 1


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_flow_with_lines_lost_or_swapped_is_reported_and_never_breaks_the_checks(data: st.DataObject) -> None:
    source, files = data.draw(st.sampled_from([(LINES, FILES), (SHIPPED, shipped_files())]))
    lines = list(source)
    at = st.integers(0, len(lines) - 1)
    for one, other in data.draw(st.lists(st.tuples(at, at), max_size=4)):
        lines[one], lines[other] = lines[other], lines[one]
    for lost in sorted(data.draw(st.sets(at, max_size=4)), reverse=True):
        del lines[lost]
    survives(lines, files)
