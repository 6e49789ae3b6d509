"""What the page Health shows in the sample data: a few rows in each of its lists, and a route that is off."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from gateway.development.demodata.call_simulation import AGGREGATOR
from gateway.development.demodata.console_data import NADIA
from gateway.endpoints.application import Sunwai
from sessions.delivery import match_reports, outbox_admin, restore_detection
from sessions.delivery.outcome_types import DeliveryReport
from sessions.drafts import scheduled_publishing
from sessions.messages.inbound_types import Sms
from sessions.sms import inbound_transaction
from storage.connection.database import Database
from storage.menus import drafts
from storage.messages.quarantine import UnreadableRequest
from storage.operations import restore_mark
from storage.schema.tables import Complaint, OutboxMessage

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
SPARE = "jasmin"  # a route that the settings of `make run` do not have: its texts would otherwise wait
UNCLEAR = ("jo pehle bola tha wohi", "asdf 77", "wohi jo kal", "haan jaisa aap kahein")
TEXTS: tuple[tuple[int, Mapping[str, Any], dt.timedelta, dt.timedelta], ...] = (
    # how many; their columns; for how long they have existed, and when they are next looked at
    (2, {"state": "unconfirmed", "attempts": 3, "ambiguous": 3, "reason": "read_timeout"}, 5 * HOUR, HOUR),
    (3, {"state": "failed", "attempts": 0, "reason": "no_road"}, 26 * HOUR, HOUR),
    (2, {"state": "ready", "attempts": 2, "reason": "http_503"}, 3 * HOUR, 20 * HOUR),
    (2, {"state": "ready", "attempts": 0, "reason": "number_budget"}, 6 * HOUR, 18 * HOUR),
    (7, {"state": "ready", "attempts": 0, "reason": None}, 50 * MINUTE, -40 * MINUTE),
)


def feed_health(app: Sunwai, now: dt.datetime) -> None:
    """Put a few rows into each list of Health, as of this moment. The texts are of complaints that are there."""
    database = app.database
    _add_texts(database, now, 0, 3, {"state": "ready", "attempts": 0}, now - 2 * HOUR, now - 2 * HOUR)
    restore_detection.begin_epoch(database, now - HOUR)  # those three are held now
    first = 3
    for many, columns, age, ahead in TEXTS:
        _add_texts(database, now, first, many, columns, now - age, now + ahead)
        first += many
    outbox_admin.switch_route_off(database, now - 90 * MINUTE, SPARE)
    for count, words in enumerate(UNCLEAR):
        phone = f"+9239055501{count:02}"
        app.texting.take(now - count * HOUR, Sms(AGGREGATOR, f"unclear-{count}", phone, app.settings.short_code, words))
    for count, door in enumerate(("sms", "delivery")):
        request = UnreadableRequest(
            aggregator=AGGREGATOR,
            door=door,
            problem="field",
            shape={"fields": {"from": 13, "txt": 24 + count}},
            method="POST",
            content_type="application/x-www-form-urlencoded",
            raw=b"from=%2B923905550177&txt=paani+nahi+aa+raha",
        )
        inbound_transaction.set_aside(database, now - HOUR, request)
    for count in range(2):
        report = DeliveryReport(AGGREGATOR, f"ATXid_elsewhere{count}", "Success", "", "")
        match_reports.record_delivery_report(database, now - 3 * HOUR, report)
    _leave_in_danger(database, now)


def miss_schedule(database: Database, now: dt.datetime, draft_id: int) -> None:
    """Let a draft miss the time for which it was scheduled, because no sweep was running then."""
    with database.write.begin() as db:
        there = drafts.lock_draft(db, draft_id)
        if there is not None:
            there.publish_at, there.publish_by, there.message = now - 4 * HOUR, NADIA, "A form for clinic visits"
    scheduled_publishing.publish_due_drafts(database, now)


def _add_texts(
    database: Database,
    now: dt.datetime,
    first: int,
    many: int,
    columns: Mapping[str, Any],
    created: dt.datetime,
    next_at: dt.datetime,
) -> None:
    """Add texts like the latest ones about a complaint, in these states."""
    with database.write.begin() as db:
        epoch = restore_mark.epoch(db)
        query = select(OutboxMessage).where(OutboxMessage.complaint_id.is_not(None), OutboxMessage.state == "delivered")
        for count, like in enumerate(db.scalars(query.order_by(OutboxMessage.id.desc()).offset(first).limit(many))):
            key = f"demo-health-{first + count}"
            tried = {"aggregator": AGGREGATOR, "claimed_at": now - HOUR} if columns["attempts"] else {}
            text = OutboxMessage(
                contact_id=like.contact_id,
                complaint_id=like.complaint_id,
                event=like.event,
                body=like.body,
                dedupe=key,
                order_key=key,
                created_at=created,
                next_at=next_at,
                epoch=epoch,
                **columns,
                **tried,
            )
            db.add(text)


def _leave_in_danger(database: Database, now: dt.datetime) -> None:
    """Two open cases are of danger, and no officer has them."""
    with database.write.begin() as db:
        query = select(Complaint).where(Complaint.clock_at.is_not(None), Complaint.officer_id.is_not(None))
        query = query.where(Complaint.status.in_(("received", "assigned")))
        for count, case in enumerate(db.scalars(query.order_by(Complaint.id.desc()).limit(2))):
            case.urgent, case.officer_id, case.clock_from = True, None, now - (25 + 40 * count) * MINUTE
