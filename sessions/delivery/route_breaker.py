"""When a road is left alone: after several failures in a row, and when a person must act first.

A resting road is tried with one text every ten seconds (a stopped one: every ten minutes), by whichever worker claims
first; the first text it takes opens it again. Functions act in the caller's transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy.orm import Session

from sessions.delivery.outcomes import Outcome, RefusedUntil, Rejected, Sent
from storage.messages import route_health
from storage.schema.tables import Road

FAILURES = 5  # in a row
REST = dt.timedelta(seconds=10)
STOPPED = dt.timedelta(minutes=10)
LONGEST_REASON = 128


def saw(db: Session, now: dt.datetime, ends: Iterable[tuple[str, Outcome]]) -> None:
    """Take note of how sends ended, in the order they did: (road, outcome)."""
    after: dict[str, list[Outcome]] = {}
    for name, outcome in ends:
        since = after.setdefault(name, [])
        if works(outcome):
            since.clear()
        since.append(outcome)
    for name, outcomes in sorted(after.items()):
        if works(outcomes[0]):
            route_health.open_again(db, name)
        if failed := [each for each in outcomes if not works(each)]:
            _count(route_health.hold(db, name), failed, now)
    db.flush()


def works(outcome: Outcome) -> bool:
    """True when it shows that the road works: a text that is refused for its own sake was at least read."""
    return isinstance(outcome, Sent | Rejected)


def rest(db: Session, name: str, now: dt.datetime) -> None:
    """A rested road is being tried: nobody else tries it before this has shown something, or been lost."""
    road = route_health.hold(db, name)
    road.rests_until = now + (STOPPED if road.stopped_at is not None else REST)
    db.flush()


def _count(road: Road, failed: list[Outcome], now: dt.datetime) -> None:
    road.failures += len(failed)
    last = failed[-1]
    road.reason = None if isinstance(last, Sent) else last.why[:LONGEST_REASON]
    if any(isinstance(each, RefusedUntil) and each.account for each in failed):
        road.stopped_at = road.stopped_at or now
        road.rests_until = now + STOPPED
    elif road.failures >= FAILURES and road.stopped_at is None:
        asked = last.seconds if isinstance(last, RefusedUntil) else 0.0
        road.rests_until = now + min(max(REST, dt.timedelta(seconds=asked)), STOPPED)
