"""Two policies in one process: every act goes by the rules that it is handed, and never by another's."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from flows.cases.lifecycle_rules import Life, Lifecycle, TransitionInput
from flows.cases.working_time import parse_calendars
from sessions.cases.acts import citizen_acts, citizen_verdicts, me_too, office_work, resolution, timed_acts
from sessions.cases.acts.all_acts import StaffAct
from sessions.cases.core import own_cases
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import ActResult
from sessions.cases.core.actors import CITIZEN, SYSTEM, Actor, operator
from sessions.cases.rules.case_policy import SHIPPED_POLICY, CasePolicy
from storage.cases import contacts
from storage.connection.database import Database
from storage.schema.tables import Complaint
from tests.sessions.filing import NOW, file_one, shipped
from tests.sessions.offices import settle

DAY = dt.timedelta(days=1)
OFFICER = operator("Amina")
CLOSING = TransitionInput(words="The valve was changed, water runs again", outcome="relief_granted", proof="visit")
QUESTION = TransitionInput(words="What is the number of your meter?")


_phones = itertools.count(10_000)


def other(**limits: object) -> CasePolicy:
    """The rules that ship with other limits."""
    life: Life = replace(SHIPPED_POLICY.life, **limits)
    return replace(SHIPPED_POLICY, lifecycle=Lifecycle(life))


class Desk:
    """One complaint, and whatever is done to it by one policy."""

    def __init__(self, database: Database, policy: CasePolicy) -> None:
        self.database, self.policy, self.now = database, policy, NOW
        self.filed, _ = file_one(database, f"+9230055{next(_phones)}")

    def in_context(self, does: Callable[[ActContext, Complaint], Any], actor: Actor = CITIZEN) -> Any:
        with self.database.write.begin() as db:
            context = ActContext(db, self.now, actor, shipped(), self.policy)
            return does(context, db.get_one(Complaint, self.filed.id))

    def does(self, act: StaffAct, given: TransitionInput = TransitionInput(), actor: Actor = OFFICER) -> bool:  # noqa: B008
        return isinstance(self.in_context(lambda context, it: act(context, it, given), actor), ActResult)

    def resolved(self) -> None:
        assert self.does(office_work.acknowledge)
        assert self.does(resolution.resolve, CLOSING)

    @property
    def it(self) -> Complaint:
        with self.database.read() as db:
            return db.get_one(Complaint, self.filed.id)


def asks_once_more(desk: Desk) -> object:
    desk.does(office_work.acknowledge)
    for _ in range(2):
        assert desk.does(office_work.ask_citizen, QUESTION)
        assert desk.does(office_work.resume_work)
    return desk.does(office_work.ask_citizen, QUESTION)


def closes_in_few_words(desk: Desk) -> object:
    desk.does(office_work.acknowledge)
    return desk.does(resolution.resolve, replace(CLOSING, words="Done today"))


def opens_again_late(desk: Desk) -> object:
    desk.resolved()
    assert desk.in_context(citizen_verdicts.confirm)
    desk.now += 31 * DAY
    return desk.in_context(lambda context, it: citizen_verdicts.reopen(context, it, "nothing_done"))


def appeals_late(desk: Desk) -> object:
    desk.resolved()
    assert desk.in_context(citizen_verdicts.confirm)
    desk.now += 31 * DAY
    return desk.in_context(citizen_verdicts.appeal)


def is_an_appeal_the_second_time(desk: Desk) -> object:
    for _ in range(2):
        desk.resolved()
        assert desk.in_context(lambda context, it: citizen_verdicts.reopen(context, it, "nothing_done"))
    return desk.it.status


def reminds_after_two_hours(desk: Desk) -> object:
    assert desk.in_context(citizen_acts.remind) == "ok"
    desk.now += dt.timedelta(hours=2)
    return desk.in_context(citizen_acts.remind)


def looks_up_twice(desk: Desk) -> object:
    def look(context: ActContext, _: Complaint) -> object:
        contact = contacts.find_or_add(context.db, f"+9230066{next(_phones)}", desk.now)
        keys = [f"{contact.id}:{at}" for at in range(2)]
        return [own_cases.look_up(context, contact, "482719304", key) for key in keys][-1]

    return desk.in_context(look)


def knows_of_yesterday(desk: Desk) -> object:
    desk.now += DAY
    return desk.in_context(
        lambda context, it: me_too.known_problem(context, None, it.category or "", it.district or "").result
    )


def waits_for_the_citizen(desk: Desk) -> object:
    desk.does(office_work.acknowledge)
    desk.does(office_work.ask_citizen, QUESTION)
    desk.now += 20 * DAY
    desk.in_context(timed_acts.end_wait, SYSTEM)
    return desk.it.paused > 6 * 8 * 60


def reads_the_day(desk: Desk) -> object:
    return desk.in_context(lambda context, it: citizen_acts.record_of(it, context.policy, context.flow)["filed"])


def is_due(desk: Desk) -> object:
    """What is opened again has half the days, by the calendar of the policy."""
    desk.resolved()
    assert desk.in_context(lambda context, it: citizen_verdicts.reopen(context, it, "nothing_done"))
    return desk.it.due_on


LIFE = SHIPPED_POLICY.life
CASES: dict[str, tuple[Callable[[Desk], object], CasePolicy, object, object]] = {
    "pauses.most": (asks_once_more, other(pauses=replace(LIFE.pauses, most=3)), True, False),
    "pauses.days": (waits_for_the_citizen, other(pauses=replace(LIFE.pauses, days=15)), True, False),
    "words.least": (closes_in_few_words, other(words=replace(LIFE.words, least=5)), True, False),
    "reopenings.days": (opens_again_late, other(reopenings=replace(LIFE.reopenings, days=60)), True, False),
    "reopenings.most": (
        is_an_appeal_the_second_time,
        other(reopenings=replace(LIFE.reopenings, most=1)),
        "appealed",
        "assigned",
    ),
    "appeal.days": (appeals_late, other(appeal=replace(LIFE.appeal, days=60)), True, False),
    "reminders.hours": (reminds_after_two_hours, other(reminders=replace(LIFE.reminders, hours=1)), "ok", "too_soon"),
    "lookups.most": (looks_up_twice, other(lookups=replace(LIFE.lookups, most=1)), "too_many", "missing"),
    "known_problems.hours": (
        knows_of_yesterday,
        other(known_problems=replace(LIFE.known_problems, hours=48)),
        "ok",
        "none",
    ),
    "the time zone": (
        reads_the_day,
        replace(SHIPPED_POLICY, zone=ZoneInfo("Pacific/Midway")),
        "2026-06-16",
        "2026-06-17",
    ),
    "the calendar": (
        is_due,
        replace(SHIPPED_POLICY, calendars=parse_calendars("zone: Asia/Karachi\nhours: {sat: [09:00-12:00]}")),
        dt.date(2026, 7, 11),
        dt.date(2026, 6, 23),
    ),
}


@pytest.mark.parametrize("rule", CASES)
def test_an_act_goes_by_the_policy_that_it_is_handed(sqlite_database: Database, rule: str) -> None:
    """Both in one process, one after the other and the first again."""
    walk, policy, theirs, ours = CASES[rule]
    settle(sqlite_database)
    walked = [walk(Desk(sqlite_database, each)) for each in (policy, SHIPPED_POLICY, policy)]
    assert walked == [theirs, ours, theirs]
