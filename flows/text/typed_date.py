"""Days as people type them on a phone: 3-12, 03122026, "3 dec", kal, Monday, پرسوں.

The day comes before the month, as it is said in all the languages of the services. What could be several days (a day
without a year, "kal", which is tomorrow and yesterday) is the one that may be given, the next one first.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TypeVar

from babel import Locale, localedata
from rapidfuzz.distance import OSA

from flows.text.normalization import normalize_keyword
from flows.text.western_digits import western

LONGEST = 40  # characters of what is read as a day
LONG_WORD = 6  # letters of a word that may have one mistake
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")  # as calendars and conditions name them
T = TypeVar("T")
_DAY = dt.timedelta(days=1)
_CENTURY = 2000
_PARTS = re.compile(r"([0-9]{1,4})[-/. ]+([0-9]{1,2})(?:[-/. ]+([0-9]{2,4}))?", re.ASCII)
_RUN = re.compile(r"[0-9]{4}|[0-9]{6}|[0-9]{8}", re.ASCII)
_ORDINAL = re.compile(r"([0-9])(?:st|nd|rd|th)\b", re.ASCII)
# Words for days, as they are said: days from today (kal and parson look both ways), and names that CLDR does not have.
_OFFSETS: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(("today", "aaj", "aj", "آج"), (0,)),
    **dict.fromkeys(("tomorrow", "tmrw", "aanay wala kal", "آنے والا کل"), (1,)),
    **dict.fromkeys(("yesterday", "guzra kal", "گزرا کل"), (-1,)),
    **dict.fromkeys(("kal", "کل"), (1, -1)),
    **dict.fromkeys(("parson", "parso", "parsoon", "پرسوں"), (2, -2)),
    "day after tomorrow": (2,),
    "day before yesterday": (-2,),
}
_WEEKDAYS = (
    "peer, pir, somwar, monday, پیر, سوموار",
    "mangal, mangalwar, tuesday, tues, منگل",
    "budh, budhwar, wednesday, بدھ",
    "jumerat, jumeraat, jumayrat, jumarat, thursday, thurs, جمعرات",
    "juma, jumma, jummah, jumah, friday, جمعہ",
    "hafta, haftay, sanichar, saturday, ہفتہ, ہفتے",
    "itwar, itvar, aitwar, atwar, sunday, اتوار",
)
_MONTHS = (
    "january, janwari, janvari, jan, جنوری",
    "february, farwari, farvari, feb, فروری",
    "march, mar, مارچ",
    "april, aprail, apr, اپریل",
    "may, mai, مئی",
    "june, joon, jun, جون",
    "july, julai, julaai, jul, جولائی",
    "august, agast, aug, اگست",
    "september, sitambar, sept, sep, ستمبر",
    "october, aktubar, aktoobar, oct, اکتوبر",
    "november, navambar, nov, نومبر",
    "december, disambar, dec, دسمبر",
)
_NEXT = "next, agle, agla, aglay, اگلے, اگلا"
_LATER = "baad, bad, after, later, بعد"
_FILLERS = (
    "ko, on, the, of, ka, ki, ke, is, iss, this, in, next, coming, agle, agla, aglay, aane, wale, tareekh, tarikh, "
    "date, day, days, din, roz, کو, کا, کی, کے, اس, اگلے, اگلا, آنے, والے, تاریخ, دن, روز"
)


class _Words:
    """What the words for days of some languages mean, folded as texts are compared."""

    def __init__(self, tags: Iterable[str]) -> None:
        self.offsets = {normalize_keyword(words): days for words, days in _OFFSETS.items()}
        self.weekdays, self.months = _numbered(_WEEKDAYS), _numbered(_MONTHS)
        for tag in tags:
            self._add_names(tag)
        self.fillers, self.later, self.next = _folded(_FILLERS), _folded(_LATER), _folded(_NEXT)
        self.near = {words[0]: days for words, days in self.offsets.items() if len(words) == 1}

    def _add_names(self, tag: str) -> None:
        language = tag.partition("-")[0]
        if not localedata.exists(language):
            return
        locale = Locale.parse(language)
        for width in ("wide", "abbreviated"):
            for names, found in ((locale.days, self.weekdays), (locale.months, self.months)):
                for number, name in names["format"][width].items():
                    folded = normalize_keyword(str(name))
                    if len(folded) == 1:
                        found.setdefault(folded[0], number - (found is self.months))


@lru_cache(maxsize=32)
def _words_of(tags: tuple[str, ...]) -> _Words:
    return _Words(tags)


def _folded(words: str) -> frozenset[str]:
    return frozenset(folded for word in words.split(",") for folded in normalize_keyword(word))


def _numbered(rows: Iterable[str]) -> dict[str, int]:
    return {folded: number for number, row in enumerate(rows) for folded in _folded(row)}


def weekday_code(day: str) -> str:
    """The day of the week of an ISO date, `mon` to `sun`; "" for anything else."""
    try:
        return DAYS[dt.date.fromisoformat(day).weekday()] if len(day) == len("2026-12-03") else ""
    except ValueError:
        return ""


def read_date(
    typed: str, today: dt.date | None, first: dt.date, last: dt.date, tags: tuple[str, ...]
) -> dt.date | None:
    """The day that is meant; None for what is no day. `tags` are the languages whose words are known besides.

    Of several it is the first from `first` to `last`, else the nearest to them, so that it can be said what is wrong.
    Without `today` only a date with its year is read.
    """
    found = list(_meant(western(typed[:LONGEST]).strip(), today, _words_of(tags)))
    inside = [day for day in found if first <= day <= last]
    return next(iter(inside or sorted(found, key=lambda day: max(first - day, day - last))), None)


def _meant(typed: str, today: dt.date | None, words: _Words) -> Iterator[dt.date]:
    """The days that an entry may mean, the likeliest first."""
    if parts := _PARTS.fullmatch(typed):
        one, two, three = (int(part) if part else None for part in parts.groups())
        if one is not None and two is not None and len(parts[1]) == 4:  # 2026-12-03
            yield from _dated(three, two, one, today)
        elif one is not None:
            yield from _dated(one, two, three, today)
    elif _RUN.fullmatch(typed):
        yield from _dated(int(typed[:2]), int(typed[2:4]), int(typed[4:]) if typed[4:] else None, today)
    else:
        yield from _worded(normalize_keyword(_ORDINAL.sub(r"\1", typed.casefold())), today, words)


def _dated(day: int | None, month: int | None, year: int | None, today: dt.date | None) -> Iterator[dt.date]:
    """A day and a month in the year that is named, else in this year, the next or the last."""
    years = [year + _CENTURY if year < 100 else year] if year is not None else []
    if year is None and today is not None:
        years = [today.year, today.year + 1, today.year - 1]
    for each in years:
        try:
            yield dt.date(each, month or 0, day or 0)
        except ValueError:  # the 31st of a month without one
            continue


def _worded(said: tuple[str, ...], today: dt.date | None, words: _Words) -> Iterator[dt.date]:
    if today is not None and said in words.offsets:
        yield from (today + days * _DAY for days in words.offsets[said])
        return
    known = [word for word in said if word not in words.fillers]
    numbers = [int(word) for word in known if word.isdecimal() and len(word) <= 4]
    named = [word for word in known if not word.isdecimal()]
    if len(numbers) + len(named) != len(known):
        return
    if not named:
        if len(numbers) == 1 and len(known) < len(said) and today is not None:  # 3 tareekh
            yield from _next_month_day(numbers[0], today)
        return
    if len(named) > 1:
        return
    name = named[0]
    month, weekday = _near(name, words.months), _near(name, words.weekdays)
    if month is not None and 1 <= len(numbers) <= 2:
        yield from _dated(numbers[0], month + 1, numbers[1] if len(numbers) > 1 else None, today)
    elif today is None:
        return
    elif numbers and name in words.later and len(numbers) == 1:
        yield today + numbers[0] * _DAY
    elif weekday is not None and not numbers:
        ahead = (weekday - today.weekday()) % 7
        ahead += 0 if ahead or words.next.isdisjoint(said) else 7
        yield from (today + (ahead + week) * _DAY for week in (0, 7, -7))
    elif not numbers and (days := _near(name, words.near)) is not None:
        yield from (today + each * _DAY for each in days)


def _next_month_day(day: int, today: dt.date) -> Iterator[dt.date]:
    """The day with this number in this month, the next and the last."""
    for month in (today.month, today.month + 1, today.month - 1):
        yield from _dated(day, (month - 1) % 12 + 1, today.year + (month - 1) // 12, today)


def _near(word: str, names: Mapping[str, T]) -> T | None:
    """What a name means, or a long one with one mistake."""
    if word in names or len(word) < LONG_WORD:
        return names.get(word)
    alike = {number for name, number in names.items() if len(name) >= LONG_WORD and OSA.distance(word, name) == 1}
    return alike.pop() if len(alike) == 1 else None
