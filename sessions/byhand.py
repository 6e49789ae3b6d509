"""What a person does with texts: look, try again, let go, hold back. `flask texts` is the door to it.

No phone number is told here, and the words of a text by `whole` only: what it is about is its complaint's number and
its event.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Row

from flows import reference
from sessions import restored
from storage import byhand, outbox, roads, system
from storage.database import Database

LATE = dt.timedelta(minutes=10)
FRESH = dt.timedelta(hours=24)  # a text tried again by hand has sense for so long
OVER = ("failed", "unconfirmed", "expired", "skipped", "cancelled")  # may be tried again
STILL = ("ready", "unknown", "unconfirmed")  # may be cancelled


class Line(Struct, frozen=True):
    """One text, as a person may see it."""

    id: int
    state: str
    event: str
    number: str | None  # of its complaint, as people write it
    attempts: int
    ambiguous: int
    road: str | None
    reason: str | None
    held: bool  # from before a restore: it waits for a person
    next_at: dt.datetime
    created_at: dt.datetime
    settled_at: dt.datetime | None


class Whole(Struct, frozen=True):
    """All about one text, for who must see its words."""

    line: Line
    phone: str  # masked
    wanted: bool  # False after STOP
    body: str
    parts: int | None
    cost: str | None
    provider_id: str | None
    expires_at: dt.datetime | None
    claimed_at: dt.datetime | None  # for its last attempt


class RoadLine(Struct, frozen=True):
    """A road that failed since it last worked."""

    name: str
    failures: int
    rests_until: dt.datetime | None
    stopped_at: dt.datetime | None
    reason: str | None


def listed(
    database: Database,
    *,
    states: Collection[str] = (),
    ids: Collection[int] = (),
    number: str | None = None,
    held: bool = False,
    limit: int = 50,
) -> list[Line]:
    """Texts, the latest first: in these states, with these ids, about this complaint, or held since a restore."""
    unknown = set(states) - set(outbox.RANK)
    if unknown:
        raise ValueError(f"there is no state {', '.join(sorted(unknown))}: use {', '.join(outbox.RANK)}")
    digits = None if number is None else reference.read(number).number or number
    with database.read.begin() as db:
        epoch = system.epoch(db)
        older = epoch if held else None
        rows = byhand.listed(db, states=states, ids=ids, number=digits, older_than=older, limit=limit)
    return [_line(row, epoch) for row in rows]


def whole(database: Database, outbox_id: int) -> Whole | None:
    """All about one text; None when there is none."""
    with database.read.begin() as db:
        row, epoch = byhand.whole(db, outbox_id), system.epoch(db)
    if row is None:
        return None
    return Whole(
        line=_line(row, epoch),
        phone=masked(row.phone),
        wanted=row.texts,
        body=row.body,
        parts=row.parts,
        cost=row.cost,
        provider_id=row.provider_id,
        expires_at=row.expires_at,
        claimed_at=row.claimed_at,
    )


def masked(phone: str) -> str:
    """A phone number with its country and last three digits left: enough to tell two apart."""
    return f"{phone[:3]}…{phone[-3:]}"


def stuck(database: Database, now: dt.datetime, limit: int = 50) -> list[Line]:
    """Texts that will not go by themselves, or should have gone ten minutes ago, the oldest first."""
    with database.read.begin() as db:
        epoch = system.epoch(db)
        rows = byhand.stuck(db, epoch, now - LATE, limit)
    return [_line(row, epoch) for row in rows]


def retry(database: Database, now: dt.datetime, ids: Collection[int]) -> list[int]:
    """Try texts again that were given up; which of them. One that may have arrived goes once more, by its old road."""
    with database.write.begin() as db:
        fresh = {"next_at": now, "expires_at": now + FRESH, "settled_at": None, "version": None}
        again = {"state": "ready", "reason": "by_hand", "epoch": system.epoch(db)}
        return byhand.change(db, ids, OVER, **again, **fresh)


def cancel(database: Database, now: dt.datetime, ids: Collection[int]) -> list[int]:
    """Send these no more; which of them were not sent yet."""
    with database.write.begin() as db:
        return byhand.change(db, ids, STILL, state="cancelled", reason="by_hand", settled_at=now, lease=None)


def release(database: Database, ids: Collection[int] | None = None) -> list[int]:
    """Let texts from before a restore go (all, or these); which. Those that have lost their sense are dropped then."""
    with database.write.begin() as db:
        return byhand.release(db, system.epoch(db), ids)


def restore_noticed(database: Database, now: dt.datetime) -> None:
    """A person says that the database was restored: nothing owed so far goes by itself."""
    restored.begin_epoch(database, now)


def troubled(database: Database) -> Sequence[RoadLine]:
    """Every road that failed since it last worked."""
    with database.read.begin() as db:
        known = roads.all_of_them(db)
    return [
        RoadLine(name, road.failures, road.rests_until, road.stopped_at, road.reason)
        for name, road in sorted(known.items())
        if road.failures or road.rests_until or road.stopped_at
    ]


def reopen(database: Database, road: str) -> bool:
    """A person has put a road right: use it at once. False when it had no failures."""
    with database.write.begin() as db:
        return roads.open_again(db, road)


def _line(row: Row[Any], epoch: int) -> Line:
    return Line(
        id=row.id,
        state=row.state,
        event=row.event,
        number=reference.show(row.number) if row.number else None,
        attempts=row.attempts,
        ambiguous=row.ambiguous,
        road=row.aggregator,
        reason=row.reason,
        held=row.state == "ready" and row.epoch < epoch,
        next_at=row.next_at,
        created_at=row.created_at,
        settled_at=row.settled_at,
    )
