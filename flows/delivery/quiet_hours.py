"""Quiet hours, in which a text that can wait does wait until the morning. Times are local."""

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta

from msgspec import Struct

_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)


class QuietPeriod(Struct, frozen=True):
    """From one time to another, over midnight if the second is earlier; two equal times mean never."""

    begins: time
    ends: time


NEVER = QuietPeriod(time(), time())


class QuietHours(Struct, frozen=True):
    """The rule everywhere, and the provinces (codes of the list `province`) that have their own."""

    usual: QuietPeriod = NEVER
    provinces: Mapping[str, QuietPeriod] = {}

    def until(self, local: datetime, province: str | None) -> datetime | None:
        """When the quiet hours around `local` end, or None outside quiet hours."""
        return end(self.provinces.get(province or "", self.usual), local)


def parse_quiet_period(text: str) -> QuietPeriod:
    """Hours written `22:00-07:00`; nothing, or two equal times, means never. ValueError for anything else."""
    if not text.strip():
        return NEVER
    match = _HOURS.fullmatch(text.strip())
    if match is None:
        raise ValueError("must be hours such as 22:00-07:00")
    hours = [int(part) for part in match.groups()]
    return QuietPeriod(time(hours[0], hours[1]), time(hours[2], hours[3]))


def end(quiet: QuietPeriod, local: datetime) -> datetime | None:
    """When the quiet hours around `local` end, or None outside quiet hours."""
    at = local.timetz().replace(tzinfo=None)
    over_midnight = quiet.ends < quiet.begins
    begun, on = at >= quiet.begins, at < quiet.ends
    if not (begun or on if over_midnight else begun and on):
        return None
    day = local.date() + timedelta(days=1 if over_midnight and begun else 0)
    return datetime.combine(day, quiet.ends, local.tzinfo)
