"""Counts of all our processes, summed in one hash of Redis: `/metrics` and the health page read them there.

A process adds what it counted since it last did, once a second and never in a hop. Nothing is added twice: a batch has
a number, and one that may have been added is sent again under the same. What a killed process counted in its last
second is lost; when Redis is emptied all counts begin at 0, as after a restart. The same is kept by the hour for a day.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import cast

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from gateway.monitoring.counters import COUNTERS, Counters

KEY = "sunwai:counts"
ADDED = "sunwai:counted:"  # and the process: the number of its last batch
HOURS = 24
REMEMBERED = 25 * 3600  # seconds an hour is kept, and a process may be silent and still not add a batch twice
PATIENCE = 0.25  # seconds
REST = 5.0  # seconds Redis is left alone after it did not answer

ADD = """
if redis.call('GET', KEYS[2]) == ARGV[1] then return 0 end
for i = 3, #ARGV, 2 do
  redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1])
  redis.call('HINCRBY', KEYS[3], ARGV[i], ARGV[i + 1])
end
redis.call('EXPIRE', KEYS[3], ARGV[2])
redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[2])
return 1
"""


class SharedCounters:
    """This process's way to the hash. `add` is for one thread; it never raises."""

    def __init__(self, redis_url: str, counters: Counters = COUNTERS) -> None:
        self._redis = Redis.from_url(
            redis_url,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )
        self._counters, self._process = counters, ""
        self._added: Mapping[str, int] = {}
        self._batch: dict[str, int] = {}  # may have been added: sent again as it was
        self._number, self._rests_until = 0, 0.0

    def add(self) -> None:
        """Add what was counted since the last time."""
        if time.monotonic() < self._rests_until:
            return
        if not self._batch:
            now = self._counters.fields()
            self._batch = {field: new for field, count in now.items() if (new := count - self._added.get(field, 0))}
            self._added = now
            self._number += 1
        if not self._batch:
            return
        self._process = self._process or secrets.token_hex(8)  # made here: a server may have forked since __init__
        words = [str(word) for pair in self._batch.items() for word in pair]
        try:
            keys = KEY, ADDED + self._process, _hour(time.time(), 0)
            self._redis.eval(ADD, len(keys), *keys, str(self._number), str(REMEMBERED), *words)
        except (RedisError, OSError):
            self._rests_until = time.monotonic() + REST
        else:
            self._batch = {}


def read_totals(redis: Redis) -> dict[str, int]:
    """The sums by field, as gateway.monitoring.counters.Counters.fields names them. Raises what Redis raises."""
    return _whole(cast("dict[bytes, bytes]", redis.hgetall(KEY)))


def by_hour(redis: Redis) -> list[dict[str, int]]:
    """The same for this hour of the clock and the 23 before, the latest first. Raises what Redis raises."""
    now = time.time()
    with redis.pipeline(transaction=False) as pipe:
        for ago in range(HOURS):
            pipe.hgetall(_hour(now, ago))
        return [_whole(found) for found in pipe.execute()]


def _hour(now: float, ago: int) -> str:
    return f"{KEY}:{int(now) // 3600 - ago}"


def _whole(found: Mapping[bytes, bytes]) -> dict[str, int]:
    return {name.decode(): int(count) for name, count in found.items()}
