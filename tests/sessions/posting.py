"""What the tests of delivery share: texts that are owed, and an aggregator that answers as it is told."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable
from typing import Any

from sessions.delivery import match_reports
from sessions.delivery.claim_batch import ClaimBatch, ClaimedMessage, Rules, claim_messages
from sessions.delivery.outcome_types import Acceptance, DeliveryReport, SendOutcome
from sessions.delivery.record_outcomes import record_outcomes
from sessions.messages import enqueue
from sessions.messages.enqueue import NewMessage
from sessions.operations import sweep
from storage.cases import contacts
from storage.connection.database import Database
from storage.schema.tables import Contact, OutboxMessage

NAME = "africastalking"
SARA, AMIR = "+923001234567", "+923007654321"
_keys = itertools.count()


class Aggregator:
    """Takes texts and answers with the next outcome given; afterwards with Sent and an id of its own."""

    name = NAME

    def __init__(self, *outcomes: SendOutcome, during: Callable[[], None] | None = None) -> None:
        self._outcomes, self._during = list(outcomes), during
        self._ids = itertools.count(1)
        self.got: list[tuple[str, str]] = []

    def send(self, to: str, body: str, latest: float = 0.0, text_id: int = 0) -> SendOutcome:  # noqa: ARG002 - nobody waits here
        self.got.append((to, body))
        if self._during is not None:
            self._during()
        return self._outcomes.pop(0) if self._outcomes else Acceptance(f"ATXid_{next(self._ids)}", 1, "PKR 1.0")


def owe(
    database: Database,
    now: dt.datetime,
    *,
    to: str = SARA,
    event: str = "received",
    order: str | None = None,
    body: str = "Aap ka number: 482-719-304",
    version: int | None = None,
    province: str | None = None,
    urgent: bool = False,
) -> int:
    """The id of a text that is owed and due."""
    key = next(_keys)
    with database.write.begin() as db:
        contact = contacts.find_or_add(db, to, now)
        if province is not None:
            contacts.change(db, contact, f"s{key}", province=province)
        text = NewMessage(
            contact_id=contact.id,
            complaint_id=None,
            event=event,
            dedupe=f"test:{key}",
            order_key=order or f"complaint:{key}",
            body=body,
            version=version,
            urgent=urgent,
        )
        added = enqueue.enqueue_message(db, now, text)
    assert added is not None
    return added


def phone(number: int) -> str:
    """Somebody's number."""
    return f"+9230{number:08}"


def look(database: Database, outbox_id: int) -> OutboxMessage:
    with database.read() as db:
        return db.get_one(OutboxMessage, outbox_id)


def rules(*routes: str, **other: Any) -> Rules:
    """What settings say when nothing is said: one route for everybody, nothing in the way."""
    names = routes or (NAME,)
    return Rules(**({"routes": names, "routes_for": lambda *_: names} | other))


def take(database: Database, now: dt.datetime, most: int = 1, under: Rules | None = None) -> list[ClaimedMessage]:
    """Claim texts that are due."""
    return look_for(database, now, most, under).posts


def look_for(database: Database, now: dt.datetime, most: int = 1, under: Rules | None = None) -> ClaimBatch:
    """Claim texts that are due, and hear whether there may be more."""
    return claim_messages(database, now, most, under or rules(), lambda: f"lease{next(_keys)}")


def write(database: Database, now: dt.datetime, *done: tuple[ClaimedMessage, SendOutcome], jitter: float = 0.0) -> None:
    """Settle what became of them."""
    record_outcomes(database, lambda: now, done, lambda: jitter)


def send(
    database: Database, now: dt.datetime, aggregator: Aggregator, most: int = 1, under: Rules | None = None
) -> list[int]:
    """What a worker does once: claim, send with no transaction open, settle. The texts that were sent."""
    posts = take(database, now, most, under)
    write(database, now, *[(post, aggregator.send(post.phone, post.body)) for post in posts])
    return [post.id for post in posts]


def report(database: Database, now: dt.datetime, provider_id: str, status: str = "Success", **other: str) -> None:
    """A delivery report comes in."""
    given = {"aggregator": NAME, "reason": "", "phone": SARA} | other
    match_reports.record_delivery_report(database, now, DeliveryReport(provider_id=provider_id, status=status, **given))


def swept(database: Database, now: dt.datetime, woken: list[int] | None = None, **other: Any) -> sweep.SweepCounts:
    """One round of the sweep; `woken` gathers the texts it offers."""
    wake = [].extend if woken is None else woken.extend
    return sweep.sweep(database, now, wake, **other)


def states(database: Database, ids: Iterable[int]) -> list[str]:
    return [look(database, each).state for each in ids]


def wants_no_texts(database: Database, phone: str, now: dt.datetime) -> None:
    with database.write.begin() as db:
        contacts.set_texts(db, contacts.find_or_add(db, phone, now), False, now)


def contact_of(database: Database, phone: str) -> Contact:
    with database.read() as db:
        found = contacts.find(db, phone)
    assert found is not None
    return found
