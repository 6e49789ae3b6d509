"""When people call: more every week, most in the evening, fewer on Sundays."""

from __future__ import annotations

import datetime as dt
from random import Random

HOURS = (4, 2, 1, 1, 1, 3, 8, 16, 28, 38, 44, 42, 36, 30, 30, 34, 40, 48, 60, 74, 80, 62, 34, 14)  # of a day
WEEK = (1.05, 1.0, 1.0, 0.98, 0.86, 1.02, 0.62)  # Monday first
GROWS = 1.4  # how much more at the end than at the beginning, in parts of the beginning


def calls(
    random: Random, begin: dt.date, days: int, sessions: int, zone: dt.tzinfo, until: dt.datetime
) -> list[dt.datetime]:
    """The beginnings of so many calls within these days and before `until`, in UTC and in order."""
    weights = [
        (1 + GROWS * day / max(days - 1, 1))
        * WEEK[(begin + dt.timedelta(days=day)).weekday()]
        * random.uniform(0.9, 1.1)
        for day in range(days)
    ]
    found = []
    for day in random.choices(range(days), weights, k=sessions):
        hour = random.choices(range(24), HOURS)[0]
        on = begin + dt.timedelta(days=day)
        second = random.random() * 3600
        local = dt.datetime.combine(on, dt.time(hour), zone) + dt.timedelta(seconds=second)
        at = local.astimezone(dt.UTC)
        while at >= until:
            at -= dt.timedelta(days=1)
        found.append(at)
    return sorted(found)


def at_work(random: Random, after: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """A moment in working hours at or after that one."""
    local = after.astimezone(zone)
    opens, closes = dt.time(9), dt.time(17)
    while local.weekday() == 6 or local.time() >= closes:
        local = dt.datetime.combine(local.date() + dt.timedelta(days=1), opens, zone)
    if local.time() < opens:
        local = dt.datetime.combine(local.date(), opens, zone)
    return (local + dt.timedelta(minutes=random.randrange(0, 50))).astimezone(dt.UTC)
