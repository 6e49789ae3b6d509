"""The queue that wakes the workers. A job says only that texts are due; the outbox says which.

The queue is a hint. If Redis loses every job, the sweep wakes the workers again as long as a text is due. To use
another queue than RQ, change this module, worker_job.py and the worker command in gateway/cli/processes.py.
"""

import time
from collections.abc import Callable, Sequence

from redis import RedisError, WatchError
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from gateway.monitoring.counters import COUNTERS
from gateway.monitoring.logs import fault, log
from gateway.settings.config import Config
from sessions.redis.redis_client import open_redis

QUEUE = "texts"
JOB = "gateway.jobs.post"  # a name in Redis, not a path: workers of any version take it for the only job
MOST_WAITING = 2  # jobs: the first finds every text that is due when it begins; the other is for a second worker
NO_LIMIT = -1  # RQ would stop a long job by an exception at any point; `Dispatcher.work` ends by itself
KEEP_FAILED = 3600  # seconds
PATIENCE = 0.25  # seconds to wait for Redis after a complaint was filed in a hop: the citizen waits for the answer
REST = 5.0  # seconds without a wake-up after Redis did not accept one
TRIES = 3  # attempts, when several processes wake the workers at once

Wake = Callable[[Sequence[int]], None]


def texts_queue(redis_url: str, patience: float | None = None) -> Queue:
    """The queue of texts. Jobs are JSON: with RQ's default, pickle, anyone who can write to Redis could run code here.

    redis-py's own retries would block for many seconds; callers try again later instead.
    """
    connection = open_redis(
        redis_url, socket_timeout=patience, socket_connect_timeout=patience or 2, retry=Retry(NoBackoff(), 0)
    )
    return Queue(QUEUE, connection=connection, serializer=JSONSerializer)


def queue_figures(redis_url: str, patience: float) -> tuple[int, int]:
    """How many jobs wait and how many failed. Raises RedisError or OSError if Redis does not answer."""
    queue = texts_queue(redis_url, patience)
    with queue.connection:
        return queue.count, queue.failed_job_registry.get_job_count(cleanup=False)


class Waker:
    """Wakes the workers when texts are due. It never raises: what Redis does not accept, the sweep finds."""

    def __init__(self, redis_url: str) -> None:
        self._queue = texts_queue(redis_url, PATIENCE)
        self._rests_until = 0.0

    def __call__(self, ids: Sequence[int]) -> None:
        """Make sure that a job waits for these texts. However many processes call this at once, few jobs wait."""
        if not ids:
            return
        if time.monotonic() < self._rests_until:
            COUNTERS.count("wakes_lost", len(ids))
            return
        try:
            self._offer()
        except Exception as error:  # noqa: BLE001 - filed is filed: its text is found by the sweep
            self._rests_until = time.monotonic() + (REST if isinstance(error, RedisError | OSError) else 0)
            COUNTERS.count("wakes_lost", len(ids))
            log().warning("wake_lost", count=len(ids), **fault(error))

    def _offer(self) -> None:
        """Add a job unless enough wait. If the queue changed in between, nothing is added and it is checked again."""
        if self._queue.count >= MOST_WAITING:
            return
        for _ in range(TRIES):
            with self._queue.connection.pipeline() as pipe:
                pipe.watch(self._queue.key)  # type: ignore[no-untyped-call]
                if pipe.llen(self._queue.key) >= MOST_WAITING:
                    return
                pipe.multi()
                self._queue.enqueue(JOB, pipeline=pipe, job_timeout=NO_LIMIT, result_ttl=0, failure_ttl=KEEP_FAILED)
                try:
                    pipe.execute()
                except WatchError:
                    continue
                return


def waker(config: Config) -> Wake:
    """A function that wakes the workers; see Waker."""
    return Waker(config.redis_url)
