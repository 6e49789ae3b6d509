"""The days on which offices work, as a flow knows them."""

import datetime as dt

from msgspec import Struct, field

from flows.text.typed_date import DAYS


class WorkingDays(Struct, frozen=True):
    """The days on which offices work: `week` has the weekdays (`mon` to `sun`), `closed` the holidays as ISO dates.

    `weeks` are those of provinces that differ. A holiday is for some provinces, or for all (none named).
    """

    week: tuple[str, ...]
    weeks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    closed: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def is_holiday(self, day: str, province: str = "") -> bool:
        """True for a public holiday in the province; without one, only for those of the whole country."""
        where = self.closed.get(day)
        return where is not None and (not where or province in where)

    def works(self, day: dt.date, province: str = "") -> bool:
        """True for a day on which offices of the province work."""
        week = self.weeks.get(province, self.week)
        return DAYS[day.weekday()] in week and not self.is_holiday(day.isoformat(), province)
