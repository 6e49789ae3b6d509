"""Cases that the clock must look at. Functions act in the caller's transaction and never commit.

They are found through an index over those that wait for their moment only: a round costs the same among a thousand
cases and among a million.
"""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from storage.cases import contacts
from storage.schema.cases import UNHELD
from storage.schema.tables import Complaint

MOST_COUNTED = 1_000
# What is asked for each case is built once.
_DUE = (
    select(Complaint.id, Complaint.contact_id)
    .where(Complaint.clock_at <= bindparam("now"))
    .order_by(Complaint.clock_at)
    .limit(bindparam("limit"))
)
_LOCKED = (
    select(Complaint)
    .where(Complaint.id == bindparam("complaint_id"), Complaint.clock_at <= bindparam("now"))
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)


def due(db: Session, now: dt.datetime, limit: int) -> Sequence[tuple[int, int]]:
    """(id, contact) of cases whose moment has come, the one that waits longest first."""
    return [(row.id, row.contact_id) for row in db.execute(_DUE, {"now": now, "limit": limit})]


def lock_due_complaint(db: Session, complaint_id: int, contact_id: int, now: dt.datetime) -> Complaint | None:
    """The case as it is now, held with its contact until the transaction ends; None if its moment has passed."""
    contacts.lock_by_id(db, contact_id)
    return db.scalars(_LOCKED, {"complaint_id": complaint_id, "now": now}).one_or_none()


def count_unheld(db: Session, statuses: Collection[str], before: dt.datetime) -> tuple[int, dt.datetime | None]:
    """How many urgent cases in these statuses no officer holds, and since when the first of them waits.

    Their clock began before a moment. At most MOST_COUNTED are counted.
    """
    query = select(Complaint.clock_from, Complaint.status).where(UNHELD, Complaint.clock_from <= before)
    rows = db.execute(query.order_by(Complaint.clock_from).limit(MOST_COUNTED))
    waiting = [row.clock_from for row in rows if row.status in statuses]  # here, so that only this index can serve
    return len(waiting), min(waiting, default=None)


def put_off(db: Session, complaint_id: int, now: dt.datetime, until: dt.datetime) -> None:
    """Look at this case then, unless somebody has set its clock since."""
    waiting = update(Complaint).where(Complaint.id == complaint_id, Complaint.clock_at <= now)
    db.execute(waiting.values(clock_at=until).execution_options(synchronize_session=False))
