"""The sweep: finds texts whose sender died, texts without a report, and a restored database, every few seconds.

The table is the truth and the queue only a hint, so the sweep alone is enough to get every text sent. Any number of
sweeps may run at once: each step reads the row again under a lock. Claims drop texts that are no longer needed.
"""

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Protocol, TypeVar

from msgspec import Struct
from sqlalchemy.orm import Session

from sessions.delivery import match_reports, restore_detection
from sessions.delivery.restore_detection import Marks
from sessions.staff import browser_sessions
from sessions.ussd import resumable_call
from storage.connection.database import Database
from storage.encryption.data_keys import DataKeys
from storage.menus import drafts
from storage.messages import delivery_reports, outbox, outbox_claims
from storage.operations import heartbeats, restore_mark
from storage.schema.sealed_columns import KEYS

MOST_AMBIGUOUS = 3  # attempts that may have arrived, after which a text is not retried automatically
AT_ONCE = 200  # texts handled in one sweep
SECONDS = 2.0  # after which a step begins with no other text
FORGOTTEN = dt.timedelta(days=1)
DAYS_AHEAD = dt.timedelta(days=3)  # of a month that its keys are made

Step = Callable[[Session, dt.datetime, int, int], str]
T = TypeVar("T")


class RunStep(Protocol):
    """Runs a step of the round by its name: `otherwise` is what a step that failed has done."""

    def __call__(self, name: str, step: Callable[[], T], otherwise: T, /) -> T: ...


def run_or_raise(_name: str, step: Callable[[], T], _otherwise: T) -> T:
    """A round of nothing but this: the first failure ends it."""
    return step()


class SweepCounts(Struct, frozen=True):
    """What one round did, as numbers of texts (`answered`: of SMS)."""

    doubted: int  # their sender died: now unknown
    adopted: int  # explained by a report that came early
    again: int  # unknown for too long: will be retried
    unconfirmed: int  # tried too often: a person must look
    answered: int  # received, but not handled, because the process died
    offered: int  # due, and workers were woken
    restored: bool = False  # this round found that the database was restored


def sweep(
    database: Database,
    now: dt.datetime,
    wake: Callable[[Sequence[int]], None],
    *,
    answer_left_over: Callable[[dt.datetime], int] = lambda now: 0,  # noqa: ARG005
    marks: Marks | None = None,
    at_once: int = AT_ONCE,
    run: RunStep = run_or_raise,
) -> SweepCounts:
    """One round over at most `at_once` rows of each kind.

    `run` runs each step: what it makes of a failure, `SweepSteps` or a test decides. Alone it goes on to the caller.
    `answer_left_over` answers SMS that were stored but not handled.
    """

    def listed(find: Callable[[Session], Sequence[tuple[int, int]]], step: Step) -> list[str]:
        with database.read.begin() as db:
            found = find(db)
        return _each(database, now, found, step)

    def forget(old: Callable[[Session, dt.datetime], object]) -> None:
        with database.write.begin() as db:
            old(db, now)

    def offer() -> int:
        offered = due(database, now, at_once)
        if offered:
            wake(offered)
        return len(offered)

    run("heartbeat", lambda: beat(database, "sweep", now), None)
    found = run(
        "restore_mark", lambda: marks is not None and restore_detection.update_mark(database, now, marks), False
    )
    none: list[str] = []
    leases = partial(outbox.list_expired_leases, now=now, limit=at_once)
    overdue = partial(outbox.list_overdue_unknown, now=now, limit=at_once)
    expired = run("expired_leases", lambda: listed(leases, _expire), none)
    waited = run("overdue_texts", lambda: listed(overdue, _resolve), none)
    run("early_reports", lambda: listed(delivery_reports.list_late_matches, _apply), none)
    run("month_keys", lambda: _make_month_keys(database, now), None)
    run("old_heartbeats", lambda: forget(lambda db, now: heartbeats.forget(db, now - FORGOTTEN)), None)
    run("old_offers", lambda: forget(resumable_call.forget), None)
    run("old_drafts", lambda: forget(drafts.forget), None)
    run("old_browsers", lambda: forget(browser_sessions.forget), None)
    offered = run("due_texts", offer, 0)
    answered = run("left_over_sms", lambda: answer_left_over(now), 0)
    counts = Counter([*expired, *waited])
    return SweepCounts(
        doubted=len(expired),
        adopted=counts["adopted"],
        again=counts["ready"],
        unconfirmed=counts["unconfirmed"],
        answered=answered,
        offered=offered,
        restored=found,
    )


def due(database: Database, now: dt.datetime, at_most: int) -> list[int]:
    """Ids of texts that could be sent now, the oldest first."""
    with database.read.begin() as db:
        return outbox_claims.due_ids(db, restore_mark.epoch(db), now, at_most)


def beat(database: Database, name: str, now: dt.datetime) -> None:
    """Record that the process `name` is alive."""
    with database.write.begin() as db:
        heartbeats.beat(db, name, now)


def _make_month_keys(database: Database, now: dt.datetime) -> None:
    """Data keys for the rows of this month, and of the next one some days before it begins."""
    keys: DataKeys = database.info[KEYS]
    for at in (now, now + DAYS_AHEAD):
        if not keys.knows_months(at):
            with database.write.begin() as db:
                keys.make_months(db, at)


def _each(database: Database, now: dt.datetime, texts: Iterable[tuple[int, int]], step: Step) -> list[str]:
    """Do a step for each (text, contact), each in its own transaction, for SECONDS: the next round does the others.

    A text that raises holds no other back: they are looked at first, then its exception goes on.
    """
    became: list[str] = []
    failed: Exception | None = None
    until = time.monotonic() + SECONDS
    for outbox_id, contact_id in texts:
        if time.monotonic() >= until:  # each may wait for a row that somebody holds, and other steps for it
            break
        try:
            with database.write.begin() as db:
                became.append(step(db, now, outbox_id, contact_id))
        except Exception as error:  # noqa: BLE001 - raised below, when every other text had its turn
            failed = failed or error
    if failed is not None:
        raise failed
    return became


def _expire(db: Session, now: dt.datetime, outbox_id: int, contact_id: int) -> str:
    """Nobody knows what a dead worker did, so wait for a report. The lease stays, in case the worker is only slow."""
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
    """Apply reports that came before the text had its id."""
    match_reports.lock(db, contact_id)
    text = outbox.lock_message(db, outbox_id)
    if text is not None:
        match_reports.apply(db, now, text)
    return "told"


def _resolve(db: Session, now: dt.datetime, outbox_id: int, contact_id: int) -> str:
    """No report came in time: retry the text, or leave it to a person."""
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
