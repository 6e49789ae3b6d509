"""Matches delivery reports with texts. Only `record_delivery_report` opens a transaction.

A report names a text by the aggregator's id. It may arrive before we know that id, or we may never learn it (the worker
died, the answer was lost). Then it is kept as an orphan, and a text whose outcome is unknown adopts it if the phone
number matches and no other text could be meant.

Lock the contact first and then the text, so that a report and an answer that cross wait for each other.
"""

import datetime as dt
import re

from msgspec.structs import asdict
from sqlalchemy.orm import Session

from sessions.delivery.outcome_types import DeliveryReport
from storage.cases import contacts, recycled_phones
from storage.connection.database import Database
from storage.messages import delivery_reports, outbox, route_health
from storage.schema.tables import Contact, OutboxMessage

PATIENCE = dt.timedelta(seconds=120)  # how long an unknown text waits for a report before it is sent again
APART = dt.timedelta(hours=1)  # between two notes that a route reports deliveries
STRAY = dt.timedelta(hours=1)  # how late a report of an earlier attempt may arrive

# The state for an aggregator's status, in any letter case. A status not listed still shows that the text was accepted.
STATES = {
    "sent": "sent",
    "submitted": "sent",
    "buffered": "buffered",
    "success": "delivered",
    "delivered": "delivered",
    "rejected": "failed",
    "failed": "failed",
    "absentsubscriber": "failed",
    "expired": "failed",
    "undeliverable": "failed",
}

# Reasons that say that a number does not exist any more, by aggregator: others, such as a phone that is off, say less.
# Africa's Talking: failureReason; Twilio: error 30005, unknown destination handset; Infobip: GSM error codes.
NUMBER_GONE: dict[str, frozenset[str]] = {
    "africastalking": frozenset({"userdoesnotexist"}),
    "twilio": frozenset({"30005"}),
    "infobip": frozenset({"ec_unknown_subscriber"}),
}


_CODE = re.compile(r"(?!.*[0-9]{6})[A-Za-z0-9_.:/-]{1,40}")  # six digits may be a part of a number
OTHER = "other"  # a reason in words


def reason_code(reason: str) -> str:
    """An aggregator's reason as it is stored, in clear: a code, "" or "other".

    Words may be a citizen's: a receipt of SMPP has the first twenty characters of the text (SMPP 3.4, appendix B).
    """
    words = reason.split()
    code = bool(words) and _CODE.fullmatch(words[0]) and (len(words) == 1 or not {"/", "_"}.isdisjoint(words[0]))
    return words[0] if code else OTHER if words else ""


def lock(db: Session, contact_id: int) -> Contact:
    """A contact, held until the transaction ends."""
    return contacts.lock_by_id(db, contact_id)


def record_delivery_report(
    database: Database, now: dt.datetime, report: DeliveryReport, text_id: int | None = None
) -> bool:
    """Store a delivery report once and update its text. A repeated, late or unknown report changes nothing.

    `text_id` is the text that the report came for, if its address was made for one. False for a report about another
    text: it is not stored.
    """
    with database.write.begin() as db:
        return _store(db, now, report, text_id)


def _store(db: Session, now: dt.datetime, report: DeliveryReport, text_id: int | None) -> bool:
    contact = contacts.find_and_lock(db, report.phone) if report.phone else None
    text = outbox.find_by_aggregator_id(db, report.aggregator, report.provider_id)
    if text_id is not None and _is_about_another(db, outbox.find(db, text_id), text, contact, report):
        return False
    known = text.id if text is not None and contact is not None and text.contact_id == contact.id else None
    delivery_reports.add(db, now, **asdict(report) | {"reason": reason_code(report.reason)}, outbox_id=known)
    if text is None and contact is not None:
        match_orphan_report(db, now, contact, report.aggregator)
    elif text is not None:
        apply(db, now, text)
        _note_lost_number(db, report, text)
    return True


def _note_lost_number(db: Session, report: DeliveryReport, text: OutboxMessage) -> None:
    """A number that does not exist any more may be given to another person, unless it called since the text."""
    if report.reason.casefold() in NUMBER_GONE.get(report.aggregator, ()):
        contact = contacts.lock_by_id(db, text.contact_id)
        if contact.successor_id is None and (contact.seen_at is None or contact.seen_at < text.created_at):
            recycled_phones.note_end(db, contact)


def _is_about_another(
    db: Session,
    sent: OutboxMessage | None,
    named: OutboxMessage | None,
    contact: Contact | None,
    report: DeliveryReport,
) -> bool:
    """True for a report that names another text than the one that its address was made for, or another phone."""
    if sent is None or sent.aggregator not in (None, report.aggregator):
        return True
    holder = contact is None or sent.contact_id == contact.id
    return (named is not None and named.id != sent.id) or not (holder or _had_its_number(db, sent, contact))


def _had_its_number(db: Session, sent: OutboxMessage, contact: Contact | None) -> bool:
    """True for a text that was sent before this contact got the number from the one that it was sent to."""
    return contact is not None and db.get_one(Contact, sent.contact_id).successor_id == contact.id


def apply(db: Session, now: dt.datetime, text: OutboxMessage) -> None:
    """Advance a text by every report with its id and phone; never back."""
    if text.aggregator is None or text.provider_id is None:
        return
    phone = contacts.last_number(db, db.get_one(Contact, text.contact_id))
    for each in delivery_reports.reports_of_message(db, text.aggregator, text.provider_id, phone):
        state = STATES.get(each.status.casefold(), "sent")
        outbox.forward(db, text, state, now, each.reason or each.status if state == "failed" else None)
        each.outbox_id = text.id
        if state == "delivered":
            route_health.note_delivery(db, text.aggregator, now, APART)
    db.flush()


def match_orphan_report(db: Session, now: dt.datetime, contact: Contact, aggregator: str) -> OutboxMessage | None:
    """Match the earliest orphan of this phone with the only text it can be about; None if there is no such pair.

    A text that is being sent gets none: its answer will say which reports belong to it.
    """
    doubtful = outbox.in_doubt(db, contact.id, now - STRAY)
    if len(doubtful) != 1:
        return None
    text = doubtful[0]
    fits = text.state != "sending" and text.aggregator == aggregator
    settled = text.state in ("sent", "buffered", "delivered", "failed") and text.provider_id is not None
    orphans = (
        delivery_reports.orphans_of(db, aggregator, contacts.last_number(db, contact), text.created_at)
        if fits and not settled
        else ()
    )
    if not orphans:
        return None
    text.provider_id = orphans[0].provider_id
    outbox.forward(db, text, "sent", now)
    text.reason = "adopted"
    apply(db, now, text)
    return text
