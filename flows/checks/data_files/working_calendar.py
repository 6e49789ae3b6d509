"""D301 to D307: a calendar with days that are none, hours that run backwards, and holidays that are wrong or over."""

import datetime as dt
import re
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from flows.cases.working_hours_file import DAYS, LONGEST_HOLIDAY, BadCalendar, Holiday, parse_timetable
from flows.checks.data_files.data_file import DataContext, DataFile, Way, plain
from flows.checks.data_files.holiday_years import (
    ANYWHERE,
    CONTRADICTION,
    PAKISTAN,
    SENSE,
    HolidayEntry,
    check_years,
)
from flows.menu.diagnostics import Problem, Severity

UNREADABLE, HOURS, OVER, PROVINCE = "D301", "D302", "D305", "D307"
SHORT_DAY, LONG_DAY = dt.timedelta(hours=2), dt.timedelta(hours=14)
FEW_DAYS = 4  # working days: fewer than five are a slip, or need their reason
ODD_HOURS = dt.timedelta(hours=2)
LONG_HOLIDAY = 10  # days: no holiday is so long, but some might be
YEARS = 3  # around most of the others: a holiday further away has a slip in its year

_HOURS = re.compile(r"\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*")
_MANY_HOURS = "hours are written like 09:00-17:00, one pair for each part of the day"
# A weekday: its whole name, or a short one directly beside a date ("Fri 14 Aug", "14 August, Fri").
_SHORT = "mon|tues?|wed|thu(?:rs)?|fri|sat|sun"
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_WEEKDAY = re.compile(
    r"\b(?:(mon|tues|wednes|thurs|fri|satur|sun)day\b"
    rf"|({_SHORT})\b(?=[.,]?\s*(?:\d|{_MONTH}\.?\s+\d))"
    rf"|(?<=\d)(?:st|nd|rd|th)?(?:\s+{_MONTH}\.?)?,?\s*\(?({_SHORT})\b)",
    re.IGNORECASE,
)
_DATE_TOLD = "a day is written like 2026-03-21; Excel and other programs may have turned it round"
_HERE = "Asia/Karachi"
_SECTIONS = ("zone", "hours", "provinces", "holidays")


def check_calendar(text: str, file: str, around: DataContext) -> list[Problem]:
    """What is wrong with a calendar file. It never raises."""
    given = DataFile(text, file, UNREADABLE)
    if given.data is None:
        return given.found
    for name in given.data:
        if name not in _SECTIONS:
            hint = given.suggest(str(name), _SECTIONS) or "remove it"
            given.add(UNREADABLE, (name,), f"nothing reads the section {str(name)[:40]!r}", hint=hint)
    _zone(given, around)
    _week(given, ("hours",), given.data.get("hours"))
    provinces = given.data.get("provinces")
    if isinstance(provinces, dict):
        for code, each in provinces.items():
            _province(given, str(code), ("provinces", code), around)
            _week(given, ("provinces", code, "hours"), each.get("hours") if isinstance(each, dict) else None)
    elif provinces is not None:
        given.add(UNREADABLE, ("provinces",), "provinces must be a map of their codes, such as kp: {hours: …}")
    _holidays(given, around)
    if not any(each.severity == "E" for each in given.found):
        try:  # what the product itself says of the file
            parse_timetable(text)
        except BadCalendar as error:
            given.add(UNREADABLE, (), str(error))
    return given.found


def _zone(given: DataFile, around: DataContext) -> None:
    zone = given.data.get("zone")
    try:
        ZoneInfo(str(zone or ""))
    except Exception:  # noqa: BLE001 - zoneinfo raises many kinds for an odd key; each means the same
        said = "the file has no zone" if zone is None else f"there is no time zone {str(zone)[:40]!r}"
        given.add(UNREADABLE, ("zone",), f"{said}: no working day could begin", hint="write zone: Asia/Karachi")
        return
    if str(zone) != _HERE and any(tag in flow.languages for flow in around.flows for tag in ("ur", "ur-Latn")):
        said = f"the zone is {zone}, and the flows beside it are for Pakistan: days begin and end at another hour"
        given.add(SENSE, ("zone",), said, hint="write zone: Asia/Karachi")


def _week(given: DataFile, way: Way, raw: Any) -> None:
    """The hours of a week."""
    if not isinstance(raw, dict):
        said = "the hours of a week are a map of days, such as mon: [09:00-17:00]"
        given.add(UNREADABLE, way, said, hint="take it from the shipped file")
        return
    working = 0
    for day, hours in raw.items():
        if day not in DAYS:
            said = f"there is no day {str(day)[:20]!r}: its hours would be lost"
            given.add(UNREADABLE, (*way, day), said, hint=given.suggest(str(day), DAYS) or f"the days are {_all(DAYS)}")
        elif not isinstance(hours, list):
            given.add(UNREADABLE, (*way, day), f"the hours of {day} must be a list", hint="write [09:00-17:00]")
        else:
            working += bool(hours)
            _hours(given, (*way, day), day, [str(each) for each in hours])
    if not working and given.whole:
        said = "no day has hours: offices never work, so nothing would ever be due"
        given.add(HOURS, way, said, hint="write for example mon: [09:00-17:00]")
    elif working == len(DAYS):
        said = "offices work on all seven days of the week: answers are due earlier than people come back to work"
        given.add(SENSE, way, said, hint="remove the days on which offices are closed")
    elif str(given.data.get("zone")) == _HERE and raw.get("sun") and not raw.get("fri"):
        said = "offices work on Sunday and not on Friday, and in Pakistan it is the other way round"
        given.add(SENSE, (*way, "sun"), said, hint="write fri instead of sun")
    elif gaps := _gaps(raw):
        said = f"{gaps[0]} is no working day, and the days around it are: answers come later than people are told"
        before = DAYS[DAYS.index(gaps[0]) - 1]
        given.add(SENSE, (*way, before), said, hint=f"add {gaps[0]}, if offices work on it")
    elif 0 < working <= FEW_DAYS and given.whole:
        said = f"offices work on {working} of seven days: answers come much later than people expect of working days"
        near = next((day for day in ("fri", "mon") if not raw.get(day)), DAYS[0])
        beside = next((day for day in DAYS if raw.get(day) and abs(DAYS.index(day) - DAYS.index(near)) == 1), DAYS[0])
        given.add(SENSE, (*way, near if near in raw else beside), said, hint="add the other working days")
    _unlike(given, way, raw)


def _unlike(given: DataFile, way: Way, raw: dict[Any, Any]) -> None:
    """One day on which offices work much longer than on most, or whose break is as long as no other."""
    worked = {day: _worked(raw[day]) for day in DAYS if isinstance(raw.get(day), list) and raw[day]}
    counts = Counter(worked.values()).most_common(1)
    if not given.whole or not counts or counts[0][1] < FEW_DAYS - 1:
        return
    usual, told = counts[0][0], {each.line for each in given.found}
    for day, hours in worked.items():
        like = next(other for other, each in worked.items() if each == usual)
        broken = len(raw[day]) > 1 and _ends(raw[day]) == _ends(raw[like])
        odd = hours > usual + ODD_HOURS or (hours <= usual - ODD_HOURS and broken)
        if odd and given.line(*way, day) not in told:
            said = f"offices work {_as_hours(hours)} on {day}, and {_as_hours(usual)} on most days: nobody expects it"
            given.add(SENSE, (*way, day), said, hint="correct the hours of this day")


def _worked(hours: list[Any]) -> dt.timedelta:
    found = [_HOURS.fullmatch(str(each)) for each in hours]
    minutes = [(int(each[3]) - int(each[1])) * 60 + int(each[4]) - int(each[2]) for each in found if each]
    return dt.timedelta(minutes=sum(minutes))


def _ends(hours: list[Any]) -> tuple[str, str]:
    """When a day begins and ends."""
    return str(hours[0]).partition("-")[0].strip(), str(hours[-1]).partition("-")[2].strip()


def _as_hours(time: dt.timedelta) -> str:
    return f"{time.total_seconds() / 3600:g} hours"


def _gaps(raw: dict[Any, Any]) -> list[str]:
    """Days off that are between working days: those of a weekend follow each other."""
    works = [bool(raw.get(day)) for day in DAYS]
    off = [at for at, working in enumerate(works) if not working]
    single = [at for at in off if works[at - 1] and works[(at + 1) % len(DAYS)]]
    return [DAYS[at] for at in single] if len(off) > 1 else []


def _hours(given: DataFile, way: Way, day: str, hours: list[str]) -> None:
    """The parts of a working day, in order and without overlap."""
    before, worked = dt.timedelta(), dt.timedelta()
    for each in hours:
        found = _HOURS.fullmatch(each)
        numbers = [int(part) for part in found.groups()] if found else [99]
        if max(numbers[::2]) > 24 or max(numbers[1::2], default=99) > 59:
            given.add(UNREADABLE, way, f"{each[:20]!r} on {day} are no hours", hint=_MANY_HOURS)
            return
        begins, ends = (dt.timedelta(hours=numbers[at], minutes=numbers[at + 1]) for at in (0, 2))
        if ends <= begins:
            said = f"on {day} the hours {each} end before they begin"
            given.add(HOURS, way, said, hint="write the earlier time first, and use 24 hours: 13:00-16:30")
            return
        if begins < before:
            said = f"on {day} the hours {each} begin before those before them end"
            given.add(HOURS, way, said, hint="write them in the order of the day")
            return
        before, worked = ends, worked + ends - begins
    if hours and not SHORT_DAY <= worked <= LONG_DAY:
        said = f"offices work {_as_hours(worked)} on {day}, which nobody expects"
        given.add(SENSE, way, said, hint="use 24 hours: 13:00-16:30")


def _holidays(given: DataFile, around: DataContext) -> None:
    raw = given.data.get("holidays")
    if not isinstance(raw, list):
        if raw is not None:
            given.add(UNREADABLE, ("holidays",), "holidays must be a list of - {day: …, name: …}")
        return
    days: list[HolidayEntry] = []
    for at, each in enumerate(raw):
        if (holiday := _holiday(given, at, plain(each))) is not None:
            days.append(HolidayEntry(at, holiday))
    usual = Counter(each.holiday.day.year for each in days).most_common(1)
    for each in days:
        _length(given, each)
        _weekday(given, each)
        for code in each.holiday.provinces:
            _province(given, code, ("holidays", each.at, "provinces"), around)
        if usual and abs(each.holiday.day.year - usual[0][0]) > YEARS:
            said = f"{each.holiday.name} is in {each.holiday.day.year}, and most holidays are in {usual[0][0]}"
            given.add(SENSE, ("holidays", each.at), said, hint="correct the year")
    check_years(given, days, {**ANYWHERE, **(PAKISTAN if str(given.data.get("zone")) == _HERE else {})})
    if around.today is not None:
        _over(given, days, around.today)


def _holiday(given: DataFile, at: int, value: Any) -> Holiday | None:
    """A holiday; what is no day is told with how to write one."""
    if isinstance(value, dict):
        for name in ("day", "until"):
            if isinstance(value.get(name), dt.datetime):
                value[name] = value[name].date()
            day = value.get(name)
            if isinstance(day, (int, float)) or (isinstance(day, str) and not _is_day(day)):
                said = f"{str(value.get('name') or 'a holiday')[:40]}: {str(day)[:20]!r} is not a day of the calendar"
                given.add(UNREADABLE, ("holidays", at, name), said, hint=_DATE_TOLD)
                return None
    holiday = given.convert(("holidays", at), value, Holiday)
    return holiday if isinstance(holiday, Holiday) else None


def _is_day(word: str) -> bool:
    try:
        msgspec.convert(word, dt.date)
    except msgspec.ValidationError:
        return False
    return True


def _length(given: DataFile, each: HolidayEntry) -> None:
    length = each.days
    said = f"{each.holiday.name} lasts from {each.holiday.day} until {each.last}"
    if length < 1:
        given.add(HOURS, ("holidays", each.at), f"{said}: it ends before it begins", hint="correct day or until")
    elif length > LONG_HOLIDAY:
        hint = f"a holiday has at most {LONGEST_HOLIDAY} days, and hardly ever more than five"
        severity: Severity = "E" if length > LONGEST_HOLIDAY else "W"
        said = f"{said}, {length} days: no answer would be due in all that time"
        given.add(SENSE, ("holidays", each.at), said, hint=hint, severity=severity)


def _weekday(given: DataFile, each: HolidayEntry) -> None:
    """A weekday in the name or in the remark behind it must be that of the date."""
    line = given.lines[given.line("holidays", each.at) - 1] if given.lines else ""
    said = f"{each.holiday.name} {line.partition('#')[2]}"
    for found in _WEEKDAY.finditer(said):
        word = next(filter(None, found.groups()))
        named = word.lower()[:3]
        held = {DAYS[(each.holiday.day + dt.timedelta(days=at)).weekday()] for at in range(min(max(each.days, 1), 7))}
        if named not in held:
            right = each.holiday.day.strftime("%A")
            day = found[0] if found[1] else word
            told = f"{each.holiday.name} is said to be on a {day}, and {each.holiday.day} is a {right}"
            given.add(CONTRADICTION, ("holidays", each.at), told, hint="correct the date or the weekday")
            return


def _over(given: DataFile, days: list[HolidayEntry], today: dt.date) -> None:
    """Somebody must enter the holidays of the year that comes."""
    ahead = [each for each in days if each.last >= today]
    if ahead or (not days and given.data.get("holidays") == []):
        return
    said = f"all holidays are over (today is {today}): offices would be thought to work on every holiday from now on"
    at = days[-1].at if days else 0
    given.add(OVER, ("holidays", at) if days else ("holidays",), said, hint="add those of this year and the next")


def _province(given: DataFile, code: str, way: Way, around: DataContext) -> None:
    provinces = around.codes.provinces if around.codes is not None else frozenset[str]()
    if provinces and code not in provinces:
        said = f"no list has a province {code[:40]!r}: these hours or days would never count"
        given.add(PROVINCE, way, said, hint=given.suggest(code, provinces))


def _all(words: tuple[str, ...]) -> str:
    return ", ".join(words)
