"""The file of working hours and holidays, read and checked. One sentence says why a file cannot be used."""

import datetime as dt
from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from flows.delivery.quiet_hours import parse_quiet_period as read_hours
from flows.parsing.typed_yaml import read_typed_yaml

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_HOLIDAY = 31  # days; a longer one is a mistake

Hours = tuple[tuple[dt.time, dt.time], ...]  # of one day: from, until, in order and without overlap
Week = tuple[Hours, ...]  # Monday first; a day without hours is not a working day


class BadCalendar(ValueError):
    """The file of working hours cannot be used; the message says where and what to write."""


class Holiday(Struct, frozen=True, forbid_unknown_fields=True):
    """Days on which offices are closed, everywhere or in `provinces`. `moon`: the government may still move them."""

    day: dt.date
    name: str
    until: dt.date | None = None
    moon: bool = False
    provinces: tuple[str, ...] = ()


class Timetable(Struct, frozen=True):
    """The usual week, the weeks of provinces that differ, and the holidays in the order of the file."""

    zone: ZoneInfo
    usual: Week
    provinces: Mapping[str, Week]
    holidays: tuple[Holiday, ...]

    def closed(self, province: str | None) -> frozenset[dt.date]:
        """The holidays of a province, day by day; None: only those of the whole country."""
        here = [each for each in self.holidays if not each.provinces or province in each.provinces]
        return frozenset(each.day + dt.timedelta(days=at) for each in here for at in range(_length(each)))


class _Province(Struct, forbid_unknown_fields=True):
    hours: dict[str, list[str]]


class CalendarFile(Struct, forbid_unknown_fields=True):
    zone: str
    hours: dict[str, list[str]]
    provinces: dict[str, _Province] = {}
    holidays: list[Holiday] = []


def parse_timetable(text: str) -> Timetable:
    """The timetable in a calendar file. BadCalendar if it cannot be used."""
    try:
        told = read_typed_yaml(text, CalendarFile)
    except ValueError as error:
        raise BadCalendar(f"the calendar cannot be read: {error}") from None
    provinces = {code: _week(each.hours, f"provinces.{code}.hours") for code, each in told.provinces.items()}
    for each in told.holidays:
        _check(each)
    return Timetable(_zone(told.zone), _week(told.hours, "hours"), provinces, tuple(told.holidays))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadCalendar(f"zone {name!r} is not known: write one such as Asia/Karachi") from None


def _week(told: Mapping[str, list[str]], where: str) -> Week:
    strange = [day for day in told if day not in DAYS]
    if strange:
        raise BadCalendar(f"{where}: there is no day {strange[0]!r}: write {', '.join(DAYS)}")
    week = tuple(_day(told.get(day, []), f"{where}.{day}") for day in DAYS)
    if not any(week):
        raise BadCalendar(f"{where}: no day has hours, so nothing would ever be due: write e.g. mon: [09:00-17:00]")
    return week


def _day(told: list[str], where: str) -> Hours:
    hours: list[tuple[dt.time, dt.time]] = []
    for each in told:
        try:
            read = read_hours(each)
        except ValueError:
            raise BadCalendar(f"{where}: {each!r} are no hours: write e.g. 09:00-17:00") from None
        if not each.strip() or read.ends <= read.begins:
            raise BadCalendar(f"{where}: {each!r} ends before it begins: hours do not go over midnight")
        if hours and read.begins < hours[-1][1]:
            raise BadCalendar(f"{where}: {each} begins before the hours before it end")
        hours.append((read.begins, read.ends))
    return tuple(hours)


def _check(holiday: Holiday) -> None:
    if not 1 <= _length(holiday) <= LONGEST_HOLIDAY:
        raise BadCalendar(
            f"holidays: {holiday.name} from {holiday.day} until {holiday.until}: "
            f"a holiday has 1 to {LONGEST_HOLIDAY} days"
        )


def _length(holiday: Holiday) -> int:
    return ((holiday.until or holiday.day) - holiday.day).days + 1
