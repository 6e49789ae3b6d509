"""Quiet hours: at night, over midnight, in a province of its own."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.delivery.quiet_hours import NEVER, QuietHours, end, parse_quiet_period

KARACHI = timezone(timedelta(hours=5))


def at(hour: int, minute: int = 0, day: int = 17) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=KARACHI)


@pytest.mark.parametrize(
    ("hours", "now", "ends"),
    [
        ("22:00-07:00", at(21, 59), None),
        ("22:00-07:00", at(22), at(7, day=18)),
        ("22:00-07:00", at(23, 59), at(7, day=18)),
        ("22:00-07:00", at(0), at(7)),
        ("22:00-07:00", at(6, 59), at(7)),
        ("22:00-07:00", at(7), None),
        ("12:30-14:00", at(12, 29), None),
        ("12:30-14:00", at(13), at(14)),
        ("12:30-14:00", at(14), None),
        ("00:00-06:00", at(5), at(6)),
        ("09:00-09:00", at(9), None),
        ("", at(3), None),
    ],
)
def test_a_time_within_quiet_hours_is_told_when_they_end(hours: str, now: datetime, ends: datetime | None) -> None:
    assert end(parse_quiet_period(hours), now) == ends


@pytest.mark.parametrize("hours", ["22-07", "24:00-07:00", "22:00", "22:60-07:00", "22:00-07:00\n-", "٢٢:٠٠-٠٧:٠٠"])
def test_hours_that_cannot_be_read_are_refused(hours: str) -> None:
    with pytest.raises(ValueError, match="22:00-07:00"):
        parse_quiet_period(hours)


def test_a_province_may_have_hours_of_its_own_or_none() -> None:
    hours = QuietHours(parse_quiet_period("22:00-07:00"), {"sindh": parse_quiet_period("23:00-06:00"), "gb": NEVER})
    assert hours.until(at(22, 30), "sindh") is None
    assert hours.until(at(22, 30), "punjab") == hours.until(at(22, 30), None) == at(7, day=18)
    assert hours.until(at(3), "gb") is None


@given(st.times(), st.times(), st.datetimes(timezones=st.just(KARACHI)))
def test_when_quiet_hours_have_ended_it_is_not_quiet(begins: object, ends: object, now: datetime) -> None:
    quiet = parse_quiet_period(f"{str(begins)[:5]}-{str(ends)[:5]}")
    try:
        until = end(quiet, now)
    except OverflowError:  # the last night there is
        return
    if until is not None:
        assert now < until <= now + timedelta(days=1)
        assert end(quiet, until) is None
