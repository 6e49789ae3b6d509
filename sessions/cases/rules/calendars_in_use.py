"""The calendars that dates are reckoned with: those that ship, or the operator's own."""

from __future__ import annotations

from importlib.resources import files

from flows.cases.working_time import Calendars, parse_calendars

SHIPPED_CALENDARS: Calendars = parse_calendars(
    (files("flows") / "library" / "calendar.yaml").read_text(encoding="utf-8")
)

# Of this process, and set once, by gateway/app.py when it starts: whoever reckons a date must reckon it alike, at every
# door, and dates are reckoned below nearly every act on a case.
_in_use: list[Calendars] = [SHIPPED_CALENDARS]


def use_calendars(calendars: Calendars | None) -> None:
    """From now on this process reckons with these calendars; None: with those that ship."""
    _in_use[0] = calendars or SHIPPED_CALENDARS


def current_calendars() -> Calendars:
    """The calendars that this process reckons with."""
    return _in_use[0]
