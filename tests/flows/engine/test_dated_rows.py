"""Rows offered from or until some day only, or by `where`: others keep their numbers, and no typed name finds them."""

from __future__ import annotations

import pytest

from flows.engine.engine import advance, begin
from flows.menu.model import Flow, Room, Turn
from flows.parsing.flow import parse_flow

FLOW = """\
flow: line
languages: {en: English}
lists: {area: area.csv}
errors: {bad_choice: {en: Wrong}, bad_answer: {en: Not found}}
screens:
  place:
    ask: {en: "Where?"}
    choose_from: {list: area, type_name: yes}
    save: place
    go: done
  done: {end: {en: "Noted: {place}"}}
"""
ROWS = """\
code,en,active_from,active_until,aliases
old,Oldtown,,2026-06-30,
mid,Midtown,2026-06-01,2026-07-31,
new,Newtown,2026-07-01,,newcity
all,Anytown,,,
"""


def line(rows: str = ROWS) -> Flow:
    parsed = parse_flow({"line.yaml": FLOW, "area.csv": rows}, "line.yaml")
    assert parsed.flow is not None
    assert not parsed.problems, parsed.problems
    return parsed.flow


def dial(flow: Flow, today: str | None) -> Turn:
    return begin(flow, 1, {"today": today} if today else {}, Room())


def body(turn: Turn) -> str:
    assert turn.shown is not None
    return turn.shown.body


@pytest.mark.parametrize(
    ("today", "offered"),
    [
        ("2026-05-31", "1 Oldtown\n4 Anytown"),
        ("2026-06-01", "1 Oldtown\n2 Midtown\n4 Anytown"),
        ("2026-06-30", "1 Oldtown\n2 Midtown\n4 Anytown"),
        ("2026-07-01", "2 Midtown\n3 Newtown\n4 Anytown"),
        ("2026-08-01", "3 Newtown\n4 Anytown"),
        (None, "1 Oldtown\n2 Midtown\n3 Newtown\n4 Anytown"),
    ],
)
def test_rows_are_offered_on_their_days_and_numbers_stay(today: str | None, offered: str) -> None:
    flow = line()
    assert body(dial(flow, "2026-06-15")) != ""  # pages kept for one day are not shown on another
    assert body(dial(flow, today)) == f"Where?\n{offered}"


@pytest.mark.parametrize(
    ("typed", "said"),
    [("1", "Wrong"), ("oldtown", "Not found"), ("3", "Noted: Newtown"), ("newcity", "Noted: Newtown")],
)
def test_a_row_not_active_today_is_chosen_neither_by_number_nor_by_name(typed: str, said: str) -> None:
    flow = line(ROWS.replace("Midtown", "Harbour").replace("Anytown", "Airport"))
    turn = dial(flow, "2026-08-15")
    assert body(advance(flow, turn.state, typed)).startswith(said)


def test_a_flow_without_such_rows_does_not_carry_the_day() -> None:
    flow = line("code,en\nall,Anytown\n")
    assert dial(flow, "2026-06-15").state.values == {}


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        ("1 July,", "active_from of row 'old' must be a day such as 2026-07-01, not '1 July'"),
        (",2026-02-30", "active_until of row 'old' must be a day"),
        ("20260701,", "active_from of row 'old' must be a day"),
        ("2026-07-02,2026-07-01", "never offered"),
    ],
)
def test_days_that_make_no_sense_are_told_with_their_line(dates: str, said: str) -> None:
    rows = f"code,en,active_from,active_until\nold,Oldtown,{dates}\n"
    (problem,) = parse_flow({"line.yaml": FLOW, "area.csv": rows}, "line.yaml").problems
    assert (problem.code, problem.severity, problem.file, problem.line) == ("F612", "E", "area.csv", 2)
    assert said in problem.message


CLINIC_LINE = """\
flow: line
languages: {en: English}
lists: {clinic: clinic.csv, slot: slot.csv}
errors: {bad_choice: {en: Wrong}, bad_answer: {en: Not found}}
screens:
  clinic: {ask: {en: "Which?"}, choose_from: clinic, save: clinic, go: day}
  day:
    ask: {en: "When?"}
    choose_from: {list: slot, where: clinic = clinic, type_name: yes}
    save: slot
    go: done
  done: {end: {en: "Noted: {slot} ({slot.clinic})"}}
"""
CLINICS = "code,en\nn,North\ns,South\n"
SLOTS = "code,en,clinic,aliases\nn1,Mon 7 Dec,n,7-12\nn2,Wed 9 Dec,n,9-12\ns1,Tue 8 Dec,s,8-12\ns2,Wed 9 Dec,s,9-12\n"


@pytest.fixture(scope="module")
def clinics() -> Flow:
    parsed = parse_flow({"line.yaml": CLINIC_LINE, "clinic.csv": CLINICS, "slot.csv": SLOTS}, "line.yaml")
    assert parsed.flow is not None
    return parsed.flow


@pytest.mark.parametrize(
    ("clinic", "typed", "said"),
    [
        ("1", "8-12", "Not found"),
        ("1", "Tue 8 Dec", "Not found"),
        ("1", "9-12", "Noted: Wed 9 Dec (North)"),
        ("2", "9-12", "Noted: Wed 9 Dec (South)"),
        ("2", "8-12", "Noted: Tue 8 Dec (South)"),
    ],
)
def test_a_typed_name_finds_only_the_rows_that_are_offered(clinics: Flow, clinic: str, typed: str, said: str) -> None:
    at_day = advance(clinics, begin(clinics, 1, {}, Room()).state, clinic)
    shown = advance(clinics, at_day.state, typed).shown
    assert shown is not None
    assert shown.body.startswith(said), shown.body
