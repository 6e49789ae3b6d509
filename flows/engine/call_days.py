"""The day of a call, and the days that a question takes: everything is counted from when the call began."""

import datetime as dt
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from flows.menu import conditions
from flows.menu.model import CLOCK, FIRST_DAY, HOLIDAY, LAST_DAY, TODAY, Answer, Flow, State, Value
from flows.menu.screen_kinds import conditions_of
from flows.text.working_days import WorkingDays

FACTS, DEPENDS = "call facts", "depends on time"  # in `Flow.compiled`
ANY_DAYS = (-366, 366)  # of a question without `days`: from a year ago to in a year
PROVINCE = "contact.province"

LONGEST_BREAK = 40  # days that offices are closed in a row: looked no further for the next working day


def call_facts(flow: Flow) -> frozenset[str]:
    """What a flow needs to know of the time at which a call begins: TODAY, CLOCK and HOLIDAY, or some of them."""
    if FACTS not in flow.compiled:
        asked = {
            name
            for screen in flow.screens.values()
            for _, condition in conditions_of(screen)
            for name in conditions.names(condition)
        }
        flow.compiled[DEPENDS] = bool(flow.days or asked & {TODAY, CLOCK, HOLIDAY})
        dated = {TODAY} if flow.dated or flow.days else set()
        flow.compiled[FACTS] = frozenset(asked & {TODAY, CLOCK, HOLIDAY} | dated)
    facts = flow.compiled[FACTS]
    assert isinstance(facts, frozenset)  # noqa: S101 - as it was put there
    return facts


def depends_on_time(flow: Flow) -> bool:
    """True if what a caller sees depends on when the call began, so that this is written down with it."""
    return bool(call_facts(flow)) and bool(flow.compiled[DEPENDS])


def with_time(flow: Flow, known: dict[str, Value]) -> dict[str, Value]:
    """What is known of a caller with what the flow needs of the time at which the call begins, and no more of it."""
    facts, known = call_facts(flow), {**known}
    today, province = known.get(TODAY), known.get(PROVINCE)
    if HOLIDAY in facts and flow.calendar is not None and isinstance(today, str):
        known[HOLIDAY] = flow.calendar.is_holiday(today, province if isinstance(province, str) else "")
    for name in (TODAY, CLOCK):
        if name not in facts:
            known.pop(name, None)
    return known


def time_of_call(here: dt.datetime) -> dict[str, Value]:
    """The day and the time of day at which a call begins, as `engine.begin` takes them. `here` is in local time."""
    day, time = here.isoformat(" ", "minutes").split(" ")
    return {"today": day, "clock": time[:5]}


def at_time(flow: Flow, state: State, beginning: Mapping[str, Value]) -> State:
    """An unfinished call as if it began then: words such as tomorrow are said on the day of the call that goes on."""
    if not depends_on_time(flow):
        return state
    told = {f"contact.{name}": value for name, value in beginning.items()}
    return replace(state, values=with_time(flow, {**state.values, **told}))


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
