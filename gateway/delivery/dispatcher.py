"""Sends due texts: claims them in batches, sends them with a pool of threads, and records the outcomes.

No transaction is open while a text is being sent. Somewhat more is claimed than there are threads, so that none is idle
during the next claim. When it is time to stop, texts whose sending has not begun are released.
"""

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence

from gateway.delivery.sender_pool import Ended, SenderPool
from gateway.monitoring import logs
from gateway.monitoring.logs import fault, log
from gateway.settings.clock import Clock, utc_now
from sessions.delivery import claim_batch, record_outcomes
from sessions.delivery.claim_batch import ClaimBatch, ClaimedMessage, Rules
from sessions.delivery.outcome_types import Sender, SendOutcome
from storage.connection.database import Database

TOGETHER = 50  # outcomes written in one transaction …
GATHER = 0.05  # … or as many as come within so many seconds
LOOK = 0.25  # seconds between looks for new texts while others are being sent
HOLD = 60.0  # seconds to keep outcomes that the database does not accept; after that the sweep finds their texts
AGAIN = 0.5  # seconds between tries to write them
TOO_LATE = 25.0  # seconds after the claim at which no send begins any more: it could outlive its lease of 60 s
LONGEST = 120.0  # seconds after which work ends, whatever hangs

Done = tuple[ClaimedMessage, SendOutcome]


class Dispatcher:
    """Sends texts that are due. The process keeps it, with its threads and connections; one thread works in it."""

    def __init__(
        self,
        database: Database,
        senders: Mapping[str, Sender],
        rules: Rules,
        *,
        most_sends: int,
        token: Callable[[], str],
        jitter: Callable[[], float],
        clock: Clock = utc_now,
    ) -> None:
        self._database, self._rules, self._most_sends = database, rules, most_sends
        self._token, self._jitter, self._now = token, jitter, clock
        self._pool = SenderPool(senders, most_sends)
        self._held = 0  # claimed, and not known to have ended
        self._full = False  # the last claim said that there may be more
        self._look_at = 0.0  # when to claim again although it did not
        self._unheard: dict[str, dt.datetime] = {}  # the leases of claims that were not answered, and their times
        self._unwritten: list[Done] = []
        self._write_at, self._lost_at = 0.0, 0.0  # when to try again to write these, and when to stop trying

    def work(self, over: Callable[[], bool], seconds: float, longest: float = LONGEST) -> bool:
        """Send for `seconds`, or until nothing is left or `over` is true. Sends that have begun are finished.

        True when there is more to do. Sends that have not ended after `longest` seconds are kept for the next call, and
        so are outcomes that could not be written. Never raises: what cannot be claimed now is claimed later.
        """
        began, closing = time.monotonic(), False
        self._full = True
        while True:
            if not closing and (over() or time.monotonic() - began > seconds):
                closing = True
                self._ended([(post, None) for post in self._pool.take_back()])
                self._release_unheard()
            if not closing:
                self._claim()
            if not self._held and not self._unwritten:
                more = self._full or bool(self._unheard)
                if closing or not more:
                    return more
                if not self._unheard:
                    continue  # everything in that batch waits or was dropped: there may be others after it
            if time.monotonic() - began > longest:
                return True
            self._ended(self._pool.ended(LOOK, GATHER, max(min(TOGETHER, self._held), 1)))

    def _claim(self) -> None:
        """Claim enough for every thread and half as many more, once most of these places are free."""
        wanted = self._most_sends + self._most_sends // 2 - self._held
        if wanted * 3 < self._most_sends or not (self._full or time.monotonic() >= self._look_at):
            return
        self._release_unheard()
        latest = time.monotonic() + TOO_LATE  # taken before the claim, because the lease runs from there
        lease, now = self._token(), self._now()

        def under() -> str:
            self._unheard[lease] = now  # until it is answered: its COMMIT may be done, its answer lost
            return lease

        try:
            claimed = claim_batch.claim_messages(self._database, now, wanted, self._rules, under)
            self._unheard.pop(lease, None)
        except Exception as error:  # noqa: BLE001 - the database is away: what is under way comes back first
            log().error("claim_failed", **fault(error))
            claimed = ClaimBatch([], more=False)
        for each in claimed.unopened:
            log().error("text_not_opened", outbox=each)
        self._full, self._look_at = claimed.more, time.monotonic() + LOOK
        self._held += len(claimed.posts)
        self._pool.give(claimed.posts, latest)

    def _release_unheard(self) -> None:
        """Give back the texts of claims that were not answered; those whose lease has run out are left to the sweep."""
        for lease, claimed_at in tuple(self._unheard.items()):
            if not claim_batch.is_over(claimed_at, self._now()):
                try:
                    if claim_batch.release_lease(self._database, lease, claimed_at):
                        self._full = True  # they are due as before
                except Exception as error:  # noqa: BLE001 - somebody may hold these texts, and others can be sent
                    log().error("give_back_failed", **fault(error))
                    return
            del self._unheard[lease]

    def _ended(self, ended: Sequence[Ended]) -> None:
        """Record the outcomes."""
        done = [(post, outcome) for post, outcome in ended if outcome is not None]
        if not self._unwritten:
            self._lost_at = time.monotonic() + HOLD
        self._held -= len(ended)
        self._unwritten += done
        if done:
            self._look_at = 0.0  # what waited for these may go now
        logs.flush()
        if unsent := [post for post, outcome in ended if outcome is None]:
            self._give_back(unsent)
            self._full = True  # they are due as before
        if self._unwritten and (done or time.monotonic() >= self._write_at):
            self._write()

    def _write(self) -> None:
        try:
            record_outcomes.record_outcomes(self._database, self._now, self._unwritten, self._jitter)
        except Exception as error:  # noqa: BLE001 - a send that is not written down is a send in doubt: hold on to it
            self._write_at = time.monotonic() + AGAIN
            lost = time.monotonic() > self._lost_at
            log().error("outcomes_lost" if lost else "outcomes_held", count=len(self._unwritten), **fault(error))
            if not lost:
                return
        self._unwritten = []

    def _give_back(self, posts: Sequence[ClaimedMessage]) -> None:
        try:
            claim_batch.release_claims(self._database, posts)
        except Exception as error:  # noqa: BLE001 - their leases run out, and the sweep finds them
            log().error("give_back_failed", count=len(posts), **fault(error))
