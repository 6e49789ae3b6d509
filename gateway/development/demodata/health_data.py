"""What the page Health shows in the sample data: something in each of its lists, and a route that is off.

Every row comes of a real act: people write, their replies are claimed by workers that fail in one way or another.
"""

import datetime as dt
from collections.abc import Sequence
from random import Random

from msgspec.structs import replace

from gateway.delivery.rules_from_settings import rules
from gateway.development.demodata.call_simulation import AGGREGATOR
from gateway.development.demodata.console_data import NADIA, StaleSample
from gateway.endpoints.application import Sunwai
from sessions.delivery import claim_batch, match_reports, outbox_admin, record_outcomes, restore_detection
from sessions.delivery.dispatch_policy import Rules
from sessions.delivery.match_reports import PATIENCE
from sessions.delivery.outcome_types import DeliveryReport, SendOutcome, TemporaryRejection, Unknown
from sessions.drafts import draft_editing, scheduled_publishing
from sessions.drafts.draft_editing import Edit
from sessions.messages.inbound_types import Sms
from sessions.operations import sweep
from sessions.sms import inbound_transaction
from storage.messages.quarantine import UnreadableRequest
from storage.schema.tables import Draft

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
MOST = 192  # texts claimed together, as by a worker
SPARE = "jasmin"  # a route that the settings of `make run` do not have: its texts would otherwise wait
HELP, FILE = "HELP", "SHIKAYAT Lahore mein bijli kal se band hai"  # one reply has no sense after hours, the other has
UNCLEAR = ("jo pehle bola tha wohi", "asdf 77", "wohi jo kal", "haan jaisa aap kahein")
DANGER = ("Gwadar mein ghar ko aag lag gayi hai", "Chitral mein dukan ko aag lag gayi hai log andar hain")


class HealthData:
    """Puts something into each list of Health, as of a moment at which nothing is due."""

    def __init__(self, app: Sunwai, random: Random, now: dt.datetime) -> None:
        self._app, self._database, self._random, self._now = app, app.database, random, now
        self._rules, self._count = rules(app.settings), 0

    def feed(self) -> None:
        """Make all of it but the draft."""
        now = self._now
        self._people_write([HELP] * 3, now - 2 * HOUR)
        restore_detection.begin_epoch(self._database, now - 2 * HOUR)  # those three replies are held now
        self._people_write([HELP] * 3, now - 26 * HOUR)
        self._claim(now - 26 * HOUR, replace(self._rules, routes_for=lambda _phone, _network: ()))
        self._people_write([FILE] * 2, now - 6 * HOUR)
        self._claim(now - 6 * HOUR, replace(self._rules, answers_per_number=0))
        self._people_write([HELP] * 2, now - 5 * HOUR)
        for attempt in range(3):
            at = now - 5 * HOUR + attempt * PATIENCE
            self._claim(at, self._rules, Unknown("read_timeout"))
            sweep.sweep(self._database, at + PATIENCE, lambda _ids: None)
        self._people_write([FILE] * 2, now - 3 * HOUR)
        self._claim(now - 3 * HOUR, self._rules, TemporaryRejection(20 * 3600.0, "http_503"))
        self._people_write(UNCLEAR, now - HOUR)
        self._people_write(DANGER, now - HOUR)
        self._people_write([HELP] * 7, now - 40 * MINUTE)
        outbox_admin.switch_route_off(self._database, now - 90 * MINUTE, SPARE)
        for door in ("sms", "delivery"):
            self._send_unreadable(door)
        for count in range(2):
            report = DeliveryReport(AGGREGATOR, f"ATXid_elsewhere{count}", "Success", "", "")
            match_reports.record_delivery_report(self._database, now - 3 * HOUR, report)

    def miss_schedule(self, draft_id: int) -> None:
        """Let a draft miss the time for which it was scheduled, because no sweep was running then."""
        draft, now = draft_editing.find_draft(self._database, draft_id), self._now
        if draft is None:
            raise StaleSample(f"there is no draft {draft_id}")
        edit = Edit(NADIA, now - 5 * HOUR, "A form for visits to a clinic")
        scheduled = scheduled_publishing.schedule_publication(self._database, edit, draft, now - 4 * HOUR)
        if not isinstance(scheduled, Draft):
            raise StaleSample(f"{draft.flow} cannot be scheduled: {scheduled}")
        scheduled_publishing.publish_due_drafts(self._database, now)

    def _people_write(self, texts: Sequence[str], at: dt.datetime) -> None:
        """As many people write these SMS."""
        for words in texts:
            self._count += 1
            sms = Sms(
                AGGREGATOR,
                f"demo-health-{self._count}",
                f"+92390555{self._count:04}",
                self._app.settings.short_code,
                words,
            )
            self._app.texting.take(at, sms)

    def _claim(self, at: dt.datetime, under: Rules, outcome: SendOutcome | None = None) -> None:
        """A worker claims what is due under these rules; each text that it sends has this outcome."""
        claimed = claim_batch.claim_messages(self._database, at, MOST, under, self._token)
        if outcome is not None and claimed.posts:
            done = [(post, outcome) for post in claimed.posts]
            record_outcomes.record_outcomes(self._database, lambda: at, done, self._random.random)

    def _token(self) -> str:
        return f"{self._random.getrandbits(64):016x}"

    def _send_unreadable(self, door: str) -> None:
        request = UnreadableRequest(
            aggregator=AGGREGATOR,
            door=door,
            problem="field",
            shape={"fields": {"from": 13, "txt": 17}},
            method="POST",
            content_type="application/x-www-form-urlencoded",
            raw=b"from=%2B923905559999&txt=paani+nahi+aa+raha",
        )
        inbound_transaction.set_aside(self._database, self._now - HOUR, request)
