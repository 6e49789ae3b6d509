"""What a person does with texts: look, try again, let go, hold back. `flask texts` is the door to it.

No phone number is told here, and the words of a text by `whole` only: what it is about is its complaint's number and
its event.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Row

from flows.delivery.message_policy import NUMBER_BUDGET, QUIET_HOURS, ROAD_RESTS
from flows.text import tracking_number
from sessions.delivery import restore_detection
from storage.connection.database import Database
from storage.messages import outbox, outbox_admin, outbox_claims, route_health
from storage.operations import restore_mark

LATE = dt.timedelta(minutes=10)
HELD_LONG = dt.timedelta(hours=1)  # held by a budget of its phone for so long, a text is shown
FRESH = dt.timedelta(hours=24)  # a text tried again by hand has sense for so long
OVER = ("failed", "unconfirmed", "expired", "skipped", "cancelled")  # may be tried again
AT_ONCE = 500  # texts changed in one transaction
WAIT_FOR_MORE = (QUIET_HOURS, NUMBER_BUDGET)  # reasons that have nothing to do with a route
OPENED = "opened_by_hand"  # the reason of a route that is tried again and has not shown yet whether it works
MOST_COUNTED = 100_000
STILL = ("ready", "unknown", "unconfirmed")  # may be cancelled


class MessageSummary(Struct, frozen=True):
    """One text, as a person may see it."""

    id: int
    state: str
    event: str
    number: str | None  # of its complaint, as people write it
    attempts: int
    ambiguous: int
    route: str | None
    reason: str | None
    held: bool  # from before a restore: it waits for a person
    next_at: dt.datetime
    created_at: dt.datetime
    settled_at: dt.datetime | None


class MessageDetail(Struct, frozen=True):
    """All about one text, for who must see its words."""

    line: MessageSummary
    phone: str  # masked
    wanted: bool  # False after STOP
    body: str
    parts: int | None
    cost: str | None
    provider_id: str | None
    expires_at: dt.datetime | None
    claimed_at: dt.datetime | None  # for its last attempt


class FailingRoute(Struct, frozen=True):
    """A route that failed since it last worked."""

    name: str
    failures: int
    rests_until: dt.datetime | None
    stopped_at: dt.datetime | None
    reason: str | None


class MessageFilter(Struct, frozen=True):
    """Which texts: in these states, with these ids, about this complaint, or `held` since a restore."""

    states: Collection[str] = ()
    ids: Collection[int] = ()
    number: str | None = None
    held: bool = False


ALL_MESSAGES = MessageFilter()


def list_messages(database: Database, which: MessageFilter = ALL_MESSAGES, limit: int = 50) -> list[MessageSummary]:
    """Texts, the latest first."""
    unknown = set(which.states) - set(outbox.RANK)
    if unknown:
        raise ValueError(f"there is no state {', '.join(sorted(unknown))}: use {', '.join(outbox.RANK)}")
    number = which.number
    digits = None if number is None else tracking_number.parse_tracking_number(number).number or number
    with database.read.begin() as db:
        epoch = restore_mark.epoch(db)
        older = epoch if which.held else None
        rows = outbox_admin.list_messages(
            db, states=which.states, ids=which.ids, number=digits, older_than=older, limit=limit
        )
    return [_line(row, epoch) for row in rows]


def find_message(database: Database, outbox_id: int) -> MessageDetail | None:
    """All about one text; None when there is none."""
    with database.read.begin() as db:
        row, epoch = outbox_admin.whole(db, outbox_id), restore_mark.epoch(db)
    if row is None:
        return None
    return MessageDetail(
        line=_line(row, epoch),
        phone=mask_phone(row.phone),
        wanted=row.texts,
        body=row.body,
        parts=row.parts,
        cost=row.cost,
        provider_id=row.provider_id,
        expires_at=row.expires_at,
        claimed_at=row.claimed_at,
    )


def mask_phone(phone: str) -> str:
    """A phone number with its country and last three digits left: enough to tell two apart."""
    return f"{phone[:3]}…{phone[-3:]}"


def list_stuck_messages(database: Database, now: dt.datetime, limit: int = 50) -> list[MessageSummary]:
    """Texts that will not go by themselves, or should have gone ten minutes ago, the oldest first.

    Those, too, that a budget of their phone holds and that were owed more than an hour ago.
    """
    with database.read.begin() as db:
        epoch = restore_mark.epoch(db)
        rows = outbox_admin.list_stuck_messages(db, epoch, now - LATE, limit, owed_before=now - HELD_LONG)
    return [_line(row, epoch) for row in rows]


def retry(database: Database, now: dt.datetime, ids: Collection[int]) -> list[int]:
    """Try texts again that were given up; which of them. One that may have arrived goes once more, by its old route.

    What the aggregator called the attempt before is forgotten, so that its reports do not settle the new one.
    """
    again: dict[str, Any] = {"state": "ready", "reason": "by_hand", "settled_at": None}
    again |= {"next_at": now, "expires_at": now + FRESH, "version": None}
    again |= {"provider_id": None, "parts": None, "cost": None}
    with database.write.begin() as db:
        return outbox_admin.change(db, ids, OVER, epoch=restore_mark.epoch(db), **again)


def cancel(database: Database, now: dt.datetime, ids: Collection[int]) -> list[int]:
    """Send these no more; which of them were not sent yet."""
    gone = {"state": "cancelled", "reason": "by_hand", "settled_at": now, "lease": None}
    with database.write.begin() as db:
        return outbox_admin.change(db, ids, STILL, or_without_route=True, **gone)


def skip_backoff(database: Database, now: dt.datetime, ids: Collection[int]) -> list[int]:
    """Make texts due at once that only wait for their next try; which. Quiet hours and budgets hold all the same."""
    with database.write.begin() as db:
        return outbox_admin.hasten(db, now, restore_mark.epoch(db), ids, WAIT_FOR_MORE)


def release(database: Database, now: dt.datetime, ids: Collection[int] | None = None) -> list[int]:
    """Let texts from before a restore go at once (all, or these); which. Those that lost their sense are dropped then.

    Quiet hours and budgets hold all the same.
    """
    if ids is None:
        with database.read.begin() as db:
            ids = outbox_admin.ids_before_restore(db, restore_mark.epoch(db))
    let_go: list[int] = []
    for some in _parts(sorted(ids)):
        with database.write.begin() as db:
            let_go += outbox_admin.release(db, now, restore_mark.epoch(db), some, WAIT_FOR_MORE)
    return let_go


def declare_restore(database: Database, now: dt.datetime) -> None:
    """A person says that the database was restored: nothing owed so far goes by itself."""
    restore_detection.begin_epoch(database, now)


def list_failing_routes(database: Database) -> Sequence[FailingRoute]:
    """Every route that failed since it last worked."""
    with database.read.begin() as db:
        known = route_health.all_of_them(db)
    return [
        FailingRoute(name, route.failures, route.rests_until, route.stopped_at, route.reason)
        for name, route in sorted(known.items())
        if route.failures or route.rests_until or route.stopped_at
    ]


def reset_route(database: Database, now: dt.datetime, route: str) -> int | None:
    """A person has put a route right: it is tried at once. How many texts are due; None when it had no failures.

    Only a text it takes shows that it works; until then it is `opened`.
    """
    with database.write.begin() as db:
        if not route_health.reset_failures(db, route, OPENED):
            return None
    with database.read.begin() as db:
        waiting = outbox_admin.ids_waiting_for_route(db, restore_mark.epoch(db), now, route, ROAD_RESTS, WAIT_FOR_MORE)
    for some in _parts(waiting):
        with database.write.begin() as db:
            outbox_admin.change(db, some, ("ready",), next_at=now, reason=None)
    with database.read.begin() as db:
        due, _ = outbox_claims.backlog(db, restore_mark.epoch(db), now, MOST_COUNTED)
    return due


def list_reopened_routes(database: Database) -> set[str]:
    """Routes that a person opened and that took no text since."""
    with database.read.begin() as db:
        known = route_health.all_of_them(db)
    return {name for name, route in known.items() if route.reason == OPENED and not route.failures}


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """These, as many at a time as one transaction changes."""
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def _line(row: Row[Any], epoch: int) -> MessageSummary:
    return MessageSummary(
        id=row.id,
        state=row.state,
        event=row.event,
        number=tracking_number.format_number(row.number) if row.number else None,
        attempts=row.attempts,
        ambiguous=row.ambiguous,
        route=row.aggregator,
        reason=row.reason,
        held=row.state == "ready" and row.epoch < epoch,
        next_at=row.next_at,
        created_at=row.created_at,
        settled_at=row.settled_at,
    )
