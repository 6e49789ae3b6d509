"""Delivery reports, each kept once. Functions act in the caller's transaction and never commit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from storage.connection.insert_once import add_once
from storage.schema.tables import Contact, OutboxMessage, Report


def add(
    db: Session, now: dt.datetime, *, aggregator: str, provider_id: str, status: str, reason: str, phone: str
) -> int | None:
    """Keep a report; None when the very same came before."""
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
    """Those of these ids that some report names."""
    query = select(Report.provider_id).where(Report.provider_id.in_(tuple(provider_ids)))
    return frozenset(db.scalars(query.distinct()))


def reports_of_message(db: Session, aggregator: str, provider_id: str, phone: str) -> Sequence[Report]:
    """Every report of one accepted text that names this phone or none, in the order they came."""
    query = select(Report).where(Report.aggregator == aggregator, Report.provider_id == provider_id)
    query = query.where(Report.phone.in_((phone, "")))
    return db.scalars(query.order_by(Report.id)).all()


def orphans_of(db: Session, aggregator: str, phone: str, since: dt.datetime) -> Sequence[Report]:
    """Reports about this phone since then that belong to no text of ours yet, in the order they came.

    One whose id another report gave to a text is about an attempt of that text which is over.
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
    """(id, contact) of texts that have become known since orphans among the latest reports came that name them.

    Of several with one id it is the last, as for a report that comes now.
    """
    text = aliased(OutboxMessage)
    named = and_(text.aggregator == Report.aggregator, text.provider_id == Report.provider_id)
    fits = and_(Contact.id == text.contact_id, or_(Report.phone == Contact.phone, Report.phone == ""))
    last = select(func.max(text.id)).join(Contact, fits).where(named).correlate(Report).scalar_subquery()
    recent = Report.id > select(func.max(Report.id) - latest).correlate(None).scalar_subquery()
    lasts = db.scalars(select(last).select_from(Report).where(recent, Report.outbox_id.is_(None)))
    ids = {each for each in lasts if each is not None}  # asked in two steps: in one, PostgreSQL looks at every text
    query = select(OutboxMessage.id, OutboxMessage.contact_id).where(OutboxMessage.id.in_(tuple(ids)))
    return [(row.id, row.contact_id) for row in db.execute(query.order_by(OutboxMessage.id))]
