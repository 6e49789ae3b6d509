"""Sessions, jobs and counters follow the master that the sentinels name, and no process is restarted for it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
import redis

from gateway.delivery.worker_wakeup_queue import texts_queue
from gateway.monitoring import shared_counters
from gateway.monitoring.counters import Counters
from gateway.monitoring.shared_counters import SharedCounters
from sessions.redis.redis_client import open_redis, parse_sentinel_url
from sessions.ussd.session_store import CompareAndSet, SessionStore, StoreDown
from tests.sentinels import RedisGroup, redis_group

WITHIN = 90.0  # seconds for a new master: a second to see that the old one is gone, and a vote
ASKED_AGAIN = 15.0
T = TypeVar("T")


@pytest.fixture
def group(tmp_path: Path) -> Iterator[RedisGroup]:
    with redis_group(tmp_path) as found:
        yield found


def sooner_or_later(act: Callable[[], T]) -> T:
    deadline = time.monotonic() + WITHIN
    while True:
        try:
            return act()
        except (StoreDown, redis.RedisError, OSError):
            assert time.monotonic() < deadline
            time.sleep(0.1)


def value(number: int) -> CompareAndSet:
    """The value of a session after so many hops."""
    return CompareAndSet(b"s", b"%08d" % (number - 1) if number > 1 else b"", b"%08d" % number, 600)


@pytest.mark.long
def test_everything_in_redis_follows_the_master(group: RedisGroup) -> None:
    store, queue, client = SessionStore(group.url), texts_queue(group.url, 1.0), open_redis(group.url, socket_timeout=1)
    counters = Counters()
    sums = SharedCounters(group.url, counters)
    assert store.save(value(1)) is None
    client.wait(1, 2000)
    first = group.master()
    group.kill(first)
    assert sooner_or_later(lambda: store.load(b"s")) == b"%08d" % 1  # what the replica had
    assert sooner_or_later(lambda: store.save(value(2))) is None
    assert group.master() != first
    assert sooner_or_later(lambda: queue.enqueue("gateway.jobs.post")) is not None
    counters.count("hops")
    deadline = time.monotonic() + WITHIN
    while not sooner_or_later(lambda: shared_counters.read_totals(client)):
        sums.add()
        assert time.monotonic() < deadline
        time.sleep(0.1)

    group.start(first)  # comes back as a replica
    group.until_settled()
    second = group.master()
    deadline = time.monotonic() + WITHIN
    ask_again = 0.0  # a sentinel that has just seen one failover may drop the wish for the next
    while group.master() == second:
        assert time.monotonic() < deadline
        if time.monotonic() > ask_again:
            with group.client(group.sentinels[0]) as sentinel, contextlib.suppress(redis.ResponseError):
                sentinel.execute_command("SENTINEL", "FAILOVER", "sunwai")
            ask_again = time.monotonic() + ASKED_AGAIN
        time.sleep(0.1)
    # Our connections to the former master are whole. Once a sentinel has told it, it accepts no writes any more.
    while group.client(group.master()).get("s") != b"%08d" % 3:
        sooner_or_later(lambda: store.save(value(3)))
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert sooner_or_later(lambda: queue.count) == 1


def test_the_parts_of_an_address() -> None:
    found = parse_sentinel_url("redis+sentinel://app:p%40ss@a:1,b,10.0.0.7:3/main/2?sentinel_password=w%26")
    assert found.nodes == (("a", 1), ("b", 26379), ("10.0.0.7", 3))
    assert (found.master, found.database, found.username, found.password) == ("main", 2, "app", "p@ss")
    assert found.sentinel_password == "w&"


@pytest.mark.parametrize(
    "url", ["redis+sentinel://", "redis+sentinel://a:1", "redis+sentinel://a:x/m", "redis+sentinel://a/m/x"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must look like redis"):
        parse_sentinel_url(url)
