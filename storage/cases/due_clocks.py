"""Cases that the clock must look at. Functions act in the caller's transaction and never commit.

They are found through an index over those that wait for their moment only: a round costs the same among a thousand
cases and among a million.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.cases import contacts
from storage.schema.tables import Complaint


def due(db: Session, now: dt.datetime, limit: int) -> Sequence[tuple[int, int]]:
    """(id, contact) of cases whose moment has come, the one that waits longest first."""
    query = select(Complaint.id, Complaint.contact_id).where(Complaint.clock_at <= now)
    return [(row.id, row.contact_id) for row in db.execute(query.order_by(Complaint.clock_at).limit(limit))]


def lock_due_complaint(db: Session, complaint_id: int, contact_id: int, now: dt.datetime) -> Complaint | None:
    """The case as it is now, held with its contact until the transaction ends; None if its moment has passed."""
    contacts.lock_all(db, (contact_id,))
    query = select(Complaint).where(Complaint.id == complaint_id, Complaint.clock_at <= now)
    query = query.with_for_update(key_share=True)
    return db.scalars(query.execution_options(populate_existing=True)).one_or_none()


def put_off(db: Session, complaint_id: int, now: dt.datetime, until: dt.datetime) -> None:
    """Look at this case then, unless somebody has set its clock since."""
    waiting = update(Complaint).where(Complaint.id == complaint_id, Complaint.clock_at <= now)
    db.execute(waiting.values(clock_at=until).execution_options(synchronize_session=False))
