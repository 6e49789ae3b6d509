"""Numbers that another person may have now: a contact loses its number to a new one, and may get it back.

The cases of the contact stay its own, and it has no phone that a text could go to. Only `sessions/cases/core` decides
when. Functions act in the caller's transaction and never commit.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from sqlalchemy import bindparam, exists, or_, select, update
from sqlalchemy.orm import Session

from storage.cases import contacts, pins
from storage.connection.driver_statements import write_columns
from storage.schema.tables import Contact, MissedLookup, OutboxMessage, Pin, PinAttempt, Staff

# Why a contact lost its number: it was silent for long, a report says that the number is gone, or whoever has it says
# that it is new to them. `proven`: the citizen showed that both are theirs.
Why = Literal["silent", "gone", "new", "proven"]
GONE = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)  # when a number that does not exist any more was last seen
DROPPED = "phone_changed"  # why a text is not sent


def hand_over(db: Session, contact: Contact, now: dt.datetime, why: Why) -> Contact:
    """Give the number of a contact, which the caller holds, to a new contact that knows nothing of it; the new one.

    What waits to be texted to it is dropped. Wrong look-ups and PINs count for the number.
    """
    if contact.successor_id is not None:
        raise ValueError("the contact has no number to hand over")
    phone, contact.phone = contact.phone, f"{contacts.NO_NUMBER}{contact.id}"
    contact.phone_ix = contact.phone_ix_next = None
    contact.left_at, contact.left_why = now, why
    db.flush()
    after = contacts.lock_or_add(db, phone, now)
    after.texts, after.stopped_at, after.seen_at = contact.texts, contact.stopped_at, now if why == "new" else None
    ids = {"before": contact.id, "after": after.id}
    db.execute(_FOLLOWED, ids)
    for tries in (MissedLookup, PinAttempt):
        db.execute(update(tries).where(tries.contact_id == contact.id).values(contact_id=after.id))
    _drop_texts(db, contact, now)
    db.flush()
    db.refresh(contact)
    return after


_FOLLOWED = (
    update(Contact)
    .where(or_(Contact.id == bindparam("before"), Contact.successor_id == bindparam("before")))
    .values(successor_id=bindparam("after"))
    .execution_options(synchronize_session=False)
)


def _drop_texts(db: Session, contact: Contact, now: dt.datetime) -> None:
    """What waits is not sent. A text that a worker is sending leaves; if it must be sent again, nobody gets it."""
    waits = (OutboxMessage.contact_id == contact.id, OutboxMessage.state == "ready")
    statement = update(OutboxMessage).where(*waits)
    db.execute(
        statement.values(state="cancelled", reason=DROPPED, settled_at=now).execution_options(synchronize_session=False)
    )


def rejoin(db: Session, before: Contact, after: Contact, now: dt.datetime) -> None:
    """A contact that lost its number and the one that has it are the same person. The caller holds both."""
    after.complaints, before.complaints, before.left_why = after.complaints + before.complaints, 0, "proven"
    after.seen_at = now
    if pins.find(db, before.id) is not None:  # the older PIN opens all: who has only the facts does not replace it
        pins.remove(db, after.id)
        db.execute(update(Pin).where(Pin.contact_id == before.id).values(contact_id=after.id))
    for name in ("language", "province", "district"):
        if getattr(after, name) is None:
            setattr(after, name, getattr(before, name))
    db.flush()


def note_end(db: Session, contact: Contact) -> None:
    """A report says that the number does not exist: it counts as silent for ever, until something comes from it."""
    contact.seen_at, contact.left_why = GONE, "gone"
    db.flush()


def note_sign(db: Session, contact: Contact, now: dt.datetime) -> None:
    """A call or an SMS came from the phone."""
    write_columns(db, contact, seen_at=now)


def note_calls(db: Session, contact_ids: Sequence[int], now: dt.datetime) -> None:
    """Calls came from the phones of these contacts.

    What another transaction holds is left out: it acts for a phone that has just called or written. So is a number that
    was reported gone since: its next call finds it silent.
    """
    free = select(Contact.id).where(Contact.id.in_(contact_ids), Contact.successor_id.is_(None))
    free = free.where(or_(Contact.seen_at.is_(None), (Contact.seen_at > GONE) & (Contact.seen_at < now)))
    free = free.order_by(Contact.id).with_for_update(skip_locked=True, key_share=True)
    noted = update(Contact).where(Contact.id.in_(free)).values(seen_at=now)
    db.execute(noted.execution_options(synchronize_session=False))


def is_of_staff(db: Session, contact_id: int) -> bool:
    """True for the phone by which a member of staff works."""
    return bool(db.scalar(select(exists().where(Staff.contact_id == contact_id, Staff.active))))


def list_silent(db: Session, before: dt.datetime, limit: int) -> Sequence[int]:
    """Ids of contacts that were last seen before then, the longest silent first; those of staff are not among them."""
    of_staff = exists().where(Staff.contact_id == Contact.id, Staff.active)
    query = select(Contact.id).where(Contact.seen_at.is_not(None), Contact.successor_id.is_(None))
    query = query.where(Contact.seen_at < before, ~of_staff).order_by(Contact.seen_at).limit(limit)
    return db.scalars(query).all()
