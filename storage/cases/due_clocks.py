"""Cases that the clock must look at. Functions act in the caller's transaction and never commit.

They are found through an index over those that wait for their moment only: a round costs the same among a thousand
cases and among a million.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, and_, bindparam, select, update
from sqlalchemy.orm import Session

from storage.cases import complaints, contacts
from storage.connection.write_batch import next_number, write_batch
from storage.schema.cases import UNHELD
from storage.schema.tables import Complaint, Contact, History, OfficerCode, OutboxMessage

MOST_COUNTED = 1_000
# What is asked for each case is built once.
_DUE = (
    select(Complaint, Contact)
    .join(Contact, Contact.id == Complaint.contact_id)
    .where(Complaint.clock_at <= bindparam("now"))
    .order_by(Complaint.clock_at)
    .with_for_update(key_share=True, skip_locked=True)
    .execution_options(populate_existing=True)
)
_FIRST = _DUE.limit(bindparam("limit"))
_ONE = _DUE.where(Complaint.id == bindparam("complaint_id"))


def claim(db: Session, now: dt.datetime, limit: int) -> Sequence[Complaint]:
    """Cases whose moment has come, held with their contacts until the transaction ends, the longest waiting first.

    Those that another transaction holds are left to it, and to the next round.
    """
    return _claim(db, _FIRST, {"now": now, "limit": limit})


def claim_one(db: Session, complaint_id: int, now: dt.datetime) -> Sequence[Complaint]:
    """The same of one case: none if its moment has passed, or another transaction holds it."""
    return _claim(db, _ONE, {"now": now, "complaint_id": complaint_id})


def _claim(db: Session, query: Select[Complaint, Contact], asked: dict[str, Any]) -> Sequence[Complaint]:
    rows = db.execute(query, asked).all()
    contacts.note_locks(db, (contact for _, contact in rows))
    return [complaint for complaint, _ in rows]


def read_along(db: Session, complaint_ids: Collection[int]) -> Sequence[OfficerCode]:
    """Read what acts on claimed cases ask for, with one statement: their steps, ids for texts, and the codes of phones.

    Returns the codes. They are read beside the first step of each: every case has one, and only one.
    """
    codes = and_(OfficerCode.complaint_id == History.complaint_id, History.version == 1)
    query = select(History, OfficerCode, next_number(db, OutboxMessage)).outerjoin(OfficerCode, codes)
    query = query.where(History.complaint_id.in_(tuple(complaint_ids)))
    rows = db.execute(query.order_by(History.complaint_id, History.version)).all()
    complaints.keep_histories(db, complaint_ids, dict.fromkeys(step for step, _, _ in rows))
    if (batch := write_batch(db)) is not None:
        batch.keep_ids(db, OutboxMessage, [number for _, _, number in rows])
    return [code for _, code, _ in rows if code is not None]


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
