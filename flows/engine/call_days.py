"""The day of a call, and the days that a question takes: everything is counted from when the call began."""

import datetime as dt
from collections.abc import Mapping

from msgspec import Struct

from flows.menu.model import FIRST_DAY, LAST_DAY, TODAY, Answer, Flow, Value
from flows.text.working_days import WorkingDays

ANY_DAYS = (-366, 366)  # of a question without `days`: from a year ago to in a year
PROVINCE = "contact.province"

LONGEST_BREAK = 40  # days that offices are closed in a row: looked no further for the next working day


class CallDay(Struct, frozen=True):
    """The day on which a call began, None if it is not known; and what decides how a day is read.

    `tags` are the flow's languages, `calendar` its working days, `province` that of the caller ("" if not known).
    """

    today: dt.date | None = None
    tags: tuple[str, ...] = ()
    calendar: WorkingDays | None = None
    province: str = ""

    def works(self, answer: Answer, day: dt.date) -> bool:
        """False for a day on which offices are closed, where the question wants one on which they work."""
        return not answer.working_days or self.calendar is None or self.calendar.works(day, self.province)

    def window(self, answer: Answer) -> tuple[dt.date, dt.date]:
        """The first and the last day that a question takes; of working days the first and last of them."""
        if self.today is None:
            return dt.date.min, dt.date.max
        first, last = (self.today + dt.timedelta(days=days) for days in answer.days or ANY_DAYS)
        return (self._open(answer, first, last, 1), self._open(answer, last, first, -1))

    def _open(self, answer: Answer, day: dt.date, end: dt.date, step: int) -> dt.date:
        """The first day from this one on, or back, that the question takes; the day itself if there is none."""
        for at in range(min(abs((end - day).days), LONGEST_BREAK) + 1):
            if self.works(answer, open_day := day + dt.timedelta(days=at * step)):
                return open_day
        return day


def day_of_call(flow: Flow, values: Mapping[str, Value]) -> CallDay:
    """The day on which the call of these values began."""
    today, province = values.get(TODAY), values.get(PROVINCE)
    return CallDay(
        dt.date.fromisoformat(today) if isinstance(today, str) else None,
        tuple(flow.languages),
        flow.calendar,
        province if isinstance(province, str) else "",
    )


def with_days(flow: Flow, screen: str, values: dict[str, Value]) -> dict[str, Value]:
    """The values of a call, and on a screen that asks for a day the first and the last one that it takes."""
    answer = flow.days.get(screen)
    if answer is None:
        return values
    first, last = day_of_call(flow, values).window(answer)
    return {**values, FIRST_DAY: first.isoformat(), LAST_DAY: last.isoformat()} if TODAY in values else values
