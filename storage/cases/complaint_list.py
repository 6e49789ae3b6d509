"""Complaints as staff look through them. Functions act in the caller's transaction and never commit."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import and_, not_, or_, select
from sqlalchemy.orm import Session

from storage.schema.tables import Complaint


def list_complaints(
    db: Session,
    *,
    office: str | None,
    statuses: Collection[str],
    limit: int,
    desks: Collection[str] | None = None,
    not_about: str | None = None,
    body: bool = False,
    loose: str | None = None,
) -> Sequence[Complaint]:
    """So many complaints, the newest first: of this office or kind of office, in one of these statuses, where given.

    The rest is how far somebody sees (visibility.Reach): only cases of these `desks`, none about this kind of
    office, none about the very office that would have it (`body`), only without a desk or in this status (`loose`).
    """
    query = select(Complaint).order_by(Complaint.id.desc()).limit(limit)
    if office is not None:
        query = query.where(or_(Complaint.office == office, Complaint.desk == office))
    if statuses:
        query = query.where(Complaint.status.in_(tuple(statuses)))
    if desks is not None:
        query = query.where(Complaint.desk.in_(tuple(desks)))
    if not_about is not None:
        query = query.where(Complaint.against.is_distinct_from(not_about))
    if body:
        about_itself = Complaint.against.is_not_distinct_from(Complaint.office)
        query = query.where(not_(and_(Complaint.desk.is_(None), about_itself)))
    if loose is not None:
        query = query.where(or_(Complaint.desk.is_(None), Complaint.status == loose))
    return db.scalars(query).all()
