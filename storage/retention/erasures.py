"""Who asked to erase which contact, and holds against it. Functions never commit."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.schema.tables import Erasure, LegalHold

ASKED, WITHDRAWN, DONE = "asked", "withdrawn", "done"


def find_open_request(db: Session, contact_id: int, since: dt.datetime) -> Erasure | None:
    """What was asked for since then and is not settled, locked until the transaction ends."""
    query = select(Erasure).where(Erasure.contact_id == contact_id, Erasure.state == ASKED, Erasure.asked_at >= since)
    return db.scalars(query.order_by(Erasure.id.desc()).limit(1).with_for_update()).one_or_none()


def ask(db: Session, contact_id: int, reason: str, by: str, now: dt.datetime, *, open_cases: bool) -> Erasure:
    """Note that somebody asked for it."""
    asked = Erasure(contact_id=contact_id, state=ASKED, reason=reason, open_cases=open_cases, asked_by=by, asked_at=now)
    db.add(asked)
    db.flush()
    return asked


def settle(db: Session, asked: Erasure, state: str, by: str | None, now: dt.datetime) -> None:
    """Note what became of it."""
    asked.state, asked.confirmed_by, asked.done_at = state, by, now
    db.flush()


def hold(db: Session, contact_id: int, reason: str, by: str, now: dt.datetime) -> LegalHold:
    """Keep all of this contact's data until the hold is lifted."""
    held = LegalHold(contact_id=contact_id, reason=reason, set_by=by, set_at=now)
    db.add(held)
    db.flush()
    return held


def lift(db: Session, held: LegalHold, by: str, now: dt.datetime) -> None:
    """The rules apply again."""
    held.lifted_by, held.lifted_at = by, now
    db.flush()
