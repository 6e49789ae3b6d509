"""The circuit breaker of a route: it rests after several failures in a row, and stops when a person must act first.

A resting route is tried with one text every ten seconds, a stopped one every ten minutes, by the worker that claims
first. The first accepted text opens it again. Functions act in the caller's transaction.
"""

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
    """Update the breakers with the outcomes of sends, in order: (route, outcome)."""
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
    """True if the outcome shows that the route works: a text that was rejected for its own sake was at least read."""
    return isinstance(outcome, Acceptance | Rejection)


def begin_route_trial(db: Session, name: str, now: dt.datetime) -> None:
    """Begin the trial of a rested route: nobody else tries it before this one has a result or is lost."""
    route = route_health.lock_route(db, name)
    route.rests_until = now + (STOPPED if route.stopped_at is not None else REST)
    db.flush()


def _count(route: RouteHealth, failed: list[SendOutcome], now: dt.datetime) -> None:
    if route.reason == route_health.OFF:
        return  # a person switched it off meanwhile: it stays off
    route.failures += len(failed)
    last = failed[-1]
    route.reason = None if isinstance(last, Acceptance) else last.why[:LONGEST_REASON]
    if any(isinstance(each, TemporaryRejection) and each.account for each in failed):
        route.stopped_at = route.stopped_at or now
        route.rests_until = now + STOPPED
    elif route.failures >= FAILURES and route.stopped_at is None:
        asked = last.seconds if isinstance(last, TemporaryRejection) else 0.0
        route.rests_until = now + min(max(REST, dt.timedelta(seconds=asked)), STOPPED)
