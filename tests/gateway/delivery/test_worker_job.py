"""A job says that texts are owed and nothing else; few wait however many wake; Redis may lose them all."""

from __future__ import annotations

import datetime as dt
import itertools
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from redis import Redis
from rq import Callback, SimpleWorker
from rq.serializers import JSONSerializer

from gateway.delivery.dispatcher import LONGEST
from gateway.delivery.redis_restore_mark import KEY, RedisMarks
from gateway.delivery.rules_from_settings import rules
from gateway.delivery.worker_job import TextsJob, send_due_texts
from gateway.delivery.worker_wakeup_queue import KEEP_FAILED, MOST_WAITING, PATIENCE, Waker, texts_queue
from gateway.monitoring.counters import COUNTERS
from tests.gateway.outside import settings
from tests.servers import Valkey, free_port


def waiting(valkey: Valkey) -> int:
    return len(texts_queue(valkey.url).job_ids)


def test_a_job_names_no_text_and_no_person(valkey: Valkey) -> None:
    Waker(valkey.url)([123_456_789])
    [job] = texts_queue(valkey.url).job_ids
    kept = valkey.client().hgetall(f"rq:job:{job}")
    assert zlib.decompress(kept[b"data"]) == b'["gateway.jobs.post", null, [], {}]'
    assert (int(kept[b"result_ttl"]), int(kept[b"failure_ttl"])) == (0, KEEP_FAILED)
    assert not any(b"123456789" in value for value in kept.values())


def test_a_job_is_never_broken_off_in_the_middle(valkey: Valkey) -> None:
    Waker(valkey.url)([1])
    (job,) = texts_queue(valkey.url).jobs
    assert job.timeout == -1  # for RQ: no limit
    longer = SimpleWorker([texts_queue(valkey.url)], connection=job.connection).get_heartbeat_ttl(job)
    assert longer > 2 * LONGEST  # a worker in the middle of it is not taken for dead


def test_few_jobs_wait_however_many_wake_at_once(valkey: Valkey) -> None:
    wakers = [Waker(valkey.url) for _ in range(8)]
    with ThreadPoolExecutor(len(wakers)) as pool:
        list(pool.map(lambda wake: [wake([1]) for _ in range(25)], wakers))
    assert 1 <= waiting(valkey) <= MOST_WAITING
    assert len(valkey.client().keys("rq:job:*")) == waiting(valkey)


def test_no_text_wakes_nobody(valkey: Valkey) -> None:
    Waker(valkey.url)([])
    assert waiting(valkey) == 0


def test_a_job_that_was_taken_makes_room_for_the_next(valkey: Valkey) -> None:
    wake = Waker(valkey.url)
    for _ in range(3):
        wake([1])
    valkey.client().lmove("rq:queue:texts", "rq:queue:texts:intermediate", "RIGHT", "LEFT")  # its worker dies with it
    assert waiting(valkey) == MOST_WAITING - 1
    wake([1])
    assert waiting(valkey) == MOST_WAITING


def test_a_flushed_redis_is_filled_again(valkey: Valkey) -> None:
    wake = Waker(valkey.url)
    wake([1])
    valkey.client().flushall()
    wake([1])
    assert waiting(valkey) == 1


def test_a_dead_redis_loses_a_wake_up_and_no_time(tmp_path: Path) -> None:
    wake = Waker(f"redis://127.0.0.1:{free_port()}/0")
    lost, began = COUNTERS.all()["wakes_lost"], time.monotonic()
    for _ in range(50):
        wake([1, 2])
    assert time.monotonic() - began < 5
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


def test_a_mark_comes_back_from_redis_until_it_is_flushed(valkey: Valkey) -> None:
    RedisMarks(valkey.url).lift("ours", 7)
    marks = RedisMarks(valkey.url)
    assert (marks.get("ours"), valkey.client().get(KEY + "ours")) == (7, b"7")
    valkey.client().flushall()
    assert marks.get("ours") == 0


def test_each_database_has_its_mark(valkey: Valkey) -> None:
    marks = RedisMarks(valkey.url)
    marks.lift("ours", 7)
    marks.lift("staging", 900)
    assert (marks.get("ours"), marks.get("staging"), marks.get("another")) == (7, 900, 0)


def test_a_mark_is_never_lowered_however_many_copy_at_once(valkey: Valkey) -> None:
    marks = [RedisMarks(valkey.url) for _ in range(8)]
    with ThreadPoolExecutor(len(marks)) as pool:
        list(pool.map(lambda n: marks[n % 8].lift("ours", n), [*range(400), *range(399, 0, -1)]))
    assert marks[0].get("ours") == 399


def test_a_redis_that_is_away_is_no_redis_without_a_mark(valkey: Valkey) -> None:
    nowhere = RedisMarks(f"redis://127.0.0.1:{free_port()}/0")
    nowhere.lift("ours", 7)
    assert nowhere.get("ours") is None
    frozen = RedisMarks(valkey.url)
    frozen.lift("ours", 7)
    with valkey.frozen():
        assert frozen.get("ours") is None
        began = time.monotonic()
        assert frozen.get("ours") is None  # without asking again
        assert time.monotonic() - began < PATIENCE


def test_a_mark_that_is_no_number_is_none_and_is_written_over(valkey: Valkey) -> None:
    valkey.client().set(KEY + "ours", b"\xff")
    marks = RedisMarks(valkey.url)
    assert marks.get("ours") == 0
    marks.lift("ours", 7)
    assert marks.get("ours") == 7


def test_the_settings_say_what_may_go_when_and_by_which_route(valkey: Valkey) -> None:
    told = rules(
        settings(
            "sqlite:///none.db",
            valkey.url,
            ROADS="+92300=infobip,africastalking; network:41001=infobip; *=africastalking",
            INFOBIP_BASE_URL="https://x.api.infobip.com",
            INFOBIP_API_KEY="key",
            INFOBIP_SENDER="8484",
            AGGREGATORS="africastalking,infobip",
            QUIET_HOURS="22:00-07:00",
            QUIET_HOURS_BY_PROVINCE="sindh=23:00-06:00,punjab=off",
            TEXTS_PER_NUMBER_DAY="3",
            ANSWERS_PER_NUMBER_DAY="40",
            TEXTS_PER_OFFICER_DAY="200",
        )
    )
    assert list(told.routes) == ["africastalking", "infobip"]
    assert list(told.routes_for("+923001234567", "")) == ["infobip", "africastalking"]
    assert list(told.routes_for("+923451234567", "41001")) == ["infobip"]
    assert list(told.routes_for("+923451234567", "")) == ["africastalking"]
    assert (told.may_be_texted("+923001234567"), told.may_be_texted("+447700900123")) == (True, False)
    evening = dt.datetime(2026, 6, 17, 17, 30, tzinfo=dt.UTC)  # half past ten in Karachi
    assert told.quiet_until(evening, None) == dt.datetime(2026, 6, 18, 2, 0, tzinfo=dt.UTC)
    assert told.quiet_until(evening, "sindh") is told.quiet_until(evening, "punjab") is None
    assert told.quiet_until(evening + dt.timedelta(hours=1), "sindh") == dt.datetime(2026, 6, 18, 1, 0, tzinfo=dt.UTC)
    assert (told.per_number, told.per_complaint, told.per_hour) == (3, 20, 20_000)
    assert (told.answers_per_number, told.per_officer) == (40, 200)


def test_a_record_in_redis_chooses_neither_function_nor_callback(valkey: Valkey) -> None:
    queue = texts_queue(valkey.url)
    written = queue.enqueue("os.system", "true", on_success=Callback("os.abort"), on_failure=Callback("os.abort"))
    found = TextsJob.fetch(written.id, connection=queue.connection, serializer=JSONSerializer)
    assert found.func is send_due_texts
    assert (found.success_callback, found.failure_callback, found.stopped_callback) == (None, None, None)
