"""Looking a complaint up by its number: only for the phone that filed it, and with a rate limit.

An unknown number and somebody else's are one and the same: one query, one answer. After a few of them within a while
(`lookups` of the life cycle) the answer says nothing about any number; the phone's own numbers are always answered.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from sqlalchemy.orm import Session

from sessions.cases.rules.shipped_lifecycle import LIFE
from storage.cases import complaints, failed_lookups
from storage.schema.tables import Complaint, Contact


def look_up_complaint(
    db: Session, now: dt.datetime, contact: Contact, number: str, key: str
) -> Complaint | Literal["missing", "too_many"]:
    """The contact's complaint with this number, held until the transaction ends. `key` counts a wrong one once."""
    found = complaints.lock(db, number, contact.id)
    if found is not None:
        return found
    return "too_many" if missed_too_often(db, now, contact, key) else "missing"


def missed_too_often(db: Session, now: dt.datetime, contact: Contact, key: str) -> bool:
    """Count a wrong number of this phone, once for each `key`; True once it looked up too many of them."""
    within = dt.timedelta(hours=LIFE.lookups.hours)
    return failed_lookups.record_missed_lookup(db, contact.id, key, now, within) >= LIFE.lookups.most
