"""One inbound SMS: stored once before the aggregator is answered, then understood and replied to once.

STOP works before anything else. A status is told to the phone that filed the complaint and to no other: someone
else's number and a number nobody has get the same words.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from msgspec import Struct
from sqlalchemy.orm import Session

from flows import gsm, keywords, reference
from flows.model import Flow
from flows.words import needs_ucs2
from sessions import wording
from storage import complaints, contacts, inbound, outbox
from storage.database import Database
from storage.tables import Complaint, Contact, Inbound

_PERSON = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)  # E.164; names and short codes are robots
HOUR = dt.timedelta(hours=1)
SAME_TEXTS = 3  # equal texts in an hour that are answered: after them two robots may be talking


class Sms(Struct, frozen=True):
    """An SMS that came in. `id` is the aggregator's; `phone` the sender as E.164 (or a name); `to` our short code."""

    aggregator: str
    id: str
    phone: str
    to: str
    text: str
    sent_at: dt.datetime | None = None


class CallEnded(Struct, frozen=True):
    """The aggregator's notice that a USSD session ended."""

    session: str
    status: str
    hops: int | None = None
    milliseconds: int | None = None
    cost: str = ""
    error: str = ""


def receive(database: Database, now: dt.datetime, sms: Sms) -> int | None:
    """Store an SMS; the id to `handle`, or None when it came before or its sender is no person's phone."""
    person = _PERSON.fullmatch(sms.phone) is not None
    with database.write.begin() as db:
        added = inbound.add(
            db,
            aggregator=sms.aggregator,
            provider_id=sms.id,
            phone=sms.phone,
            short_code=sms.to,
            text=sms.text,
            sent_at=sms.sent_at,
            now=now,
            state="new" if person else "ignored",
        )
    return added if person else None


def handle(database: Database, now: dt.datetime, inbound_id: int, flow: Flow) -> list[int]:
    """Do what an SMS asks and owe its reply, in one transaction; the outbox ids to wake. A second time does nothing."""
    with database.write.begin() as db:
        sms = inbound.lock(db, inbound_id)
        if sms is None or sms.state != "new":
            return []
        contact = contacts.find_or_add(db, sms.phone, now)
        intent = keywords.understand(sms.text, flow.keywords)
        event, complaint, ref = _understood(db, contact, intent)
        quiet = _loops(db, sms, event)
        inbound.settle(db, sms, intent.kind)
        spoken = contact.language or _written_in(sms.text, flow)
        body = None if quiet else wording.sms(flow, event, spoken, complaint, ref)
        if body is None:
            return []
        owed = outbox.add(
            db,
            contact_id=contact.id,
            complaint_id=complaint.id if complaint else None,
            event=event,
            dedupe=f"reply:{inbound_id}",
            order_key=f"replies:{contact.id}",
            body=body,
            now=now,
        )
        return [] if owed is None else [owed]


def _written_in(text: str, flow: Flow) -> str | None:
    """Of somebody who never chose: the first language of another script than Latin, when their SMS is not in GSM-7."""
    return next((tag for tag in flow.languages if needs_ucs2(flow, tag)), None) if gsm.flips(text) else None


def left_over(database: Database, now: dt.datetime, seconds: float = 30) -> list[tuple[int, str]]:
    """(id, short code) of SMS stored more than `seconds` ago and not handled: whoever was at it died."""
    with database.read.begin() as db:
        return list(inbound.left_over(db, now - dt.timedelta(seconds=seconds)))


def opt_out(database: Database, now: dt.datetime, phone: str) -> None:
    """The aggregator says that this phone wants no more texts: the same as STOP, but nothing is answered."""
    with database.write.begin() as db:
        contacts.set_texts(db, contacts.find_or_add(db, phone, now), False)


def set_aside(
    database: Database, now: dt.datetime, *, aggregator: str, door: str, problem: str, shape: dict[str, Any]
) -> None:
    """Keep a note of a form that could not be read: its field names and lengths, never their values."""
    with database.write.begin() as db:
        inbound.set_aside(db, aggregator=aggregator, door=door, problem=problem, shape=shape, now=now)


def call_ended(database: Database, now: dt.datetime, end: CallEnded) -> None:
    """Keep the notice that a call ended; a repeated notice changes nothing."""
    with database.write.begin() as db:
        inbound.call_ended(
            db,
            session=end.session,
            status=end.status,
            hops=end.hops,
            milliseconds=end.milliseconds,
            cost=end.cost,
            error=end.error,
            at=now,
        )


def _understood(db: Session, contact: Contact, intent: keywords.Intent) -> tuple[str, Complaint | None, str]:
    """(event of the reply, complaint it is about, number as typed), after doing what was asked."""
    match intent.kind:
        case "stop" | "start":
            contacts.set_texts(db, contact, intent.kind == "start")
            return f"{intent.kind}_ok", None, ""
        case "status":
            found = _found(db, contact, intent.number)
            return ("status_is" if found else "status_missing"), found, _shown(intent.number)
        case "mistyped":
            return "status_mistyped", None, reference.show(intent.rest)
        case "help":
            return "help", None, ""
        case _:
            return "unknown", None, ""


def _found(db: Session, contact: Contact, number: str | None) -> Complaint | None:
    """The complaint with this number, or the contact's latest when the SMS has no number; only ever their own."""
    if number is not None:
        return complaints.by_number(db, number, contact.id)
    return next(iter(complaints.latest(db, contact.id, limit=1)), None)


def _shown(number: str | None) -> str:
    return reference.show(number) if number else ""


def _loops(db: Session, sms: Inbound, event: str) -> bool:
    """True when a reply might feed another robot: equal texts, or one more text nobody understands, within an hour."""
    since = sms.received_at - HOUR
    if inbound.same_since(db, sms, since) >= SAME_TEXTS:
        return True
    return event == "unknown" and inbound.of_intent_since(db, sms, "unknown", since) > 0
