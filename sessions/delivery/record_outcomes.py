"""Records the outcomes of sends. A batch is one transaction, which is retried if the database fails.

A lost outcome leaves a text in doubt, and it may be sent twice. So writing is retried, at last one by one.
"""

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from flows.delivery import backoff
from sessions.delivery import match_reports, route_breaker
from sessions.delivery.claim_batch import ClaimedMessage
from sessions.delivery.outcome_types import Acceptance, Rejection, SendFailure, SendOutcome, TemporaryRejection, Unknown
from sessions.delivery.route_breaker import LONGEST_REASON
from storage.connection.database import Database
from storage.messages import accepted_texts, outbox
from storage.messages.accepted_texts import AcceptedText
from storage.schema.tables import OutboxMessage

GIVE_UP = dt.timedelta(hours=72)  # a text without an expiry time is given up after this time
MOST_WAIT = 3600.0  # seconds for which a rejection may defer a text
PAUSES = (0.1, 0.4, 1.5)  # seconds between attempts to write a batch
HOPELESS = 3  # failures in a row: each may have cost seconds, and the caller will retry

SendResult = tuple[ClaimedMessage, SendOutcome]


def record_outcomes(
    database: Database, clock: Callable[[], dt.datetime], done: Sequence[SendResult], jitter: Callable[[], float]
) -> None:
    """Write the outcomes of sends, in order. Only the holder of a text's last lease changes it.

    `jitter`, in [0, 1), spreads the retries. Raises what the database raises if writing fails; the sweep finds texts
    whose outcome is not written when their leases run out.
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
    """One row that cannot be written must not stop the others; several in a row mean that none can."""
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
        rows = {row.id: row for row in outbox.lock_with_contacts(db, [post.id for post, _ in done])}
        mine = [(post, outcome, rows[post.id]) for post, outcome in done if _holds(rows.get(post.id), post)]
        for post, outcome, row in mine:
            if not isinstance(outcome, Acceptance):
                for name, value in _columns(post, outcome, now, jitter).items():
                    setattr(row, name, value)
        db.flush()
        _record_accepted(
            db, now, [(post, outcome) for post, outcome, _ in mine if isinstance(outcome, Acceptance)], rows
        )
        for _, outcome, row in mine:
            if not isinstance(outcome, Acceptance) and row.ambiguous and row.state in ("unknown", "ready"):
                match_reports.match_orphan_report(db, now, match_reports.lock(db, row.contact_id), row.aggregator or "")
        route_breaker.update_route_breakers(db, now, [(post.route, outcome) for post, outcome, _ in mine])


def _holds(row: OutboxMessage | None, post: ClaimedMessage) -> bool:
    """A row whose lease ran out is `unknown` and keeps the lease: a late answer is better than none."""
    return row is not None and row.lease == post.lease and row.state in ("sending", "unknown")


def _record_accepted(
    db: Session,
    now: dt.datetime,
    taken: Sequence[tuple[ClaimedMessage, Acceptance]],
    rows: Mapping[int, OutboxMessage],
) -> None:
    """Write what was accepted, and apply reports that arrived before the answer."""
    texts = [
        AcceptedText(post.id, post.ambiguous, answer.provider_id or None, answer.parts, answer.cost)
        for post, answer in taken
    ]
    reported = accepted_texts.record(db, texts, now)
    for each in texts:
        row = rows[each.id]
        if each.provider_id is None:
            match_reports.match_orphan_report(db, now, match_reports.lock(db, row.contact_id), row.aggregator or "")
        elif each.id in reported:
            db.refresh(row)
            match_reports.apply(db, now, row)


def _columns(
    post: ClaimedMessage, outcome: SendOutcome, now: dt.datetime, jitter: Callable[[], float]
) -> dict[str, Any]:
    """The columns that an outcome changes, other than an acceptance (accepted_texts.py).

    `ambiguous` is as at the claim: the sweep may have counted this attempt.
    """
    free: dict[str, Any] = {"lease": None, "lease_until": None}
    known = free | {"ambiguous": post.ambiguous}
    match outcome:
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
    """Retry it while there is time. After that, a person must check one that may have arrived."""
    if post.expires_at is not None and now + wait >= post.expires_at:
        state = "unconfirmed" if post.ambiguous else "expired"
        return {"state": state, "reason": f"expired: {why}"[:LONGEST_REASON], "settled_at": now}
    if post.expires_at is None and now - post.created_at >= GIVE_UP:
        state = "unconfirmed" if post.ambiguous else "failed"
        return {"state": state, "reason": f"gave_up: {why}"[:LONGEST_REASON], "settled_at": now}
    return {"state": "ready", "reason": why[:LONGEST_REASON], "next_at": now + wait}
