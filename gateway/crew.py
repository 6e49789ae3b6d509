"""Threads that send, each one text at a time, over the connections they share."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from queue import Empty, SimpleQueue

from gateway import logs
from sessions.outcomes import Outcome, Sender, Unknown
from sessions.posting import Post

TOO_LATE = 25.0  # seconds after its claim a send is not begun any more: it could outlive its lease of 60 s

Ended = tuple[Post, Outcome | None]  # None: its send was never begun


class Crew:
    """At most `hands` sends at a time; threads are started as they are needed and end with the process.

    They are daemons: one that hangs in a send must not keep a process that was told to stop.
    """

    def __init__(self, senders: Mapping[str, Sender], hands: int) -> None:
        self._senders, self._hands = senders, hands
        self._given: SimpleQueue[tuple[Post, float]] = SimpleQueue()
        self._ended: SimpleQueue[Ended] = SimpleQueue()
        self._threads = 0

    def give(self, posts: Sequence[Post]) -> None:
        """Send these, as hands become free."""
        latest = time.monotonic() + TOO_LATE
        for post in posts:
            self._given.put((post, latest))
        waiting = min(self._given.qsize(), self._hands - self._threads)
        for _ in range(waiting):
            self._threads += 1
            threading.Thread(target=self._send_on, name=f"send-{self._threads}", daemon=True).start()

    def take_back(self) -> list[Post]:
        """Those whose sending has not begun: it will not."""
        back: list[Post] = []
        while True:
            try:
                back.append(self._given.get_nowait()[0])
            except Empty:
                return back

    def ended(self, wait: float, gather: float, most: int) -> list[Ended]:
        """What ended: the first within `wait` seconds, and what follows it within `gather` seconds, at most `most`."""
        found: list[Ended] = []
        until = time.monotonic() + wait
        while len(found) < most:
            try:
                found.append(self._ended.get(timeout=max(until - time.monotonic(), 0)))
            except Empty:
                break
            if len(found) == 1:
                until = time.monotonic() + gather
        return found

    def _send_on(self) -> None:
        while True:
            post, latest = self._given.get()
            self._ended.put((post, None if time.monotonic() > latest else _send(self._senders[post.road], post)))


def _send(sender: Sender, post: Post) -> Outcome:
    """Send one text, and log what became of it: its row, never its number or words."""
    began = time.monotonic()
    outcome: Outcome
    try:
        outcome = sender.send(post.phone, post.body)
    except Exception as error:  # noqa: BLE001 - whatever broke may have broken after the text was taken
        outcome = Unknown(type(error).__name__)
    took = round((time.monotonic() - began) * 1000, 1)
    logs.soon("text", outbox=post.id, aggregator=post.road, outcome=type(outcome).__name__.lower(), ms=took)
    return outcome
