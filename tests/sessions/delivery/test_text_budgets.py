"""When a text may go: not in quiet hours, and only so many to a number, about a complaint, and in an hour."""

from __future__ import annotations

import datetime as dt

import pytest

from flows.delivery.quiet_hours import QuietHours, parse_quiet_period
from sessions.delivery import outbox_admin
from sessions.delivery.dispatch_policy import DAY
from sessions.delivery.outcome_types import SendFailure
from sessions.operations import active_alarms
from storage.connection.database import Database
from storage.schema.tables import HourlyClaims
from tests.sessions.posting import AMIR, SARA, Aggregator, look, owe, phone, rules, send, states

pytestmark = pytest.mark.both_databases

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
NIGHT = QuietHours(
    parse_quiet_period("22:00-07:00"), {"sindh": parse_quiet_period("11:00-13:30")}
)  # `now` is noon in Karachi


def quiet(now: dt.datetime, province: str | None) -> dt.datetime | None:
    return NIGHT.until(now.astimezone(dt.timezone(5 * HOUR)), province)


def test_at_night_a_status_waits_for_the_morning_and_answers_do_not(database: Database, now: dt.datetime) -> None:
    night = now + 11 * HOUR  # 23:00
    news, answer = owe(database, night, event="assigned"), owe(database, night, event="status_is")
    receipt = owe(database, night)
    under = rules(quiet_until=quiet)
    assert send(database, night, Aggregator(), 9, under) == [answer, receipt]
    text = look(database, news)
    assert (text.state, text.reason, text.next_at) == ("ready", "quiet_hours", now + 19 * HOUR)
    assert send(database, now + 19 * HOUR, Aggregator(), 9, under) == [news]


def test_a_province_has_its_own_quiet_hours(database: Database, now: dt.datetime) -> None:
    there = owe(database, now, event="assigned", province="sindh")
    here = owe(database, now, event="assigned", to=AMIR, province="punjab")
    assert send(database, now, Aggregator(), 9, rules(quiet_until=quiet)) == [here]
    assert look(database, there).next_at == now + 1.5 * HOUR


# ---- Budgets ----


def test_a_number_gets_ten_texts_a_day_and_the_others_as_the_day_goes_on(database: Database, now: dt.datetime) -> None:
    owed = [owe(database, now + n * MINUTE, event="assigned") for n in range(25)]
    aggregator = Aggregator()
    for n in range(25):
        send(database, now + n * MINUTE, aggregator)
    assert states(database, owed) == ["sent"] * 10 + ["ready"] * 15
    assert look(database, owed[10]).reason == "number_budget"
    assert look(database, owed[10]).next_at == now + DAY
    send(database, now + DAY, aggregator, 99)
    send(database, now + DAY + 30 * MINUTE, aggregator, 99)
    assert states(database, owed) == ["sent"] * 20 + ["ready"] * 5


def test_one_citizens_hundred_texts_hold_up_nobody_else(database: Database, now: dt.datetime) -> None:
    for _ in range(100):
        owe(database, now, event="assigned")
    other = owe(database, now, to=AMIR)
    sent: list[int] = []
    for _ in range(4):
        sent += send(database, now, Aggregator(), 16)
    assert other in sent
    assert len(sent) == 11


def test_who_had_the_days_texts_is_answered_and_told_the_number_of_what_they_file(
    database: Database, now: dt.datetime
) -> None:
    news = [owe(database, now, event="assigned") for _ in range(12)]
    send(database, now, Aggregator(), 99)
    own = [owe(database, now, event=event) for event in ("status_is", "stop_ok", "help", "withdraw_ask", "received")]
    assert send(database, now, Aggregator(), 99) == own
    assert states(database, news) == ["sent"] * 10 + ["ready"] * 2


def test_answers_leave_the_days_texts_to_the_offices(database: Database, now: dt.datetime) -> None:
    for _ in range(10):
        owe(database, now, event="help")
    news = owe(database, now, event="assigned")
    assert news in send(database, now, Aggregator(), 99)


def test_an_urgent_text_is_not_held_by_the_days_limit(database: Database, now: dt.datetime) -> None:
    for _ in range(10):
        owe(database, now, event="assigned")
    send(database, now, Aggregator(), 99)
    urgent = owe(database, now, event="assigned", urgent=True)
    assert send(database, now, Aggregator(), 99) == [urgent]


def test_answers_to_one_number_end_at_sixty_a_day(database: Database, now: dt.datetime) -> None:
    """Two machines that talk to each other are cut off, however they get round what else stops them."""
    owed = [owe(database, now, event="help") for _ in range(62)]
    receipt = owe(database, now)
    send(database, now, Aggregator(), 99)
    assert states(database, owed) == ["sent"] * 60 + ["expired"] * 2
    assert look(database, owed[-1]).reason == "number_budget"
    assert look(database, receipt).state == "ready"  # it is never too late
    assert send(database, now + DAY + MINUTE, Aggregator(), 99) == [receipt]


def test_people_who_work_by_text_have_a_limit_of_their_own(database: Database, now: dt.datetime) -> None:
    under = rules(per_number=1, answers_per_number=1, per_officer=3)
    owed = [owe(database, now, event=event) for event in ("officer_new", "officer_done", "officer_due", "officer_new")]
    send(database, now, Aggregator(), 99, under)
    assert states(database, owed) == ["sent"] * 3 + ["ready"]
    citizen = [owe(database, now, event=event) for event in ("assigned", "help")]
    assert send(database, now, Aggregator(), 99, under) == citizen


# ---- What waits behind another ----


def test_a_text_of_a_case_keeps_its_place_behind_one_that_waits_and_says_why(
    database: Database, now: dt.datetime
) -> None:
    under = rules(per_number=1)
    owe(database, now, event="assigned")
    first = owe(database, now, event="assigned", order="complaint:1")
    send(database, now, Aggregator(), 9, under)
    behind = look(database, owe(database, now + MINUTE, event="in_progress", order="complaint:1"))
    assert (behind.next_at, behind.reason) == (look(database, first).next_at, "number_budget")
    assert behind.next_at == now + DAY


def test_an_answer_goes_before_a_text_to_the_same_phone_that_waits(database: Database, now: dt.datetime) -> None:
    under = rules(per_number=1)
    owe(database, now, event="assigned")
    waits, early = owe(database, now, event="noticed", order="contact:1"), owe(database, now, event="help")
    assert early in send(database, now, Aggregator(), 9, under)
    answer = owe(database, now + MINUTE, event="emergency", order="contact:1")
    assert send(database, now + MINUTE, Aggregator(), 9, under) == [answer]
    assert look(database, waits).state == "ready"


def test_an_answer_that_was_there_first_is_not_put_off_with_what_it_stood_behind(
    database: Database, now: dt.datetime
) -> None:
    under = rules(per_number=1)
    owe(database, now, event="assigned")
    waits, answer = (owe(database, now, event=event, order="contact:1") for event in ("noticed", "emergency"))
    sent = [*send(database, now, Aggregator(), 9, under), *send(database, now, Aggregator(), 9, under)]
    assert answer in sent
    assert look(database, waits).reason == "number_budget"


# ---- What a budget holds is shown ----


def test_what_a_budget_holds_for_more_than_an_hour_is_shown_and_is_one_alarm(
    database: Database, now: dt.datetime
) -> None:
    under = rules(per_number=1)
    owed = [owe(database, now, event="assigned", to=to) for to in (SARA, SARA, SARA, AMIR)]
    send(database, now, Aggregator(), 9, under)
    assert outbox_admin.list_stuck_messages(database, now + HOUR - MINUTE) == []
    assert active_alarms.find_active_alarms(database, now + HOUR - MINUTE, 100) == []
    assert [line.id for line in outbox_admin.list_stuck_messages(database, now + HOUR)] == owed[1:3]
    (alarm,) = active_alarms.find_active_alarms(database, now + HOUR, 100)
    assert alarm.name == "budget"
    assert alarm.words.startswith("2 texts wait")


def test_a_complaint_gets_twenty_texts(database: Database, now: dt.datetime) -> None:
    under = rules()
    owed = [owe(database, now, order="complaint:1") for _ in range(22)]
    for _ in range(22):
        send(database, now, Aggregator(), 9, under)
    assert states(database, owed) == ["sent"] * 20 + ["failed"] * 2
    assert look(database, owed[-1]).reason == "complaint_budget"


def test_a_text_tried_again_is_counted_once(database: Database, now: dt.datetime) -> None:
    under = rules(per_number=1, per_complaint=1)
    owed = owe(database, now, event="assigned")
    send(database, now, Aggregator(SendFailure("x")), 9, under)
    assert send(database, now + MINUTE, Aggregator(), 9, under) == [owed]
    assert send(database, now + MINUTE, Aggregator(), 9, under) == []


def test_the_hourly_budget_of_all_texts_stops_sending_until_the_next_hour(database: Database, now: dt.datetime) -> None:
    owed = [owe(database, now, to=phone(n)) for n in range(12)]
    under = rules(per_hour=5)
    assert send(database, now, Aggregator(), 4, under) == owed[:4]
    assert send(database, now + MINUTE, Aggregator(), 4, under) == owed[4:5]
    assert send(database, now + 59 * MINUTE, Aggregator(), 4, under) == []
    assert states(database, owed[5:]) == ["ready"] * 7
    assert send(database, now + 60 * MINUTE, Aggregator(), 9, under) == owed[5:10]
    with database.read() as db:
        assert [each.texts for each in db.query(HourlyClaims).order_by(HourlyClaims.hour)] == [5, 5]
