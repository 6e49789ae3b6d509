"""Where texts leave: claimed in batches, sent by a crew, written down as they come back.

No transaction is open while a text is being sent. Somewhat more is claimed than there are hands, so that none is idle
during the next claim; what is not begun when it is time to stop is given back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from gateway import logs
from gateway.crew import Crew, Ended
from gateway.logs import fault, log
from sessions import posting, settling
from sessions.outcomes import Outcome, Sender
from sessions.posting import Post, Rules
from storage.database import Database

TOGETHER = 50  # outcomes written in one transaction …
GATHER = 0.05  # … or as many as come within so many seconds
LOOK = 0.25  # seconds between looks for new texts while others are being sent
HOLD = 60.0  # seconds outcomes are held when the database does not take them; then the sweep finds their texts
AGAIN = 0.5  # seconds between tries to write them

Done = tuple[Post, Outcome]


def _now() -> datetime:
    return datetime.now(UTC)


class PostRoom:
    """Sends texts that are due. Kept by the process, as its threads and connections are; one thread works in it."""

    def __init__(
        self,
        database: Database,
        senders: Mapping[str, Sender],
        rules: Rules,
        *,
        hands: int,
        token: Callable[[], str],
        jitter: Callable[[], float],
    ) -> None:
        self._database, self._rules, self._hands = database, rules, hands
        self._token, self._jitter = token, jitter
        self._crew = Crew(senders, hands)
        self._held = 0  # claimed, and not known to have ended
        self._full = False  # the last claim found as many as it asked for
        self._look_at = 0.0  # when to claim again although it did not
        self._unwritten: list[Done] = []
        self._write_at, self._lost_at = 0.0, 0.0  # when to try again to write these, and when to stop trying

    def work(self, over: Callable[[], bool], seconds: float) -> bool:
        """Send for `seconds`, less when nothing is left or it is `over`; what is under way is finished.

        True when more texts may be due. Never raises: what cannot be claimed now is claimed later, by whoever is next.
        """
        began, closing = time.monotonic(), False
        self._full = True
        while True:
            if not closing and (over() or time.monotonic() - began > seconds):
                closing = True
                self._ended([(post, None) for post in self._crew.take_back()])
            if not closing:
                self._claim()
            if not self._held and not self._unwritten:
                return self._full
            self._ended(self._crew.ended(LOOK, GATHER, max(min(TOGETHER, self._held), 1)))

    def _claim(self) -> None:
        """Fill the hands and half as many places behind them, once most of those are free."""
        wanted = self._hands + self._hands // 2 - self._held
        if wanted * 3 < self._hands or not (self._full or time.monotonic() >= self._look_at):
            return
        try:
            posts = posting.claim(self._database, _now(), wanted, self._rules, self._token)
        except Exception as error:  # noqa: BLE001 - the database is away: what is under way comes back first
            log().error("claim_failed", **fault(error))
            posts = []
        self._full, self._look_at = len(posts) == wanted, time.monotonic() + LOOK
        self._held += len(posts)
        self._crew.give(posts)

    def _ended(self, ended: Sequence[Ended]) -> None:
        """Write down what came back."""
        logs.flush()
        self._held -= len(ended)
        if unsent := [post for post, outcome in ended if outcome is None]:
            self._give_back(unsent)
        if done := [(post, outcome) for post, outcome in ended if outcome is not None]:
            self._look_at = 0.0  # what waited for these may go now
        if not self._unwritten:
            self._lost_at = time.monotonic() + HOLD
        self._unwritten += done
        if self._unwritten and (done or time.monotonic() >= self._write_at):
            self._write()

    def _write(self) -> None:
        try:
            settling.settle(self._database, _now, self._unwritten, self._jitter)
        except Exception as error:  # noqa: BLE001 - a send that is not written down is a send in doubt: hold on to it
            self._write_at = time.monotonic() + AGAIN
            lost = time.monotonic() > self._lost_at
            log().error("outcomes_lost" if lost else "outcomes_held", count=len(self._unwritten), **fault(error))
            if not lost:
                return
        self._unwritten = []

    def _give_back(self, posts: Sequence[Post]) -> None:
        try:
            posting.give_back(self._database, posts)
        except Exception as error:  # noqa: BLE001 - their leases run out, and the sweep finds them
            log().error("give_back_failed", count=len(posts), **fault(error))
