"""The file of working hours is read strictly: what cannot be meant is named, with what to write instead."""

from __future__ import annotations

import datetime as dt
from importlib.resources import files

import pytest

from flows.cases import working_hours_file
from flows.cases.working_hours_file import BadCalendar
from tests.flows.library import shipped

SHIPPED = (files("flows") / "library" / "calendar.yaml").read_text(encoding="utf-8")
GOOD = "zone: Asia/Karachi\nhours: {mon: [09:00-17:00]}\n"


def test_the_shipped_file_names_only_provinces_that_there_are() -> None:
    told, provinces = working_hours_file.parse_timetable(SHIPPED), set(shipped().rows["province"])
    assert set(told.provinces) <= provinces
    assert {code for each in told.holidays for code in each.provinces} <= provinces


@pytest.mark.parametrize("year", [2026, 2027])
def test_the_shipped_file_has_the_holidays_of_both_years_and_marks_those_of_the_moon(year: int) -> None:
    days = [
        each
        for each in working_hours_file.parse_timetable(SHIPPED).holidays
        if each.day.year == year and not each.provinces
    ]
    moon = {each.name for each in days if each.moon}
    assert moon == {"Eid-ul-Fitr", "Eid-ul-Azha", "Ashura", "Eid Milad-un-Nabi"}
    fixed = [(each.day.month, each.day.day) for each in days if not each.moon]
    assert fixed == [(2, 5), (3, 23), (5, 1), (5, 28), (8, 14), (11, 9), (12, 25)]


def test_a_holiday_of_several_days_closes_each_and_one_of_a_province_only_there() -> None:
    told = working_hours_file.parse_timetable(
        GOOD + "holidays:\n  - {day: 2026-03-21, until: 2026-03-23, name: Eid, moon: true}\n"
        "  - {day: 2026-12-27, name: Her day, provinces: [sindh]}\n"
    )
    eid = {dt.date(2026, 3, day) for day in (21, 22, 23)}
    assert told.closed("punjab") == told.closed(None) == eid
    assert told.closed("sindh") == eid | {dt.date(2026, 12, 27)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty, or not a map"),
        ("- mon", "empty, or not a map"),
        ("a: [", "no YAML in line 1"),
        (GOOD + "zone: Asia/Karachi\n", "no YAML in line 3: found duplicate key"),
        (GOOD + "holiday: []\n", "unknown field `holiday`"),
        ("zone: Asia/Lahore\nhours: {mon: [09:00-17:00]}", "zone 'Asia/Lahore' is not known"),
        ("zone: ../../etc/passwd\nhours: {mon: [09:00-17:00]}", "is not known"),
        ("zone: Asia/Karachi\nhours: {}", "no day has hours"),
        ("zone: Asia/Karachi\nhours: {mon: []}", "no day has hours"),
        ("zone: Asia/Karachi\nhours: {monday: [09:00-17:00]}", "there is no day 'monday': write mon, tue"),
        ("zone: Asia/Karachi\nhours: {mon: [9-17]}", "hours.mon: '9-17' are no hours"),
        ("zone: Asia/Karachi\nhours: {mon: [17:00-09:00]}", "hours do not go over midnight"),
        ("zone: Asia/Karachi\nhours: {mon: ['']}", "hours do not go over midnight"),
        ("zone: Asia/Karachi\nhours: {mon: [09:00-13:00, 12:00-17:00]}", "begins before the hours before it end"),
        (GOOD + "provinces: {sindh: {hours: {mon: [9]}}}", r"`provinces\[...\].hours\[...\]\[0\]`"),
        (GOOD + "provinces: {sindh: {hours: {mon: [x]}}}", "provinces.sindh.hours.mon: 'x' are no hours"),
        (GOOD + "holidays: [{day: soon, name: Eid}]", r"written like 2026-03-21 - at `holidays\[0\].day`"),
        (GOOD + "holidays: [{day: 2026-03-21}]", "missing required field `name`"),
        (GOOD + "holidays: [{day: 2026-03-21, until: 2026-03-20, name: Eid}]", "a holiday has 1 to 31 days"),
        (GOOD + "holidays: [{day: 2026-03-21, until: 2027-03-23, name: Eid}]", "a holiday has 1 to 31 days"),
    ],
)
def test_what_is_no_calendar_is_refused_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(BadCalendar, match=said):
        working_hours_file.parse_timetable(text)
