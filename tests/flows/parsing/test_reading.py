"""Files read to the letter: numbers of any length, digits of any script, cells over several lines."""

from __future__ import annotations

import pytest

from flows.editing.list_csv_rows import table
from flows.engine.engine import advance, begin
from flows.menu.diagnostics import Problem
from flows.menu.model import Flow, Room
from flows.parsing.flow import parse_flow
from tests.flows.library import check, shipped_files

FLOW = """\
flow: line
languages: {en: English}
lists: {area: area.csv}
screens:
  menu:
    ask: {en: "Where?"}
    choose: {other: {en: Elsewhere, go: done}}
    choose_from: area
    save: place
    go: done
  more: {ask: {en: "How many?"}, answer: number, go: done}
  done: {end: {en: "Noted: {place}"}}
"""
ROWS = "code,en\nold,Oldtown\n"
NINES = "9" * 5000


def read(text: str = FLOW, rows: str = ROWS) -> tuple[Flow, tuple[Problem, ...]]:
    parsed = parse_flow({"line.yaml": text, "area.csv": rows}, "line.yaml")
    assert parsed.flow is not None
    return parsed.flow, check(parsed)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("answer: number,", f'answer: number, tries: "{NINES}",', "F701"),
        ("answer: number,", f"answer: text, length: 1-{NINES},", "F702"),
        ("answer: number,", f"answer: number, between: 1-{NINES},", "F702"),
        ("{place}", f"{{place|{NINES}}}", "F203"),
        ("{place}", "{place|0}", "F203"),
        ("screens:", f'keys: {{back: {{key: "{NINES}", en: Back}}}}\nscreens:', "F301"),
    ],
)
def test_a_number_too_long_to_be_meant_is_told_and_breaks_nothing(old: str, new: str, code: str) -> None:
    _, problems = read(FLOW.replace(old, new).replace("answer: number, go", "answer: number, between: 1-5, go"))
    assert code in [problem.code for problem in problems]
    assert all(len(problem.message) < 250 for problem in problems)


def test_a_key_in_urdu_digits_is_the_key_that_callers_type() -> None:
    flow, _ = read(FLOW.replace("{en: Elsewhere,", '{key: "۷", en: Elsewhere,'))
    turn = advance(flow, begin(flow, 1, {}, Room()).state, "۷")
    assert turn.state.screen == advance(flow, begin(flow, 1, {}, Room()).state, "7").state.screen == "done"


def test_only_the_menu_key_says_where_the_menu_is() -> None:
    keys = 'keys: {back: {key: "0", en: Back, go: done}, home: {key: "000", en: Menu, go: menu}}\n'
    flow, problems = read(keys + FLOW)
    assert flow.home == "menu"
    assert [str(each) for each in problems if each.code == "F001"] == ["line.yaml:1: F001: unknown word 'go'"]


def test_a_cell_over_two_lines_keeps_its_line_break_and_its_row_the_first_of_its_lines() -> None:
    rows = 'code,en\nold,"Old\ntown"\n\nBad,"Bad\ntown"\n'
    flow, problems = read(rows=rows)
    assert flow.rows["area"]["old"].text["en"] == "Old\ntown" == table(rows)[1][1]
    assert [(each.code, each.line) for each in problems if each.file == "area.csv"] == [("F802", 5)]


def test_a_separator_inside_words_does_not_end_a_row() -> None:
    flow, problems = read(rows="code,en\nold,Old\u2028town\nBad,B\n")
    assert flow.rows["area"]["old"].text["en"] == "Old\u2028town"
    assert ("F802", 3) in [(each.code, each.line) for each in problems]


def test_words_with_a_bare_comma_are_told_with_what_to_write() -> None:
    _, problems = read(FLOW.replace('{en: "Where?"}', "{en: Where, or type it}"))
    [hint] = [each.hint for each in problems if each.code == "F001"]
    assert hint == "put words that contain a comma in quotes"


def test_a_code_that_begins_with_a_star_is_told_to_stand_in_quotes() -> None:
    parsed = parse_flow({"line.yaml": FLOW.replace("Elsewhere", "*8484#")}, "line.yaml")
    assert "in quotes" in parsed.problems[0].message
    assert parsed.problems[0].line == 7


def test_what_is_wrong_in_a_file_that_did_not_change_is_told_each_time_the_flow_is_read() -> None:
    files = shipped_files()
    spoilt = {**files, "keywords.yaml": files["keywords.yaml"] + "- {intent: help, wrods: [x]}\n"}
    first = parse_flow(spoilt, "complaints.yaml")
    assert [each.file for each in first.problems] == ["keywords.yaml"]
    assert parse_flow(spoilt, "complaints.yaml") == first
    renamed = {**spoilt, "complaints.yaml": spoilt["complaints.yaml"].replace("title: Citizen", "title: Our", 1)}
    assert parse_flow(renamed, "complaints.yaml").problems == first.problems
    assert parse_flow(files, "complaints.yaml").problems == ()
    assert {"keywords.yaml", "texts.yaml", "lists/category.csv"} < first.files < files.keys()
