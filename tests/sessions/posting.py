"""What the tests of delivery share: texts that are owed, and an aggregator that answers as it is told."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable

from sessions import delivery, sweep
from sessions.delivery import DeliveryReport, Outcome, Sent
from sessions.shelf import Shelf
from storage import contacts, outbox
from storage.database import Database
from storage.tables import Contact, OutboxText

NAME = "africastalking"
SARA, AMIR = "+923001234567", "+923007654321"
_keys = itertools.count()


class Aggregator:
    """Takes texts and answers with the next outcome given; afterwards with Sent and an id of its own."""

    name = NAME

    def __init__(self, *outcomes: Outcome, during: Callable[[], None] | None = None) -> None:
        self._outcomes, self._during = list(outcomes), during
        self._ids = itertools.count(1)
        self.got: list[tuple[str, str]] = []

    def send(self, to: str, body: str) -> Outcome:
        self.got.append((to, body))
        if self._during is not None:
            self._during()
        return self._outcomes.pop(0) if self._outcomes else Sent(f"ATXid_{next(self._ids)}", 1, "PKR 1.0")


def owe(
    database: Database,
    now: dt.datetime,
    *,
    to: str = SARA,
    event: str = "received",
    order: str | None = None,
    body: str = "Aap ka number: 482-719-304",
) -> int:
    """The id of a text that is owed and due."""
    key = next(_keys)
    with database.write.begin() as db:
        contact = contacts.find_or_add(db, to, now)
        added = outbox.add(
            db,
            contact_id=contact.id,
            complaint_id=None,
            event=event,
            dedupe=f"test:{key}",
            order_key=order or f"complaint:{key}",
            body=body,
            now=now,
        )
    assert added is not None
    return added


def look(database: Database, outbox_id: int) -> OutboxText:
    with database.read() as db:
        return db.get_one(OutboxText, outbox_id)


def send(database: Database, now: dt.datetime, aggregator: Aggregator, outbox_id: int | None) -> list[int]:
    """One delivery at `now`, under a lease of its own."""
    return delivery.deliver(database, lambda: now, aggregator, outbox_id, f"lease{next(_keys)}")


def report(database: Database, now: dt.datetime, provider_id: str, status: str = "Success", **other: str) -> None:
    """A delivery report comes in."""
    given = {"aggregator": NAME, "reason": "", "phone": SARA} | other
    delivery.report(database, now, DeliveryReport(provider_id=provider_id, status=status, **given))


def swept(
    database: Database, now: dt.datetime, woken: list[int] | None = None, shelf: Shelf | None = None
) -> sweep.Swept:
    """One round of the sweep; `woken` gathers the texts it offers."""
    wake = [].extend if woken is None else woken.extend
    return sweep.sweep(database, now, shelf or Shelf(database), wake, "8484")


def states(database: Database, ids: Iterable[int]) -> list[str]:
    return [look(database, each).state for each in ids]


def wants_no_texts(database: Database, phone: str, now: dt.datetime) -> None:
    with database.write.begin() as db:
        contacts.set_texts(db, contacts.find_or_add(db, phone, now), False)


def contact_of(database: Database, phone: str) -> Contact:
    with database.read() as db:
        found = contacts.find(db, phone)
    assert found is not None
    return found
