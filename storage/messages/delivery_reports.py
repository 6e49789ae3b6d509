"""Delivery reports, each stored once. Functions act in the caller's transaction and never commit."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from storage.connection import monthly_partitions
from storage.connection.insert_once import add_once_in_months
from storage.encryption.data_keys import data_keys
from storage.encryption.key_ring import PhoneIndex
from storage.encryption.rows_in_clear import clear_phone
from storage.schema.tables import Contact, OutboxMessage, Report

_ONCE = ("aggregator", "provider_id", "status", "reason", "phone_ix")  # of two reports with the same, one is stored
_BY_INDEX = Report.phone_ix.in_(bindparam("phones", expanding=True))
_EITHER = or_(_BY_INDEX, and_(Report.phone_ix.is_(None), clear_phone(Report).in_(bindparam("clear", expanding=True))))
_OF_MESSAGE = {
    mixed: select(Report)
    .where(Report.aggregator == bindparam("aggregator"), Report.provider_id == bindparam("provider_id"), phone)
    .order_by(Report.id)
    for mixed, phone in ((False, _BY_INDEX), (True, _EITHER))
}
_SAME = (
    select(Report.id)
    .where(Report.aggregator == bindparam("aggregator"), Report.provider_id == bindparam("provider_id"))
    .where(Report.status == bindparam("status"), Report.reason == bindparam("reason"))
    .where(Report.phone_ix.is_(None), clear_phone(Report) == bindparam("phone"))
    .limit(1)
)
TABLE = "reports"  # whose phones these are, for the key that finds them
NO_PHONE = b""  # what finds reports that name none


def _index(db: Session, phone: str) -> PhoneIndex:
    return data_keys(db).phone_index(TABLE, phone) if phone else PhoneIndex(NO_PHONE)


def add(
    db: Session,
    now: dt.datetime,
    *,
    aggregator: str,
    provider_id: str,
    status: str,
    reason: str,
    phone: str,
    outbox_id: int | None = None,
) -> int | None:
    """Store a report, with its text where that is known; None if it is a repeat."""
    if data_keys(db).in_clear.any(db, TABLE):
        same = {"aggregator": aggregator, "provider_id": provider_id, "status": status, "reason": reason}
        if db.execute(_SAME, same | {"phone": phone}).first() is not None:
            return None  # the index that keeps reports from being stored twice does not know those in clear
    found_by = _index(db, phone)
    if found_by.others and _is_there(db, aggregator, provider_id, status, reason, found_by.others):
        return None  # it came before, with the index key that is being replaced
    monthly_partitions.hold_border(db, TABLE, now, provider_id)
    return add_once_in_months(
        db,
        Report,
        _ONCE,
        aggregator=aggregator,
        provider_id=provider_id,
        status=status,
        reason=reason,
        phone=phone,
        phone_ix=found_by.now,
        outbox_id=outbox_id,
        at=now,
    )


def _is_there(
    db: Session, aggregator: str, provider_id: str, status: str, reason: str, found_by: tuple[bytes, ...]
) -> bool:
    known = select(Report.id).where(Report.aggregator == aggregator, Report.provider_id == provider_id)
    same = known.where(Report.status == status, Report.reason == reason, Report.phone_ix.in_(found_by))
    return db.scalar(same.limit(1)) is not None


def reports_of_message(db: Session, aggregator: str, provider_id: str, phone: str) -> Sequence[Report]:
    """Every report of one accepted text for this phone or for none, in the order of arrival."""
    asked = {"aggregator": aggregator, "provider_id": provider_id, "phones": (*_index(db, phone).any(), NO_PHONE)}
    mixed = data_keys(db).in_clear.any(db, TABLE)
    return db.scalars(_OF_MESSAGE[mixed], asked | {"clear": (phone, "")} if mixed else asked).all()


def orphans_of(db: Session, aggregator: str, phone: str, since: dt.datetime) -> Sequence[Report]:
    """Reports about this phone since then that no text of ours is known for, in the order of arrival.

    A report whose id already belongs to a text is about an earlier attempt of that text.
    """
    known = aliased(Report)
    over = exists().where(
        known.aggregator == Report.aggregator,
        known.provider_id == Report.provider_id,
        known.outbox_id.is_not(None),
    )
    query = select(Report).where(Report.aggregator == aggregator, of_phone(db, phone), Report.at >= since)
    return db.scalars(query.where(Report.outbox_id.is_(None), ~over).order_by(Report.id)).all()


def of_phone(db: Session, phone: str) -> ColumnElement[bool]:
    """What is about a phone."""
    found: ColumnElement[bool] = Report.phone_ix.in_(_index(db, phone).any())
    if not data_keys(db).in_clear.any(db, TABLE):
        return found
    return or_(found, and_(Report.phone_ix.is_(None), clear_phone(Report) == phone))


def list_late_matches(db: Session, latest: int = 1000) -> Sequence[tuple[int, int]]:
    """(id, contact) of texts that orphans among the latest reports name, and that became known after those arrived.

    Of several texts with one id, the last, as for a report that arrives now; a report that names another phone is not
    about it. The latest are the first rows of the
    primary key read backwards: whatever the database believes about the table, it reads no others.
    """
    newest = select(Report).order_by(Report.id.desc()).limit(latest).subquery()
    report, text = aliased(Report, newest), aliased(OutboxMessage)
    named = and_(text.aggregator == report.aggregator, text.provider_id == report.provider_id)
    last = select(func.max(text.id)).where(named).correlate(newest).scalar_subquery()
    found_by = (report.phone_ix, clear_phone(report))
    rows = db.execute(select(last, *found_by).select_from(report).where(report.outbox_id.is_(None)))
    reported: dict[int, set[bytes | str]] = {}  # in two queries: in one, PostgreSQL would scan every text
    for outbox_id, phone_ix, phone in rows:
        if outbox_id is not None:
            reported.setdefault(outbox_id, set()).add(phone if phone_ix is None else phone_ix)  # in clear, or not
    query = select(OutboxMessage.id, Contact).join(Contact, Contact.id == OutboxMessage.contact_id)
    found = db.execute(query.where(OutboxMessage.id.in_(tuple(reported))).order_by(OutboxMessage.id)).all()
    data_keys(db).read_for(db, (contact.phone_ for _, contact in found))
    return [
        (outbox_id, contact.id)
        for outbox_id, contact in found
        if not reported[outbox_id].isdisjoint({NO_PHONE, "", contact.phone, *_index(db, contact.phone).any()})
    ]
