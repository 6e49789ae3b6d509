"""Delivery reports, each stored once. Functions act in the caller's transaction and never commit."""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from storage.connection.insert_once import add_once
from storage.schema.tables import Contact, OutboxMessage, Report

_OF_MESSAGE = (
    select(Report)
    .where(Report.aggregator == bindparam("aggregator"), Report.provider_id == bindparam("provider_id"))
    .where(Report.phone.in_(bindparam("phones", expanding=True)))
    .order_by(Report.id)
)


def add(
    db: Session, now: dt.datetime, *, aggregator: str, provider_id: str, status: str, reason: str, phone: str
) -> int | None:
    """Store a report; None if it is a repeat."""
    return add_once(
        db,
        Report,
        aggregator=aggregator,
        provider_id=provider_id,
        status=status,
        reason=reason,
        phone=phone,
        at=now,
    )


def reported_ids(db: Session, provider_ids: Collection[str]) -> frozenset[str]:
    """The ids among these that a report names."""
    query = select(Report.provider_id).where(Report.provider_id.in_(tuple(provider_ids)))
    return frozenset(db.scalars(query.distinct()))


def reports_of_message(db: Session, aggregator: str, provider_id: str, phone: str) -> Sequence[Report]:
    """Every report of one accepted text for this phone or for none, in the order of arrival."""
    asked = {"aggregator": aggregator, "provider_id": provider_id, "phones": (phone, "")}
    return db.scalars(_OF_MESSAGE, asked).all()


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
    query = select(Report).where(Report.aggregator == aggregator, Report.phone == phone, Report.at >= since)
    return db.scalars(query.where(Report.outbox_id.is_(None), ~over).order_by(Report.id)).all()


def list_late_matches(db: Session, latest: int = 1000) -> Sequence[tuple[int, int]]:
    """(id, contact) of texts that orphans among the latest reports name, and that became known after those arrived.

    Of several texts with one id, the last, as for a report that arrives now. The latest are the first rows of the
    primary key read backwards: whatever the database believes about the table, it reads no others.
    """
    newest = select(Report).order_by(Report.id.desc()).limit(latest).subquery()
    report, text = aliased(Report, newest), aliased(OutboxMessage)
    named = and_(text.aggregator == report.aggregator, text.provider_id == report.provider_id)
    fits = and_(Contact.id == text.contact_id, or_(report.phone == Contact.phone, report.phone == ""))
    last = select(func.max(text.id)).join(Contact, fits).where(named).correlate(newest).scalar_subquery()
    lasts = db.scalars(select(last).select_from(report).where(report.outbox_id.is_(None)))
    ids = {each for each in lasts if each is not None}  # in two queries: in one, PostgreSQL would scan every text
    query = select(OutboxMessage.id, OutboxMessage.contact_id).where(OutboxMessage.id.in_(tuple(ids)))
    return [(row.id, row.contact_id) for row in db.execute(query.order_by(OutboxMessage.id))]
