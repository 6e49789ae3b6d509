"""How far the database got, copied into Redis: by it a restored backup is noticed (sessions/restored.py)."""

from __future__ import annotations

import time

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

KEY = "sunwai:mark"
PATIENCE = 0.25  # seconds
REST = 5.0  # seconds Redis is left alone after it did not answer


class RedisMarks:
    """The mark outside. Neither method raises: without Redis a restore is not noticed here; nothing else is lost."""

    def __init__(self, redis_url: str) -> None:
        self._redis = Redis.from_url(
            redis_url,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )
        self._rests_until = 0.0

    def get(self) -> str | None:
        """The last mark copied; None when there is none, or Redis is away."""
        if time.monotonic() < self._rests_until:
            return None
        try:
            found = self._redis.get(KEY)
        except (RedisError, OSError, UnicodeDecodeError):
            self._rests_until = time.monotonic() + REST
            return None
        return found if isinstance(found, str) else None

    def set(self, mark: str) -> None:
        """Copy a mark."""
        try:
            self._redis.set(KEY, mark)
        except (RedisError, OSError):
            self._rests_until = time.monotonic() + REST
