"""A worker killed at the worst moments: no text is lost, and none that was recorded as sent goes again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import pytest

from gateway.delivery.worker_wakeup_queue import Waker
from storage.connection.database import Database
from tests.faults.post_office import StandIn, process, state, swept, time_passes, until, worker
from tests.servers import Valkey
from tests.sessions.posting import AMIR, SARA, look, owe, report, states

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def standin() -> Iterator[StandIn]:
    started = StandIn()
    yield started
    started.close()


def killed_in_mid_send(database: Database, valkey: Valkey, standin: StandIn) -> int:
    """A text that the aggregator accepted, from a worker that died before it got the answer."""
    owed = owe(database, dt.datetime.now(dt.UTC))
    standin.behave(delay=60)
    with worker(database, valkey.url, standin) as doomed:
        Waker(valkey.url)([owed])
        until(standin.texts)
        doomed.kill()
    assert state(database, owed) == "sending"
    standin.behave(count=0)
    return owed


def test_a_text_of_a_killed_worker_is_unknown_and_goes_again_when_no_report_comes(
    database: Database, valkey: Valkey, standin: StandIn
) -> None:
    owed = killed_in_mid_send(database, valkey, standin)
    with worker(database, valkey.url, standin):
        swept(database, valkey.url)
        assert state(database, owed) == "sending"  # the lease still runs
        time_passes(database, MINUTE)
        swept(database, valkey.url)
        assert state(database, owed) == "unknown"
        time_passes(database, 2 * MINUTE)
        swept(database, valkey.url)
        until(lambda: state(database, owed) == "sent")
    text = look(database, owed)
    assert (text.attempts, text.ambiguous) == (2, 1)
    assert [each["to"] for each in standin.texts()] == [SARA, SARA]


def test_a_text_of_a_killed_worker_adopts_its_report_and_does_not_go_again(
    database: Database, valkey: Valkey, standin: StandIn
) -> None:
    owed = killed_in_mid_send(database, valkey, standin)
    taken = standin.texts()[0]["id"]
    report(database, dt.datetime.now(dt.UTC), taken, "Success")
    with worker(database, valkey.url, standin):
        time_passes(database, MINUTE)
        swept(database, valkey.url)
        assert (state(database, owed), look(database, owed).provider_id) == ("delivered", taken)
        time_passes(database, 60 * MINUTE)
        swept(database, valkey.url)
        other = owe(database, dt.datetime.now(dt.UTC), to=AMIR)
        Waker(valkey.url)([owed, other])
        until(lambda: state(database, other) == "sent")
    assert [each["to"] for each in standin.texts()] == [SARA, AMIR]


def test_a_text_recorded_as_sent_never_goes_again(database: Database, valkey: Valkey, standin: StandIn) -> None:
    owed = owe(database, dt.datetime.now(dt.UTC))
    with worker(database, valkey.url, standin) as doomed:
        Waker(valkey.url)([owed])
        until(lambda: state(database, owed) == "sent")
        doomed.kill()
    with worker(database, valkey.url, standin):
        time_passes(database, 600 * MINUTE)
        swept(database, valkey.url)
        other = owe(database, dt.datetime.now(dt.UTC), to=AMIR)
        Waker(valkey.url)([owed, other])
        until(lambda: state(database, other) == "sent")
    assert [each["to"] for each in standin.texts()] == [SARA, AMIR]


def test_a_worker_told_to_stop_finishes_the_text_it_is_sending(
    sqlite_database: Database, valkey: Valkey, standin: StandIn
) -> None:
    first, second = (owe(sqlite_database, dt.datetime.now(dt.UTC)) for _ in range(2))
    standin.behave(delay=2)
    with worker(sqlite_database, valkey.url, standin, SENDERS="1") as asked:
        Waker(valkey.url)([first, second])
        until(standin.texts)
        code, took = asked.stop()
        assert (code, took < 10) == (0, True)
        words = asked.log()
    assert [state(sqlite_database, each) for each in (first, second)] == ["sent", "ready"]
    assert (look(sqlite_database, second).attempts, look(sqlite_database, second).lease) == (0, None)
    assert [json.loads(line)["event"] for line in words.splitlines()] == ["worker_started", "text", "worker_stopped"]


def test_a_worker_told_to_stop_finishes_every_text_it_is_sending_at_once(
    sqlite_database: Database, valkey: Valkey, standin: StandIn
) -> None:
    owed = [owe(sqlite_database, dt.datetime.now(dt.UTC), to=f"+92300{n:07}") for n in range(8)]
    standin.behave(delay=2, count=8)
    with worker(sqlite_database, valkey.url, standin, SENDERS="8") as asked:
        Waker(valkey.url)(owed)
        until(lambda: len(standin.texts()) == 8)
        code, took = asked.stop()
        assert (code, took < 10) == (0, True)
        told = [json.loads(line) for line in asked.log().splitlines()]
    assert set(states(sqlite_database, owed)) == {"sent"}
    assert sorted(each["outbox"] for each in told if each["event"] == "text") == owed


def test_a_worker_told_to_stop_while_an_aggregator_hangs_ends_within_eight_seconds(
    sqlite_database: Database, valkey: Valkey, standin: StandIn
) -> None:
    owed = owe(sqlite_database, dt.datetime.now(dt.UTC))
    standin.behave(delay=60)
    with worker(sqlite_database, valkey.url, standin) as asked:
        Waker(valkey.url)([owed])
        until(standin.texts)
        code, took = asked.stop()
        assert (code, took < 8) == (1, True)
        assert "worker_stopped_in_mid_send" in asked.log()
    assert state(sqlite_database, owed) == "sending"  # the sweep decides what became of it, as after a kill


def test_a_worker_with_nothing_to_do_stops_at_once(sqlite_database: Database, valkey: Valkey, standin: StandIn) -> None:
    with worker(sqlite_database, valkey.url, standin) as idle:
        code, _ = idle.stop(10)  # raises after ten seconds; a worker that waits for RQ's queue takes minutes
    assert code == 0


def test_a_worker_lives_through_redis_going_away_and_keeps_sending(
    sqlite_database: Database, valkey: Valkey, standin: StandIn
) -> None:
    database = sqlite_database
    now = dt.datetime.now(dt.UTC)
    first, second, third, fourth = (owe(database, now) for _ in range(4))
    time_passes(database, -600 * MINUTE)  # none is due before it is said
    with worker(database, valkey.url, standin) as lasting:
        offer(database, valkey, first)
        until(lambda: state(database, first) == "sent")
        standin.behave(delay=1.0)
        offer(database, valkey, second)
        until(lambda: len(standin.texts()) == 2)
        valkey.stop()  # in the middle of a job: RQ cannot write down how it ended
        until(lambda: state(database, second) == "sent")
        bring_due(database, third)
        until(lambda: state(database, third) == "sent")
        valkey.start()
        until(lambda: waiting_workers(valkey))
        offer(database, valkey, fourth)
        until(lambda: state(database, fourth) == "sent")
        assert lasting.stop()[0] == 0
    assert len(standin.texts()) == 4


def test_no_text_is_lost_or_doubled_when_redis_is_flushed_again_and_again(
    database: Database, valkey: Valkey, standin: StandIn
) -> None:
    owed = [owe(database, dt.datetime.now(dt.UTC), to=f"+92300{n:07}") for n in range(60)]
    with worker(database, valkey.url, standin):
        while "ready" in (now := states(database, owed)) or "sending" in now:
            swept(database, valkey.url)
            valkey.client().flushall()
            swept(database, valkey.url)
            sent = now.count("sent")
            until(lambda: states(database, owed).count("sent") > sent)  # noqa: B023 - asked in this very round
    assert sorted(each["to"] for each in standin.texts()) == [f"+92300{n:07}" for n in range(60)]


def test_the_sweep_is_a_process_that_shows_it_lives_and_stops_when_told(
    sqlite_database: Database, valkey: Valkey, standin: StandIn
) -> None:
    owe(sqlite_database, dt.datetime.now(dt.UTC))
    with process("sweep", sqlite_database, valkey.url, standin) as sweeping:
        until(lambda: valkey.client().llen("rq:queue:texts") and valkey.client().keys("sunwai:mark:*"))
        code, took = sweeping.stop()
    assert (code, took < 3) == (0, True)


def bring_due(database: Database, outbox_id: int) -> None:
    with database.write.begin() as db:
        look_at = db.get_one(type(look(database, outbox_id)), outbox_id)
        look_at.next_at = dt.datetime.now(dt.UTC)


def offer(database: Database, valkey: Valkey, outbox_id: int) -> None:
    bring_due(database, outbox_id)
    Waker(valkey.url)([outbox_id])


def waiting_workers(valkey: Valkey) -> bool:
    return bool(valkey.client().smembers("rq:workers"))


def test_a_worker_stops_while_redis_is_away(sqlite_database: Database, valkey: Valkey, standin: StandIn) -> None:
    with worker(sqlite_database, valkey.url, standin) as asked:
        valkey.stop()
        try:
            code, took = asked.stop()
        finally:
            valkey.start()
    assert (code, took < 5) == (0, True)
