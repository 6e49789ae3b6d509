"""Live USSD sessions in Redis: loaded in one round trip, saved by compare-and-set in another.

Redis is a cache of the session, never its record, so nothing here waits for it: short time-outs, one retry on a stale
connection, and a breaker that leaves it alone for a while after three failures in a row. redis-py's defaults would
block a hop for 4 to 25 seconds when the server freezes.
"""

import datetime as dt
import threading
from hashlib import sha1
from typing import Any

from msgspec import Struct

from sessions.ussd.circuit_breaker import CircuitBreaker
from sessions.ussd.redis_connection import RedisAddress, RedisConnection, RedisConnectionError, RedisReplyError

TIMEOUT = 0.25  # seconds for connecting, sending and reading; a local Redis answers in well under a millisecond
FAILURES = 3
REST = 5.0  # seconds without Redis once the breaker has opened
MARK = 8  # bytes at the head of a value that compare-and-set compares
LEAVE, DELETE = b"", b"-"  # what a save does with the pointer to an unfinished session
UNFINISHED = b"unfinished"  # sessions that may be gone on with, by when (sessions/operations/unfinished_calls.py)
SINCE = b"remembers-since"  # when the first call began since Redis was last empty, in seconds since 1970
COUNTS = b"footfall"  # the hash of counts that a sweep fetches (sessions/operations/screen_counts.py)

# ARGV: mark expected, value, seconds to live; pointer to keep for the next dial ("" leaves it, "-" deletes it and the
# other session it leads to), its seconds; the time; perhaps a field of the hash of counts to add one to, and others
# that are wanted less. A missing value is accepted: Redis may have been flushed since it was read. A session kept
# for the next dial is noted, so that its caller can be told by SMS. The first hop of a call notes since when Redis
# remembers calls. Who loses counts nothing, and where nobody has fetched the counts for long, no new fields are made.
SAVE = b"""
local held = redis.call('GET', KEYS[1])
if held and string.sub(held, 1, 8) ~= ARGV[1] then return held end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
if ARGV[1] == '' then redis.call('SET', KEYS[5], ARGV[6], 'NX') end
if ARGV[4] == '-' then
  local left = redis.call('GET', KEYS[2])
  if left and left ~= KEYS[1] then redis.call('DEL', left) end
  redis.call('DEL', KEYS[2])
elseif ARGV[4] ~= '' then
  redis.call('SET', KEYS[2], ARGV[4], 'EX', ARGV[5])
  redis.call('ZADD', KEYS[4], ARGV[6], KEYS[1])
  redis.call('EXPIRE', KEYS[4], ARGV[5])
end
if ARGV[7] then
  local many = redis.pcall('HLEN', KEYS[3])
  if type(many) ~= 'number' then return false end
  if many < 40000 or redis.call('HEXISTS', KEYS[3], ARGV[7]) == 1 then redis.call('HINCRBY', KEYS[3], ARGV[7], 1) end
  for at = 8, #ARGV do
    if many < 20000 then redis.call('HINCRBY', KEYS[3], ARGV[at], 1) end
  end
end
return false
"""

SAVE_SHA = sha1(SAVE, usedforsecurity=False).hexdigest().encode()


class StoreDown(Exception):
    """Redis did not answer in time, or is being left alone after several failures."""


class CompareAndSet(Struct, frozen=True):
    """A value to be saved for `seconds`, if the one there begins with `expected` (b"" when there is none).

    `point_to` is kept `keep` seconds under `pointer` for the next dial. b"" leaves what is there, b"-" deletes it and
    the value of the other session it led to. `now` is the time, in seconds since 1970. `counts` are at most four fields
    of the hash of counts to add one to.
    """

    key: bytes
    expected: bytes
    value: bytes
    seconds: int
    pointer: bytes = b""
    point_to: bytes = LEAVE
    keep: int = 0
    counts: tuple[bytes, ...] = ()
    now: int = 0

    def command(self) -> tuple[bytes, ...]:
        """The command that makes it."""
        times = b"%d" % self.seconds, b"%d" % self.keep
        return (
            *(b"EVALSHA", SAVE_SHA, b"5", self.key, self.pointer, COUNTS, UNFINISHED, SINCE),
            *(self.expected, self.value, times[0], self.point_to, times[1], b"%d" % self.now, *self.counts),
        )


class SessionStore:
    """Session values by key. Thread-safe: each thread has a connection of its own."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        self._address, self._timeout = RedisAddress(url), timeout
        self._local = threading.local()
        self._breaker = CircuitBreaker(FAILURES, REST)

    @property
    def resting(self) -> bool:
        """True while the breaker keeps hops away from Redis."""
        return self._breaker.open

    def load(self, key: bytes) -> bytes | None:
        """The value of a session; None when there is none. Raises StoreDown."""
        value = self._call(b"GET", key)
        return value if isinstance(value, bytes) else None

    def load_both(self, key: bytes, pointer: bytes) -> tuple[bytes | None, bytes | None]:
        """A session's value and the key of the caller's unfinished session, in one round trip. Raises StoreDown."""
        first, second = self._call(b"MGET", key, pointer)
        return first, second

    def remembers_since(self) -> int | None:
        """When Redis began to remember calls, in seconds since 1970; None if it has just lost all. Raises StoreDown."""
        since = self._call(b"GET", SINCE)
        return int(since) if since else None

    def has_calls_of(self, now: dt.datetime, longest: dt.timedelta) -> bool:
        """True if Redis still has each call that is going on, so that one it does not know has just begun.

        Else a single entry is more likely the answer to a first screen than a choice that was dialled. `longest` is how
        long a call can last.
        """
        try:
            since = self.remembers_since()
        except (StoreDown, RedisReplyError):
            return False
        return since is not None and now.timestamp() - since > longest.total_seconds()

    def seconds_left(self, key: bytes) -> int:
        """How long a value is still kept; negative when there is none. Raises StoreDown."""
        return int(self._call(b"TTL", key))

    def save(self, change: CompareAndSet) -> bytes | None:
        """Save a value. None when saved, else the value that is there instead. Raises StoreDown."""
        try:
            held = self._call(*change.command())
        except RedisReplyError as error:
            if not str(error).startswith("NOSCRIPT"):
                raise
            self._call(b"SCRIPT", b"LOAD", SAVE)
            held = self._call(*change.command())
        return held if isinstance(held, bytes) else None

    def send(self, change: CompareAndSet) -> None:
        """Save a value without waiting to hear whether it was. Raises StoreDown when it surely was not."""
        self._call(*change.command(), wait=False)

    def _call(self, *command: bytes, wait: bool = True) -> Any:
        if self.resting:
            raise StoreDown("Redis is being left alone after several failures")
        link: RedisConnection | None = getattr(self._local, "link", None)
        if link is not None:
            try:
                return self._asked(link, command, wait)
            except RedisConnectionError as error:
                self._local.link = None
                link.close()
                if error.timed_out:  # frozen: a second try would only double the wait
                    raise self._failed(error) from error
        try:  # the first connection of this thread, or the server was restarted since the last one was made
            self._local.link = link = RedisConnection(self._address, self._timeout, [(b"SCRIPT", b"LOAD", SAVE)])
            return self._asked(link, command, wait)
        except RedisConnectionError as error:
            self._local.link = None
            raise self._failed(error) from error

    def _asked(self, link: RedisConnection, command: tuple[bytes, ...], wait: bool) -> Any:
        if not wait:
            return link.tell(command)
        answer = link.ask(command)
        self._breaker.worked()
        return answer

    def _failed(self, error: RedisConnectionError) -> StoreDown:
        self._breaker.failed()
        return StoreDown(str(error))
