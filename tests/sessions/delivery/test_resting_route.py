"""A crowd waits for a route that rests: it stands in nobody's way, and goes as soon as the route is back."""

from __future__ import annotations

import datetime as dt
import functools

import pytest

from flows.delivery.message_policy import ROAD_RESTS
from flows.delivery.route_rules import choose_routes, parse_route_rules
from sessions.delivery import outbox_admin, route_breaker
from sessions.delivery.claim_batch import ClaimBatch
from sessions.delivery.outcome_types import Acceptance, TemporaryRejection
from sessions.delivery.route_breaker import REST, STOPPED
from storage.connection.database import Database
from tests.sessions.posting import NAME, Aggregator, look, look_for, owe, phone, rules, send, take

pytestmark = pytest.mark.both_databases

SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)
ELSEWHERE = "+923331234567"
TWO = rules("jazz", NAME, routes_for=functools.partial(choose_routes, parse_route_rules(f"+92300=jazz; *={NAME}")))


def stop(database: Database, now: dt.datetime, route: str = "jazz") -> None:
    """This route has no money: it is stopped for ten minutes."""
    with database.write.begin() as db:
        route_breaker.update_route_breakers(db, now, [(route, TemporaryRejection(600, "no_balance", account=True))])


def test_texts_of_a_resting_route_wait_for_it_and_stand_in_nobodys_way(database: Database, now: dt.datetime) -> None:
    stop(database, now)
    crowd = [owe(database, now, to=phone(n)) for n in range(5)]
    other = owe(database, now, to=ELSEWHERE)
    assert send(database, now, Aggregator(), 1, TWO) == [other]
    assert {(look(database, each).reason, look(database, each).next_at) for each in crowd} == {
        (ROAD_RESTS, now + STOPPED)
    }


def test_a_claim_says_that_it_did_not_get_through_a_crowd_and_the_next_one_goes_on(
    database: Database, now: dt.datetime
) -> None:
    stop(database, now)
    for n in range(12):
        owe(database, now, to=phone(n))
    other = owe(database, now, to=ELSEWHERE)
    assert look_for(database, now, 1, TWO) == ClaimBatch([], more=True)
    found = look_for(database, now, 1, TWO)
    assert ([post.id for post in found.posts], found.more) == ([other], True)
    assert look_for(database, now, 1, TWO) == ClaimBatch([], more=False)


def test_texts_behind_one_that_waits_for_its_route_leave_the_front_with_it(
    database: Database, now: dt.datetime
) -> None:
    stop(database, now)
    case = [owe(database, now, to=phone(1), order="complaint:1") for _ in range(3)]
    later = owe(database, now + STOPPED, to=phone(1), order="complaint:1")
    assert take(database, now, 9, TWO) == []
    assert [look(database, each).next_at for each in (*case, later)] == [now + STOPPED] * 4
    assert look(database, later).reason is None
    with database.write.begin() as db:
        route_breaker.update_route_breakers(db, now, [("jazz", Acceptance("x"))])
    taken = [send(database, now + STOPPED, Aggregator(), 9, TWO) for _ in range(4)]
    assert taken == [[each] for each in (*case, later)]


def test_of_two_routes_that_rest_the_first_to_be_back_is_waited_for(database: Database, now: dt.datetime) -> None:
    under = rules(
        "jazz",
        "zong",
        NAME,
        routes_for=functools.partial(choose_routes, parse_route_rules(f"+92300=jazz,zong; *={NAME}")),
    )
    stop(database, now, "zong")
    stop(database, now - MINUTE, "jazz")
    owed = owe(database, now)
    assert take(database, now, 9, under) == []
    assert look(database, owed).next_at == now - MINUTE + STOPPED


def test_while_one_text_tries_a_route_the_others_wait_ten_seconds(database: Database, now: dt.datetime) -> None:
    """Not as long as it would rest if it failed again: it may be found to work within a second."""
    stop(database, now)
    owed = [owe(database, now, to=phone(n)) for n in range(3)]
    assert take(database, now, 9, TWO) == []
    back = now + STOPPED
    assert send(database, back, Aggregator(), 9, TWO) == owed[:1]
    assert [look(database, each).next_at for each in owed[1:]] == [back + REST] * 2
    assert send(database, back + REST, Aggregator(), 9, TWO) == owed[1:]


def test_a_route_put_right_by_hand_is_used_at_once_for_all_that_waits_for_it(
    database: Database, now: dt.datetime
) -> None:
    stop(database, now)
    owed = [owe(database, now, to=phone(n)) for n in range(5)]
    assert take(database, now, 9, TWO) == []
    night = owe(database, now, to=phone(7), event="assigned")
    assert take(database, now, 9, rules(NAME, quiet_until=lambda *_: now + MINUTE)) == []
    assert outbox_admin.reset_route(database, now + SECOND, "jazz")
    assert send(database, now + SECOND, Aggregator(), 9, TWO) == owed
    assert look(database, night).reason == "quiet_hours"


def test_a_route_that_a_person_switched_off_is_not_tried_and_its_texts_wait_as_long_as_they_make_sense(
    database: Database, now: dt.datetime
) -> None:
    assert outbox_admin.switch_route_off(database, now, "jazz")
    assert not outbox_admin.switch_route_off(database, now, "jazz")
    owed, other = owe(database, now), owe(database, now, to=ELSEWHERE)
    for hours in range(3):
        later = now + hours * dt.timedelta(hours=1)
        sent = send(database, later, Aggregator(), 9, TWO)
        assert sent == ([other] if hours == 0 else [])
        assert look(database, owed).next_at == later + STOPPED
    assert outbox_admin.reset_route(database, later, "jazz") == 1
    assert send(database, later, Aggregator(), 9, TWO) == [owed]


@pytest.mark.parametrize("outcome", [Acceptance("x"), TemporaryRejection(600, "no_balance", account=True)])
def test_what_a_route_had_when_it_was_switched_off_does_not_switch_it_on(
    database: Database, now: dt.datetime, outcome: Acceptance | TemporaryRejection
) -> None:
    def switch_off() -> None:
        assert outbox_admin.switch_route_off(database, now, "jazz")

    owe(database, now)
    send(database, now, Aggregator(outcome, during=switch_off), 9, TWO)
    (route,) = outbox_admin.list_failing_routes(database)
    assert (route.name, route.reason, route.stopped_at) == ("jazz", outbox_admin.OFF, now)
