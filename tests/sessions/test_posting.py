"""Claiming what is due: in order, once, and nothing that should not go."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from flows.quiet import QuietHours, read
from sessions import breaks
from sessions.outcomes import NotSent, Outcome, RefusedUntil, Rejected, Sent, Unknown
from sessions.posting import give_back
from sessions.receipts import PATIENCE
from sessions.sorting import DAY, NO_ROAD
from storage import claims
from storage.database import Database
from storage.tables import Spending
from tests.sessions.posting import (
    AMIR,
    NAME,
    SARA,
    Aggregator,
    look,
    owe,
    phone,
    report,
    rules,
    send,
    states,
    swept,
    take,
    wants_no_texts,
    write,
)

SECOND, MINUTE, HOUR = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(hours=1)
ANSWERS = ("stop_ok", "start_ok", "help", "status_is", "status_missing", "status_mistyped", "unknown", "filing_ask")


def test_a_claimed_text_says_all_that_sending_needs(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now, order="complaint:9", body="سیور بند ہے {x} 100% 😀")
    (post,) = take(database, now + SECOND)
    assert (post.id, post.phone, post.body, post.road) == (owed, SARA, "سیور بند ہے {x} 100% 😀", NAME)
    assert (post.attempts, post.ambiguous, post.order_key, post.event) == (1, 0, "complaint:9", "received")
    assert (post.created_at, post.created_at.tzinfo) == (now, dt.UTC)
    text = look(database, owed)
    assert (text.state, text.lease, text.lease_until) == ("sending", post.lease, now + SECOND + claims.LEASE)


def test_texts_are_claimed_in_the_order_they_became_due(database: Database, now: dt.datetime) -> None:
    later, early = owe(database, now), owe(database, now - HOUR)
    owe(database, now + SECOND)
    assert [post.id for post in take(database, now, 10)] == [early, later]
    assert take(database, now, 10) == []


def test_a_claim_takes_no_more_than_it_is_asked_for(database: Database, now: dt.datetime) -> None:
    owed = [owe(database, now) for _ in range(5)]
    assert [post.id for post in take(database, now, 3)] == owed[:3]
    assert [post.id for post in take(database, now, 3)] == owed[3:]


def test_a_claim_takes_one_text_of_each_complaint(database: Database, now: dt.datetime) -> None:
    first, other = owe(database, now, order="complaint:1"), owe(database, now, order="complaint:2")
    behind = owe(database, now, order="complaint:1")
    assert [post.id for post in take(database, now, 10)] == [first, other]
    assert states(database, [behind]) == ["ready"]


def test_texts_of_one_complaint_leave_in_order(database: Database, now: dt.datetime) -> None:
    owed = [owe(database, now, order="complaint:7", body=word) for word in ("one", "two", "three")]
    aggregator = Aggregator(NotSent("connection_refused"), Unknown("read_timeout"))
    assert send(database, now, aggregator, 9) == owed[:1]
    assert send(database, now, aggregator, 9) == []  # not sent: still first
    later = now + MINUTE
    assert send(database, later, aggregator, 9) == owed[:1]
    assert send(database, later, aggregator, 9) == []  # unknown: still first
    report(database, later, "ATXid_x", "Success")
    assert send(database, later, aggregator, 9) == owed[1:2]
    assert send(database, later, aggregator, 9) == owed[2:]
    assert [body for _, body in aggregator.got] == ["one", "one", "two", "three"]
    assert states(database, owed) == ["delivered", "sent", "sent"]


def test_a_claim_that_was_not_settled_is_not_claimed_again(database: Database, now: dt.datetime) -> None:
    owe(database, now)
    assert len(take(database, now)) == 1
    assert take(database, now + DAY) == []


def test_many_workers_claim_each_text_once_and_in_order(database: Database, now: dt.datetime) -> None:
    owed = [owe(database, now, to=phone(n % 20), order=f"complaint:{n % 7}") for n in range(40)]
    got: list[int] = []

    def one_worker(_: int) -> None:
        while set(states(database, owed)) & {"ready", "sending"}:
            posts = take(database, now, 5)
            got.extend(post.id for post in posts)
            write(database, now, *[(post, Sent(f"id{post.id}")) for post in posts])

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(one_worker, range(4)))
    assert sorted(got) == sorted(owed)
    for order in range(7):
        of_key = [each for each in got if owed.index(each) % 7 == order]
        assert of_key == sorted(of_key)


def test_two_claims_at_once_overdraw_no_budget(database: Database, now: dt.datetime) -> None:
    for _ in range(30):
        owe(database, now)
    barrier = threading.Barrier(4)

    def one_worker(_: int) -> int:
        barrier.wait()
        return len(take(database, now, 8))

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(one_worker, range(4))) == 10


def test_what_was_claimed_and_never_begun_is_given_back_to_its_old_place(database: Database, now: dt.datetime) -> None:
    owed = [owe(database, now, to=phone(n)) for n in range(3)]
    posts = take(database, now, 2)
    give_back(database, posts[:1])
    assert [(each.state, each.attempts, each.lease) for each in (look(database, owed[0]),)] == [("ready", 0, None)]
    write(database, now, (posts[0], Sent("ATXid_ghost")))  # whoever gave it back may not settle it
    assert [post.id for post in take(database, now, 9)] == [owed[0], owed[2]]


# ---- Needless ----


def test_who_said_stop_gets_answers_only(database: Database, now: dt.datetime) -> None:
    wants_no_texts(database, SARA, now)
    news = [owe(database, now, event=event) for event in ("received", "resolved_pending", "in_progress")]
    answers = [owe(database, now, event=event) for event in ANSWERS]
    send(database, now, Aggregator(), 99, rules(per_number=99))
    assert states(database, news) == ["cancelled"] * 3
    assert look(database, news[0]).reason == "opted_out"
    assert states(database, answers) == ["sent"] * len(ANSWERS)


def test_numbers_of_other_countries_are_never_texted(database: Database, now: dt.datetime) -> None:
    foreign, ours = owe(database, now, to="+447700900123"), owe(database, now)
    aggregator = Aggregator()
    send(database, now, aggregator, 9, rules(may_be_texted=lambda phone: phone.startswith("+92")))
    assert [to for to, _ in aggregator.got] == [SARA]
    text = look(database, foreign)
    assert (text.state, text.reason, text.attempts) == ("failed", "country_not_served", 0)
    assert look(database, ours).state == "sent"


def test_a_status_that_a_later_one_overtook_is_skipped_and_recorded(database: Database, now: dt.datetime) -> None:
    moves = ["assigned", "in_progress", "resolved_pending"]
    receipt = owe(database, now, order="complaint:1")
    news = [owe(database, now, event=move, order="complaint:1", version=n) for n, move in enumerate(moves, 2)]
    aggregator = Aggregator()
    assert send(database, now, aggregator, 9) == [receipt]  # never skipped, and first
    assert send(database, now, aggregator, 9) == [news[-1]]
    assert states(database, news) == ["skipped", "skipped", "sent"]
    text = look(database, news[0])
    assert (text.reason, text.settled_at, text.attempts) == ("superseded", now, 0)


def test_a_status_of_another_complaint_overtakes_nothing(database: Database, now: dt.datetime) -> None:
    first = owe(database, now, event="assigned", order="complaint:1", version=2)
    second = owe(database, now, event="assigned", order="complaint:2", version=3)
    assert sorted(send(database, now, Aggregator(), 9)) == [first, second]


def test_a_later_status_that_will_not_be_sent_overtakes_nothing(database: Database, now: dt.datetime) -> None:
    early = owe(database, now, event="assigned", order="complaint:1", version=2)
    late = owe(database, now, event="in_progress", order="complaint:1", version=3)
    with database.write.begin() as db:
        claims.drop(db, [late], "cancelled", "by_hand", now)
    assert send(database, now, Aggregator(), 9) == [early]


@pytest.mark.parametrize("first_fails", [True, False])
@pytest.mark.parametrize("failure", [NotSent("http_503"), Unknown("http_500")])
def test_five_moves_in_two_seconds_are_told_in_order_though_every_other_attempt_fails(
    database: Database, now: dt.datetime, first_fails: bool, failure: Outcome
) -> None:
    """B7: what arrives is in the order of versions and ends with the last; what was overtaken says so."""
    moves = ["assigned", "in_progress", "waiting_citizen", "in_progress", "resolved_pending"]
    owed: list[int] = []
    taken: list[int] = []
    fails = itertools.cycle([first_fails, not first_fails])
    for tick in range(5 + 60):
        if tick < len(moves):
            owed.append(owe(database, now, event=moves[tick], order="complaint:5", version=tick + 2))
        for post in take(database, now, 5):
            if next(fails):
                write(database, now, (post, failure))
            else:
                taken.append(post.id)
                write(database, now, (post, Sent(f"id{post.id}")))
        now += SECOND / 2 if tick < len(moves) else 20 * SECOND
        swept(database, now)
    assert taken == sorted(taken)
    assert taken[-1] == owed[-1]
    became = dict(zip(owed, states(database, owed), strict=True))
    assert all(became[each] == "sent" for each in taken)
    assert {became[each] for each in owed if each not in taken} <= {"skipped"}


def test_an_overtaken_status_that_may_have_arrived_keeps_its_place_until_its_patience_is_over(
    database: Database, now: dt.datetime
) -> None:
    early = owe(database, now, event="assigned", order="complaint:1", version=2)
    send(database, now, Aggregator(Unknown("read_timeout")))
    late = owe(database, now, event="in_progress", order="complaint:1", version=3)
    assert send(database, now + MINUTE, Aggregator()) == []
    swept(database, now + PATIENCE)
    assert send(database, now + PATIENCE, Aggregator(), 9) == [late]
    text = look(database, early)
    assert (text.state, text.ambiguous) == ("skipped", 1)


def test_a_text_whose_sense_is_gone_is_not_sent(database: Database, now: dt.datetime) -> None:
    owed, lasting = owe(database, now, event="unknown"), owe(database, now)
    assert send(database, now + HOUR, Aggregator(), 9) == [lasting]
    text = look(database, owed)
    assert (text.state, text.reason, text.settled_at) == ("expired", "expired", now + HOUR)


def test_a_text_whose_sense_is_gone_but_that_may_have_arrived_is_for_a_person_to_look_at(
    database: Database, now: dt.datetime
) -> None:
    owed = owe(database, now, event="unknown")
    send(database, now, Aggregator(Unknown("read_timeout")))
    swept(database, now + HOUR)
    assert send(database, now + HOUR, Aggregator()) == []
    assert look(database, owed).state == "unconfirmed"


# ---- Quiet hours: it is noon in Karachi ----

NIGHT = QuietHours(read("22:00-07:00"), {"sindh": read("11:00-13:30")})


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
    owed = [owe(database, now + n * MINUTE) for n in range(25)]
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
        owe(database, now)
    other = owe(database, now, to=AMIR)
    sent: list[int] = []
    for _ in range(4):
        sent += send(database, now, Aggregator(), 16)
    assert other in sent
    assert len(sent) == 11


def test_an_answer_that_the_budget_would_keep_until_its_sense_is_gone_is_dropped(
    database: Database, now: dt.datetime
) -> None:
    owed = [owe(database, now, event="help") for _ in range(12)]
    send(database, now, Aggregator(), 99)
    assert states(database, owed) == ["sent"] * 10 + ["expired"] * 2
    assert look(database, owed[-1]).reason == "number_budget"


def test_a_complaint_gets_twenty_texts(database: Database, now: dt.datetime) -> None:
    under = rules(per_number=99)
    owed = [owe(database, now, order="complaint:1") for _ in range(22)]
    for _ in range(22):
        send(database, now, Aggregator(), 9, under)
    assert states(database, owed) == ["sent"] * 20 + ["failed"] * 2
    assert look(database, owed[-1]).reason == "complaint_budget"


def test_a_text_tried_again_is_counted_once(database: Database, now: dt.datetime) -> None:
    under = rules(per_number=1, per_complaint=1)
    owed = owe(database, now)
    send(database, now, Aggregator(NotSent("x")), 9, under)
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
        assert [each.texts for each in db.query(Spending).order_by(Spending.hour)] == [5, 5]


# ---- Roads ----


def test_the_preferred_road_is_taken_and_the_next_one_while_it_rests(database: Database, now: dt.datetime) -> None:
    under = rules("jazz", NAME)
    for n in range(5):
        owe(database, now, to=phone(n))
    send(database, now, Aggregator(*[NotSent("connection_refused")] * 5), 5, under)
    owed = owe(database, now)
    (post,) = take(database, now, 1, under)
    assert (post.id, post.road) == (owed, NAME)


def test_what_one_road_may_have_taken_is_never_given_to_another(database: Database, now: dt.datetime) -> None:
    both = rules("jazz", NAME)
    owed = owe(database, now)
    posts = take(database, now, 1, both)
    write(database, now, (posts[0], Unknown("read_timeout")))
    for n in range(5):
        owe(database, now, to=phone(n))
    posts = take(database, now, 5, both)
    assert [post.road for post in posts] == ["jazz"] * 5
    write(database, now, *[(post, NotSent("x")) for post in posts])  # jazz rests now
    later = now + PATIENCE
    swept(database, later)
    with database.write.begin() as db:
        breaks.saw(db, later, [("jazz", NotSent("x"))])
    assert owed not in [post.id for post in take(database, later, 9, both)]
    assert look(database, owed).next_at == later + NO_ROAD
    later += NO_ROAD
    again = next(post for post in take(database, later, 9, both) if post.id == owed)
    assert (again.road, again.ambiguous) == ("jazz", 1)


def test_what_a_road_may_have_taken_that_is_no_more_is_for_a_person_to_look_at(
    database: Database, now: dt.datetime
) -> None:
    owed = owe(database, now)
    write(database, now, (take(database, now, 1, rules("jazz"))[0], Unknown("read_timeout")))
    swept(database, now + PATIENCE)
    assert take(database, now + PATIENCE, 1, rules(NAME)) == []
    text = look(database, owed)
    assert (text.state, text.reason) == ("unconfirmed", "road_gone")


def test_while_every_road_rests_texts_stay_as_they_are_and_one_is_tried_every_ten_seconds(
    database: Database, now: dt.datetime
) -> None:
    """B9: however many workers ask, an outage costs one attempt in ten seconds, and nobody loses their place."""
    owed = [owe(database, now, to=phone(n)) for n in range(20)]
    down = Aggregator(*[NotSent("http_503")] * 40)
    send(database, now, down, 5)
    assert len(down.got) == 5
    for second in range(1, 31):
        for _ in range(3):  # workers
            send(database, now + second * SECOND, down, 9)
    assert len(down.got) == 8
    untouched = [look(database, each) for each in owed[8:]]
    assert [(each.attempts, each.next_at) for each in untouched] == [(0, now)] * 12
    up = Aggregator()
    later = now + 40 * SECOND
    assert len(send(database, later, up, 9)) == 1
    send(database, later, up, 99)
    assert states(database, owed[8:]) == ["sent"] * 12


def test_a_road_without_money_is_stopped_and_tried_every_ten_minutes(database: Database, now: dt.datetime) -> None:
    for n in range(9):
        owe(database, now, to=phone(n))
    broke = Aggregator(*[RefusedUntil(600, "no_balance", account=True)] * 9)
    send(database, now, broke)
    for minute in range(10):
        send(database, now + minute * MINUTE, broke, 9)
    assert len(broke.got) == 1
    send(database, now + 10 * MINUTE, broke, 9)
    assert len(broke.got) == 2
    send(database, now + 20 * MINUTE, Aggregator(), 9)
    assert len(send(database, now + 20 * MINUTE, Aggregator(), 9)) == 8


def test_a_text_that_is_refused_for_its_own_sake_shows_that_the_road_works(
    database: Database, now: dt.datetime
) -> None:
    for n in range(9):
        owe(database, now, to=phone(n))
    outcomes = [NotSent("x")] * 4 + [Rejected("InvalidPhoneNumber")] + [NotSent("x")] * 4
    send(database, now, Aggregator(*outcomes), 9)
    owed = owe(database, now, to=AMIR)
    assert send(database, now, Aggregator(), 9) == [owed]
