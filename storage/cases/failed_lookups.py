"""Tracking numbers that were asked for and not found, and proofs that were wrong, so that nobody can try them all.

Functions never commit.
"""

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.connection.insert_once import add_once
from storage.schema.tables import MissedLookup

_PROOF = "proof:"  # how the keys of wrong proofs begin: they count apart from wrong numbers


def record_missed_lookup(
    db: Session, contact_id: int, key: str, now: dt.datetime, within: dt.timedelta, most: int
) -> bool:
    """Note a look-up that found nothing, once for `key`; True if this contact had `most` in the time `within` before.

    No more rows than `most` are read, so that the thousandth guess of an hour costs no more than the sixth.
    """
    add_once(db, MissedLookup, contact_id=contact_id, key=key, at=now)
    this = db.scalars(select(MissedLookup).where(MissedLookup.key == key)).one()
    before = select(MissedLookup.id).where(MissedLookup.contact_id == contact_id, MissedLookup.id < this.id)
    before = before.where(MissedLookup.at > this.at - within, MissedLookup.key.not_like(f"{_PROOF}%"))
    return len(db.scalars(before.limit(most)).all()) >= most


def record_wrong_proof(db: Session, contact_id: int, key: str, now: dt.datetime) -> None:
    """Note a wrong proof that a case is the phone's, once for `key`."""
    add_once(db, MissedLookup, contact_id=contact_id, key=f"{_PROOF}{key}", at=now)


def count_wrong_proofs(db: Session, contact_id: int, since: dt.datetime) -> int:
    """How many wrong proofs came from this phone since then."""
    query = select(func.count()).select_from(MissedLookup).where(MissedLookup.contact_id == contact_id)
    return db.scalars(query.where(MissedLookup.key.like(f"{_PROOF}%"), MissedLookup.at > since)).one()
