"""Tracking numbers that were asked for and not found, so that nobody can try them all. Functions never commit."""

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.connection.insert_once import add_once
from storage.schema.tables import MissedLookup


def record_missed_lookup(db: Session, contact_id: int, key: str, now: dt.datetime, within: dt.timedelta) -> int:
    """Note a look-up that found nothing, once for `key`; how many this contact had in the time `within` before it."""
    add_once(db, MissedLookup, contact_id=contact_id, key=key, at=now)
    this = db.scalars(select(MissedLookup).where(MissedLookup.key == key)).one()
    query = select(func.count()).select_from(MissedLookup).where(MissedLookup.contact_id == contact_id)
    return db.scalars(query.where(MissedLookup.at > this.at - within, MissedLookup.id < this.id)).one()
