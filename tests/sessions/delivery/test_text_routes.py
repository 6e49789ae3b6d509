"""By which route a text goes, and what waits while one rests."""

from __future__ import annotations

import datetime as dt
import functools

from flows.delivery.message_policy import ROAD_RESTS
from flows.delivery.route_rules import choose_routes, parse_route_rules
from sessions.delivery import outbox_admin, route_breaker
from sessions.delivery.match_reports import PATIENCE
from sessions.delivery.outcome_types import Rejection, SendFailure, TemporaryRejection, Unknown
from sessions.delivery.route_breaker import REST
from sessions.operations import active_alarms
from storage.connection.database import Database
from tests.sessions.posting import (
    AMIR,
    NAME,
    Aggregator,
    look,
    owe,
    phone,
    rules,
    send,
    states,
    swept,
    take,
    write,
)

SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)


def test_the_preferred_route_is_taken_and_the_next_one_while_it_rests(database: Database, now: dt.datetime) -> None:
    under = rules("jazz", NAME)
    for n in range(5):
        owe(database, now, to=phone(n))
    send(database, now, Aggregator(*[SendFailure("connection_refused")] * 5), 5, under)
    owed = owe(database, now)
    (post,) = take(database, now, 1, under)
    assert (post.id, post.route) == (owed, NAME)


def test_what_one_route_may_have_taken_is_never_given_to_another(database: Database, now: dt.datetime) -> None:
    both = rules("jazz", NAME)
    owed = owe(database, now)
    posts = take(database, now, 1, both)
    write(database, now, (posts[0], Unknown("read_timeout")))
    for n in range(5):
        owe(database, now, to=phone(n))
    posts = take(database, now, 5, both)
    assert [post.route for post in posts] == ["jazz"] * 5
    write(database, now, *[(post, SendFailure("x")) for post in posts])  # jazz rests now
    later = now + PATIENCE
    swept(database, later)
    with database.write.begin() as db:
        route_breaker.update_route_breakers(db, later, [("jazz", SendFailure("x"))])
    assert owed not in [post.id for post in take(database, later, 9, both)]
    assert (look(database, owed).next_at, look(database, owed).reason) == (later + REST, ROAD_RESTS)
    later += REST
    again = next(post for post in take(database, later, 9, both) if post.id == owed)
    assert (again.route, again.ambiguous) == ("jazz", 1)


def test_what_a_route_may_have_taken_that_is_no_more_is_for_a_person_to_look_at(
    database: Database, now: dt.datetime
) -> None:
    owed = owe(database, now)
    write(database, now, (take(database, now, 1, rules("jazz"))[0], Unknown("read_timeout")))
    swept(database, now + PATIENCE)
    assert take(database, now + PATIENCE, 1, rules(NAME)) == []
    text = look(database, owed)
    assert (text.state, text.reason) == ("unconfirmed", "road_gone")


def test_while_every_route_rests_texts_stay_as_they_are_and_one_is_tried_every_ten_seconds(
    database: Database, now: dt.datetime
) -> None:
    """B9: however many workers ask, an outage costs one attempt in ten seconds, and nobody loses their place."""
    owed = [owe(database, now, to=phone(n)) for n in range(20)]
    down = Aggregator(*[SendFailure("http_503")] * 40)
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


def test_a_route_without_money_is_stopped_and_tried_every_ten_minutes(database: Database, now: dt.datetime) -> None:
    for n in range(9):
        owe(database, now, to=phone(n))
    broke = Aggregator(*[TemporaryRejection(600, "no_balance", account=True)] * 9)
    send(database, now, broke)
    for minute in range(10):
        send(database, now + minute * MINUTE, broke, 9)
    assert len(broke.got) == 1
    send(database, now + 10 * MINUTE, broke, 9)
    assert len(broke.got) == 2
    send(database, now + 20 * MINUTE, Aggregator(), 9)
    assert len(send(database, now + 20 * MINUTE, Aggregator(), 9)) == 8


def test_a_text_that_is_refused_for_its_own_sake_shows_that_the_route_works(
    database: Database, now: dt.datetime
) -> None:
    for n in range(9):
        owe(database, now, to=phone(n))
    outcomes = [SendFailure("x")] * 4 + [Rejection("InvalidPhoneNumber")] + [SendFailure("x")] * 4
    send(database, now, Aggregator(*outcomes), 9)
    owed = owe(database, now, to=AMIR)
    assert send(database, now, Aggregator(), 9) == [owed]


# ---- No route leads there ----

ONLY_300 = rules(NAME, routes_for=functools.partial(choose_routes, parse_route_rules(f"+92300={NAME}")))
ELSEWHERE = "+923331234567"


def test_a_text_that_no_rule_leads_to_fails_and_a_person_is_told(database: Database, now: dt.datetime) -> None:
    lost, other = owe(database, now, to=ELSEWHERE), owe(database, now)
    assert send(database, now, Aggregator(), 9, ONLY_300) == [other]
    text = look(database, lost)
    assert (text.state, text.reason, text.attempts, text.settled_at) == ("failed", "no_road", 0, now)
    assert [(line.id, line.reason) for line in outbox_admin.list_stuck_messages(database, now)] == [(lost, "no_road")]
    (alarm,) = active_alarms.find_active_alarms(database, now, 100)
    assert (alarm.name, alarm.words[:14]) == ("no_road", "1 text failed:")


def test_a_text_that_no_rule_led_to_goes_once_there_is_one(database: Database, now: dt.datetime) -> None:
    lost = owe(database, now, to=ELSEWHERE)
    send(database, now, Aggregator(), 9, ONLY_300)
    assert outbox_admin.retry(database, now, [lost]) == [lost]
    assert send(database, now, Aggregator(), 9, rules()) == [lost]
    assert (outbox_admin.list_stuck_messages(database, now), active_alarms.find_active_alarms(database, now, 100)) == (
        [],
        [],
    )


def test_a_text_that_no_rule_leads_to_can_be_given_up_for_good(database: Database, now: dt.datetime) -> None:
    lost, refused = owe(database, now, to=ELSEWHERE), owe(database, now)
    send(database, now, Aggregator(Rejection("InvalidPhoneNumber")), 9, ONLY_300)
    assert outbox_admin.cancel(database, now, [lost, refused]) == [lost]
    assert (outbox_admin.list_stuck_messages(database, now), active_alarms.find_active_alarms(database, now, 100)) == (
        [],
        [],
    )


def test_a_text_whose_only_route_rests_does_not_fail_for_that(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now, to=phone(1))
    with database.write.begin() as db:
        route_breaker.update_route_breakers(db, now, [(NAME, SendFailure("http_503"))] * 5)
    assert take(database, now, 9, ONLY_300) == []
    assert look(database, owed).state == "ready"
