"""Delivery reports, each kept once. Functions act in the caller's transaction and never commit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from storage.once import add_once
from storage.tables import Contact, OutboxText, Report


def add(
    db: Session, *, aggregator: str, provider_id: str, status: str, reason: str, phone: str, now: dt.datetime
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


def named(db: Session, provider_ids: Collection[str]) -> frozenset[str]:
    """Those of these ids that some report names."""
    query = select(Report.provider_id).where(Report.provider_id.in_(tuple(provider_ids)))
    return frozenset(db.scalars(query.distinct()))


def of_provider(db: Session, aggregator: str, provider_id: str, phone: str) -> Sequence[Report]:
    """Every report of one accepted text that names this phone or none, in the order they came."""
    query = select(Report).where(Report.aggregator == aggregator, Report.provider_id == provider_id)
    query = query.where(Report.phone.in_((phone, "")))
    return db.scalars(query.order_by(Report.id)).all()


def orphans_of(db: Session, aggregator: str, phone: str, since: dt.datetime) -> Sequence[Report]:
    """Reports about this phone since then that belong to no text of ours yet, in the order they came."""
    query = select(Report).where(Report.aggregator == aggregator, Report.phone == phone, Report.at >= since)
    return db.scalars(query.where(Report.outbox_id.is_(None)).order_by(Report.id)).all()


def found_late(db: Session, latest: int = 1000) -> Sequence[tuple[str, str]]:
    """(aggregator, provider id) of orphans among the latest reports whose text has become known since they came."""
    named = and_(OutboxText.aggregator == Report.aggregator, OutboxText.provider_id == Report.provider_id)
    fits = and_(Contact.id == OutboxText.contact_id, or_(Report.phone == Contact.phone, Report.phone == ""))
    known = exists().where(named, fits)
    recent = Report.id > select(func.max(Report.id) - latest).scalar_subquery()
    query = select(Report.aggregator, Report.provider_id).where(recent, Report.outbox_id.is_(None), known)
    return [(row.aggregator, row.provider_id) for row in db.execute(query.distinct())]
