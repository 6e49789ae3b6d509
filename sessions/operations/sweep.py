"""Who died in mid-send, what no report explained, what was restored: looked for every few seconds.

The table is the truth and the queue only a hint, so this alone is enough to get every text sent. Any number of sweeps
may run at once: each step looks at the row again under a lock. What has become needless is dropped by claims.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct
from sqlalchemy.orm import Session

from sessions.delivery import match_reports, restore_detection
from sessions.delivery.restore_detection import Marks
from sessions.staff import browser_sessions
from sessions.ussd import resumable_call
from storage.connection.database import Database
from storage.menus import drafts
from storage.messages import delivery_reports, outbox, outbox_claims
from storage.operations import heartbeats, restore_mark

MOST_AMBIGUOUS = 3  # attempts that may have arrived; after them a text is not sent again by itself
AT_ONCE = 200  # texts looked at in one sweep
FORGOTTEN = dt.timedelta(days=1)

Step = Callable[[Session, dt.datetime, int, int], str]


class SweepCounts(Struct, frozen=True):
    """What one round did, in numbers of texts (`answered`: of SMS)."""

    doubted: int  # their sender died: unknown now
    adopted: int  # explained by a report that came before we knew
    again: int  # unknown for too long: due again
    unconfirmed: int  # tried often enough: a person must look
    answered: int  # came in and were never handled, because whoever took them died
    offered: int  # due, and the workers were told
    restored: bool = False  # the database is an older one, as of this round


def sweep(
    database: Database,
    now: dt.datetime,
    wake: Callable[[Sequence[int]], None],
    *,
    answer_left_over: Callable[[dt.datetime], int] = lambda now: 0,  # noqa: ARG005
    marks: Marks | None = None,
    at_once: int = AT_ONCE,
) -> SweepCounts:
    """One round over at most `at_once` rows of each kind. Raises what the database raises; the next round goes on.

    `answer_left_over` answers SMS that were stored and then left; it comes last, because it may raise.
    """
    found = marks is not None and restore_detection.update_mark(database, now, marks)
    with database.read.begin() as db:
        expired, waited = outbox.list_expired_leases(db, now, at_once), outbox.list_overdue_unknown(db, now, at_once)
        told = delivery_reports.list_late_matches(db)
    became = [*_each(database, now, expired, _expire), *_each(database, now, waited, _resolve)]
    _each(database, now, told, _apply)
    with database.write.begin() as db:
        heartbeats.beat(db, "sweep", now)
        heartbeats.forget(db, now - FORGOTTEN)
        resumable_call.forget(db, now)
        drafts.forget(db, now)
        browser_sessions.forget(db, now)
    offered = due(database, now, at_once)
    if offered:
        wake(offered)
    counts = Counter(became)
    return SweepCounts(
        doubted=len(expired),
        adopted=counts["adopted"],
        again=counts["ready"],
        unconfirmed=counts["unconfirmed"],
        answered=answer_left_over(now),
        offered=len(offered),
        restored=found,
    )


def due(database: Database, now: dt.datetime, at_most: int) -> list[int]:
    """Ids of texts that could be sent now, the one due longest first."""
    with database.read.begin() as db:
        return outbox_claims.due_ids(db, restore_mark.epoch(db), now, at_most)


def beat(database: Database, name: str, now: dt.datetime) -> None:
    """The process `name` is at work."""
    with database.write.begin() as db:
        heartbeats.beat(db, name, now)


def _each(database: Database, now: dt.datetime, texts: Iterable[tuple[int, int]], step: Step) -> list[str]:
    """Do a step for each (text, contact), each in a transaction of its own."""
    became = []
    for outbox_id, contact_id in texts:
        with database.write.begin() as db:
            became.append(step(db, now, outbox_id, contact_id))
    return became


def _expire(db: Session, now: dt.datetime, outbox_id: int, contact_id: int) -> str:
    """Nobody knows what a dead worker got done: wait for a report. Its lease stays, in case it is only slow."""
    contact = match_reports.lock(db, contact_id)
    text = outbox.lock_message(db, outbox_id)
    if text is None or text.state != "sending" or text.lease_until is None or text.lease_until > now:
        return "settled"
    text.state, text.reason = "unknown", "lease_expired"
    text.ambiguous += 1
    text.next_at = now + match_reports.PATIENCE
    db.flush()
    return "adopted" if match_reports.match_orphan_report(db, now, contact, text.aggregator or "") else "unknown"


def _apply(db: Session, now: dt.datetime, outbox_id: int, contact_id: int) -> str:
    """Reports that came before the text had the id they name are about it after all."""
    match_reports.lock(db, contact_id)
    text = outbox.lock_message(db, outbox_id)
    if text is not None:
        match_reports.apply(db, now, text)
    return "told"


def _resolve(db: Session, now: dt.datetime, outbox_id: int, contact_id: int) -> str:
    """No report came in time: send it again, or give it to a person to look at."""
    contact = match_reports.lock(db, contact_id)
    text = outbox.lock_message(db, outbox_id)
    if text is None or text.state != "unknown" or text.next_at > now:
        return "settled"
    if match_reports.match_orphan_report(db, now, contact, text.aggregator or ""):
        return "adopted"
    again = text.ambiguous < MOST_AMBIGUOUS
    text.state, text.lease, text.lease_until = "ready" if again else "unconfirmed", None, None
    text.settled_at = None if again else now
    db.flush()
    return text.state
