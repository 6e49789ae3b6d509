"""How sample texts leave: they are claimed and recorded as by a worker; the aggregator is simulated here."""

import datetime as dt
from random import Random

from gateway.delivery.rules_from_settings import rules
from gateway.development.demodata.distributions import SAMPLE
from gateway.endpoints.application import Sunwai
from sessions.cases.core.case_clock import PROMPTS
from sessions.delivery import claim_batch, match_reports, record_outcomes
from sessions.delivery.claim_batch import ClaimedMessage
from sessions.delivery.outcome_types import Acceptance, DeliveryReport, Rejection, SendOutcome, Unknown

BATCH = 192  # texts claimed together, as by a worker
REPORTED = 16  # of a hundred texts, those with a delivery report: not every network sends one
REPORTED_PROMPTS = 92  # of a hundred questions: a case waits for the answer only once its question was delivered


class Carrier:
    """Sends the texts that are due at a moment, and records their delivery reports."""

    def __init__(self, app: Sunwai, random: Random) -> None:
        self._database, self._rules, self._random = app.database, rules(app.settings), random
        self.texts = 0

    def carry(self, now: dt.datetime) -> None:
        """Send everything that is due now."""
        more = True
        while more:
            claimed = claim_batch.claim_messages(self._database, now, BATCH, self._rules, self._token)
            more = claimed.more
            done = [(post, self._outcome(self.texts + count)) for count, post in enumerate(claimed.posts, start=1)]
            if done:
                record_outcomes.record_outcomes(self._database, lambda: now, done, self._random.random)
                self.texts += len(done)
            for post, outcome in done:
                reported = REPORTED_PROMPTS if post.event in PROMPTS else REPORTED
                if isinstance(outcome, Acceptance) and self._random.randrange(100) < reported:
                    self._report(post, outcome.provider_id, now + dt.timedelta(seconds=self._random.randrange(2, 40)))

    def _token(self) -> str:
        return f"{self._random.getrandbits(64):016x}"

    def _outcome(self, number: int) -> SendOutcome:
        chance = self._random.randrange(10_000)
        if chance < 8:
            return Rejection("InvalidPhoneNumber")
        if chance < 14:
            return Unknown("read_timeout")
        return Acceptance(f"demo-{number}", parts=1, cost="PKR 1.2000")

    def _report(self, post: ClaimedMessage, provider_id: str, at: dt.datetime) -> None:
        chance, reason = self._random.randrange(1000), ""
        for name, share in SAMPLE.failures.items():
            if 0 <= chance < share:
                reason = name
            chance -= share
        report = DeliveryReport(post.route, provider_id, "Failed" if reason else "Success", reason, post.phone)
        match_reports.record_delivery_report(self._database, at, report)
