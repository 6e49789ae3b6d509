"""Who has read a case, from the audit log, in numbers."""

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.schema.tables import AuditRow, Staff

READ, REVEALED = "case_opened", "revealed"


class ReaderCounts(Struct, frozen=True):
    """How many offices read a case, and how often its citizen's number was shown."""

    offices: int
    reveals: int


def count_readers(db: Session, number: str) -> ReaderCounts:
    """Counted from the audit entries about the case. Those who have no office count as one more office.

    An office is that of its reader now: an audit entry names nobody's office. A command that was run in somebody's name
    counts as read by them.
    """
    about = (AuditRow.subject_kind == "case", AuditRow.subject == number)
    readers = select(AuditRow.actor_kind, AuditRow.actor, AuditRow.detail).where(AuditRow.event == READ, *about)
    names = {actor if kind == "staff" else str(detail.get("by", "")) for kind, actor, detail in db.execute(readers)}
    known = {int(name) for name in names if name.isascii() and name.isdigit()}
    offices = set(db.scalars(select(Staff.office).where(Staff.id.in_(known)))) if known else set[str | None]()
    others = {None} if len(known) < len(names) else set[str | None]()
    shown = select(func.count()).select_from(AuditRow).where(AuditRow.event == REVEALED, *about)
    return ReaderCounts(len(offices | others), db.scalar(shown) or 0)
