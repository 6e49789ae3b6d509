"""Looking a complaint up by its number: only for the phone that filed it, and with a rate limit.

An unknown number and somebody else's are one and the same: one query, one answer. After five of them within an hour
the answer says nothing about any number; the phone's own numbers are always answered.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from sqlalchemy.orm import Session

from storage.cases import complaints, failed_lookups
from storage.schema.tables import Complaint, Contact

MOST_WRONG = 5
WITHIN = dt.timedelta(hours=1)


def look_up_complaint(
    db: Session, now: dt.datetime, contact: Contact, number: str, key: str
) -> Complaint | Literal["missing", "too_many"]:
    """The contact's complaint with this number, held until the transaction ends. `key` counts a wrong one once."""
    found = complaints.lock(db, number, contact.id)
    if found is not None:
        return found
    return (
        "too_many" if failed_lookups.record_missed_lookup(db, contact.id, key, now, WITHIN) >= MOST_WRONG else "missing"
    )
