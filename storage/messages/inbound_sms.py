"""Inbound SMS, and notices that a call ended. Functions act in the caller's transaction and never commit."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, exists, func, literal_column, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from storage.cases import contacts
from storage.connection.driver_statements import DriverStatement
from storage.connection.insert_once import add_row_once, insert
from storage.encryption.data_keys import data_keys
from storage.encryption.rows_in_clear import clear_phone
from storage.schema.offices_and_staff import Staff
from storage.schema.tables import CallEnd, Complaint, Contact, Inbound, InboundPart

TABLE = "inbound"  # whose phones these are, for the key that finds them; those of parts of texts too


_ROW = cast("Table", Inbound.__table__).c
_SETTLE = DriverStatement(
    update(cast("Table", Inbound.__table__))
    .where(_ROW.id == bindparam("this"), _ROW.state == literal_column("'new'"))
    .values({name: bindparam(name, type_=_ROW[name].type) for name in ("state", "intent", "quiet")})
    .returning(_ROW.id)
)


class SettledError(Exception):
    """An SMS was handled by another transaction meanwhile."""


class RecentText(NamedTuple):
    """The words of an SMS without its phone; `officer`: it is from somebody who works on cases.

    `guarded`: its phone has a complaint that is private, urgent or filed under pressure.
    """

    text: str
    short_code: str
    received_at: dt.datetime
    officer: bool
    guarded: bool


def add(
    db: Session,
    *,
    aggregator: str,
    provider_id: str,
    phone: str,
    short_code: str,
    text: str,
    sent_at: dt.datetime | None,
    now: dt.datetime,
    state: str,
) -> Inbound | None:
    """Store an SMS once for each (aggregator, provider_id); its row, or None if it is a repeat."""
    return add_row_once(
        db,
        Inbound,
        aggregator=aggregator,
        provider_id=provider_id,
        phone=phone,
        phone_ix=data_keys(db).phone_index(TABLE, phone).now,
        short_code=short_code,
        text=text,
        sent_at=sent_at,
        received_at=now,
        state=state,
    )


def lock(db: Session, inbound_id: int) -> Inbound | None:
    """One SMS, locked until the transaction ends, so that it is answered once."""
    query = select(Inbound).where(Inbound.id == inbound_id).with_for_update()
    return db.scalars(query.execution_options(populate_existing=True)).one_or_none()


def find(db: Session, inbound_id: int) -> Inbound | None:
    """One SMS, as it is now. It is not locked: who settles it is told if somebody else did."""
    query = select(Inbound).where(Inbound.id == inbound_id)
    return db.scalars(query.execution_options(populate_existing=True)).one_or_none()


def settle(db: Session, inbound: Inbound, intent: str, quiet: str | None = None) -> None:
    """Mark an SMS as handled, with its `intent`, and with why it gets no reply where it is `quiet`.

    Raises SettledError if another transaction has handled it: nothing of this one may be kept.
    """
    db.flush()  # its words without a PIN
    columns = {"state": "done", "intent": intent, "quiet": quiet}
    if not _SETTLE.run(db, {"this": inbound.id, **columns}):
        raise SettledError(inbound.id)
    for name, value in columns.items():
        set_committed_value(inbound, name, value)


def fail(db: Session, inbound: Inbound) -> None:
    """Mark an SMS as failed: it is kept, and not retried."""
    inbound.state = "failed"
    db.flush()


def texts_since(db: Session, inbound: Inbound, since: dt.datetime, limit: int = 60) -> Sequence[str]:
    """Other SMS from this phone since then, newest first."""
    query = select(Inbound).where(
        of_phone(db, Inbound, inbound.phone), Inbound.received_at >= since, Inbound.id < inbound.id
    )
    newest = query.order_by(Inbound.received_at.desc(), Inbound.id.desc())  # as their index has them: no more are read
    found = db.scalars(newest.limit(limit)).all()
    data_keys(db).read_for(db, (each.text_ for each in found))
    return [each.text for each in found]


def recent_texts(db: Session, since: dt.datetime, limit: int) -> Sequence[RecentText]:
    """The last `limit` SMS from any phone that came since then, newest first."""
    last = select(Inbound.id).order_by(Inbound.id.desc()).limit(limit).subquery()
    guarded = exists().where(
        Complaint.contact_id == Contact.id, or_(Complaint.private, Complaint.urgent, Complaint.coerced)
    )
    query = select(Inbound).join(last, last.c.id == Inbound.id).where(Inbound.received_at >= since)
    texts = db.scalars(query.order_by(Inbound.id.desc())).all()
    keys = data_keys(db)
    keys.read_for(db, (each.text_ for each in texts))
    phones = {found_by: each.phone for each in texts for found_by in keys.phone_index(contacts.TABLE, each.phone).any()}
    theirs: ColumnElement[bool] = Contact.phone_ix.in_(tuple(phones))
    if keys.in_clear.any(db, contacts.TABLE):
        theirs = or_(theirs, clear_phone(Contact).in_(tuple(phones.values())))
    rows = db.execute(
        select(Contact.phone_ix, clear_phone(Contact).label("phone"), Staff.id, guarded)
        .outerjoin(Staff, and_(Staff.contact_id == Contact.id, Staff.active))
        .where(theirs)
    )
    who = {phones.get(found or b"", phone): (staff is not None, held) for found, phone, staff, held in rows}
    return [
        RecentText(each.text, each.short_code, each.received_at, *who.get(each.phone, (False, False))) for each in texts
    ]


def of_intent_since(db: Session, inbound: Inbound, intent: str, since: dt.datetime) -> int:
    """How many earlier SMS from this phone were understood as `intent` since then."""
    query = select(func.count()).select_from(Inbound).where(Inbound.intent == intent)
    query = query.where(of_phone(db, Inbound, inbound.phone), Inbound.received_at >= since, Inbound.id < inbound.id)
    return db.scalars(query).one()


def of_phone(db: Session, table: type[Inbound] | type[InboundPart], phone: str) -> ColumnElement[bool]:
    """What is from a phone, in rows of either of the two tables whose phones are found by the same key."""
    keys = data_keys(db)
    found = table.phone_ix.in_(keys.phone_index(TABLE, phone).any())
    if not keys.in_clear.any(db, table.__tablename__):
        return found
    return or_(found, and_(table.phone_ix.is_(None), clear_phone(table) == phone))


def count_since(db: Session, intent: str, since: dt.datetime) -> int:
    """How many SMS from any phone were understood as `intent` since then. It reads every row of that time."""
    query = select(func.count()).select_from(Inbound).where(Inbound.intent == intent, Inbound.received_at >= since)
    return db.scalars(query).one()


def count_by_intent(
    db: Session, codes: Collection[str], first: dt.datetime, last: dt.datetime
) -> list[tuple[str | None, int]]:
    """How many SMS to these short codes were understood as each intent from `first` until before `last`.

    The most frequent first; the intent of one that is not handled yet is None. It reads every row of that time.
    """
    times = func.count()
    query = select(Inbound.intent, times).where(
        Inbound.short_code.in_(codes), Inbound.received_at >= first, Inbound.received_at < last
    )
    found = db.execute(query.group_by(Inbound.intent).order_by(times.desc(), Inbound.intent))
    return [(intent, int(count)) for intent, count in found]


def list_unhandled_sms(db: Session, before: dt.datetime, limit: int = 100) -> Sequence[tuple[int, str]]:
    """(id, short code) of SMS from before then that were never handled, oldest first."""
    query = select(Inbound.id, Inbound.short_code).where(Inbound.state == "new", Inbound.received_at < before)
    return [(row.id, row.short_code) for row in db.execute(query.order_by(Inbound.id).limit(limit))]


def add_call_end(db: Session, **end: Any) -> bool:
    """Record that a USSD session ended, as the aggregator reports it (columns of `CallEnd`); False for a repeat."""
    statement = insert(db, CallEnd).values(**end).on_conflict_do_nothing()
    return db.execute(statement.returning(CallEnd.session)).scalar_one_or_none() is not None
