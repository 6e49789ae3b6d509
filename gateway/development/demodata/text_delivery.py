"""How texts of the made months leave: claimed and settled as by a worker; the aggregator is a few lines here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from random import Random

from sessions.cases.core.case_clock import PROMPTS
from sessions.delivery import claim_batch, record_outcomes, reports
from sessions.delivery.claim_batch import ClaimedMessage, Rules
from sessions.delivery.outcome_types import Acceptance, DeliveryReport, Rejection, SendOutcome, Unknown
from storage.connection.database import Database

AT_ONCE = 192  # texts claimed together, as by a worker
REPORTED = 32  # of a hundred texts a report tells what became of them; not every network sends one
ASKED = 92  # and of a hundred questions: whoever never got one is waited for, day after day
FAILS = {"UserInBlacklist": 2, "AbsentSubscriber": 9, "DeliveryFailure": 4}  # of a thousand reports


class Carrier:
    """Sends whatever is due at a moment, and brings the reports."""

    def __init__(self, database: Database, rules: Rules, random: Random, token: Callable[[], str]) -> None:
        self._database, self._rules, self._random, self._token = database, rules, random, token
        self._sent = 0
        self.texts = 0

    def carry(self, now: dt.datetime) -> None:
        """Everything that is due now."""
        more = True
        while more:
            claimed = claim_batch.claim_messages(self._database, now, AT_ONCE, self._rules, self._token)
            more = claimed.more
            done = [(post, self._outcome()) for post in claimed.posts]
            if done:
                record_outcomes.record_outcomes(self._database, lambda: now, done, self._random.random)
                self.texts += len(done)
            for post, outcome in done:
                reported = ASKED if post.event in PROMPTS else REPORTED
                if isinstance(outcome, Acceptance) and self._random.randrange(100) < reported:
                    self._report(post, outcome.provider_id, now + dt.timedelta(seconds=self._random.randrange(2, 40)))

    def _outcome(self) -> SendOutcome:
        self._sent += 1
        chance = self._random.randrange(10_000)
        if chance < 8:
            return Rejection("InvalidPhoneNumber")
        if chance < 14:
            return Unknown("read_timeout")
        return Acceptance(f"demo-{self._sent}", parts=1, cost="PKR 1.2000")

    def _report(self, post: ClaimedMessage, provider_id: str, at: dt.datetime) -> None:
        chance, status, reason = self._random.randrange(1000), "Success", ""
        for name, share in FAILS.items():
            chance -= share
            if chance < 0:
                status, reason = "Failed", name
                break
        report = DeliveryReport(post.road, provider_id, status, reason, post.phone)
        reports.record_delivery_report(self._database, at, report)
