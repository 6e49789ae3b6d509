"""Conditions on the time at which a call begins, on its day, and on numbers of a list."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec
import pytest

from flows.diagrams.graphviz import outline
from flows.engine.call_days import at_time, depends_on_time
from flows.engine.engine import advance, begin
from flows.menu import notation
from flows.menu.conditions import ConditionError, holds, names, parse
from flows.menu.model import Flow, Room, Turn, Value
from flows.parsing.flow import parse_flow
from flows.preview.transcripts import run
from tests.flows.library import shipped, shipped_files

FLOW = """\
flow: line
languages: {en: English}
calendar: calendar.yaml
lists: {clinic: clinic.csv}
errors: {bad_choice: {en: Wrong}, bad_answer: {en: No number}, too_many: {en: End}}
screens:
  menu:
    ask: {en: Menu}
    choose:
      day: {en: Talk to us, go: amount, when: time between 09:00 and 17:00 and not closed}
      rest: {en: Leave words, go: bye, when: "today in (sat, sun, holiday)"}
      night: {en: Night desk, go: bye, when: time between 22:00 and 06:00}
      other: {en: Other, go: clinic}
  clinic: {ask: {en: Which?}, choose_from: clinic, save: clinic, go: amount}
  amount: {ask: {en: How much?}, answer: number, between: 1-900, save: amount, go: much}
  much:
    ask: {en: "More than {clinic.limit}?"}
    skip_if: not amount > clinic.limit
    choose: {on: {en: Yes, go: bye}}
    go: bye
  bye: {end: {en: Bye}}
"""
LIST = "code,en,limit\na,Ravi Road,100\nb,Model Town,200\n"


def line() -> Flow:
    text = FLOW.replace(" and not closed", "")
    files = {"line.yaml": text, "clinic.csv": LIST, "calendar.yaml": shipped_files()["calendar.yaml"]}
    parsed = parse_flow(files, "line.yaml")
    assert parsed.flow is not None
    assert not parsed.problems, parsed.problems
    return parsed.flow


def body(turn: Turn) -> str:
    assert turn.shown is not None
    return turn.shown.body


def dial(day: str, clock: str) -> Turn:
    return begin(line(), 1, {"today": day, "clock": clock}, Room())


@pytest.mark.parametrize(
    ("day", "clock", "offered"),
    [
        ("2026-11-30", "08:59", ""),
        ("2026-11-30", "09:00", "1 Talk to us"),
        ("2026-11-30", "16:59", "1 Talk to us"),
        ("2026-11-30", "17:00", ""),
        ("2026-11-30", "22:00", "3 Night desk"),
        ("2026-11-30", "05:59", "3 Night desk"),
        ("2026-11-28", "12:00", "1 Talk to us\n2 Leave words"),
        ("2026-12-25", "18:00", "2 Leave words"),
    ],
)
def test_choices_are_offered_at_their_times_and_keep_their_numbers(day: str, clock: str, offered: str) -> None:
    assert body(dial(day, clock)) == "\n".join(filter(None, ("Menu", offered, "4 Other")))


def test_a_call_that_is_kept_and_read_again_decides_by_the_time_at_which_it_began() -> None:
    turn = dial("2026-11-30", "16:59")
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(turn.state), type=type(turn.state))
    assert advance(line(), kept, "1").state.screen == "amount"


def test_an_unfinished_call_goes_on_at_the_time_of_the_call_that_goes_on() -> None:
    left = dial("2026-11-30", "16:59").state
    later = at_time(line(), left, {"today": "2026-12-25", "clock": "07:00"})
    assert (later.values["contact.today"], later.values["contact.clock"]) == ("2026-12-25", "07:00")
    assert later.values["contact.holiday"] is True


def test_a_call_whose_time_is_not_known_has_no_choice_of_a_time() -> None:
    assert body(begin(line(), 1, {}, Room())) == "Menu\n4 Other"


def test_flows_without_such_conditions_keep_neither_day_nor_time() -> None:
    flow = shipped("complaints")
    assert not depends_on_time(flow)
    values = begin(flow, 1, {"today": "2026-11-30", "clock": "10:00"}, Room()).state.values
    assert not {"contact.today", "contact.clock", "contact.holiday"} & set(values)


def test_a_number_is_compared_with_the_column_of_the_row_that_was_chosen() -> None:
    for amount, screen in (("150", "much"), ("100", "bye")):
        turn = dial("2026-11-30", "18:00")
        for typed in ("4", "1", amount):
            turn = advance(line(), turn.state, typed)
        assert turn.state.screen == screen


def test_scripts_say_when_their_call_begins_and_else_it_is_a_wednesday_morning() -> None:
    assert run(line(), {"steps": [{"see": "1 Talk to us\n4 Other"}]}) == []
    night = {"caller": {"today": "2026-11-29", "clock": "23:10"}, "steps": [{"see": "2 Leave words\n3 Night desk"}]}
    assert run(line(), night) == []


def test_pictures_show_conditions_as_they_are_written() -> None:
    drawn = outline(line(), "en")
    assert "time between 09:00 and 17:00" in drawn
    assert "today in (sat, sun, holiday)" in drawn
    assert "not amount > clinic.limit" in drawn


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("time between 9:00 and 17:30", "time between 09:00 and 17:30"),
        ("today in (saturday sun)", "today in (sat, sun)"),
        ("today = holiday", "today in (holiday)"),
        ("day in (sat, sun)", "day in (sat, sun)"),
        ("rating between 2 and 4", "rating > 1 and not rating > 4"),
        ("amount > {limit}", "amount > limit"),
        ("a in (x, 3) and b", "a in (x, 3) and b"),
        ("today", "today"),
        ("time", "time"),
        ("in or between", "in or between"),
    ],
)
def test_the_new_forms_are_read(source: str, written: str) -> None:
    assert notation.condition(parse(source)) == written


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("time between 09:00", "and should follow"),
        ("time between 09:00 and 9", "a time of the day"),
        ("time between 25:00 and 26:00", "a time of the day"),
        ("time between 09:00 and 09:00", "nothing is between"),
        ("hour between 09:00 and 10:00", "write time between"),
        ("today in (sat, holyday)", "'holyday' is no day"),
        ("today in sat", "parentheses should follow"),
        ("a in ()", "nothing in the parentheses"),
        ("a in (x", "codes in parentheses"),
        ("a between 5 and 2", "the smaller one first"),
        ("a > {9}", "not the name of a variable"),
        ("a = (x)", "should follow ="),
        ("a )", "before"),
    ],
)
def test_a_wrong_time_says_what_to_write(source: str, said: str) -> None:
    with pytest.raises(ConditionError, match=said):
        parse(source)


@pytest.mark.parametrize(
    ("source", "values", "true"),
    [
        ("day in (fri, sat)", {"day": "2026-12-04"}, True),
        ("day in (fri, sat)", {"day": "2026-12-03"}, False),
        ("day in (fri, sat)", {"day": "sat"}, True),
        ("day in (fri, sat)", {}, False),
        ("a in (1, 2)", {"a": 2}, True),
        ("a in (yes)", {"a": True}, True),
        ("a > {b}", {"a": 3, "b": "2"}, True),
        ("a > {b}", {"a": 3, "b": "two"}, False),
        ("a > {b}", {"a": 3}, False),
    ],
)
def test_what_is_compared_holds_as_it_reads(source: str, values: dict[str, Value], true: bool) -> None:
    assert holds(parse(source), values.get) is true


def test_every_variable_of_a_condition_is_named() -> None:
    assert names(parse("a > {b} and today = holiday and time between 1:00 and 2:00")) == {
        *("a", "b", "contact.today", "contact.holiday", "contact.clock")
    }


PAGE = (Path(__file__).parents[3] / "docs" / "operators" / "flow-files.md").read_text(encoding="utf-8")
TWO = """\
flow: line
languages: {en: English, ur-Latn: Roman Urdu, ur: اردو}
calendar: calendar.yaml
errors: {bad_choice: {en: Wrong}, too_many: {en: End}}
screens:
  menu:
    ask: {en: Menu}
    choose:
TALK      hours: {en: Opening hours, go: closed_now}
  call_back: {end: {en: We call you}}
  closed_now: {end: {en: From 9 to 5}}
"""


@pytest.mark.parametrize(
    ("clock", "shown", "key", "told"),
    [
        ("09:00", "1 Talk to us", "1", "We call you"),
        ("16:59", "1 Talk to us", "1", "We call you"),
        ("17:00", "2 Talk to us", "2", "From 9 to 5"),
        ("23:10", "2 Talk to us", "2", "From 9 to 5"),
    ],
)
def test_the_page_gives_two_answers_by_the_time_of_day(clock: str, shown: str, key: str, told: str) -> None:
    block = PAGE.split("**Two answers by the time of day.**")[1].split("```yaml\n")[1].split("```")[0]
    files = {"line.yaml": TWO.replace("TALK", block), "calendar.yaml": shipped_files()["calendar.yaml"]}
    flow = parse_flow(files, "line.yaml").flow
    assert flow is not None
    first = begin(flow, 1, {"language": "en", "today": "2026-06-17", "clock": clock}, Room())
    assert first.shown is not None and first.shown.body.count("Talk to us") == 1 and shown in first.shown.body
    last = advance(flow, first.state, key).shown
    assert last is not None and last.body == told


def test_on_saturday_offices_of_the_calendar_that_ships_are_closed_and_it_is_no_holiday() -> None:
    assert "**Saturday is no working day.**" in PAGE
    calendar = line().calendar
    saturday, friday = dt.date(2026, 6, 20), dt.date(2026, 6, 19)
    assert calendar is not None
    assert calendar.works(friday, "") and not calendar.works(saturday, "")
    assert not calendar.is_holiday(saturday.isoformat(), "")
