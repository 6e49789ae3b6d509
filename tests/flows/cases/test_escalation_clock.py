"""What the clock does next: a table of cases, and that no order of sweeps makes it do anything twice or out of turn."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from flows.cases import escalation_clock, working_time
from flows.cases.escalation_clock import (
    Case,
    Tick,
    due_tick,
    history_name,
    needs_interim_reply,
    next_look,
    next_tick,
)
from tests.flows import library

KARACHI = ZoneInfo("Asia/Karachi")
PUNJAB, URGENT = (library.CALENDARS.of("punjab", urgent=urgent) for urgent in (False, True))
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
FILED = dt.datetime(2026, 8, 31, 10, tzinfo=KARACHI)  # a Monday; no holiday until the ninth of November


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=KARACHI)


def case(limit: int = 5, status: str = "in_progress", **changed: object) -> Case:
    """A case filed on Monday morning and taken up at once, due on the Monday after."""
    begun = Case(
        library.LIFE, status, FILED, FILED, limit, escalation_clock.first_due(library.LIFE, PUNJAB, FILED, limit), FILED
    )
    return replace(begun, **changed)


def rest(case: Case, calendar: working_time.Calendar = PUNJAB) -> list[Tick]:
    """Everything the clock still does when nobody else does anything."""
    ticks: list[Tick] = []
    while tick := next_tick(case, calendar):
        ticks.append(tick)
        case = after(case, tick)
    return ticks


def after(case: Case, tick: Tick) -> Case:
    case = replace(case, done=case.done | {history_name(tick.act)})
    match tick.act:
        case "wait_over":
            return replace(case, status="in_progress", waiting_since=None, done=case.done - {"wait_over"})
        case "lapse":
            return replace(case, status="closed_unanswered", since=tick.at)
    return case


def test_a_case_nobody_works_on_is_nudged_and_raised_three_times() -> None:
    # what is left of Monday (6 hours), three days of 7 1/2, a Friday of 7 and a Monday: 43 working hours
    assert [(tick.act, tick.at) for tick in rest(case())] == [
        ("nudge", at(9, 4, 15, 24)),
        ("late_1", at(9, 7, 16, 30)),
        ("late_2", at(9, 10, 15, 30)),
        ("late_3", at(9, 15, 15)),
    ]


TABLE: list[tuple[str, Case, str | None, dt.datetime | None]] = [
    ("late when the due day's work ends", case(done=frozenset({"nudged"})), "late_1", at(9, 7, 16, 30)),
    (
        "raised no lower than it is",
        case(done=frozenset({"late_2"})),
        "late_3",
        None,
    ),
    ("nothing is left above oversight", case(done=frozenset({"late_3"})), None, None),
    ("not taken up in 24 working hours", case(status="assigned"), "unacknowledged", at(9, 3, 11, 30)),
    ("taken up, though it lies assigned", case(status="assigned", acknowledged=True), "nudge", None),
    ("told once that it was not taken up", case(status="assigned", done=frozenset({"unacknowledged"})), "nudge", None),
    (
        "given to another office: its 24 hours begin anew",
        case(limit=30, status="assigned", since=at(9, 7, 9)),
        "unacknowledged",
        at(9, 10, 10, 30),
    ),
    (
        "the citizen was asked: five days, whatever the clock",
        case(status="waiting_citizen", waiting_since=at(9, 4, 12)),
        "wait_over",
        at(9, 9, 12),
    ),
    (
        "day 41, though it waits for the citizen",
        case(limit=30, status="waiting_citizen", waiting_since=at(10, 10, 12)),
        "late_3",
        at(10, 11, 10),
    ),
    (
        "day 41 of what oversight has already changes nothing",
        case(limit=28, level=3, paused=4000, due_on=dt.date(2026, 10, 16), done=frozenset({"nudged"})),
        "late_1",
        None,
    ),
    (
        "day 41, before the deadline that a pause put off",
        case(limit=28, paused=4000, due_on=dt.date(2026, 10, 16), done=frozenset({"nudged"})),
        "late_3",
        at(10, 11, 10),
    ),
    ("answered: reminded on day 3", case(status="resolved_pending", heard_at=FILED), "remind_confirm", at(9, 3, 10)),
    (
        "answered and reminded: over on day 7",
        case(
            status="resolved_pending",
            heard_at=FILED + HOUR,
            reminded_at=at(9, 3, 10),
            done=frozenset({"reminded_citizen"}),
        ),
        "lapse",
        at(9, 7, 10),
    ),
    (
        "refused: as long",
        case(status="refused_pending", heard_at=FILED, reminded_at=at(9, 3, 10), done=frozenset({"reminded_citizen"})),
        "lapse",
        at(9, 7, 10),
    ),
    (
        "reminded late: four days to answer",
        case(status="resolved_pending", heard_at=FILED, reminded_at=at(9, 20, 9), done=frozenset({"reminded_citizen"})),
        "lapse",
        at(9, 24, 9),
    ),
    ("never reminded: not closed", case(status="resolved_pending", heard_at=FILED), "remind_confirm", at(9, 3, 10)),
    (
        "no question arrived: it says so and stays",
        case(status="resolved_pending", done=frozenset({"reminded_citizen"})),
        "undelivered",
        at(9, 7, 10),
    ),
    (
        "no question arrived, and it was said",
        case(status="resolved_pending", done=frozenset({"reminded_citizen", "undelivered"})),
        None,
        None,
    ),
    (
        "a question arrived at last: four days to answer",
        case(
            status="resolved_pending",
            heard_at=at(9, 20, 9),
            reminded_at=at(9, 3, 10),
            done=frozenset({"reminded_citizen", "undelivered"}),
        ),
        "lapse",
        at(9, 24, 9),
    ),
    (
        "works that were confirmed: looked at again",
        case(status="closed_confirmed", works=True),
        "recheck",
        at(9, 28, 10),
    ),
    (
        "works looked at again once",
        case(status="closed_confirmed", works=True, done=frozenset({"rechecked"})),
        None,
        None,
    ),
    ("papers that were confirmed", case(status="closed_confirmed"), None, None),
    ("works that nobody confirmed", case(status="closed_unanswered", works=True), None, None),
    ("taken back", case(status="withdrawn", works=True), None, None),
    ("waits for triage: its clock runs", case(status="screening", done=frozenset({"nudged"})), "late_1", None),
    ("nobody's yet: its clock runs", case(status="received", done=frozenset({"nudged"})), "late_1", None),
]


@pytest.mark.parametrize(("given_case", "act", "when"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_next_tick_is(given_case: Case, act: str | None, when: dt.datetime | None) -> None:
    tick = next_tick(given_case, PUNJAB)
    assert (tick.act if tick else None) == act
    if when is not None:
        assert tick is not None
        assert tick.at == when


def test_an_urgent_case_goes_late_at_night() -> None:
    urgent = case(limit=1, due_on=escalation_clock.first_due(library.LIFE, URGENT, FILED, 1))
    assert [(tick.act, tick.at - FILED) for tick in rest(urgent, URGENT)] == [
        ("nudge", 19.2 * HOUR),
        ("late_1", 24 * HOUR),
        ("late_2", 36 * HOUR),
        ("late_3", 48 * HOUR),
    ]


def test_a_pause_puts_everything_off_by_as_much_working_time_and_moves_the_day_told() -> None:
    before = case()
    due_on = escalation_clock.due_after(before, PUNJAB, 15 * HOUR)  # two working days
    paused = replace(before, paused=15 * 60, due_on=due_on)
    assert paused.due_on == dt.date(2026, 9, 9)
    for early, late in zip(rest(before), rest(paused), strict=True):
        assert early.act == late.act
        assert PUNJAB.between(early.at, late.at) == 15 * HOUR


def test_the_day_that_was_told_holds_though_a_holiday_was_proclaimed_or_taken_back() -> None:
    told = case(done=frozenset({"nudged"}))
    proclaimed = working_time.parse_calendars(
        "zone: Asia/Karachi\nhours: {mon: [09:00-17:00], tue: [09:00-17:00], wed: [09:00-17:00]}\n"
        "holidays: [{day: 2026-09-07, name: Proclaimed}]"
    ).of(None, urgent=False)
    assert escalation_clock.deadline(told, proclaimed) == at(9, 2, 17)
    assert escalation_clock.due_after(told, proclaimed, 8 * HOUR) == dt.date(2026, 9, 8)
    longer = working_time.parse_calendars(
        "zone: Asia/Karachi\nhours: {mon: [09:00-17:00], sat: [9:00-12:00]}".replace("[9:", "[09:")
    )
    assert escalation_clock.deadline(told, longer.of(None, urgent=False)) == at(9, 7, 17)


def test_an_old_case_that_was_due_on_a_sunday_has_one_working_day_at_least() -> None:
    saturday = at(9, 5, 10)
    old = Case(
        library.LIFE, "in_progress", saturday, saturday, 15, dt.date(2026, 9, 6), saturday, done=frozenset({"nudged"})
    )  # calendar days, told before there was a calendar
    assert next_tick(old, PUNJAB) == Tick(at(9, 7, 16, 30), "late_1")
    assert escalation_clock.due_after(old, PUNJAB, 2 * HOUR) == dt.date(2026, 9, 8)


def test_nobody_is_told_a_day_after_the_fortieth() -> None:
    assert escalation_clock.first_due(library.LIFE, PUNJAB, FILED, 5) == dt.date(2026, 9, 7)
    assert escalation_clock.first_due(library.LIFE, PUNJAB, FILED, 30) == dt.date(
        2026, 10, 9
    )  # the fortieth is a Saturday
    assert [tick.act for tick in rest(case(limit=30))] == ["nudge", "late_1", "late_3"]


def test_a_case_opened_again_has_its_own_limit_but_the_first_receipts_forty_first_day() -> None:
    again = case(limit=3, received=at(9, 28, 9), since=at(9, 28, 9), due_on=dt.date(2026, 10, 1))
    assert [(tick.act, tick.at) for tick in rest(again)][1:] == [
        ("late_1", at(10, 1, 16, 30)),
        ("late_2", at(10, 6, 8, 45)),
        ("late_3", at(10, 7, 16, 30)),
    ]
    weeks_later = case(limit=3, received=at(10, 12, 9), since=at(10, 12, 9), due_on=dt.date(2026, 10, 15))
    assert [(tick.act, tick.at) for tick in rest(weeks_later)][1:] == [("late_3", at(10, 15, 16, 30))]


def test_what_no_question_reached_is_looked_at_daily() -> None:
    stays = case(status="resolved_pending", done=frozenset({"reminded_citizen", "undelivered"}))
    assert next_look(stays, PUNJAB, at(9, 20)) == at(9, 21)
    assert next_look(case(status="withdrawn"), PUNJAB, at(9, 20)) is None
    assert next_look(case(), PUNJAB, at(9, 20)) == next_tick(case(), PUNJAB).at  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("acts", "owed"),
    [
        ([], False),
        (["nudged", "interim"], False),
        (["late_1"], True),
        (["late_1", "acknowledged"], True),
        (["late_1", "interim"], False),
        (["late_1", "interim", "late_2"], True),
        (["late_3"], True),
    ],
)
def test_an_interim_reply_is_owed_after_each_lateness(acts: list[str], owed: bool) -> None:
    assert needs_interim_reply(acts) == owed


LIMITS = st.integers(1, 30)
CALENDARS = st.sampled_from([PUNJAB, URGENT])
FILINGS = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 6, 1), timezones=st.just(KARACHI))


def filed(calendar: working_time.Calendar, when: dt.datetime, limit: int, status: str = "in_progress") -> Case:
    return Case(
        library.LIFE, status, when, when, limit, escalation_clock.first_due(library.LIFE, calendar, when, limit), when
    )


@given(CALENDARS, FILINGS, LIMITS, st.lists(st.integers(1, 2000), max_size=12), st.booleans())
def test_whenever_sweeps_come_each_tick_is_made_once_in_order_and_not_too_early(
    calendar: working_time.Calendar, when: dt.datetime, limit: int, gaps: list[int], taken: bool
) -> None:
    begun = filed(calendar, when, limit, "in_progress" if taken else "assigned")
    swept, made, now = begun, [], when
    for hours in [*gaps, 5000]:
        now += hours * HOUR
        while (tick := next_tick(swept, calendar)) and tick.at <= now:
            made.append(tick)
            swept = after(swept, tick)
    assert made == rest(begun, calendar)
    assert [tick.at for tick in made] == sorted(tick.at for tick in made)
    assert len({tick.act for tick in made}) == len(made)
    assert made[-1].act == "late_3"
    assert made[-1].at <= when + 41 * DAY


@given(CALENDARS, FILINGS, LIMITS, st.lists(st.integers(1, 2000), max_size=12), st.booleans())
def test_however_long_nobody_looked_a_case_is_raised_once_and_to_the_highest_level_due(
    calendar: working_time.Calendar, when: dt.datetime, limit: int, gaps: list[int], taken: bool
) -> None:
    begun = filed(calendar, when, limit, "in_progress" if taken else "assigned")
    swept, raised, now = begun, [], when
    for hours in [*gaps, 5000]:
        now += hours * HOUR
        made = []
        while tick := due_tick(swept, calendar, now):
            made.append(tick.act)
            swept = after(swept, tick)
        late = [act for act in made if act.startswith("late_")]
        due = [tick.act for tick in rest(begun, calendar) if tick.at <= now and tick.act.startswith("late_")]
        assert len(late) <= 1
        assert [*raised, *late][-1:] == due[-1:]
        raised += late
        assert not late or made == late
    assert raised == sorted(set(raised))
    assert raised[-1] == "late_3"


ANSWERS = st.tuples(
    st.integers(0, 300), st.integers(1, 6 * 24 * 60)
)  # hours until a question, minutes until its answer


@given(CALENDARS, FILINGS, LIMITS, st.lists(ANSWERS, max_size=2), st.lists(st.integers(1, 100), min_size=1, max_size=9))
def test_pauses_put_off_and_nothing_else_does(
    calendar: working_time.Calendar, when: dt.datetime, limit: int, asked: list[tuple[int, int]], gaps: list[int]
) -> None:
    swept, made, now = filed(calendar, when, limit), [], when
    started = swept

    def sweep() -> None:
        nonlocal swept
        while (tick := next_tick(swept, calendar)) and tick.at <= now:
            if tick.act == "wait_over":
                answer(tick.at)
            else:
                made.append(tick)
                swept = after(swept, tick)

    def answer(heard: dt.datetime) -> None:
        nonlocal swept
        assert swept.waiting_since is not None
        minutes = calendar.between(swept.waiting_since, heard) // MINUTE
        due_on, paused = escalation_clock.due_after(swept, calendar, minutes * MINUTE), swept.paused + minutes
        swept = replace(swept, status="in_progress", since=heard, waiting_since=None, due_on=due_on, paused=paused)

    for hours, minutes in asked:
        now += hours * HOUR
        sweep()
        swept = replace(swept, status="waiting_citizen", since=now, waiting_since=now)
        now += minutes * MINUTE
        sweep()
        if swept.waiting_since is not None:
            answer(now)
    for hours in [*gaps, 5000]:
        now += hours * HOUR
        sweep()
    acts = [tick.act for tick in made]
    assert len(set(acts)) == len(acts)
    assert [act for act in acts if act != "nudge"] == sorted(act for act in acts if act != "nudge")
    assert acts[-1] == "late_3"
    assert made[-1].at <= when + 41 * DAY
    late, early = escalation_clock.deadline(swept, calendar), escalation_clock.deadline(started, calendar)
    assert calendar.between(early, late) == swept.paused * MINUTE
