"""Live USSD sessions in Redis: loaded in one round trip, saved by compare-and-set in another.

Saves that nobody waits for can be gathered: a server that answers several hops in a round of its event loop lets them
leave in one write, before the first of these answers (docs/decisions/070-saves-leave-together.md).

Redis is a cache of the session, never its record, so nothing here waits for it: short time-outs, one retry on a stale
connection, and a breaker that leaves it alone for a while after three failures in a row. redis-py's defaults would
block a hop for 4 to 25 seconds when the server freezes.
"""

import datetime as dt
import threading
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha1
from typing import Any

from msgspec import Struct

from sessions.redis.circuit_breaker import CircuitBreaker
from sessions.redis.redis_connection import RedisAddress, RedisReplyError, pack_command
from sessions.redis.redis_line import RedisLine, StoreDown

TIMEOUT = 0.25  # seconds for connecting, sending and reading; a local Redis answers in well under a millisecond
FAILURES = 3
REST = 5.0  # seconds without Redis once the breaker has opened
MARK = 8  # bytes at the head of a value that compare-and-set compares
LEAVE, DELETE = b"", b"-"  # what a save does with the pointer to an unfinished session
UNFINISHED = b"unfinished"  # sessions that may be gone on with, by when (sessions/operations/unfinished_calls.py)
SINCE = b"remembers-since"  # when the first call began since Redis was last empty, in seconds since 1970
COUNTS = b"footfall"  # the hash of counts that a sweep fetches (sessions/operations/screen_counts.py)

# ARGV: mark expected, value, seconds to live; pointer to keep for the next dial ("" leaves it, "-" deletes it and the
# other session it leads to), its seconds; the time; of a first dial, the time since which Redis must remember calls,
# else ""; perhaps a field of the hash of counts to add one to, and others that are wanted less.
# A missing value is accepted: Redis may have been flushed since it was read. A first dial is only saved where nothing
# is known of the call and none was left unfinished; else the answer is what is known. A session kept for the next dial
# is noted, so that its caller can be told by SMS. The first hop of a call notes since when Redis remembers calls. Who
# loses counts nothing, and where nobody has fetched the counts for long, no new fields are made.
SAVE = b"""
if ARGV[7] ~= '' then
  local since = redis.call('GET', KEYS[5])
  local known = redis.call('MGET', KEYS[1], KEYS[2])
  if known[1] or known[2] or not since or tonumber(since) > tonumber(ARGV[7]) then return known end
end
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
if ARGV[8] then
  local many = redis.pcall('HLEN', KEYS[3])
  if type(many) ~= 'number' then return false end
  if many < 40000 or redis.call('HEXISTS', KEYS[3], ARGV[8]) == 1 then redis.call('HINCRBY', KEYS[3], ARGV[8], 1) end
  for at = 9, #ARGV do
    if many < 20000 then redis.call('HINCRBY', KEYS[3], ARGV[at], 1) end
  end
end
return false
"""

LOAD_SAVE = pack_command(b"SCRIPT", b"LOAD", SAVE)

# The command that runs it, for `%`: how many words it has, then KEYS[1] and [2] and ARGV[1] and [2], each behind its
# length, and the others as they are sent. Fields of counts follow. hiredis takes three times as long.
_FIXED_WORDS, _WORD = 15, b"$%d\r\n%b\r\n"
_SAVE_COMMAND = b"*%d\r\n" + b"".join(
    [_WORD % (len(word), word) for word in (b"EVALSHA", sha1(SAVE, usedforsecurity=False).hexdigest().encode(), b"5")]
    + [2 * _WORD, *(_WORD % (len(key), key) for key in (COUNTS, UNFINISHED, SINCE)), 2 * _WORD + b"%b" + _WORD + b"%b"]
)


class CompareAndSet(Struct, frozen=True):
    """A value to be saved for `seconds`, if the one there begins with `expected` (b"" when there is none).

    `point_to` is kept `keep` seconds under `pointer` for the next dial. b"" leaves what is there, b"-" deletes it and
    the value of the other session it led to. `now` is the time, in seconds since 1970. `counts` are at most four fields
    of the hash of counts to add one to. `remembering` is for `SessionStore.begin`: the time since which Redis must
    remember calls.
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
    remembering: int | None = None

    def command(self) -> bytes:
        """The command that makes it, as it is sent."""
        key, pointer, expected, value, point_to = self.key, self.pointer, self.expected, self.value, self.point_to
        counts, times = self.counts, _words(self.keep, self.now, self.remembering)
        keys = _FIXED_WORDS + len(counts), len(key), key, len(pointer), pointer
        saved = len(expected), expected, len(value), value, _words(self.seconds), len(point_to), point_to, times
        return _SAVE_COMMAND % (*keys, *saved) + _packed(counts)


@lru_cache(maxsize=256)
def _words(*numbers: int | None) -> bytes:
    """Numbers as words of a command, which are the same for all saves of a second; None is an empty word."""
    return _packed(tuple(b"" if number is None else b"%d" % number for number in numbers))


@lru_cache(maxsize=1024)
def _packed(words: tuple[bytes, ...]) -> bytes:
    """Words of a command, which many callers have alike: fields of counts say who stands where, and not who it is."""
    return b"".join([_WORD % (len(word), word) for word in words])


class SessionStore:
    """Session values by key. Thread-safe: each thread has a connection of its own."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        self.address, self._breaker = RedisAddress(url), CircuitBreaker(FAILURES, REST)
        greeting = [(b"SCRIPT", b"LOAD", SAVE)]
        self._lines = _Lines(lambda: RedisLine(self.address, timeout, self._breaker, greeting, self._heard))
        self.overtaken: Callable[[str], object] = lambda key: None  # noqa: ARG005
        """Called with the key of a save that nobody waited for, and that a rival was quicker with."""

    @property
    def resting(self) -> bool:
        """True while the breaker keeps hops away from Redis."""
        return self._breaker.open

    def load(self, key: bytes) -> bytes | None:
        """The value of a session; None when there is none. Raises StoreDown."""
        value = self._lines.mine.ask(pack_command(b"GET", key), (key,))
        return value if isinstance(value, bytes) else None

    def load_both(self, key: bytes, pointer: bytes) -> tuple[bytes | None, bytes | None]:
        """A session's value and the key of the caller's unfinished session, in one round trip. Raises StoreDown."""
        first, second = self._lines.mine.ask(pack_command(b"MGET", key, pointer), (key, pointer))
        return first, second

    def remembers_since(self) -> int | None:
        """When Redis began to remember calls, in seconds since 1970; None if it has just lost all. Raises StoreDown."""
        since = self._lines.mine.ask(pack_command(b"GET", SINCE))
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
        return int(self._lines.mine.ask(pack_command(b"TTL", key), (key,)))

    def save(self, change: CompareAndSet) -> bytes | None:
        """Save a value. None when saved, else the value that is there instead. Raises StoreDown."""
        held = self._run(change)
        return held if isinstance(held, bytes) else None

    def begin(self, change: CompareAndSet) -> tuple[bytes | None, bytes | None] | None:
        """Save the first value of a session that is sure to be new.

        None when saved. Else what `load_both` tells: the session has a value, its caller left another one unfinished,
        or Redis does not remember every call since `change.remembering`. Raises StoreDown.
        """
        known = self._run(change)
        return (known[0], known[1]) if isinstance(known, list) else None

    def send(self, change: CompareAndSet) -> None:
        """Save a value without waiting to hear whether it was. Raises StoreDown when it surely was not.

        Where this thread's line cooperates with an event loop, it leaves with the next `flush`, or before a command
        about the same session or phone.
        """
        self._lines.mine.tell(change.key, change.command())

    @property
    def line(self) -> RedisLine:
        """This thread's line to Redis."""
        return self._lines.mine

    def _run(self, change: CompareAndSet) -> Any:
        """The answer of the script."""
        command, keys = change.command(), (change.key, change.pointer)
        try:
            return self._lines.mine.ask(command, keys)
        except RedisReplyError as error:
            if not str(error).startswith("NOSCRIPT"):
                raise
            self._lines.mine.ask(LOAD_SAVE)
            return self._lines.mine.ask(command, keys)

    def _heard(self, key: bytes, answer: Any) -> None:
        if answer is not None:
            self.overtaken(key.decode())


class _Lines(threading.local):
    """Each thread's own line."""

    def __init__(self, line: Callable[[], RedisLine]) -> None:
        self.mine = line()
