"""PINs of contacts, the tries to guess one, and resets. Functions act in the caller's transaction and never commit."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from storage.schema.tables import Pin, PinAttempt, PinReset

REMOVED, STOPPED = "removed", "stopped"  # how a reset ended


def find(db: Session, contact_id: int) -> Pin | None:
    """The PIN of a contact; None if it has none."""
    return db.scalars(select(Pin).where(Pin.contact_id == contact_id)).one_or_none()


def keep(db: Session, contact_id: int, hashed: str, now: dt.datetime) -> None:
    """Store the hash of a contact's PIN, in place of the one before, whose time stays. The caller holds the contact."""
    pin = find(db, contact_id)
    if pin is None:
        db.add(Pin(contact_id=contact_id, hash=hashed, set_at=now))
    else:
        pin.hash = hashed
    db.flush()


def remove(db: Session, contact_id: int) -> None:
    """Remove the PIN of a contact."""
    db.execute(delete(Pin).where(Pin.contact_id == contact_id))


def find_attempt(db: Session, key: str) -> PinAttempt | None:
    """The try with this key, if it was made before."""
    return db.scalars(select(PinAttempt).where(PinAttempt.key == key)).one_or_none()


def count_wrong(db: Session, contact_id: int, complaint_id: int | None, since: dt.datetime) -> int:
    """How many wrong PINs were typed since then for this contact or for this case, by one statement: without a case it
    asks for those of case 0, which there is not.
    """
    whose = or_(PinAttempt.contact_id == contact_id, PinAttempt.complaint_id == (complaint_id or 0))
    query = select(func.count()).select_from(PinAttempt)
    return db.scalars(query.where(whose, PinAttempt.at > since, ~PinAttempt.correct)).one()


def add_attempt(db: Session, key: str, contact_id: int, complaint_id: int | None, now: dt.datetime) -> PinAttempt:
    """Note a try before it is known to be right, so that it counts whatever happens next."""
    attempt = PinAttempt(key=key, contact_id=contact_id, complaint_id=complaint_id, correct=False, at=now)
    db.add(attempt)
    db.flush()
    return attempt


def forget_attempts(db: Session, before: dt.datetime, limit: int) -> int:
    """Delete up to `limit` tries that are older than any limit looks back; how many."""
    old = select(PinAttempt.id).where(PinAttempt.at <= before).limit(limit).scalar_subquery()
    found = db.execute(delete(PinAttempt).where(PinAttempt.id.in_(old)).returning(PinAttempt.id))
    return len(found.all())


def find_reset(db: Session, contact_id: int) -> PinReset | None:
    """The reset of a contact's PIN that waits, if one does."""
    query = select(PinReset).where(PinReset.contact_id == contact_id, PinReset.ended_at.is_(None))
    return db.scalars(query.order_by(PinReset.id.desc()).limit(1)).one_or_none()


def was_reset_for(db: Session, complaint_id: int) -> bool:
    """True for a case whose facts somebody told at an office, so that the PIN of its phone was removed."""
    query = select(PinReset.id).where(PinReset.complaint_id == complaint_id, PinReset.outcome == REMOVED)
    return db.scalar(query.limit(1)) is not None


def add_reset(
    db: Session, contact_id: int, complaint_id: int, asked_by: int, now: dt.datetime, due_at: dt.datetime
) -> PinReset:
    """Note that staff began a reset."""
    reset = PinReset(
        contact_id=contact_id, complaint_id=complaint_id, asked_by=asked_by, asked_at=now, due_at=due_at, outcome=""
    )
    db.add(reset)
    db.flush()
    return reset


def due_resets(db: Session, now: dt.datetime, limit: int) -> Sequence[PinReset]:
    """Resets whose wait is over, oldest first, held until the transaction ends; those of rivals are left out."""
    query = select(PinReset).where(PinReset.ended_at.is_(None), PinReset.due_at <= now)
    return db.scalars(query.order_by(PinReset.due_at).limit(limit).with_for_update(skip_locked=True)).all()


def end_reset(db: Session, reset: PinReset, outcome: str, now: dt.datetime) -> None:
    """Note how a reset ended: REMOVED or STOPPED."""
    reset.ended_at, reset.outcome = now, outcome
    db.flush()
