"""Working time: the hours in which an office works, by the calendar of its province.

A calendar counts in real time (UTC), whatever local clocks do in between.
"""

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import accumulate
from types import MappingProxyType
from zoneinfo import ZoneInfo

from msgspec import Struct

from flows.cases import working_hours_file
from flows.cases.working_hours_file import BadCalendar, Week

__all__ = [
    "Always",
    "BadCalendar",
    "Calendar",
    "Calendars",
    "Hours",
    "parse_calendars",
]

DAY = dt.timedelta(days=1)
_INSTANT = dt.timedelta(microseconds=1)
MOST_KEPT = 4_000  # days of a calendar whose hours are kept in UTC: eleven years
DAYS_AT_ONCE = 28  # whose working time is added up at once
MOST_WEEKS = 100  # days of a calendar after which that is kept
KEPT = 2048  # days whose deadlines are kept, of all calendars


class Hours(Struct, frozen=True, dict=True):
    """An office's working hours: a week, and the days on which it is closed."""

    zone: ZoneInfo
    week: Week
    closed: frozenset[dt.date] = frozenset()

    def works(self, day: dt.date) -> bool:
        """True for a working day."""
        return bool(self.week[day.weekday()]) and day not in self.closed

    def add(self, start: dt.datetime, working: dt.timedelta) -> dt.datetime:
        """The first moment at which so much working time has passed since `start`. ValueError if it is negative."""
        left = _positive(working)
        if not left:
            return start
        day = start.astimezone(self.zone).date()
        for opens, closes in self._hours_of(day):
            if start < closes:
                opens = max(opens, start)
                if closes - opens >= left:
                    return opens + left
                left -= closes - opens
        while True:
            weeks = self._weeks_after(day)
            if left <= weeks.worked[-1]:
                at = bisect_left(weeks.worked, left)
                return weeks.hours[at][1] - (weeks.worked[at] - left)
            left, day = left - weeks.worked[-1], weeks.last

    def between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """The working time from `start` to `end`. ValueError if it ends before it starts."""
        _in_order(start, end)
        worked = dt.timedelta()
        for opens, closes in self._from(start):
            if opens >= end:
                break
            worked += min(closes, end) - opens
        return worked

    def deadline(self, received: dt.datetime, days: int) -> dt.datetime:
        """When an answer with `days` days becomes late. ValueError for fewer than one.

        Counting starts on the day after receipt, and the last day counts until its work ends.
        """
        return self.closing(self.due_on(received, days))

    def due_on(self, received: dt.datetime, days: int) -> dt.date:
        """The day of that deadline, which the citizen is given as the due date."""
        return _working_day(self, received.astimezone(self.zone).date(), _some(days))

    def closing(self, day: dt.date) -> dt.datetime:
        """The end of work on this day, or on the last working day before it."""
        return _end_of_work(self, day)

    def _from(self, start: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """The working hours from `start` on, without end."""
        day = start.astimezone(self.zone).date()
        while True:
            for opens, closes in self._hours_of(day):
                if start < closes:
                    yield max(opens, start), closes
            day += DAY

    @cached_property
    def _kept(self) -> dict[dt.date, tuple[tuple[dt.datetime, dt.datetime], ...]]:
        return {}

    def _hours_of(self, day: dt.date) -> tuple[tuple[dt.datetime, dt.datetime], ...]:
        """The working hours of a day in UTC: each filing counts through the same weeks."""
        found = self._kept.get(day)
        if found is None:
            week = self.week[day.weekday()] if self.works(day) else ()
            hours = ((_moment(day, opens, self.zone), _moment(day, closes, self.zone)) for opens, closes in week)
            found = tuple((opens, closes) for opens, closes in hours if opens < closes)
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[day] = found
        return found

    @cached_property
    def _kept_weeks(self) -> dict[dt.date, "_Weeks"]:
        return {}

    def _weeks_after(self, day: dt.date) -> "_Weeks":
        """The hours of the days after this one, and how much work there was by the end of each."""
        found = self._kept_weeks.get(day)
        if found is None:
            days = [day + DAY * each for each in range(1, DAYS_AT_ONCE + 1)]
            hours = tuple(each for one in days for each in self._hours_of(one))
            worked = tuple(accumulate((closes - opens for opens, closes in hours), initial=dt.timedelta()))
            if len(self._kept_weeks) >= MOST_WEEKS:
                self._kept_weeks.clear()
            found = self._kept_weeks[day] = _Weeks(hours, worked[1:] or worked, days[-1])
        return found


class _Weeks(Struct, frozen=True):
    hours: tuple[tuple[dt.datetime, dt.datetime], ...]
    worked: tuple[dt.timedelta, ...]
    last: dt.date


@lru_cache(maxsize=KEPT)
def _working_day(hours: Hours, day: dt.date, days: int) -> dt.date:
    """The day that so many working days after another."""
    for _ in range(days):
        day += DAY
        while not hours.works(day):
            day += DAY
    return day


@lru_cache(maxsize=KEPT)
def _end_of_work(hours: Hours, day: dt.date) -> dt.datetime:
    while not hours.works(day):
        day -= DAY
    return _moment(day, hours.week[day.weekday()][-1][1], hours.zone)


def _moment(day: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, time, zone).astimezone(dt.UTC)


class Always(Struct, frozen=True):
    """The clock of an emergency, which runs day and night: a day has 24 hours."""

    zone: ZoneInfo

    def add(self, start: dt.datetime, working: dt.timedelta) -> dt.datetime:
        """As for Hours."""
        return start.astimezone(dt.UTC) + _positive(working)

    def between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """As for Hours."""
        _in_order(start, end)
        return end.astimezone(dt.UTC) - start.astimezone(dt.UTC)

    def deadline(self, received: dt.datetime, days: int) -> dt.datetime:
        """As for Hours."""
        return received.astimezone(dt.UTC) + _some(days) * DAY

    def due_on(self, received: dt.datetime, days: int) -> dt.date:
        """As for Hours."""
        return day_of(self.deadline(received, days), self.zone)

    def closing(self, day: dt.date) -> dt.datetime:
        """As for Hours."""
        return dt.datetime.combine(day + DAY, dt.time(), self.zone).astimezone(dt.UTC)


Calendar = Hours | Always  # how time is counted for a complaint


class Calendars(Struct, frozen=True):
    """The calendars of all provinces. Those that differ from the usual one are under their code."""

    usual: Hours
    provinces: Mapping[str, Hours]

    def of(self, province: str | None, *, urgent: bool) -> Calendar:
        """How time is counted for a complaint from this province, or from an unknown one (None)."""
        return Always(self.usual.zone) if urgent else self.provinces.get(province or "", self.usual)


def day_of(deadline: dt.datetime, zone: ZoneInfo) -> dt.date:
    """The day of this moment; midnight still belongs to the day before."""
    return (deadline - _INSTANT).astimezone(zone).date()


def parse_calendars(text: str) -> Calendars:
    """The calendars in a file such as library/calendar.yaml. BadCalendar says what is wrong with it."""
    told = working_hours_file.parse_timetable(text)
    named = {*told.provinces, *(code for each in told.holidays for code in each.provinces)}
    own = {code: Hours(told.zone, told.provinces.get(code, told.usual), told.closed(code)) for code in named}
    return Calendars(Hours(told.zone, told.usual, told.closed(None)), MappingProxyType(own))


def _positive(working: dt.timedelta) -> dt.timedelta:
    if working < dt.timedelta():
        raise ValueError("time cannot be taken back: add none or more of it")
    return working


def _some(days: int) -> int:
    if days < 1:
        raise ValueError(f"an answer has at least one day, not {days}")
    return days


def _in_order(start: dt.datetime, end: dt.datetime) -> None:
    if end < start:
        raise ValueError("the end comes before the start")
