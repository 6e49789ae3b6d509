"""Jobs carry ids, are offered once however often, and Redis may lose them all."""

from __future__ import annotations

import itertools
import time
import zlib
from pathlib import Path

from redis import Redis
from rq.job import Job

from gateway import jobs
from gateway.jobs import KEEP_FAILED, MOST_WAITING, Waker, texts_queue
from gateway.metrics import COUNTERS
from tests.servers import Valkey, free_port


def waiting(valkey: Valkey) -> list[str]:
    return [str(each) for each in texts_queue(valkey.url).job_ids]


def test_a_job_is_an_id_and_nothing_else(valkey: Valkey) -> None:
    Waker(valkey.url)([7])
    kept = valkey.client().hgetall("rq:job:deliver-7")
    assert zlib.decompress(kept[b"data"]) == b'["gateway.jobs.deliver", null, [7], {}]'
    assert (int(kept[b"timeout"]), int(kept[b"result_ttl"]), int(kept[b"failure_ttl"])) == (30, 0, KEEP_FAILED)
    assert waiting(valkey) == ["deliver-7"]


def test_a_text_offered_twice_waits_once(valkey: Valkey) -> None:
    wake, other = Waker(valkey.url), Waker(valkey.url)
    wake([1, 2])
    other([2, 3, 1])
    assert waiting(valkey) == ["deliver-1", "deliver-2", "deliver-3"]


def test_a_text_whose_job_died_with_its_worker_is_offered_again(valkey: Valkey) -> None:
    """RQ keeps such a job's name for an hour or more, in no queue: the text would wait for as long."""
    wake = Waker(valkey.url)
    wake([1])
    client = valkey.client()
    client.lmove("rq:queue:texts", "rq:queue:texts:intermediate", "RIGHT", "LEFT")
    assert waiting(valkey) == []
    wake([1])
    assert waiting(valkey) == ["deliver-1"]
    client.delete("rq:queue:texts")
    Job.fetch("deliver-1", connection=client, serializer=jobs.JSONSerializer).set_status("failed")
    wake([1])
    assert waiting(valkey) == ["deliver-1"]


def test_a_flushed_redis_is_filled_again(valkey: Valkey) -> None:
    wake = Waker(valkey.url)
    wake([1, 2])
    valkey.client().flushall()
    wake([1, 2])
    assert waiting(valkey) == ["deliver-1", "deliver-2"]


def test_rows_wait_in_their_table_when_the_queue_is_long(valkey: Valkey) -> None:
    valkey.client().rpush("rq:queue:texts", *(f"deliver-{n}" for n in range(MOST_WAITING + 1)))
    Waker(valkey.url)([1_000_000])
    assert "deliver-1000000" not in waiting(valkey)


def test_a_dead_redis_loses_a_wake_up_and_no_time(tmp_path: Path) -> None:
    wake = Waker(f"redis://127.0.0.1:{free_port()}/0")
    lost, began = COUNTERS.all()["wakes_lost"], time.monotonic()
    for _ in range(50):
        wake([1, 2])
    assert time.monotonic() - began < 1
    assert COUNTERS.all()["wakes_lost"] == lost + 100


def test_a_frozen_redis_costs_one_short_wait(valkey: Valkey) -> None:
    wake = Waker(valkey.url)
    wake([1])
    with valkey.frozen():
        began = time.monotonic()
        for _ in itertools.repeat(None, 20):
            wake([2])
        assert time.monotonic() - began < 1


def test_a_queue_that_holds_something_else_is_no_error(valkey: Valkey) -> None:
    Redis.from_url(valkey.url).set("rq:queue:texts", "not a list")
    Waker(valkey.url)([1])
