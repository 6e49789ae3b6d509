"""The queue's side of delivery: a job says that texts are owed, and nothing else. The table says which.

The queue is a hint. Redis may lose every job: the sweep wakes the workers again as long as a text is due.
"""

from __future__ import annotations

import functools
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from redis import Redis, RedisError, WatchError
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from flows.quiet import NEVER, Quiet, QuietHours
from flows.roads import choose
from gateway.aggregators import catalogue
from gateway.clock import Clock, real
from gateway.config import Config
from gateway.logs import fault, log
from gateway.marks import RedisMarks
from gateway.metrics import COUNTERS
from gateway.phones import Phones
from gateway.postroom import PostRoom
from gateway.settings.readers import QuietHours as Hours
from gateway.wire import Wire
from sessions.posting import Rules
from storage.database import Database, open_database

QUEUE = "texts"
MOST_WAITING = 2  # jobs: one that waits finds every text owed before it begins; the other is for a second worker
ROUND = 30.0  # seconds of claiming in one job; then RQ may show that its worker lives
NO_LIMIT = -1  # RQ ends a job that takes too long by an exception anywhere in it; `PostRoom.work` ends by itself
KEEP_FAILED = 3600  # seconds
PATIENCE = 0.25  # seconds for Redis when a hop has just filed: the citizen waits for the answer
REST = 5.0  # seconds Redis is left alone after it did not take a wake-up
TRIES = 3  # to be first of several who wake at once

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
    """Tells the workers that texts are owed. It never raises: what Redis does not take, the sweep finds."""

    def __init__(self, redis_url: str) -> None:
        self._queue = texts_queue(redis_url, PATIENCE)
        self._rests_until = 0.0

    def __call__(self, ids: Sequence[int]) -> None:
        """These texts are owed: see that a job waits. However many wake at once, no more than MOST_WAITING do."""
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
        """Add a job unless enough wait; nothing is added when the queue changed in between, and it is looked again."""
        if self._queue.count >= MOST_WAITING:
            return
        for _ in range(TRIES):
            with self._queue.connection.pipeline() as pipe:
                pipe.watch(self._queue.key)  # type: ignore[no-untyped-call]
                if pipe.llen(self._queue.key) >= MOST_WAITING:
                    return
                pipe.multi()
                self._queue.enqueue(post, pipeline=pipe, job_timeout=NO_LIMIT, result_ttl=0, failure_ttl=KEEP_FAILED)
                try:
                    pipe.execute()
                except WatchError:
                    continue
                return


def waker(config: Config) -> Wake:
    """A function that wakes the workers; see Waker."""
    return Waker(config.redis_url)


@dataclass(frozen=True, slots=True)
class Desk:
    """What a worker works with, kept by the process. Once `over` is set nothing more is claimed."""

    database: Database
    room: PostRoom
    wake: Wake
    over: threading.Event


@functools.cache
def desk() -> Desk:
    """This process's desk, made from its settings at first use. Raises ConfigError."""
    return furnished(Config.from_env())


def furnished(config: Config, clock: Clock = real) -> Desk:
    """A desk for these settings. Raises ConfigError."""
    random = Random(secrets.randbits(64))  # noqa: S311 - it spreads tries in time
    database = open_database(config.database_url)
    room = PostRoom(
        database,
        catalogue.senders(config, Wire(config.senders)),
        rules(config),
        hands=config.senders,
        token=lambda: secrets.token_hex(8),
        jitter=random.random,
        clock=clock,
    )
    return Desk(database, room, waker(config), threading.Event())


def post() -> None:
    """The RQ job: send what is due. What fails is logged and left to the sweep, so no job ever fails."""
    at = desk()
    if at.room.work(at.over.is_set, ROUND) and not at.over.is_set():
        at.wake((0,))  # whoever is free goes on


def rules(config: Config) -> Rules:
    """What the settings say about texts."""
    ways = catalogue.roads(config)
    zone, hours = ZoneInfo(config.timezone), _quiet_hours(config)

    def quiet_until(now: datetime, province: str | None) -> datetime | None:
        return hours.until(now.astimezone(zone), province)

    return Rules(
        roads=sorted(ways.named()),
        roads_for=lambda phone, network: choose(ways, phone, network),
        may_be_texted=Phones(config.country_codes).may_be_texted,
        quiet_until=quiet_until,
        per_number=config.texts_per_number_day,
        answers_per_number=config.answers_per_number_day,
        per_officer=config.texts_per_officer_day,
        per_complaint=config.texts_per_complaint,
        per_hour=config.texts_per_hour,
        marks=RedisMarks(config.redis_url),
    )


def _quiet_hours(config: Config) -> QuietHours:
    def quiet(hours: Hours | None) -> Quiet:
        return NEVER if hours is None else Quiet(*hours)

    provinces = {code: quiet(hours) for code, hours in config.quiet_hours_by_province.items()}
    return QuietHours(quiet(config.quiet_hours), provinces)
