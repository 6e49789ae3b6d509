"""One thread's line to Redis: its connection, the commands that it gathers, and the hops that wait for their answers.

A command is asked, and waited for, or told, and not waited for. What is told can be gathered: it then leaves with many
others in one write. Where the thread runs hops as coroutines (greenlets), a hop that asks is put aside: its command
leaves with what was gathered, and the thread goes on with other hops until the answer has come
(docs/decisions/073-a-hop-that-waits-is-put-aside.md).
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from greenlet import getcurrent, greenlet

from sessions.redis.circuit_breaker import CircuitBreaker
from sessions.redis.redis_connection import (
    NOT_YET,
    RedisAddress,
    RedisConnection,
    RedisConnectionError,
    RedisReplyError,
    ToldCommand,
    WaitingCommand,
)

MOST_OWED_AT_ONCE = 512  # answers, of hops that come at once and may be put aside, before these are waited for
MOST_IDLE = 64  # coroutines that are kept for the next hops
RESTING = "Redis is being left alone after several failures"


class StoreDown(Exception):
    """Redis did not answer in time, or is being left alone after several failures."""


class ReadWatcher(Protocol):
    """What calls back when there is something to read: an event loop."""

    def add_reader(self, fd: int, callback: Callable[[], object], /) -> None:
        """Call it whenever there is something to read, or the other end has closed."""
        ...

    def remove_reader(self, fd: int, /) -> object:
        """Do not call it any more."""
        ...


class RedisLine:
    """Used by one thread. `heard` gets the name and the answer of each command that was told."""

    def __init__(
        self,
        address: RedisAddress,
        timeout: float,
        breaker: CircuitBreaker,
        greeting: Sequence[tuple[bytes, ...]] = (),
        heard: Callable[[bytes, Any], None] = lambda name, answer: None,  # noqa: ARG005
    ) -> None:
        self._address, self._timeout, self._breaker, self._greeting = address, timeout, breaker, greeting
        self._heard_told = heard
        self._link: RedisConnection | None = None
        self._unsent: list[ToldCommand] = []
        self._lost = 0  # of what was told, since the last `flush`
        self._gathers = False
        self._main: greenlet | None = None  # what goes on while hops wait
        self._idle: list[greenlet] = []  # coroutines without a hop
        self._watcher: ReadWatcher | None = None
        self._watched = False
        self._waiting: dict[WaitingCommand, float] = {}  # those that left, and when, the oldest first
        self._ready = deque[WaitingCommand]()  # those that have their answer

    def cooperate(self, watcher: ReadWatcher) -> None:
        """From now on what is told leaves at `flush`, which must be called before anybody sees an answer.

        Hops that `start` runs are put aside when they ask. `watcher` is this thread's event loop, and `look` is to be
        called several times a second. Over TLS, whose sockets cannot be asked without waiting, hops wait as before.
        """
        self._gathers = True
        if not self._address.secure:
            self._main, self._watcher = getcurrent(), watcher

    def start(self, hop: Callable[[], None]) -> None:
        """Run a hop until it ends or is put aside. Raises what it raises until then."""
        if self._main is None:
            hop()
        else:
            (self._idle.pop() if self._idle else greenlet(self._run, self._main)).switch(hop)

    def ask(self, command: bytes, keys: Sequence[bytes] = ()) -> Any:
        """The answer to a packed command about these keys. Raises RedisReplyError or StoreDown.

        What was gathered of other sessions and phones does not leave before it.
        """
        if self._main is not None and (mine := getcurrent()) is not self._main:
            return self._waited_for(WaitingCommand(mine, command))
        unsent = list[ToldCommand]()
        if self._unsent and _is_about(self._unsent, keys):
            unsent, self._unsent = self._unsent, unsent
        return self._tried(command, unsent)

    def tell(self, name: bytes, command: bytes) -> None:
        """Send a command whose answer is not waited for, now or at the next `flush`. Raises StoreDown.

        It leaves before a command that is asked about the same session or phone, in the same write.
        """
        if self._breaker.open:
            raise StoreDown(RESTING)
        self._unsent.append((name, command))
        if not self._gathers:
            self._leave()

    @property
    def has_ready(self) -> bool:
        """True if hops could go on: their answers have come."""
        return bool(self._ready)

    def flush(self, seconds: float = math.inf) -> int:
        """Let hops go on whose answers have come, for so long, and let all leave in one write that was gathered.

        How many commands that were told are lost because Redis is not there: of these, and of those before them.
        """
        over, until = False, time.monotonic() + seconds
        while self._unsent or (self._ready and not over):
            while self._ready and not over:
                waiting = self._ready.popleft()
                waiting.coroutine.switch(waiting.answer)
                over = time.monotonic() >= until
            if self._unsent:
                try:
                    self._leave()
                except StoreDown:
                    continue  # who waited goes on without Redis
        if self._waiting and not self._watched and self._link is not None and self._watcher is not None:
            self._watched = True
            self._watcher.add_reader(self._link.fileno(), self._receive)
        lost, self._lost = self._lost, 0
        return lost

    def look(self) -> None:
        """Give the connection up if an answer is late."""
        if self._is_late():
            self._receive()  # it may have come while this thread was busy
        if self._is_late() and self._link is not None:
            self._give_up(self._link, RedisConnectionError("no answer in time", timed_out=True))

    def _run(self, hop: Callable[[], None]) -> None:
        """What a coroutine does: one hop after the other, because a new one costs as much as a tenth of a hop."""
        assert self._main is not None  # noqa: S101 - else there are none
        while True:
            hop()
            if len(self._idle) == MOST_IDLE:
                return
            self._idle.append(getcurrent())
            hop = self._main.switch()

    def _waited_for(self, waiting: WaitingCommand) -> Any:
        """Put the hop aside that runs; the answer to its command."""
        assert self._main is not None  # noqa: S101 - else nothing is put aside
        if self._breaker.open:
            raise StoreDown(RESTING)
        self._unsent.append((waiting, waiting.words))
        answer = self._main.switch()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _receive(self) -> None:
        """Something has come, or the connection has ended."""
        link = self._link
        if link is None:
            return
        if not self._waiting:  # answers that nobody waits for are read later, with others
            self._unwatch(link)
            return
        try:
            link.collect()
        except RedisConnectionError as error:
            self._give_up(link, error)

    def _is_late(self) -> bool:
        """True if the one that has waited longest has waited too long."""
        left = next(iter(self._waiting.values()), None)
        return left is not None and time.monotonic() - left > self._timeout

    def _leave(self) -> None:
        unsent, self._unsent = self._unsent, []
        self._tried(b"", unsent)

    def _tried(self, command: bytes, unsent: list[ToldCommand]) -> Any:
        try:
            return self._tried_twice(command, unsent)
        except StoreDown as down:
            for name, _ in unsent:
                if isinstance(name, bytes):
                    self._lost += 1
                elif name.answer is NOT_YET:
                    self._answered(name, StoreDown(str(down)))
            raise

    def _tried_twice(self, command: bytes, unsent: list[ToldCommand]) -> Any:
        if self._breaker.open:
            raise StoreDown(RESTING)
        link = self._link
        if link is not None:
            try:
                return self._asked(link, command, unsent)
            except RedisConnectionError as error:
                gave_up = self._drop(link, error)
                if error.timed_out:  # frozen: a second try would only double the wait
                    raise self._failed(error) from error
                if gave_up:
                    self._breaker.failed()
        unsent = [each for each in unsent if isinstance(each[0], bytes) or each[0].answer is NOT_YET]
        try:  # the first connection of this thread, or the server was restarted since the last one was made
            self._link = link = self._connected()
            if self._main is not None:
                link.most_owed = MOST_OWED_AT_ONCE
            return self._asked(link, command, unsent)
        except RedisConnectionError as error:
            if link is not None:
                self._drop(link, error)
            raise self._failed(error) from error

    def _connected(self) -> RedisConnection:
        try:
            return RedisConnection(self._address, self._timeout, self._greeting, self._heard)
        except RedisReplyError as error:  # such as a wrong password: nothing can leave
            raise RedisConnectionError(str(error)) from error

    def _asked(self, link: RedisConnection, command: bytes, unsent: list[ToldCommand]) -> Any:
        if not command:
            link.tell(unsent)
            left = time.monotonic()
            for name, _ in unsent:
                if not isinstance(name, bytes):
                    self._waiting[name] = left
            return None
        answer = link.ask(command, unsent)
        self._breaker.worked()
        return answer

    def _heard(self, name: bytes | WaitingCommand, answer: Any) -> None:
        if isinstance(name, bytes):
            self._heard_told(name, answer)
        else:
            self._breaker.worked()
            self._answered(name, answer)

    def _answered(self, waiting: WaitingCommand, answer: Any) -> None:
        waiting.answer = answer
        self._waiting.pop(waiting, None)
        self._ready.append(waiting)

    def _give_up(self, link: RedisConnection, error: RedisConnectionError) -> None:
        """Close a connection that failed those who wait, which is one failure, however many they are."""
        if self._drop(link, error):
            self._breaker.failed()

    def _drop(self, link: RedisConnection, error: RedisConnectionError) -> bool:
        """Close the connection. What it owes to those who wait is asked for once more, unless it was late.

        True if somebody goes on without an answer.
        """
        self._link = None
        self._unwatch(link)
        link.close()
        given_up = [each for each in self._waiting if error.timed_out or each.again]
        for each in given_up:  # each gets its own: raised twice, it would carry the tracebacks of both
            self._answered(each, StoreDown(str(error)))
        for each in self._waiting:
            each.again = True
            self._unsent.append((each, each.words))
        self._waiting.clear()
        return bool(given_up)

    def _unwatch(self, link: RedisConnection) -> None:
        if self._watched and self._watcher is not None:
            self._watched = False
            self._watcher.remove_reader(link.fileno())

    def _failed(self, error: RedisConnectionError) -> StoreDown:
        self._breaker.failed()
        return StoreDown(str(error))


def _is_about(unsent: Sequence[ToldCommand], keys: Sequence[bytes]) -> bool:
    """True if what has not left yet reads or writes one of these keys."""
    words = b"".join([command for _, command in unsent])
    return any(key in words for key in keys if key)
