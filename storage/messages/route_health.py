"""How the roads are doing. Functions act in the caller's transaction and never commit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from storage.connection.insert_once import insert
from storage.schema.tables import Road


def all_of_them(db: Session) -> dict[str, Road]:
    """Every road that ever failed, by name; one that is not here never did."""
    return {road.name: road for road in db.scalars(select(Road).execution_options(populate_existing=True))}


def hold(db: Session, name: str) -> Road:
    """A road's row, made if need be, held until the transaction ends."""
    db.execute(insert(db, Road).values(name=name, failures=0).on_conflict_do_nothing())
    return db.get_one(Road, name, with_for_update=True, populate_existing=True)


def failing(db: Session, names: Collection[str]) -> bool:
    """True when one of these has failed since it last worked."""
    trouble = or_(Road.failures > 0, Road.rests_until.is_not(None), Road.stopped_at.is_not(None))
    return db.scalars(select(Road.name).where(Road.name.in_(tuple(names)), trouble).limit(1)).first() is not None


def take_trial(db: Session, name: str, now: dt.datetime, until: dt.datetime) -> bool:
    """Be the one who tries a resting road; False when another was first. It rests on until `until`."""
    over = or_(Road.rests_until.is_(None), Road.rests_until <= now)
    statement = update(Road).where(Road.name == name, over).values(rests_until=until)
    return int(db.execute(statement.execution_options(synchronize_session=False)).rowcount) == 1  # type: ignore[attr-defined]


def open_again(db: Session, name: str, why: str | None = None) -> bool:
    """Forget a road's failures; False when it had none. `why` stands there until it has shown that it works."""
    trouble = or_(Road.failures > 0, Road.rests_until.is_not(None), Road.stopped_at.is_not(None))
    if why is None:
        trouble = or_(trouble, Road.reason.is_not(None))
    clean = {"failures": 0, "rests_until": None, "stopped_at": None, "reason": why}
    statement = update(Road).where(Road.name == name, trouble).values(**clean)
    return int(db.execute(statement.execution_options(synchronize_session=False)).rowcount) == 1  # type: ignore[attr-defined]
