"""A worker whose preferred texts all wait for a resting route goes on to those behind them in the same work."""

from __future__ import annotations

import datetime as dt
import functools
import itertools

from flows.delivery.route_rules import choose_routes, parse_route_rules
from gateway.delivery.dispatcher import Dispatcher
from sessions.delivery import route_breaker
from sessions.delivery.outcome_types import TemporaryRejection
from storage.connection.database import Database
from tests.sessions.posting import NAME, Aggregator, owe, phone, rules, states

CROWD = 60  # more than eight looks of one claim by four threads find


def test_a_crowd_that_waits_for_a_resting_route_keeps_no_other_text_waiting(database: Database) -> None:
    now = dt.datetime.now(dt.UTC)
    with database.write.begin() as db:
        route_breaker.update_route_breakers(db, now, [("jazz", TemporaryRejection(600, "no_balance", account=True))])
    crowd = [owe(database, now, to=phone(n)) for n in range(CROWD)]
    others = [owe(database, now, to=f"+92333000000{n}") for n in range(3)]
    tokens = (f"lease{n}" for n in itertools.count())
    room = Dispatcher(
        database,
        {NAME: Aggregator()},
        rules("jazz", NAME, routes_for=functools.partial(choose_routes, parse_route_rules(f"+92300=jazz; *={NAME}"))),
        most_sends=4,
        token=lambda: next(tokens),
        jitter=lambda: 0.0,
    )
    assert room.work(lambda: False, 20.0) is False
    assert states(database, others) == ["sent"] * 3
    assert set(states(database, crowd)) == {"ready"}
