"""Tracking numbers that were asked for and not found, and proofs that were wrong, so that nobody can try them all.

Functions never commit.
"""

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.connection.insert_once import add_once
from storage.schema.tables import MissedLookup

_PROOF = "proof:"  # how the keys of wrong proofs begin: they count apart from wrong numbers


def record_missed_lookup(db: Session, contact_id: int, key: str, now: dt.datetime, within: dt.timedelta) -> int:
    """Note a look-up that found nothing, once for `key`; how many this contact had in the time `within` before it."""
    add_once(db, MissedLookup, contact_id=contact_id, key=key, at=now)
    this = db.scalars(select(MissedLookup).where(MissedLookup.key == key)).one()
    query = select(func.count()).select_from(MissedLookup).where(MissedLookup.contact_id == contact_id)
    query = query.where(MissedLookup.key.not_like(f"{_PROOF}%"))
    return db.scalars(query.where(MissedLookup.at > this.at - within, MissedLookup.id < this.id)).one()


def record_wrong_proof(db: Session, contact_id: int, key: str, now: dt.datetime) -> None:
    """Note a wrong proof that a case is the phone's, once for `key`."""
    add_once(db, MissedLookup, contact_id=contact_id, key=f"{_PROOF}{key}", at=now)


def count_wrong_proofs(db: Session, contact_id: int, since: dt.datetime) -> int:
    """How many wrong proofs came from this phone since then."""
    query = select(func.count()).select_from(MissedLookup).where(MissedLookup.contact_id == contact_id)
    return db.scalars(query.where(MissedLookup.key.like(f"{_PROOF}%"), MissedLookup.at > since)).one()
