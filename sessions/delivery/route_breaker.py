"""When a road is left alone: after several failures in a row, and when a person must act first.

A resting road is tried with one text every ten seconds (a stopped one: every ten minutes), by whichever worker claims
first; the first text it takes opens it again. Functions act in the caller's transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy.orm import Session

from sessions.delivery.outcome_types import Acceptance, Rejection, SendOutcome, TemporaryRejection
from storage.messages import route_health
from storage.schema.tables import RouteHealth

FAILURES = 5  # in a row
REST = dt.timedelta(seconds=10)
STOPPED = dt.timedelta(minutes=10)
LONGEST_REASON = 128


def update_route_breakers(db: Session, now: dt.datetime, ends: Iterable[tuple[str, SendOutcome]]) -> None:
    """Take note of how sends ended, in the order they did: (road, outcome)."""
    after: dict[str, list[SendOutcome]] = {}
    for name, outcome in ends:
        since = after.setdefault(name, [])
        if is_route_working(outcome):
            since.clear()
        since.append(outcome)
    for name, outcomes in sorted(after.items()):
        if is_route_working(outcomes[0]):
            route_health.reset_failures(db, name)
        if failed := [each for each in outcomes if not is_route_working(each)]:
            _count(route_health.lock_route(db, name), failed, now)
    db.flush()


def is_route_working(outcome: SendOutcome) -> bool:
    """True when it shows that the road works: a text that is refused for its own sake was at least read."""
    return isinstance(outcome, Acceptance | Rejection)


def begin_route_trial(db: Session, name: str, now: dt.datetime) -> None:
    """A rested road is being tried: nobody else tries it before this has shown something, or been lost."""
    road = route_health.lock_route(db, name)
    road.rests_until = now + (STOPPED if road.stopped_at is not None else REST)
    db.flush()


def _count(road: RouteHealth, failed: list[SendOutcome], now: dt.datetime) -> None:
    road.failures += len(failed)
    last = failed[-1]
    road.reason = None if isinstance(last, Acceptance) else last.why[:LONGEST_REASON]
    if any(isinstance(each, TemporaryRejection) and each.account for each in failed):
        road.stopped_at = road.stopped_at or now
        road.rests_until = now + STOPPED
    elif road.failures >= FAILURES and road.stopped_at is None:
        asked = last.seconds if isinstance(last, TemporaryRejection) else 0.0
        road.rests_until = now + min(max(REST, dt.timedelta(seconds=asked)), STOPPED)
