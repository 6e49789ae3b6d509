"""The counts of all processes, summed in one Redis hash that `/metrics` and the health page read.

A process adds its new counts once a second, never in a hop. Nothing is added twice: a batch has a number, and one that
may have been added is sent again with the same number. A killed process loses its last second; if Redis is flushed, all
counts begin at 0, as after a restart. Counts are also kept by the hour, for a day, and by five minutes, for a
quarter of an hour.
"""

import secrets
import time
from collections.abc import Mapping
from typing import cast

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from gateway.monitoring.counters import COUNTERS, Counters
from sessions.redis.redis_client import open_redis

KEY = "sunwai:counts"
ADDED = "sunwai:counted:"  # followed by the process: the number of its last batch
HOURS = 24
LATELY = 300  # seconds of the shortest counts
LATELY_KEPT = 3 * LATELY
REMEMBERED = 25 * 3600  # seconds for which an hour, and the last batch number of a silent process, are kept
PATIENCE = 0.25  # seconds
REST = 5.0  # seconds for which Redis is not asked after it did not answer

ADD = """
if redis.call('GET', KEYS[2]) == ARGV[1] then return 0 end
for i = 4, #ARGV, 2 do
  redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1])
  redis.call('HINCRBY', KEYS[3], ARGV[i], ARGV[i + 1])
  redis.call('HINCRBY', KEYS[4], ARGV[i], ARGV[i + 1])
end
redis.call('EXPIRE', KEYS[4], ARGV[3])
redis.call('EXPIRE', KEYS[3], ARGV[2])
redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[2])
return 1
"""


class SharedCounters:
    """Adds the counts of this process. `add` is for one thread and never raises."""

    def __init__(self, redis_url: str, counters: Counters = COUNTERS) -> None:
        self._redis = open_redis(
            redis_url,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )
        self._counters, self._process = counters, ""
        self._added: Mapping[str, int] = {}
        self._batch: dict[str, int] = {}  # may have been added: sent again unchanged
        self._number, self._rests_until = 0, 0.0

    def add(self) -> None:
        """Add what was counted since the last call."""
        if time.monotonic() < self._rests_until:
            return
        if not self._batch:
            now = self._counters.fields()
            self._batch = {field: new for field, count in now.items() if (new := count - self._added.get(field, 0))}
            self._added = now
            self._number += 1
        if not self._batch:
            return
        self._process = self._process or secrets.token_hex(
            8
        )  # made here, because a server may have forked since __init__
        words = [str(word) for pair in self._batch.items() for word in pair]
        try:
            at = time.time()
            keys = KEY, ADDED + self._process, _hour(at, 0), _minutes(at, 0)
            self._redis.eval(ADD, len(keys), *keys, str(self._number), str(REMEMBERED), str(LATELY_KEPT), *words)
        except (RedisError, OSError):
            self._rests_until = time.monotonic() + REST
        else:
            self._batch = {}


def read_totals(redis: Redis) -> dict[str, int]:
    """The sums by the fields of gateway.monitoring.counters.Counters.fields. Raises what Redis raises."""
    return _whole(cast("dict[bytes, bytes]", redis.hgetall(KEY)))


def by_hour(redis: Redis) -> list[dict[str, int]]:
    """The same for this hour and the 23 before, the latest first. Raises what Redis raises."""
    now = time.time()
    with redis.pipeline(transaction=False) as pipe:
        for ago in range(HOURS):
            pipe.hgetall(_hour(now, ago))
        return [_whole(found) for found in pipe.execute()]


def lately(redis: Redis) -> dict[str, int]:
    """The same for these five minutes of the clock and the five before. Raises what Redis raises."""
    now, found = time.time(), dict[str, int]()
    for ago in (0, 1):
        for field, count in _whole(cast("dict[bytes, bytes]", redis.hgetall(_minutes(now, ago)))).items():
            found[field] = found.get(field, 0) + count
    return found


def _minutes(now: float, ago: int) -> str:
    return f"{KEY}:lately:{int(now) // LATELY - ago}"


def _hour(now: float, ago: int) -> str:
    return f"{KEY}:{int(now) // 3600 - ago}"


def _whole(found: Mapping[bytes, bytes]) -> dict[str, int]:
    return {name.decode(): int(count) for name, count in found.items()}
