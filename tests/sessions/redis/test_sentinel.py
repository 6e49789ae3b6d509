"""Sessions, jobs and counters follow the master that the sentinels name, and no process is restarted for it.

The same over TLS, with certificates of an authority of our own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from gateway.delivery.worker_wakeup_queue import texts_queue
from gateway.monitoring import shared_counters
from gateway.monitoring.counters import Counters
from gateway.monitoring.shared_counters import SharedCounters
from gateway.settings.loader import load_config
from sessions.redis.redis_client import open_redis, parse_sentinel_url
from sessions.redis.redis_connection import MOST_OWED
from sessions.redis.redis_line import StoreDown
from sessions.ussd.session_store import CompareAndSet, SessionStore
from tests.deploy.conftest import need
from tests.sentinels import RedisGroup, redis_group
from tests.sessions.crowd import Crowd

WITHIN = 60.0  # seconds for a new master: a second to see that the old one is gone, and a vote; twice that is usual
T = TypeVar("T")


@pytest.fixture
def group(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RedisGroup]:
    tls = request.param == "tls"
    if tls:
        need("redis-server", "redis-server")
        need("openssl", "openssl")
    with redis_group(tmp_path, tls=tls) as found:
        yield found


def address(group: RedisGroup, url: str = "") -> str:
    """What a process with these settings connects to."""
    own = {"CA_FILE": str(group.certificate)} if group.certificate.exists() else {}
    return load_config({"ENVIRONMENT": "development", "REDIS_URL": url or group.url} | own).redis_url


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
@pytest.mark.parametrize("group", ["plain", "tls"], indirect=True)
def test_everything_in_redis_follows_the_master(group: RedisGroup) -> None:
    url = address(group)
    store, queue, client = SessionStore(url), texts_queue(url, 1.0), open_redis(url, socket_timeout=1)
    counters = Counters()
    sums = SharedCounters(url, counters)
    assert sooner_or_later(lambda: store.save(value(1))) is None
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
    assert group.fail_over() != second
    deadline = time.monotonic() + WITHIN
    # Our connections to the former master are whole. Once a sentinel has told it, it accepts no writes any more.
    while group.client(group.master()).get("s") != b"%08d" % 3:
        sooner_or_later(lambda: store.save(value(3)))
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert sooner_or_later(lambda: queue.count) == 1


@pytest.mark.parametrize("group", ["tls"], indirect=True)
def test_over_tls_only_who_has_the_right_certificate_is_spoken_to(group: RedisGroup) -> None:
    alone = f"rediss://127.0.0.1:{group.ports['redis1']}/0"
    for url in (group.url, alone):
        sooner_or_later(lambda url=url: SessionStore(address(group, url)).load(b"s"))  # type: ignore[misc]  # mypy: a default
        assert open_redis(address(group, url), socket_timeout=5).ping()
    elsewhere = [
        each.replace("127.0.0.1", "localhost") for each in (group.url, alone)
    ]  # the certificate names no such host
    strangers = [group.url, alone, *(address(group, each) for each in elsewhere)]
    for url in (*strangers, group.url.replace("rediss", "redis")):
        with pytest.raises(StoreDown):
            SessionStore(url, timeout=5).load(b"s")
        with pytest.raises(redis.ConnectionError):
            open_redis(url, socket_timeout=5, retry=Retry(NoBackoff(), 0)).ping()


@pytest.mark.parametrize("group", ["tls"], indirect=True)
def test_saves_that_nobody_waits_for_go_over_tls(group: RedisGroup) -> None:
    store = SessionStore(address(group, f"rediss://127.0.0.1:{group.ports['redis1']}/0"))
    sooner_or_later(lambda: store.load(b"s"))
    Crowd(store.line)
    for at in range(3 * MOST_OWED):  # answers are owed for some, and for as many as are waited for
        store.send(CompareAndSet(b"s%d" % at, b"", b"value %d" % at, 60))
        assert store.line.flush() == 0
    assert store.load(b"s%d" % (3 * MOST_OWED - 1)) == b"value %d" % (3 * MOST_OWED - 1)


def test_the_parts_of_an_address() -> None:
    secured = parse_sentinel_url("rediss+sentinel://a,b/main?ssl_ca_certs=/etc/own%20ca.pem&sentinel_password=w")
    assert (secured.tls, secured.ca_file, secured.sentinel_password) == (True, "/etc/own ca.pem", "w")
    found = parse_sentinel_url("redis+sentinel://app:p%40ss@a:1,b,10.0.0.7:3/main/2?sentinel_password=w%26")
    assert not found.tls
    assert found.nodes == (("a", 1), ("b", 26379), ("10.0.0.7", 3))
    assert (found.master, found.database, found.username, found.password) == ("main", 2, "app", "p@ss")
    assert found.sentinel_password == "w&"


@pytest.mark.parametrize(
    "url", ["redis+sentinel://", "redis+sentinel://a:1", "redis+sentinel://a:x/m", "redis+sentinel://a/m/x"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must look like redis"):
        parse_sentinel_url(url)


def test_an_option_that_would_mean_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="has an option ssl_cert_reqs that sentinels do not have"):
        parse_sentinel_url("rediss+sentinel://a/main?ssl_cert_reqs=none")
