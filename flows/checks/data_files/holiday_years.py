"""D303, D304 and D306: holidays of one year against those of another, and against those beside them in the list."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise

from msgspec import Struct

from flows.cases.working_hours_file import Holiday
from flows.checks.data_files.data_file import DataFile

TWICE, SENSE, CONTRADICTION = "D303", "D304", "D306"
FULL_YEAR = 8  # holidays: a year that has as many is thought to have all
COMMON = 5  # holidays that two years have in common, if one that only one of them has is thought to be missing
FORGOTTEN = 2  # holidays of another year that one lacks: more are another kind of list
SPRING, LEAST_MOVE = range(2, 7), 6  # months from Carnival to Corpus Christi, and days by which they move at least
OTHER_LENGTH = 2  # days by which a holiday is longer or shorter than in another year
_REMARK = re.compile(r"\s*\(.*?\)")
LUNAR, LEAP, SHIFT = 354, 384, 4  # days of a year by the moon, of one with a leap month, and what announcements change
# Holidays on the same day wherever they are kept, and those by law in Pakistan: of two dates, this one is right.
ANYWHERE = {
    **dict.fromkeys(("new year", "new year's day", "new year’s day"), (1, 1)),
    **dict.fromkeys(("christmas", "christmas day"), (12, 25)),
    **dict.fromkeys(("workers' day", "international workers' day"), (5, 1)),
}
PAKISTAN = {
    "kashmir day": (2, 5),
    "pakistan day": (3, 23),
    "labour day": (5, 1),
    "independence day": (8, 14),
    "iqbal day": (11, 9),
}


class HolidayEntry(Struct, frozen=True):
    """A holiday that can be read, and its place in the list."""

    at: int
    holiday: Holiday

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return self.holiday.until or self.holiday.day

    @property
    def where(self) -> frozenset[str]:
        """The provinces that keep it; none for all."""
        return frozenset(self.holiday.provinces)

    @property
    def name(self) -> str:
        """Its name as names are compared."""
        return _REMARK.sub("", self.holiday.name).casefold()

    @property
    def date(self) -> tuple[int, int]:
        """Month and day."""
        return self.holiday.day.month, self.holiday.day.day

    @property
    def days(self) -> int:
        """How many days it lasts; 0 or less if it ends before it begins."""
        return (self.last - self.holiday.day).days + 1


def check_years(given: DataFile, entries: list[HolidayEntry], fixed: Mapping[str, tuple[int, int]]) -> None:
    """Report holidays that another year of the file, or the order of the list, contradicts; `fixed` are known dates."""
    told = {each.line for each in given.found}
    strange = _out_of_order(entries)
    for each in strange:
        said = f"{each.holiday.name} on {each.holiday.day} stands between holidays of another time of the list"
        given.add(SENSE, ("holidays", each.at), said, hint="correct its date, or move it to its place")
    _twice(given, entries)
    sound = [each for each in entries if given.line("holidays", each.at) not in told]
    for group in _by_name(sound, lambda each: (each.name, each.where)):
        _elsewhere(given, group, strange, fixed.get(group[0].name))
        _moons(given, group, strange)
        _lengths(given, group)
    for group in _by_name(sound, lambda each: (each.name,)):
        _for_some(given, group, entries)
    if given.whole:
        _left_out(given, entries, fixed, {each.name for each in strange})


def _by_name(entries: Iterable[HolidayEntry], key: Callable[[HolidayEntry], object]) -> list[list[HolidayEntry]]:
    found: dict[object, list[HolidayEntry]] = {}
    for each in entries:
        found.setdefault(key(each), []).append(each)
    return list(found.values())


def _out_of_order(entries: list[HolidayEntry]) -> list[HolidayEntry]:
    """Single holidays that do not stand where their date belongs, in a list that is in order before and behind."""
    days = [each.holiday.day for each in entries]
    found = []
    for at in range(2, len(entries) - 2):
        before, after = days[at - 2 : at], days[at + 1 : at + 3]
        alike = len({each.where for each in entries[at - 2 : at + 3]}) == 1
        if alike and [*before, *after] == sorted([*before, *after]) and not before[-1] <= days[at] <= after[0]:
            found.append(entries[at])
    return [
        each for each in found if not any(abs(each.at - other.at) == 1 for other in found)
    ]  # else two are exchanged


def _twice(given: DataFile, entries: list[HolidayEntry]) -> None:
    """The same holiday, or the same day as a holiday of the same places."""
    seen: dict[tuple[object, ...], HolidayEntry] = {}
    for each in entries:
        keys: list[tuple[object, ...]] = [(each.holiday.day, each.where)]
        keys += [(each.name, each.holiday.day.year, each.where)]
        first = next((seen[key] for key in keys if key in seen), None)
        if first is not None and (first.holiday.day == each.holiday.day or _near(first, each)):
            line = given.line("holidays", first.at)
            said = f"{each.holiday.name} on {each.holiday.day} is there twice, as {first.holiday.name} on line {line}"
            given.add(TWICE, ("holidays", each.at), said, hint="keep one of the two")
        for key in keys:
            seen.setdefault(key, each)


def _near(first: HolidayEntry, second: HolidayEntry) -> bool:
    """True for the same feast noted with two dates, some days apart: those of the moon come twice only years apart."""
    return abs((first.holiday.day - second.holiday.day).days) < 60


def _elsewhere(
    given: DataFile, group: list[HolidayEntry], strange: list[HolidayEntry], known: tuple[int, int] | None
) -> None:
    """A holiday of the sun is on the same day every year."""
    group = [each for each in group if not each.holiday.moon]
    if known is not None and all(each.date != known and each.holiday.day.month == 1 for each in group):
        return  # Christmas of another church
    dates = Counter(each.date for each in group).most_common()
    if len(dates) > 1 and known is None and dates[0][1] > dates[1][1]:
        known = dates[0][0]
    if known is not None:
        odd = [each for each in group if each.date != known]
    elif len(dates) > 1 and not _moves(group):
        odd = [each for each in group if each in strange] or group
    else:
        odd = []
    for each in odd:
        other = next((one for one in group if one.date != each.date), None)
        if other is not None:
            where = f"on {other.holiday.day} in another year (line {given.line('holidays', other.at)})"
        else:
            where = f"on {dt.date(each.holiday.day.year, *known)} everywhere" if known is not None else ""
        said = f"{each.holiday.name} is on {each.holiday.day}, and {where}"
        hint = "correct it, or write moon: true if it depends on the moon"
        given.add(CONTRADICTION, ("holidays", each.at), said, hint=hint)


def _moves(group: list[HolidayEntry]) -> bool:
    """True for holidays that seem to move with Easter: on one weekday of spring, and a week or more apart."""
    days = sorted({each.holiday.day.replace(year=2000) for each in group})
    apart = all((later - earlier).days >= LEAST_MOVE for earlier, later in pairwise(days))
    weekdays = {each.holiday.day.weekday() for each in group}
    return apart and len(weekdays) == 1 and all(each.holiday.day.month in SPRING for each in group)


def _moons(given: DataFile, group: list[HolidayEntry], strange: list[HolidayEntry]) -> None:
    """A holiday of the moon comes again after twelve or thirteen moons."""
    group = sorted((each for each in group if each.holiday.moon), key=lambda each: each.holiday.day)
    for one, other in pairwise(group):
        between = (other.holiday.day - one.holiday.day).days
        if between < 60 or between > LEAP + 60 or min(abs(between - LUNAR), abs(between - LEAP)) <= SHIFT:
            continue
        odd = [each for each in (one, other) if each in strange] or [one, other]
        for each in odd:
            said = f"{each.holiday.name} is on {one.holiday.day} and on {other.holiday.day}, {between} days later"
            given.add(SENSE, ("holidays", each.at), said, hint=f"by the moon a year has {LUNAR} days, or {LEAP}")


def _lengths(given: DataFile, group: list[HolidayEntry]) -> None:
    """A holiday lasts as long as in other years."""
    lengths = Counter(each.days for each in group if each.days > 0).most_common()
    if len(lengths) != 2 or abs(lengths[0][0] - lengths[1][0]) < OTHER_LENGTH:
        return
    tie = lengths[0][1] == lengths[1][1]
    for each in group:
        if each.days == lengths[1][0] or (tie and each.days == lengths[0][0]):
            other = next(one for one in group if one.days != each.days)
            year = other.holiday.day.year
            said = f"{each.holiday.name} lasts {_days(each.days)}, and {_days(other.days)} in {year}: one is wrong"
            given.add(SENSE, ("holidays", each.at), said, hint="correct until")


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _for_some(given: DataFile, group: list[HolidayEntry], entries: list[HolidayEntry]) -> None:
    """A holiday of a province, or of the moon, is that in every year."""
    for what, of in _KINDS.items():
        counts = Counter(of(each) for each in group).most_common()
        if len(counts) != 2 or len({each.holiday.day.year for each in group}) < len(group):
            continue
        if what == _PLACES and frozenset.intersection(*(each.where for each in group)):
            continue  # more of them, or fewer
        odd = [each for each in group if of(each) == counts[1][0]]
        if what == _MOON and len({each.date for each in group}) > 1:
            odd = [each for each in group if not each.holiday.moon]
        elif counts[0][1] == counts[1][1]:  # the one that is unlike those beside it
            few = min(_beside(entries, each, of) for each in group)
            odd = [each for each in group if _beside(entries, each, of) == few]
        for each in odd:
            other = next(one for one in group if of(one) != of(each))
            where = f"line {given.line('holidays', other.at)}"
            said = f"{each.holiday.name} {what} in {each.holiday.day.year} than in {other.holiday.day.year} ({where})"
            given.add(SENSE, ("holidays", each.at), said, hint="write the same in every year")


def _beside(entries: list[HolidayEntry], each: HolidayEntry, of: Callable[[HolidayEntry], object]) -> int:
    """How many of the two holidays beside one in the list are like it."""
    return sum(of(other) == of(each) for other in entries if abs(other.at - each.at) == 1)


_PLACES, _MOON = "is for other places", "depends otherwise on the moon"
_KINDS: Mapping[str, Callable[[HolidayEntry], object]] = {
    _PLACES: lambda each: each.where,
    _MOON: lambda each: each.holiday.moon,
}


def _left_out(
    given: DataFile, entries: list[HolidayEntry], fixed: Mapping[str, tuple[int, int]], told: set[str]
) -> None:
    """A holiday that another year of the file has."""
    for group in _by_name(entries, lambda each: each.where):
        by_year = {each.holiday.day.year: dict[str, HolidayEntry]() for each in group}
        for each in group:
            by_year[each.holiday.day.year][each.name] = each
        for year, here in by_year.items():
            for each in _gone(here, [there for other, there in by_year.items() if other != year], fixed):
                missing = _expected(each, year)
                days = [one.holiday.day for one in here.values()]
                part = len(here) < FULL_YEAR and not each.where and not min(days) < missing < max(days)
                if part or each.name in told or any(one.holiday.day <= missing <= one.last for one in entries):
                    continue
                said = f"{each.holiday.name} is not in {year}, and in {each.holiday.day.year} it is: offices are closed"
                before = [one for one in here.values() if one.holiday.day < missing] or list(here.values())
                near = min(before, key=lambda one: abs((missing - one.holiday.day).days))
                given.add(SENSE, ("holidays", near.at), f"{said} about {missing}", hint=f"add it for {year}")


def _gone(
    here: Mapping[str, HolidayEntry], others: list[dict[str, HolidayEntry]], fixed: Mapping[str, tuple[int, int]]
) -> Iterator[HolidayEntry]:
    """What other years have and this one has not, if it is only a little."""
    told: set[str] = set()
    for there in others:
        gone = [each for name, each in there.items() if name not in here]
        common = len(here.keys() & there.keys())
        some = common >= (COMMON if not next(iter(there.values())).where else 1) and len(gone) <= FORGOTTEN
        for each in gone:
            by_law = each.name in fixed and len(here) >= FULL_YEAR - FORGOTTEN
            if (some or by_law) and each.name not in told and "observed" not in each.name:
                told.add(each.name)
                yield each


def _expected(each: HolidayEntry, year: int) -> dt.date:
    """When a holiday of one year is in another."""
    if each.holiday.moon:
        return each.holiday.day + dt.timedelta(days=LUNAR * (year - each.holiday.day.year))
    month, day = each.date
    return dt.date(year, month, min(day, 28) if month == 2 else day)
