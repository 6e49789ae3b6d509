"""Sending one text: claim it, COMMIT, send with no transaction open, settle. And what delivery reports say of it.

Nothing is sent twice unless an attempt ended so that nobody can know whether it arrived (`Unknown`, or the worker
died in mid-send). Such a text waits for a report first, is sent again at most twice, and then a person must look.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any, Protocol

from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from flows import backoff
from sessions import receipts
from storage import outbox
from storage.database import Database
from storage.tables import Contact, OutboxText

# Replies to a person's own message: these go out even after STOP.
ANSWERS = frozenset({"stop_ok", "start_ok", "help", "status_is", "status_missing", "status_mistyped", "unknown"})
GIVE_UP = dt.timedelta(hours=72)  # a text refused for so long is worth nothing any more
MOST_WAIT = 3600.0  # seconds a refusal may put a text off for
LONGEST_REASON = 128
PAUSES = (0.1, 0.4, 1.5)  # seconds between tries to record an outcome: losing one could send a text twice


class Sent(Struct, frozen=True):
    """The aggregator took it. `provider_id` is "" when it gave none: no report will name this text then."""

    provider_id: str
    parts: int | None = None
    cost: str | None = None


class NotSent(Struct, frozen=True):
    """It certainly did not reach the aggregator, or was certainly not taken: to be tried again."""

    why: str


class RefusedUntil(Struct, frozen=True):
    """Not taken now; worth trying again after `seconds`."""

    seconds: float
    why: str


class Rejected(Struct, frozen=True):
    """Not taken, and never will be."""

    why: str


class Unknown(Struct, frozen=True):
    """It may or may not have been taken."""

    why: str


Outcome = Sent | NotSent | RefusedUntil | Rejected | Unknown


class Sender(Protocol):
    """What can send a text. `name` is the aggregator's, as in its delivery reports."""

    @property
    def name(self) -> str:
        """The aggregator."""
        ...

    def send(self, to: str, body: str) -> Outcome:
        """Send one text to an E.164 number; comes back within a lease (60 s)."""
        ...


class DeliveryReport(Struct, frozen=True):
    """What became of a text, in the aggregator's own words. `phone` is E.164, or "" when it could not be read."""

    aggregator: str
    provider_id: str
    status: str
    reason: str
    phone: str


class Outage:
    """Leaves an aggregator alone for a while after several texts in a row that it did not take.

    Otherwise each text that comes in during an outage would be tried at once. A text that cannot be taken for its own
    sake (`Rejected`) tells that the aggregator works. Thread-safe enough: a lost count only delays the rest.
    """

    def __init__(self, failures: int = 5, rest: float = 10.0) -> None:
        self._most, self._rest = failures, rest
        self._failures, self._until = 0, 0.0

    @property
    def resting(self) -> bool:
        """True while nothing should be tried."""
        return time.monotonic() < self._until

    def saw(self, outcome: Outcome) -> None:
        """Take note of how a try ended. The first try after a rest decides alone whether there is another."""
        if isinstance(outcome, Sent | Rejected):
            self._failures = 0
            return
        self._failures += 1
        if self._failures >= self._most:
            self._until = time.monotonic() + self._rest


def deliver(
    database: Database,
    clock: Callable[[], dt.datetime],
    sender: Sender,
    outbox_id: int | None,
    lease: str,
    jitter: float = 0.5,
    outage: Outage | None = None,
) -> list[int]:
    """Send the text `outbox_id` (None: the one due longest) if it is its turn; the texts that may go now.

    `lease` (at most 32 characters) must never be used twice; `jitter`, in [0, 1), spreads tries after a refusal. While
    `outage` rests, nothing is tried. Raises what the database raises; the sweep finds the text then.
    """
    if outage is not None and outage.resting:
        return []
    with database.write.begin() as db:
        text = outbox.claim(db, outbox_id, clock(), lease, aggregator=sender.name, answers=ANSWERS)
        if text is None:
            return []
        phone = db.get_one(Contact, text.contact_id).phone
    outcome = _send(sender, phone, text.body)
    if outage is not None:
        outage.saw(outcome)
    return _record(database, clock, text, lease, outcome, jitter)


def report(database: Database, now: dt.datetime, report: DeliveryReport) -> None:
    """Keep a delivery report and move its text on; a repeated, late or strange one changes nothing."""
    with database.write.begin() as db:
        receipts.take(
            db,
            now,
            aggregator=report.aggregator,
            provider_id=report.provider_id,
            status=report.status,
            reason=report.reason,
            phone=report.phone,
        )


def _send(sender: Sender, phone: str, body: str) -> Outcome:
    try:
        return sender.send(phone, body)
    except Exception as error:  # noqa: BLE001 - whatever broke may have broken after the text was taken
        return Unknown(type(error).__name__)


def _record(
    database: Database,
    clock: Callable[[], dt.datetime],
    text: OutboxText,
    lease: str,
    outcome: Outcome,
    jitter: float,
) -> list[int]:
    """Write the outcome, several times if the database stumbles; the text of the same order that may go next."""
    for pause in (*PAUSES, None):
        try:
            with database.write.begin() as db:
                return _settle(db, clock(), text, lease, outcome, jitter)
        except SQLAlchemyError:
            if pause is None:
                raise
            time.sleep(pause)
    raise AssertionError("the last try returns or raises")


def _settle(db: Session, now: dt.datetime, text: OutboxText, lease: str, outcome: Outcome, jitter: float) -> list[int]:
    contact = receipts.lock(db, text.contact_id)
    outbox.settle(db, text.id, lease, **_columns(outcome, text, now, jitter))
    row = outbox.held(db, text.id)
    if row is None:
        return []
    if isinstance(outcome, Sent):
        receipts.answered(db, now, row, outcome.provider_id, outcome.parts, outcome.cost)
    elif row.ambiguous and row.state in ("unknown", "ready"):
        receipts.adopt(db, now, contact, row.aggregator or "")
    return outbox.next_of(db, row.order_key, now) if row.state not in outbox.BLOCKING else []


def _columns(outcome: Outcome, text: OutboxText, now: dt.datetime, jitter: float) -> dict[str, Any]:
    """What an outcome makes of the row."""
    free: dict[str, Any] = {"lease": None, "lease_until": None}
    known = free | {"ambiguous": text.ambiguous}  # as it was claimed: the sweep may have doubted this very attempt
    match outcome:
        case Sent(provider_id, parts, cost):
            told = {"provider_id": provider_id or None, "parts": parts, "cost": cost}
            return free | told | {"state": "sent", "reason": None, "settled_at": now}
        case Rejected(why):
            return known | {"state": "failed", "reason": why[:LONGEST_REASON], "settled_at": now}
        case Unknown(why):
            waits = {"state": "unknown", "ambiguous": text.ambiguous + 1, "next_at": now + receipts.PATIENCE}
            return free | waits | {"reason": why[:LONGEST_REASON]}
        case NotSent(why) | RefusedUntil(_, why) if now - text.created_at >= GIVE_UP:
            state = "unconfirmed" if text.ambiguous else "failed"  # it may have arrived before: a person must look
            return known | {"state": state, "reason": f"gave_up: {why}"[:LONGEST_REASON], "settled_at": now}
        case NotSent(why):
            later = now + backoff.wait(text.attempts, jitter)
            return known | {"state": "ready", "reason": why[:LONGEST_REASON], "next_at": later}
        case RefusedUntil(seconds, why):
            later = now + dt.timedelta(seconds=min(max(seconds, 1.0), MOST_WAIT) * (1 + backoff.SPREAD * jitter))
            return known | {"state": "ready", "reason": why[:LONGEST_REASON], "next_at": later}
    raise AssertionError(f"an outcome nobody handles: {type(outcome).__name__}")
