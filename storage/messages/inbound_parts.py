"""Parts of long SMS that a gateway did not join. Functions act in the caller's transaction and never commit."""

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage.connection.insert_once import add_once
from storage.encryption.data_keys import data_keys
from storage.messages.inbound_sms import TABLE, of_phone
from storage.schema.tables import InboundPart


def add(db: Session, part: InboundPart) -> int | None:
    """Store a part once for each (aggregator, provider_id); its id, or None if it came before."""
    columns = (column.name for column in InboundPart.__table__.columns if column.name not in ("id", "phone_ix"))
    found_by = data_keys(db).phone_index(TABLE, part.phone).now
    return add_once(db, InboundPart, phone_ix=found_by, **{name: getattr(part, name) for name in columns})


def others(db: Session, part: InboundPart, since: dt.datetime) -> Sequence[InboundPart]:
    """All parts of the same long SMS that wait, this one included, in the order in which they came."""
    query = select(InboundPart).where(
        of_phone(db, InboundPart, part.phone),
        InboundPart.reference == part.reference,
        InboundPart.aggregator == part.aggregator,
        InboundPart.short_code == part.short_code,
        InboundPart.total == part.total,
        InboundPart.joined_at.is_(None),
        InboundPart.received_at >= since,
    )
    return db.scalars(query.order_by(InboundPart.id)).all()


def is_due(db: Session, waiting_before: dt.datetime, joined_before: dt.datetime) -> bool:
    """Whether a part has waited since before then, or a joined one may be deleted. It reads two index entries."""
    oldest = db.scalars(select(InboundPart.joined_at).order_by(InboundPart.id).limit(1)).one_or_none()
    return bool(list_overdue(db, waiting_before, 1)) or (oldest is not None and oldest < joined_before)


def list_overdue(db: Session, before: dt.datetime, limit: int) -> Sequence[InboundPart]:
    """Parts that came before then and still wait, the oldest first."""
    query = select(InboundPart).where(InboundPart.joined_at.is_(None), InboundPart.received_at < before)
    return db.scalars(query.order_by(InboundPart.received_at, InboundPart.id).limit(limit)).all()


def settle(db: Session, parts: Iterable[InboundPart], now: dt.datetime) -> None:
    """Empty parts whose words are in an SMS now."""
    for part in parts:
        part.joined_at, part.text = now, ""
    db.flush()


def forget(db: Session, before: dt.datetime, most: int) -> None:
    """Delete parts that were joined before then, of the `most` that came first: no aggregator repeats them any more."""
    first = select(InboundPart.id).order_by(InboundPart.id).limit(most)
    db.execute(delete(InboundPart).where(InboundPart.id.in_(first), InboundPart.joined_at < before))
