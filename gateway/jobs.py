"""The queue's side of delivery: jobs carry the id of an outbox row and nothing else.

The queue is a hint, the table is the truth. Redis may lose every job: the sweep offers each due row again, and a row
offered twice is claimed once.
"""

from __future__ import annotations

import functools
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from gateway.aggregators.africastalking_texts import sender
from gateway.config import Config
from gateway.logs import fault, log
from gateway.metrics import COUNTERS
from sessions import delivery, sweep
from sessions.delivery import Outage, Outcome, Sender
from storage.database import Database, open_database

QUEUE = "texts"
MOST_WAITING = 2_000  # jobs; beyond that the rows wait in their table, where they cost nothing
JOB_SECONDS = 30  # more than a send may take, less than its lease
KEEP_FAILED = 3600  # seconds
PATIENCE = 0.25  # seconds for Redis when a hop has just filed: the citizen waits for the answer
REST = 5.0  # seconds Redis is left alone after it did not take a wake-up

Wake = Callable[[Sequence[int]], None]


def texts_queue(redis_url: str, patience: float | None = None) -> Queue:
    """The queue of texts. Jobs are JSON: with RQ's usual pickle, whoever writes Redis runs code here.

    redis-py's own retries would block for many seconds; whoever uses this queue tries again later instead.
    """
    connection = Redis.from_url(
        redis_url, socket_timeout=patience, socket_connect_timeout=patience or 2, retry=Retry(NoBackoff(), 0)
    )
    return Queue(QUEUE, connection=connection, serializer=JSONSerializer)


class Waker:
    """Offers texts to the workers. It never raises: what Redis does not take, the sweep finds."""

    def __init__(self, redis_url: str) -> None:
        self._queue = texts_queue(redis_url, PATIENCE)
        self._rests_until = 0.0

    def __call__(self, ids: Sequence[int]) -> None:
        """Put these texts into the queue, each once however often it is offered."""
        if not ids:
            return
        if time.monotonic() < self._rests_until:
            COUNTERS.count("wakes_lost", len(ids))
            return
        done = 0
        try:
            if self._queue.count <= MOST_WAITING:
                for outbox_id in ids:
                    self._offer(outbox_id)
                    done += 1
        except Exception as error:  # noqa: BLE001 - filed is filed: its text is found by the sweep
            self._rests_until = time.monotonic() + (REST if isinstance(error, RedisError | OSError) else 0)
            COUNTERS.count("wakes_lost", len(ids) - done)
            log().warning("wake_lost", count=len(ids) - done, **fault(error))

    def _offer(self, outbox_id: int) -> None:
        try:
            self._enqueue(outbox_id)
        except DuplicateJobError:
            # It waits already, or a worker died with it: such a job keeps its name for an hour and is in no queue.
            job_id = _job_id(outbox_id)
            if self._queue.connection.lpos(self._queue.key, job_id) is not None:
                return
            if (job := self._queue.fetch_job(job_id)) is not None:
                job.delete()
            self._enqueue(outbox_id)

    def _enqueue(self, outbox_id: int) -> None:
        self._queue.enqueue(
            deliver,
            outbox_id,
            job_id=_job_id(outbox_id),
            unique=True,
            job_timeout=JOB_SECONDS,
            result_ttl=0,
            failure_ttl=KEEP_FAILED,
        )


def waker(config: Config) -> Wake:
    """A function that offers texts to the workers; see Waker."""
    return Waker(config.redis_url)


def _job_id(outbox_id: int) -> str:
    return f"deliver-{outbox_id}"


@dataclass(frozen=True, slots=True)
class Desk:
    """What a worker sends with. Kept by the process, so that connections to the aggregator stay open."""

    database: Database
    sender: Sender
    wake: Wake
    random: Random
    outage: Outage = field(default_factory=Outage)


class Telling:
    """A sender that logs what became of each send: `text` with its row and `sent`, `notsent`, `unknown`, …"""

    def __init__(self, sender: Sender, outbox_id: int) -> None:
        self.name, self._sender, self._outbox_id = sender.name, sender, outbox_id

    def send(self, to: str, body: str) -> Outcome:
        """Send, and tell."""
        started = time.perf_counter()
        outcome = self._sender.send(to, body)
        took = round((time.perf_counter() - started) * 1000, 1)
        log().info("text", outbox=self._outbox_id, outcome=type(outcome).__name__.lower(), ms=took)
        return outcome


@functools.cache
def desk() -> Desk:
    """This process's desk, made from its settings at the first job."""
    config = Config.from_env()
    return Desk(open_database(config.database_url), sender(config), waker(config), Random(secrets.randbits(64)))  # noqa: S311


def deliver(outbox_id: int) -> None:
    """The RQ job: send one text if it is due. What fails is logged and left to the sweep, so no job ever fails."""
    at = desk()
    try:
        lease, jitter = secrets.token_hex(8), at.random.random()
        now = functools.partial(datetime.now, UTC)
        told = Telling(at.sender, outbox_id)
        following = delivery.deliver(at.database, now, told, outbox_id, lease, jitter, at.outage)
    except Exception as error:  # noqa: BLE001 - RQ would keep the traceback in Redis and block the job's name
        log().error("delivery_failed", outbox=outbox_id, **fault(error))
        return
    at.wake(following)


def deliver_due(at_most: int, over: Callable[[], bool] = lambda: False) -> int:
    """Send what is due straight from the table, for when there is no queue, until `over`. How many were tried."""
    ids = sweep.due(desk().database, datetime.now(UTC), at_most)
    for tried, outbox_id in enumerate(ids):
        if over():
            return tried
        deliver(outbox_id)
    return len(ids)
