"""Long SMS whose parts a gateway did not join: kept until all are there, or until the others are overdue."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from sessions.messages.inbound_types import Sms, SmsPart
from storage.cases import contacts
from storage.messages import inbound_parts
from storage.schema.tables import InboundPart

OVERDUE = dt.timedelta(minutes=2)  # the other parts usually come within seconds
TOGETHER = dt.timedelta(hours=1)  # a phone may use a reference again after that
REPEATED = dt.timedelta(days=1)  # how long an aggregator may repeat a part
AT_ONCE = 100  # overdue parts in one round of the sweep
FORGOTTEN_AT_ONCE = 1000  # joined parts that it deletes in one: it reads no others


def join_part(db: Session, now: dt.datetime, sms: Sms, part: SmsPart) -> Sms | None:
    """Store a part; the whole SMS if no other part is missing now, and None if one is, or if this part came before."""
    contacts.lock_or_add(db, sms.phone, now)  # two parts at once: the second one finds the first
    row = InboundPart(
        aggregator=sms.aggregator,
        provider_id=sms.id,
        phone=sms.phone,
        short_code=sms.to,
        reference=part.reference,
        total=part.total,
        number=part.number,
        text=sms.text,
        sent_at=sms.sent_at,
        received_at=now,
    )
    if inbound_parts.add(db, row) is None:
        return None
    found = inbound_parts.others(db, row, now - TOGETHER)
    return _joined(db, now, found) if len({each.number for each in found}) == part.total else None


def is_due(db: Session, now: dt.datetime) -> bool:
    """Whether there is anything for `join_overdue` to do."""
    return inbound_parts.is_due(db, now - OVERDUE, now - REPEATED)


def join_overdue(db: Session, now: dt.datetime) -> Sms | None:
    """The oldest long SMS that waits too long for its other parts, of those that came; None if there is none."""
    waiting = inbound_parts.list_overdue(db, now - OVERDUE, 1)
    if not waiting:
        inbound_parts.forget(db, now - REPEATED, FORGOTTEN_AT_ONCE)
        return None
    contacts.lock_or_add(db, waiting[0].phone, now)
    found = inbound_parts.others(db, waiting[0], waiting[0].received_at)
    return _joined(db, now, found) if found else None


def _joined(db: Session, now: dt.datetime, found: Sequence[InboundPart]) -> Sms:
    """One SMS with the id of its first part."""
    by_number = {each.number: each for each in reversed(found)}  # of two with one number the first
    parts = [by_number[number] for number in sorted(by_number)]
    first = parts[0]
    whole = Sms(
        aggregator=first.aggregator,
        id=first.provider_id,
        phone=first.phone,
        to=first.short_code,
        text="".join(each.text for each in parts),
        sent_at=first.sent_at,
    )
    inbound_parts.settle(db, found, now)
    return whole
