"""Working time: what counts, what does not, and that adding and counting are each other's inverse."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.cases import working_time
from flows.cases.working_time import Always, Calendar, Hours
from tests.flows import library
from tests.flows.library import shipped

KARACHI = ZoneInfo("Asia/Karachi")
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
PROVINCES = sorted(shipped().rows["province"])
LONDON = Hours(ZoneInfo("Europe/London"), (((dt.time(0, 30), dt.time(9)),),) * 7)  # open when its clocks change


def here(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=KARACHI)


def of(province: str | None, *, urgent: bool = False) -> Calendar:
    return library.CALENDARS.of(province, urgent=urgent)


calendars = st.one_of(
    st.sampled_from(PROVINCES).map(of),
    st.just(LONDON),
    st.sampled_from([Always(KARACHI), Always(ZoneInfo("Europe/London"))]),
)
moments = st.datetimes(
    dt.datetime(2026, 1, 1), dt.datetime(2027, 11, 30), timezones=st.sampled_from([KARACHI, dt.UTC])
).map(lambda at: at.replace(microsecond=0))
lengths = st.timedeltas(dt.timedelta(), 60 * DAY).map(lambda each: each - dt.timedelta(microseconds=each.microseconds))


@given(calendars, moments, lengths)
def test_as_much_working_time_lies_between_as_was_added(
    calendar: Calendar, start: dt.datetime, working: dt.timedelta
) -> None:
    assert calendar.between(start, calendar.add(start, working)) == working


@given(calendars, moments, moments)
def test_adding_what_lies_between_leads_to_the_last_moment_of_work(
    calendar: Calendar, one: dt.datetime, other: dt.datetime
) -> None:
    start, end = sorted((one, other))
    back = calendar.add(start, calendar.between(start, end))
    assert back <= end or back == start
    assert calendar.between(min(back, end), end) == dt.timedelta()


@given(calendars, moments, lengths, lengths)
def test_more_time_never_ends_earlier_and_a_later_start_never_either(
    calendar: Calendar, start: dt.datetime, one: dt.timedelta, other: dt.timedelta
) -> None:
    less, more = sorted((one, other))
    assert start <= calendar.add(start, less) <= calendar.add(start, more)
    assert calendar.add(start, one) <= calendar.add(start + other, one)


@given(calendars, moments, lengths, lengths)
def test_time_adds_up(calendar: Calendar, start: dt.datetime, first: dt.timedelta, second: dt.timedelta) -> None:
    middle, end = start + first, start + first + second
    assert calendar.between(start, middle) + calendar.between(middle, end) == calendar.between(start, end)


@given(st.sampled_from(PROVINCES), moments, st.integers(1, 40))
def test_a_due_day_is_a_working_day_with_so_many_working_days_before_it(
    province: str, received: dt.datetime, days: int
) -> None:
    calendar = of(province)
    assert isinstance(calendar, Hours)
    due, begun = calendar.due_on(received, days), received.astimezone(KARACHI).date()
    assert calendar.works(due)
    passed = [begun + at * DAY for at in range(1, (due - begun).days + 1)]
    assert sum(calendar.works(day) for day in passed) == days
    assert calendar.deadline(received, days).astimezone(KARACHI).date() == due


@given(st.sampled_from(PROVINCES), st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31)))
def test_a_holiday_or_a_sunday_never_counts(province: str, day: dt.date) -> None:
    calendar = of(province)
    assert isinstance(calendar, Hours)
    begin = dt.datetime.combine(day, dt.time(), KARACHI)
    worked = calendar.between(begin, begin + DAY)
    assert (worked > dt.timedelta()) == calendar.works(day)
    if day in calendar.closed or day.weekday() == 6:
        assert not worked


def test_an_answer_is_due_when_the_work_of_its_last_working_day_ends() -> None:
    received = here(2026, 6, 17, 14)  # a Wednesday; Ashura is on the 25th and 26th
    assert of("punjab").due_on(received, 1) == dt.date(2026, 6, 18)
    assert of("punjab").due_on(received, 3) == dt.date(2026, 6, 22)
    assert of("punjab").due_on(received, 7) == dt.date(2026, 6, 30)
    assert of("punjab").deadline(received, 7) == here(2026, 6, 30, 16, 30)


@pytest.mark.parametrize("hour", [0, 12, 23])
def test_whenever_on_a_day_it_came_the_next_working_day_is_the_first(hour: int) -> None:
    assert of("kp").due_on(here(2026, 6, 19, hour), 1) == dt.date(2026, 6, 22)  # Friday, Monday
    assert of("kp").due_on(here(2026, 6, 20, hour), 1) == dt.date(2026, 6, 22)  # Saturday


def test_a_day_begins_where_the_office_is_and_not_in_greenwich() -> None:
    late = dt.datetime(2026, 6, 17, 20, tzinfo=dt.UTC)  # one in the night of the 18th in Karachi
    assert of("punjab").due_on(late, 1) == dt.date(2026, 6, 19)


def test_a_province_has_holidays_of_its_own() -> None:
    received = here(2027, 12, 24)
    assert of("sindh").due_on(received, 1) == dt.date(2027, 12, 28)
    assert of("punjab").due_on(received, 1) == dt.date(2027, 12, 27)
    assert of(None).due_on(received, 1) == of("nowhere").due_on(received, 1) == dt.date(2027, 12, 27)


def test_what_is_urgent_runs_by_day_and_by_night_and_on_holidays() -> None:
    received = here(2026, 6, 25, 22)
    urgent = of("punjab", urgent=True)
    assert urgent.deadline(received, 1) == here(2026, 6, 26, 22)
    assert urgent.due_on(received, 1) == dt.date(2026, 6, 26)
    assert urgent.between(received, here(2026, 6, 28, 22)) == 3 * DAY
    assert urgent.closing(dt.date(2026, 6, 26)) == here(2026, 6, 27)


def test_midnight_belongs_to_the_day_that_it_ends() -> None:
    urgent = of(None, urgent=True)
    assert urgent.due_on(here(2026, 6, 17), 1) == dt.date(2026, 6, 17)
    assert working_time.day_of(urgent.closing(dt.date(2026, 6, 17)), KARACHI) == dt.date(2026, 6, 17)


def test_work_of_a_day_without_any_ended_on_the_last_one_that_had_some() -> None:
    assert of("punjab").closing(dt.date(2026, 6, 28)) == here(2026, 6, 24, 16, 30)


def test_the_break_at_noon_is_no_working_time() -> None:
    assert of("punjab").between(here(2026, 6, 17, 12), here(2026, 6, 17, 14)) == 1.5 * HOUR
    assert of("punjab").add(here(2026, 6, 17, 12, 45), HOUR) == here(2026, 6, 17, 14, 15)


def test_an_hour_that_a_clock_on_the_wall_skips_or_repeats_is_counted_as_it_was() -> None:
    spring, autumn = dt.datetime(2026, 3, 29, tzinfo=LONDON.zone), dt.datetime(2026, 10, 25, tzinfo=LONDON.zone)
    assert LONDON.between(spring, spring + DAY) == 7.5 * HOUR
    assert LONDON.between(autumn, autumn + DAY) == 9.5 * HOUR


def test_time_cannot_be_taken_back() -> None:
    for calendar in (of("punjab"), of(None, urgent=True)):
        with pytest.raises(ValueError, match="taken back"):
            calendar.add(here(2026, 6, 17), -HOUR)
        with pytest.raises(ValueError, match="before the start"):
            calendar.between(here(2026, 6, 17), here(2026, 6, 16))
        with pytest.raises(ValueError, match="at least one day"):
            calendar.due_on(here(2026, 6, 17), 0)


def test_a_day_that_is_kept_for_one_calendar_is_not_that_of_another() -> None:
    """Days are kept by calendar and day: one with a holiday more, and the evening in UTC of the day that follows."""
    usual = library.CALENDARS.usual
    filed = here(2026, 12, 31, 23)
    first = usual.due_on(filed, 1)
    closed = Hours(usual.zone, usual.week, usual.closed | {first})
    assert (usual.due_on(filed, 1), closed.due_on(filed, 1)) == (dt.date(2027, 1, 1), dt.date(2027, 1, 4))
    assert usual.deadline(filed, 1) < closed.deadline(filed, 1)
    assert usual.due_on(filed + HOUR, 1) == usual.due_on((filed + HOUR).astimezone(dt.UTC), 1) == dt.date(2027, 1, 4)
