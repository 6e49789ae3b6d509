"""Hops that wait for their turn, in the order in which they came, and those that are refused because too many wait.

Where more calls come than a process can answer, each hop would wait longer than the one before it, until the networks
end the calls one after the other and nobody files anything. So a hop is refused at once where it would have to wait too
long, by how many wait before it and how long a hop takes. The first hop of a call is refused sooner than the others:
who has begun should be able to end, and a caller who is told at once that the service is busy has lost nothing.

Each hop that waits holds a connection. They may not hold all that a client or a proxy has: the next one would wait for
a connection, where nobody sees it, and could not even be refused.
"""

from __future__ import annotations

import selectors
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gateway.server.hop_request import HopRequest
    from gateway.server.http_connection import HttpConnection
    from gateway.server.limits import ServingLimits

USUAL = 0.0005  # seconds of a hop, before any was answered
OTHERS = 63 / 64  # of the average are left of those before, after each hop: thirty filings in a row do not decide it
LONGEST_COUNTED = 0.1  # seconds: one that waited for the database says little of those that follow
NEW_CALLS, CALLS = 0.25, 0.5  # of the connections of a process that may wait: then first hops of calls are refused; all
TOO_LATE = 0.2  # seconds after which a hop that was let wait is not refused any more: it is answered, however late


class WaitingHop(NamedTuple):
    """A whole request whose turn has not come, and when it was seen, in seconds of `time.perf_counter`."""

    connection: HttpConnection
    request: HopRequest
    keep: bool
    since: float


class PollClock(selectors.DefaultSelector):
    """Remembers when the loop last looked for what has come: whatever it works through now was there then.

    `before` is called before each look. True: the loop has something to do at once and must not wait.
    """

    def __init__(self, before: Callable[[], bool]) -> None:
        super().__init__()
        self._before, self.seen_at = before, 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What has come, as the base class finds it."""
        found = super().select(0 if self._before() else timeout)
        self.seen_at = time.perf_counter()
        return found


class HopQueue:
    """The queue of one process. Used by its event loop alone.

    `begun` is how many have had their turn and have no answer yet, because they wait for Redis: they hold a connection
    as well, and go on before those whose turn has not come.
    """

    def __init__(self, limits: ServingLimits) -> None:
        self._limits = limits
        self.begun, self._few = 0, NEW_CALLS * limits.connections  # and so many of them keep nobody waiting for long
        self._waiting = deque[WaitingHop]()
        self._average = USUAL

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def has_turn(self) -> bool:
        """True if a hop that has just come need not be asked whether it may wait: nobody does, or few."""
        return not self._waiting and self.begun < self._few

    def accepts(self, request: HopRequest) -> bool:
        """True if a hop would not have to wait too long, and leaves connections to others."""
        count, limits = len(self._waiting) + self.begun, self._limits
        wait, held = count * self._average, count / limits.connections
        if wait <= limits.new_call_wait and held < NEW_CALLS:
            return True
        return wait <= limits.call_wait and held < CALLS and not request.begins_call()

    def put(self, hop: WaitingHop) -> None:
        """Let a hop wait."""
        self._waiting.append(hop)

    def take(self) -> WaitingHop:
        """The hop that has waited longest."""
        return self._waiting.popleft()

    def take_newest(self) -> WaitingHop | None:
        """The hop that came last, to be refused; None if none waits."""
        return self._waiting.pop() if self._waiting else None

    def take_hopeless(self) -> WaitingHop | None:
        """A hop that would wait too long after all, because those before it take longer than was expected."""
        if not self._waiting or (len(self._waiting) + self.begun - 1) * self._average <= self._limits.call_wait:
            return None
        return self._waiting.pop() if time.perf_counter() - self._waiting[-1].since < TOO_LATE else None

    def answered(self, seconds: Sequence[float]) -> None:
        """Take into account how long these hops took, with what was received and refused while they waited.

        They count alike: what was received was so for each of them, not for the one that happened to be next.
        """
        if seconds:
            usual = sum([min(each, LONGEST_COUNTED) for each in seconds]) / len(seconds)
            self._average += (usual - self._average) * (1 - OTHERS ** len(seconds))
            self._few = min(NEW_CALLS * self._limits.connections, self._limits.new_call_wait / self._average)
