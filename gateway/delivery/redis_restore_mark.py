"""Copies each database's mark to Redis: see sessions/delivery/restore_detection.py."""

import time

from redis import RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from sessions.redis.redis_client import open_redis

KEY = "sunwai:mark:"  # and the database's own name: several may share a Redis
PATIENCE = 0.25  # seconds
REST = 5.0  # seconds Redis is left alone after it did not answer

LIFT = """
local known = tonumber(redis.call('GET', KEYS[1]) or '')
if not known or known < tonumber(ARGV[1]) then
    redis.call('SET', KEYS[1], ARGV[1])
end
"""


class RedisMarks:
    """The marks in Redis. Neither method raises: without Redis a restore is not detected, and nothing else is lost."""

    def __init__(self, redis_url: str) -> None:
        self._redis = open_redis(
            redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
        )
        self._rests_until = 0.0

    def get(self, name: str) -> int | None:
        """The highest mark copied for this database; 0 if there is none, and None if Redis does not answer."""
        if time.monotonic() < self._rests_until:
            return None
        try:
            found = self._redis.get(KEY + name)
        except (RedisError, OSError):
            self._rests_until = time.monotonic() + REST
            return None
        return int(found) if isinstance(found, bytes) and found.isdigit() else 0

    def lift(self, name: str, mark: int) -> None:
        """Copy a mark. A higher one stays, however many copy at once."""
        try:
            self._redis.eval(LIFT, 1, KEY + name, mark)
        except (RedisError, OSError):
            self._rests_until = time.monotonic() + REST
