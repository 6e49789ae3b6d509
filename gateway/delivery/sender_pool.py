"""A pool of threads that send one text at a time each, over shared connections."""

import threading
import time
from collections.abc import Mapping, Sequence
from queue import Empty, SimpleQueue

from gateway.monitoring import logs
from gateway.monitoring.counters import COUNTERS
from sessions.delivery.claim_batch import ClaimedMessage
from sessions.delivery.outcome_types import (
    Acceptance,
    Rejection,
    Sender,
    SendFailure,
    SendOutcome,
    TemporaryRejection,
    Unknown,
)

# The state a send leads to, as docs/operators/troubleshooting-texts.md has it: `ready` is tried again.
BECOMES = {
    Acceptance: "sent",
    Rejection: "failed",
    Unknown: "unknown",
    SendFailure: "ready",
    TemporaryRejection: "ready",
}

Ended = tuple[ClaimedMessage, SendOutcome | None]  # None: its send never began


class SenderPool:
    """At most `most_sends` sends at a time; threads are started as they are needed and end with the process.

    They are daemon threads: one that hangs in a send must not keep the process from stopping.
    """

    def __init__(self, senders: Mapping[str, Sender], most_sends: int) -> None:
        self._senders, self._most_sends = senders, most_sends
        self._given: SimpleQueue[tuple[ClaimedMessage, float]] = SimpleQueue()
        self._ended: SimpleQueue[Ended] = SimpleQueue()
        self._threads = 0

    def give(self, posts: Sequence[ClaimedMessage], latest: float) -> None:
        """Send these, as threads become free; none is begun after `latest` (`time.monotonic()`)."""
        for post in posts:
            self._given.put((post, latest))
        waiting = min(self._given.qsize(), self._most_sends - self._threads)
        for _ in range(waiting):
            threading.Thread(target=self._send_on, name=f"send-{self._threads + 1}", daemon=True).start()
            self._threads += 1

    def take_back(self) -> list[ClaimedMessage]:
        """Take back the texts whose sending has not begun."""
        back: list[ClaimedMessage] = []
        while True:
            try:
                back.append(self._given.get_nowait()[0])
            except Empty:
                return back

    def ended(self, wait: float, gather: float, most: int) -> list[Ended]:
        """Sends that ended: the first within `wait` seconds, others within `gather` seconds of it, at most `most`."""
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
            if time.monotonic() > latest:
                self._ended.put((post, None))
                continue
            began = time.monotonic()
            outcome = _sent(self._senders.get(post.route), post, latest)
            try:
                _tell(post, outcome, time.monotonic() - began)
            finally:
                self._ended.put((post, outcome))


def _sent(sender: Sender | None, post: ClaimedMessage, latest: float) -> SendOutcome:
    """The outcome of one send, whatever happened."""
    if sender is None:  # the route was removed from the settings after another worker started
        return SendFailure("no_sender")
    try:
        return sender.send(post.phone, post.body, latest, post.id)
    except Exception as error:  # noqa: BLE001 - whatever broke may have broken after the text was taken
        return Unknown(type(error).__name__)


def _tell(post: ClaimedMessage, outcome: SendOutcome, seconds: float) -> None:
    """Log the outcome of a text by its row, never with its phone number or words."""
    took, reason = round(seconds * 1000, 1), getattr(outcome, "why", None)
    COUNTERS.sent(BECOMES[type(outcome)])
    logs.log_later(
        "text", outbox=post.id, aggregator=post.route, outcome=BECOMES[type(outcome)], reason=reason, ms=took
    )
