"""What Prometheus is told, and to whom."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from gateway.monitoring.counters import Counters
from gateway.monitoring.shared_counters import ADDED, KEY, SharedCounters, by_hour, read_totals
from storage.schema.tables import Contact, Heartbeat, OutboxMessage, RouteHealth
from tests.gateway.outside import HOP, PHONE, post, settings
from tests.servers import Valkey

TOKEN = "a-token-for-whoever-watches-us-0123456789"
PAGE = Path(__file__).parents[3] / "docs" / "operators" / "metrics.md"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def watched(published_url: str, valkey: Valkey) -> Iterator[Sunwai]:
    made = create_app(settings(published_url, valkey.url, METRICS_TOKEN=TOKEN))
    yield made
    made.close()


def told(app: Sunwai) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample by its name and labels, read as Prometheus reads it."""
    answer = app.test_client().get("/metrics", headers=SHOWN)
    assert answer.status_code == 200
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_nobody_without_the_token_learns_that_metrics_are_there(watched: Sunwai, doors: Sunwai) -> None:
    client = watched.test_client()
    for header in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}, {"Authorization": "Bearer "}):
        assert client.get("/metrics", headers=header).status_code == 404
    assert client.get("/metrics", headers=SHOWN).status_code == 200
    for header in ({}, {"Authorization": "Bearer "}, SHOWN):  # no token is set: nobody has it
        assert doors.test_client().get("/metrics", headers=header).status_code == 404


def test_hops_are_counted_by_how_they_were_answered(watched: Sunwai, valkey: Valkey) -> None:
    watched.keeper.stop()  # or its thread might add the same counts once more
    sums = SharedCounters(valkey.url)
    sums.add()
    before = told(watched)
    post(watched, "ussd", HOP)
    post(watched, "ussd", HOP)  # the network repeats itself
    post(watched, "ussd", HOP | {"phoneNumber": "nobody"})
    sums.add()
    after = told(watched)

    def more(name: str, **labels: str) -> float:
        key = (name, tuple(sorted(labels.items())))
        return after.get(key, 0) - before.get(key, 0)

    assert more("sunwai_hops_total", answer="live") == 1
    assert more("sunwai_hops_total", answer="repeat") == 1
    assert more("sunwai_hops_total", answer="bad_phone") == more("sunwai_refused_total", why="phone") == 1
    assert more("sunwai_hop_seconds_count") == more("sunwai_hop_seconds_bucket", le="+Inf") == 3
    assert more("sunwai_hop_seconds_sum") > 0


def test_counts_of_several_processes_are_summed_and_no_batch_is_added_twice(valkey: Valkey) -> None:
    one, other = Counters(), Counters()
    first, second = SharedCounters(valkey.url, one), SharedCounters(valkey.url, other)
    one.hop("live", 0.004)
    one.sent("failed")
    other.hop("live", 9.0)
    other.count("sms", 5)
    first.add()
    second.add()
    first.add()
    redis = valkey.client()
    assert read_totals(redis).items() >= {"hops": 2, "hop:live": 2, "sms": 5, "took:0.005": 1, "took:more": 1}.items()
    assert read_totals(redis)["hop_microseconds"] == 9_004_000
    number = int(redis.get(f"{ADDED}{first._process}"))
    first._batch, first._number = {"sms": 100}, number  # its answer was lost: it sends the same batch again
    first.add()
    assert read_totals(redis)["sms"] == 5


def test_of_hops_that_threads_count_while_others_read_none_is_lost_or_counted_twice() -> None:
    counters, usual = Counters(), sys.getswitchinterval()

    def count(how: str, seconds: float) -> None:
        for _ in range(1_000):
            counters.hop(how, seconds)
            if counters.all()["hops"] > 4_000:
                raise AssertionError("a hop was counted twice")

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(count, ("live", "live", "repeat", "busy"), (0.001, 0.002, 0.002, 9.0)))
    finally:
        sys.setswitchinterval(usual)
    told = counters.fields()
    assert (told["hops"], told["hop:live"], told["hop:repeat"], told["hop:busy"]) == (4_000, 2_000, 1_000, 1_000)
    assert (told["took:0.001"], told["took:0.0025"], told["took:more"]) == (1_000, 2_000, 1_000)
    assert told["hop_microseconds"] == pytest.approx(9_005_000_000)


def test_what_was_counted_while_redis_was_away_is_added_later(valkey: Valkey) -> None:
    counters = Counters()
    sums = SharedCounters("redis://127.0.0.1:1/0", counters)
    counters.count("reports", 3)
    sums.add()
    counters.count("reports", 4)
    back = SharedCounters(valkey.url, counters)
    sums._redis, sums._rests_until = back._redis, 0.0
    sums.add()
    sums.add()
    assert read_totals(valkey.client()) == {"reports": 7}


def test_texts_routes_and_processes_are_told_from_the_tables(watched: Sunwai) -> None:
    now = dt.datetime.now(dt.UTC)
    ago = now - dt.timedelta(minutes=20)
    with watched.database.write.begin() as db:
        contact = Contact(phone=PHONE, created_at=now)
        db.add(contact)
        db.flush()
        for state in ("ready", "unconfirmed", "delivered"):
            db.add(
                OutboxMessage(
                    contact_id=contact.id, event="received", dedupe=state, order_key=state, body="x", state=state,
                    next_at=ago, created_at=ago,
                )
            )  # fmt: skip
        db.add(RouteHealth(name="africastalking", failures=3, stopped_at=now, reason="http_401"))
        db.add(RouteHealth(name="spare", failures=5, rests_until=now + dt.timedelta(minutes=5), reason="connect"))
        db.merge(Heartbeat(name="worker-host-1", seen_at=now))
        db.merge(Heartbeat(name="worker-host-2", seen_at=now - dt.timedelta(minutes=3)))
    found = told(watched)
    assert found["sunwai_texts", (("state", "ready"),)] == found["sunwai_texts", (("state", "unconfirmed"),)] == 1
    assert found["sunwai_texts_due", ()] == 1
    assert 1200 <= found["sunwai_text_oldest_due_seconds", ()] < 1300
    assert found["sunwai_road", (("road", "africastalking"), ("state", "stopped"))] == 1
    assert found["sunwai_road", (("road", "africastalking"), ("state", "works"))] == 0
    assert found["sunwai_road", (("road", "spare"), ("state", "rests"))] == 1
    assert found["sunwai_alarms", (("alarm", "late"),)] == found["sunwai_alarms", (("alarm", "road_stopped"),)] == 1
    assert found["sunwai_processes", (("kind", "worker"),)] == 1
    assert found["sunwai_last_seen_seconds", (("kind", "worker"),)] < 60
    assert ("sunwai_last_seen_seconds", (("kind", "sweep"),)) not in found
    assert found["sunwai_ready", (("need", "worker"),)] == 1
    assert found["sunwai_ready", (("need", "sweep"),)] == 0
    assert PHONE[1:] not in watched.test_client().get("/metrics", headers=SHOWN).text


def test_what_can_be_asked_is_told_when_redis_or_the_database_is_away(published_url: str, valkey: Valkey) -> None:
    for database, redis, away in (
        (published_url, "redis://127.0.0.1:1/0", "redis"),
        ("sqlite:////no/such/folder/x.db", valkey.url, "database"),
    ):
        app = create_app(settings(database, redis, METRICS_TOKEN=TOKEN))
        found = told(app)
        for part in ("redis", "database"):
            assert found["sunwai_up", (("part", part),)] == (part != away)
        assert (("sunwai_texts_due", ()) in found) == (away == "redis")
        assert (("sunwai_sms_total", ()) in found) == (away == "database")
        app.close()


def test_the_page_explains_each_metric_and_no_other(watched: Sunwai) -> None:
    watched.keeper.start()
    answer = watched.test_client().get("/metrics", headers=SHOWN)
    given = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in text_string_to_metric_families(answer.text)
    }
    assert given == set(re.findall(r"^\| `(sunwai_\w+)`", PAGE.read_text(encoding="utf-8"), re.M))


def test_keys_of_the_sums_are_few_however_many_batches(valkey: Valkey) -> None:
    counters = Counters()
    sums = SharedCounters(valkey.url, counters)
    for _ in range(20):
        counters.count("sms")
        sums.add()
    kept = {key.decode() for key in valkey.client().scan_iter()}
    assert kept >= {KEY, f"{ADDED}{sums._process}"}
    assert len(kept) <= 4  # and this hour, and perhaps the next
    assert sum(hour.get("sms", 0) for hour in by_hour(valkey.client())) == 20
