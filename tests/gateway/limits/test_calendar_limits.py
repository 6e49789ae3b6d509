"""Every part of the calendar moves due dates, and the time zone of the settings moves what people read as a day."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from flows.cases.working_hours_file import CalendarFile
from flows.cases.working_time import parse_calendars
from sessions.cases.rules.case_policy import SHIPPED_POLICY, case_policy
from storage.cases import contacts
from storage.connection.database import Database
from tests.flows.library import shipped_files
from tests.gateway.limits.town import FILED, HOUR, Observe, Town, due
from tests.sessions.filing import AMIR, SARA

LATE_MONDAY = FILED.replace(hour=20)  # Tuesday already in Auckland
# Field of the file -> its words, others, what is looked at, as shipped, and then.
CALENDAR: dict[str, tuple[str, str, Observe, object, object]] = {
    "zone": ("zone: Asia/Karachi", "zone: Pacific/Auckland", due(now=LATE_MONDAY), "2026-09-09", "2026-09-10"),
    "hours": ("  fri: [", "  sat: [09:00-13:00]\n  fri: [", due(), "2026-09-09", "2026-09-08"),
    "provinces": (
        *("provinces: {}", "provinces: {punjab: {hours: {mon: [09:00-17:00]}}}"),
        *(due(), "2026-09-09", "2026-10-05"),
    ),
    "holidays": ("holidays:\n", "holidays:\n  - {day: 2026-09-02, name: Flood}\n", due(), "2026-09-09", "2026-09-10"),
}


def test_every_part_of_the_calendar_has_an_example() -> None:
    assert set(CALENDAR) == set(CalendarFile.__struct_fields__)


@pytest.mark.parametrize("name", CALENDAR)
@pytest.mark.parametrize("changed", [False, True])
def test_a_part_of_the_calendar_moves_the_due_date(database: Database, name: str, changed: bool) -> None:
    words, other, observe, shipped_so, then = CALENDAR[name]
    text = shipped_files()["calendar.yaml"]
    calendars = parse_calendars(text.replace(words, other, 1) if changed else text)
    assert observe(Town(database, replace(SHIPPED_POLICY, calendars=calendars))) == (then if changed else shipped_so)


def test_the_days_that_people_read_begin_in_the_time_zone_of_the_settings(database: Database) -> None:
    late = FILED.replace(hour=23)  # a second complaint about the same is filed on the next day, not repeated
    for zone, filed in (("Asia/Karachi", 1), ("Asia/Dhaka", 2)):
        town = Town(database, case_policy(None, None, zone))
        for now in (late - HOUR / 2, late + HOUR / 2):
            town.file("mun02", now, phone=SARA if filed == 1 else AMIR)
        with database.read() as db:
            of = contacts.find(db, SARA if filed == 1 else AMIR)
            assert of is not None
            assert of.complaints == filed, zone
