"""How the server of one process runs hops: each to its end, or put aside while it waits for Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gateway.monitoring.counters import COUNTERS
from gateway.server.limits import TURN_SECONDS
from sessions.ussd.session_store import SessionStore


class HopRunner:
    """Runs each hop to its end."""

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Before the first hop: hops are run in the thread of this loop."""

    def run(self, hop: Callable[[], None]) -> None:
        """Run a hop. Where it returns before the hop has ended, `settle` goes on with it."""
        hop()

    def settle(self) -> bool:
        """Before answers leave, and before each look at what has come: do what was put off.

        True if hops could go on that have to wait until the loop has looked, because others took long enough.
        """
        return False

    def look(self) -> None:
        """Several times a second: give up what is late."""


class CooperativeHops(HopRunner):
    """Lets the saves of hops leave together, and puts hops aside that wait for Redis, so that others have their turn.

    Used by one process, which has one thread for hops.
    """

    def __init__(self, store: SessionStore) -> None:
        self._store = store

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        line = self._store.line
        line.cooperate(loop)

        def settle() -> bool:
            if lost := line.flush(TURN_SECONDS):
                COUNTERS.count("hops_without_store", lost)
            return line.has_ready

        # A call less for each hop; and the loop looks for what has come before it is attached, too.
        self.run, self.settle, self.look = line.start, settle, line.look  # type: ignore[method-assign]
