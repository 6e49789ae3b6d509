"""The working days and holidays of a calendar file, as a flow needs them: which days, not which hours.

Due dates are counted by the calendar of the installation, which flows/cases/working_hours_file.py reads.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from flows.parsing.lists import is_day
from flows.parsing.yaml_document import Notes
from flows.text.typed_date import DAYS
from flows.text.working_days import WorkingDays

LONGEST_HOLIDAY = 31  # days; more is a mistake


def read_calendar(data: Any, file: str, notes: Notes) -> WorkingDays | None:
    """The days of a loaded file. What cannot be read is reported (F721) and left out; None if nothing can."""
    if not isinstance(data, Mapping):
        notes.add("F721", (file, 1), f"{file} is no calendar, so no day would be a working day", hint=_LIKE)
        return None
    week = _week(data.get("hours"))
    if not week:
        notes.add("F721", (file, 1), "no day of the week has hours, so no day would be a working day", hint=_LIKE)
        return None
    provinces = data.get("provinces")
    weeks = {
        str(code): own
        for code, each in (provinces.items() if isinstance(provinces, Mapping) else ())
        if isinstance(each, Mapping) and (own := _week(each.get("hours")))
    }
    closed: dict[str, tuple[str, ...]] = {}
    for day, where in _holidays(data.get("holidays"), file, notes):
        known = closed.get(day)
        closed[day] = where if known is None else () if not where or not known else (*known, *where)
    return WorkingDays(week, weeks, closed)


_LIKE = "copy calendar.yaml of the flows that ship"


def _week(hours: Any) -> tuple[str, ...]:
    return tuple(day for day in DAYS if hours.get(day)) if isinstance(hours, Mapping) else ()


def _holidays(holidays: Any, file: str, notes: Notes) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each closed day, with the provinces where it is closed: () for all."""
    for at, each in enumerate(holidays if isinstance(holidays, list) else ()):
        found = each if isinstance(each, Mapping) else {}
        first, until = (str(found.get(name) or "") for name in ("day", "until"))
        if not is_day(first) or (until and not is_day(until)):
            line = holidays.lc.item(at)[0] + 1 if hasattr(holidays, "lc") else 1
            said = "this holiday has no day such as 2026-08-14, so offices would count as open on it"
            notes.add("F721", (file, line), said)
            continue
        begins = dt.date.fromisoformat(first)
        days = (dt.date.fromisoformat(until) - begins).days if until else 0
        where = found.get("provinces")
        provinces = tuple(map(str, where)) if isinstance(where, list) else ()
        for more in range(min(max(days, 0), LONGEST_HOLIDAY - 1) + 1):
            yield (begins + dt.timedelta(days=more)).isoformat(), provinces
