"""Live USSD sessions in Redis: loaded in one round trip, saved by compare-and-set in a second.

Redis is a cache of the session, never its record, so nothing here waits for it: short time-outs, one retry on a stale
connection, and a breaker that leaves it alone for a while after three failures in a row. redis-py's defaults would
block a hop for 4 to 25 seconds when the server freezes.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from redis import exceptions
from redis.backoff import NoBackoff
from redis.connection import AbstractConnection, Connection, parse_url
from redis.retry import Retry

TIMEOUT = 0.25  # seconds for connecting, sending and reading; a local Redis answers in well under a millisecond
FAILURES = 3
REST = 5.0  # seconds without Redis once the breaker has opened
MARK = 8  # bytes at the head of a value that compare-and-set compares
LEAVE, DELETE = b"", b"-"  # what a save does with the pointer to an unfinished session

# ARGV: mark expected, value, seconds to live; pointer to keep for the next dial ("" leaves it, "-" deletes it), its
# seconds. A missing value is accepted: Redis may have been flushed since it was read.
SAVE = b"""
local held = redis.call('GET', KEYS[1])
if held and string.sub(held, 1, 8) ~= ARGV[1] then return held end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
if ARGV[4] == '-' then redis.call('DEL', KEYS[2])
elseif ARGV[4] ~= '' then redis.call('SET', KEYS[2], ARGV[4], 'EX', ARGV[5]) end
return false
"""


class StoreDown(Exception):
    """Redis did not answer in time, or is being left alone after several failures."""


class Store:
    """Session values by key. Thread-safe: each thread has a connection of its own."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        options: dict[str, Any] = dict(parse_url(url))  # type: ignore[no-untyped-call]  # redis-py leaves its connections untyped
        kind = options.pop("connection_class", Connection)
        options.update(socket_timeout=timeout, socket_connect_timeout=timeout, health_check_interval=0, protocol=2)
        options["retry"] = Retry(NoBackoff(), 0)
        self._kind, self._options = kind, options
        self._local = threading.local()
        self._failures = 0
        self._closed_until = 0.0
        self._script: bytes | None = None

    @property
    def resting(self) -> bool:
        """True while the breaker keeps hops away from Redis."""
        return time.monotonic() < self._closed_until

    def load(self, key: bytes) -> bytes | None:
        """The value of a session; None when there is none. Raises StoreDown."""
        value = self._call(b"GET", key)
        return value if isinstance(value, bytes) else None

    def load_both(self, key: bytes, pointer: bytes) -> tuple[bytes | None, bytes | None]:
        """A session's value and the key of the caller's unfinished session, in one round trip. Raises StoreDown."""
        first, second = self._call(b"MGET", key, pointer)
        return first, second

    def save(
        self, key: bytes, expected: bytes, value: bytes, seconds: int, pointer: bytes, point_to: bytes, keep: int
    ) -> bytes | None:
        """Save a value whose predecessor began with `expected` (b"" for none). None when saved, else what was there.

        `point_to` is kept `keep` seconds under `pointer` for the next dial (b"" leaves it, b"-" deletes it). Raises
        StoreDown.
        """
        arguments = (b"2", key, pointer, expected, value, b"%d" % seconds, point_to, b"%d" % keep)
        try:
            if self._script is None:
                self._script = self._call(b"SCRIPT", b"LOAD", SAVE)
            held = self._call(b"EVALSHA", self._script, *arguments)
        except exceptions.NoScriptError:
            held = self._call(b"EVAL", SAVE, *arguments)
        return held if isinstance(held, bytes) else None

    def forget(self, *keys: bytes) -> None:
        """Delete values. Raises StoreDown."""
        self._call(b"DEL", *keys)

    def _call(self, *command: bytes) -> Any:
        if self.resting:
            raise StoreDown("Redis is being left alone after several failures")
        connection: AbstractConnection | None = getattr(self._local, "connection", None)
        if connection is not None:
            try:
                return self._ask(connection, command)
            except exceptions.NoScriptError:
                raise
            except exceptions.TimeoutError as error:  # frozen: a second try would only double the wait
                self._failed(connection)
                raise StoreDown(str(error)) from error
            except (exceptions.RedisError, OSError):
                # The server was restarted since this connection was made: try a new one.
                connection.disconnect()  # type: ignore[no-untyped-call]
        connection = self._kind(**self._options)
        try:
            connection.connect()
            answer = self._ask(connection, command)
        except exceptions.NoScriptError:
            self._local.connection = connection
            raise
        except (exceptions.RedisError, OSError) as error:
            self._failed(connection)
            raise StoreDown(str(error)) from error
        self._local.connection = connection
        return answer

    def _ask(self, connection: AbstractConnection, command: tuple[bytes, ...]) -> Any:
        connection.send_packed_command(connection.pack_command(*command))  # type: ignore[no-untyped-call]
        answer = connection.read_response()
        self._failures = 0
        return answer

    def _failed(self, connection: AbstractConnection) -> None:
        connection.disconnect()  # type: ignore[no-untyped-call]
        self._local.connection = None
        self._failures += 1
        if self._failures >= FAILURES:
            self._failures = 0
            self._closed_until = time.monotonic() + REST
