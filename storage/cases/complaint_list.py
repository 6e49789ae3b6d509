"""Complaints as staff look through them. Functions act in the caller's transaction and never commit."""

from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, TextClause, and_, not_, or_, select, union
from sqlalchemy.orm import Session

from storage.schema.cases import UNHELD, CaseChange, CodeCount
from storage.schema.tables import Complaint

SCREENING = "screening"
MOST_PARTS = 100  # statuses of offices that one list is put together from


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
    fits: list[ColumnElement[bool] | TextClause] = list(_within(scope))
    if office is not None:
        fits.append(or_(Complaint.office == office, Complaint.desk == office))
    if unheld:
        fits.append(UNHELD)
    if statuses:
        fits.append(Complaint.status.in_(tuple(statuses)))
    parts = [] if unheld else _parts(db, office, statuses, scope)
    query = select(Complaint).order_by(Complaint.id.desc()).limit(limit)
    if not parts:
        return db.scalars(query.where(*fits)).all()
    newest = [select(Complaint.id).where(part, *fits).order_by(Complaint.id.desc()).limit(limit) for part in parts]
    found = union(*(select(each.subquery().c.id) for each in newest)).subquery()
    ids = select(found.c.id).order_by(found.c.id.desc()).limit(limit)
    return db.scalars(query.where(Complaint.id.in_(ids))).all()


def _within(scope: VisibilityScope) -> Iterator[ColumnElement[bool]]:
    """The conditions of a scope."""
    if scope.desks is not None:
        yield Complaint.desk.in_(tuple(scope.desks))
    if scope.kind is not None:
        yield Complaint.against.is_distinct_from(scope.kind)
    if scope.body:
        about_itself = Complaint.against.is_not_distinct_from(Complaint.office)
        yield not_(and_(Complaint.desk.is_(None), about_itself))
    if scope.loose:
        yield or_(Complaint.desk.is_(None), Complaint.status == SCREENING)


def _parts(
    db: Session, office: str | None, statuses: Collection[str], scope: VisibilityScope
) -> list[ColumnElement[bool]]:
    """What is wanted as parts that lie together in an index, each in the order of ids: one status of an office or desk.

    An OR over two columns is in no index. None if there would be too many parts: then the newest of all are read.
    """
    places: list[ColumnElement[bool]] = []
    if office is not None:
        places = [Complaint.office == office, Complaint.desk == office]
    elif scope.desks is not None:
        places = [Complaint.desk == desk for desk in sorted(scope.desks)]
    elif scope.loose:
        places = [Complaint.desk.is_(None)]
    if not places:
        return [Complaint.status == status for status in sorted(set(statuses))]
    parts = [
        and_(place, Complaint.status == status) for place in places for status in sorted(statuses or _statuses(db))
    ]
    if scope.loose and office is None and (not statuses or SCREENING in statuses):
        parts.append(Complaint.status == SCREENING)
    return parts if len(parts) <= MOST_PARTS else []


def _statuses(db: Session) -> set[str]:
    """Every status that a case has."""
    counted = select(CodeCount.code).where(CodeCount.list == "status")
    return {each for each in db.scalars(counted.union(select(CaseChange.status))) if each is not None}
