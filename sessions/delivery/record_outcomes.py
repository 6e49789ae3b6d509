"""Writing what became of sends. A batch is one transaction, done again when the database stumbles.

An outcome that is lost makes a text doubtful, and may send it twice; so each is tried several times, at last alone.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from flows.delivery import backoff
from sessions.delivery import match_reports, route_breaker
from sessions.delivery.claim_batch import ClaimedMessage
from sessions.delivery.outcome_types import Acceptance, Rejection, SendFailure, SendOutcome, TemporaryRejection, Unknown
from sessions.delivery.route_breaker import LONGEST_REASON
from storage.cases import contacts
from storage.connection.database import Database
from storage.messages import delivery_reports, outbox
from storage.schema.tables import OutboxMessage

GIVE_UP = dt.timedelta(hours=72)  # a text without a time of its own, refused for so long, is worth nothing any more
MOST_WAIT = 3600.0  # seconds a refusal may put a text off for
PAUSES = (0.1, 0.4, 1.5)  # seconds between tries to write a batch
HOPELESS = 3  # failures in a row: each may have cost seconds, and the caller tries all of them again

SendResult = tuple[ClaimedMessage, SendOutcome]


def record_outcomes(
    database: Database, clock: Callable[[], dt.datetime], done: Sequence[SendResult], jitter: Callable[[], float]
) -> None:
    """Write the outcomes of sends, in the order they came. Only the holder of a text's last lease changes it.

    `jitter`, in [0, 1), spreads what is tried again. Raises what the database raises when it cannot be done; what is
    not written is found by the sweep when its lease runs out.
    """
    if not done:
        return
    for pause in PAUSES:
        try:
            _settle(database, clock(), done, jitter)
        except SQLAlchemyError:
            time.sleep(pause)
        else:
            return
    _one_by_one(database, clock, done, jitter)


def _one_by_one(
    database: Database, clock: Callable[[], dt.datetime], done: Sequence[SendResult], jitter: Callable[[], float]
) -> None:
    """One row that cannot be written must not keep others from it; several in a row say that nothing can be."""
    failed: SQLAlchemyError | None = None
    in_a_row = 0
    for each in done:
        try:
            _settle(database, clock(), [each], jitter)
        except SQLAlchemyError as error:
            failed, in_a_row = error, in_a_row + 1
            if in_a_row == HOPELESS:
                break
        else:
            in_a_row = 0
    if failed is not None:
        raise failed


def _settle(database: Database, now: dt.datetime, done: Sequence[SendResult], jitter: Callable[[], float]) -> None:
    with database.write.begin() as db:
        contacts.lock_all(db, {post.contact_id for post, _ in done})
        rows = {row.id: row for row in outbox.lock_messages(db, [post.id for post, _ in done])}
        mine = [(post, outcome, rows[post.id]) for post, outcome in done if _holds(rows.get(post.id), post)]
        for post, outcome, row in mine:
            for name, value in _columns(post, outcome, now, jitter).items():
                setattr(row, name, value)
        db.flush()
        _told_already(db, now, [row for _, outcome, row in mine if isinstance(outcome, Acceptance)])
        for _, outcome, row in mine:
            if not isinstance(outcome, Acceptance) and row.ambiguous and row.state in ("unknown", "ready"):
                match_reports.match_orphan_report(db, now, match_reports.lock(db, row.contact_id), row.aggregator or "")
        route_breaker.update_route_breakers(db, now, [(post.route, outcome) for post, outcome, _ in mine])


def _holds(row: OutboxMessage | None, post: ClaimedMessage) -> bool:
    """A row whose lease ran out is `unknown` and still carries it: an answer that comes late is truer than none."""
    return row is not None and row.lease == post.lease and row.state in ("sending", "unknown")


def _told_already(db: Session, now: dt.datetime, taken: Sequence[OutboxMessage]) -> None:
    """Reports that were here before the answer are about these texts after all."""
    named = {row.provider_id for row in taken if row.provider_id}
    reported = delivery_reports.reported_ids(db, named) if named else frozenset()
    for row in taken:
        if not row.provider_id:
            match_reports.match_orphan_report(db, now, match_reports.lock(db, row.contact_id), row.aggregator or "")
        elif row.provider_id in reported:
            match_reports.apply(db, now, row)


def _columns(
    post: ClaimedMessage, outcome: SendOutcome, now: dt.datetime, jitter: Callable[[], float]
) -> dict[str, Any]:
    """What an outcome makes of the row. `ambiguous` is as it was claimed: the sweep may have doubted this attempt."""
    free: dict[str, Any] = {"lease": None, "lease_until": None}
    known = free | {"ambiguous": post.ambiguous}
    match outcome:
        case Acceptance(provider_id, parts, cost):
            told = {"provider_id": provider_id or None, "parts": parts, "cost": cost}
            return known | told | {"state": "sent", "reason": None, "settled_at": now}
        case Rejection(why):
            return known | {"state": "failed", "reason": why[:LONGEST_REASON], "settled_at": now}
        case Unknown(why):
            waits = {"state": "unknown", "ambiguous": post.ambiguous + 1, "next_at": now + match_reports.PATIENCE}
            return free | waits | {"reason": why[:LONGEST_REASON]}
        case SendFailure(why):
            return known | _again(post, why, now, backoff.retry_delay(post.attempts, jitter()))
        case TemporaryRejection(seconds, why):
            wait = min(max(seconds, 1.0), MOST_WAIT) * (1 + backoff.SPREAD * jitter())
            return known | _again(post, why, now, dt.timedelta(seconds=wait))
    raise AssertionError(f"an outcome nobody handles: {type(outcome).__name__}")


def _again(post: ClaimedMessage, why: str, now: dt.datetime, wait: dt.timedelta) -> dict[str, Any]:
    """It is tried again, while there is time. One that may have arrived before is for a person to look at then."""
    if post.expires_at is not None and now + wait >= post.expires_at:
        state = "unconfirmed" if post.ambiguous else "expired"
        return {"state": state, "reason": f"expired: {why}"[:LONGEST_REASON], "settled_at": now}
    if post.expires_at is None and now - post.created_at >= GIVE_UP:
        state = "unconfirmed" if post.ambiguous else "failed"
        return {"state": state, "reason": f"gave_up: {why}"[:LONGEST_REASON], "settled_at": now}
    return {"state": "ready", "reason": why[:LONGEST_REASON], "next_at": now + wait}
