"""Heads of requests that were accepted, in the bytes in which they came.

An aggregator sends the same head with every hop, but for the length of the body. What was read and checked of one holds
for the next one with exactly these bytes, so that is not parsed again. A head that is new each time (because it counts
requests, say) is parsed each time, as ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from gateway.server.hop_request import FormHandler

MOST = 512  # some 1.5 kB each; who fills this with heads of their own makes the others be parsed again, nothing more
LONGEST = 2048  # bytes
END = b"\r\n\r\n"  # of a head: the parser accepts no other
_NEVER = frozenset({"HTTP_EXPECT", "HTTP_UPGRADE", "HTTP_COOKIE"})


class KnownHead(NamedTuple):
    """How long a body follows this head, and what it tells, by the keys of WSGI: for reading only.

    `handler` answers the bodies that follow it, where that needs nothing else.
    """

    length: int
    told: dict[str, Any]
    handler: FormHandler | None


class KnownHeads:
    """The heads that one process knows. `form_handler` is asked once about each."""

    def __init__(
        self,
        form_handler: Callable[[dict[str, Any]], FormHandler | None] = lambda told: None,  # noqa: ARG005
    ) -> None:
        self._form_handler = form_handler
        self._kept: dict[bytes, KnownHead] = {}
        self.find = self._kept.get  # the bytes of a head, with its end -> what is known of it, or None

    def keep(self, came: bytes, length: int, told: dict[str, Any]) -> None:
        """Remember the head of a request that was accepted, after which its connection stays open.

        `came` are the first bytes that came of it; only if they are all of it, and nothing else, its head is known.
        Heads that ask for more than an answer, or show a cookie, are not kept; nor are those with a query: it may hold
        what a caller has typed, and is new each time.
        """
        size = came.find(END) + len(END)
        whole = 0 < length == len(came) - size and size <= LONGEST
        if whole and not told["QUERY_STRING"] and _NEVER.isdisjoint(told):
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[came[:size]] = KnownHead(length, told, self._form_handler(told))
