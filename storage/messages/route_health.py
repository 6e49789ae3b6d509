"""The health of routes. Functions act in the caller's transaction and never commit."""

import datetime as dt

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from storage.connection.insert_once import insert
from storage.schema.tables import RouteHealth

OFF = "off_by_hand"  # the reason of a route that a person switched off
FOREVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)  # until when such a route rests


def all_of_them(db: Session) -> dict[str, RouteHealth]:
    """Every route that ever failed, by name; others never did."""
    return {route.name: route for route in db.scalars(select(RouteHealth).execution_options(populate_existing=True))}


def lock_route(db: Session, name: str) -> RouteHealth:
    """A route's row, created if needed, locked until the transaction ends."""
    db.execute(insert(db, RouteHealth).values(name=name, failures=0).on_conflict_do_nothing())
    return db.get_one(RouteHealth, name, with_for_update=True, populate_existing=True)


def reset_failures(db: Session, name: str, why: str | None = None) -> bool:
    """Clear a route's failures; False if it had none. `why` is its reason until it has shown that it works.

    Without `why` a route that a person switched off stays off: what it had then was sent.
    """
    trouble = or_(RouteHealth.failures > 0, RouteHealth.rests_until.is_not(None), RouteHealth.stopped_at.is_not(None))
    if why is None:
        trouble = and_(or_(trouble, RouteHealth.reason.is_not(None)), RouteHealth.reason.is_distinct_from(OFF))
    clean = {"failures": 0, "rests_until": None, "stopped_at": None, "reason": why}
    statement = update(RouteHealth).where(RouteHealth.name == name, trouble).values(**clean)
    return int(db.execute(statement.execution_options(synchronize_session=False)).rowcount) == 1  # type: ignore[attr-defined]


def switch_off(db: Session, name: str, now: dt.datetime) -> bool:
    """Stop a route until a person switches it on; False if it is off already."""
    route = lock_route(db, name)
    if route.reason == OFF:
        return False
    route.stopped_at, route.rests_until, route.reason = now, FOREVER, OFF
    db.flush()
    return True


def note_delivery(db: Session, name: str, now: dt.datetime, apart: dt.timedelta) -> None:
    """A route has said that a text arrived. Written once in the time `apart`: reports do not wait for each other."""
    known = db.get(RouteHealth, name)
    if known is None or known.reported_at is None or known.reported_at < now - apart:
        lock_route(db, name).reported_at = now
        db.flush()


def reports_delivery(db: Session, name: str | None, since: dt.datetime) -> bool:
    """True for a route that has said since then that a text arrived."""
    known = db.get(RouteHealth, name) if name else None
    return known is not None and known.reported_at is not None and known.reported_at >= since
