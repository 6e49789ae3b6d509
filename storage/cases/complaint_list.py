"""Complaints as staff look through them. Functions act in the caller's transaction and never commit."""

from collections.abc import Collection, Sequence

from msgspec import Struct
from sqlalchemy import and_, not_, or_, select
from sqlalchemy.orm import Session

from storage.schema.cases import UNHELD
from storage.schema.tables import Complaint

SCREENING = "screening"


class VisibilityScope(Struct, frozen=True):
    """Which cases somebody may look at. `kind` is of their office: complaints about that kind are not for them."""

    desks: frozenset[str] | None = None  # None: of every office, and those of none
    kind: str | None = None
    body: bool = False  # they speak for whatever office has it
    loose: bool = False  # only what is with no office, or is looked at before it goes to one


def list_complaints(
    db: Session,
    office: str | None,
    statuses: Collection[str],
    limit: int,
    scope: VisibilityScope,
    *,
    unheld: bool = False,
) -> Sequence[Complaint]:
    """At most `limit` complaints of a scope, the newest first: of an office or a kind of office, in these statuses.

    `unheld`: only urgent ones that no officer holds.
    """
    query = select(Complaint).order_by(Complaint.id.desc()).limit(limit)
    if office is not None:
        query = query.where(or_(Complaint.office == office, Complaint.desk == office))
    if unheld:
        query = query.where(UNHELD)
    if statuses:
        query = query.where(Complaint.status.in_(tuple(statuses)))
    if scope.desks is not None:
        query = query.where(Complaint.desk.in_(tuple(scope.desks)))
    if scope.kind is not None:
        query = query.where(Complaint.against.is_distinct_from(scope.kind))
    if scope.body:
        about_itself = Complaint.against.is_not_distinct_from(Complaint.office)
        query = query.where(not_(and_(Complaint.desk.is_(None), about_itself)))
    if scope.loose:
        query = query.where(or_(Complaint.desk.is_(None), Complaint.status == SCREENING))
    return db.scalars(query).all()
