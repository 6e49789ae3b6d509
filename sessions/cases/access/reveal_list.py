"""Which phone numbers were asked for and seen in a period, and what was refused: what oversight reads each month.

It comes from the audit, as that names every attempt. Reasons are in the history of each case.
"""

import datetime as dt

from msgspec import Struct
from sqlalchemy.orm import Session

from sessions.cases.access import visibility
from sessions.cases.core.act_record import Refusal
from sessions.cases.rules.case_policy import CasePolicy
from storage.audit import audit_log
from storage.audit.audit_log import AuditFilter
from storage.cases import complaints
from storage.connection.database import Database
from storage.people import staff
from storage.schema.tables import AuditRow

MOST_LISTED = 5_000  # entries of each event in one list
EVENTS = ("reveal_asked", "reveal_agreed", "revealed", "reveal_refused")


class RevealLine(Struct, frozen=True):
    """One entry of the list: what happened to which case, who did it (`who`), and with whom or why (`about`)."""

    at: dt.datetime
    number: str
    event: str
    who: str
    about: str


def list_reveals(
    database: Database, since: dt.datetime | None, until: dt.datetime | None, policy: CasePolicy, as_: str | None = None
) -> list[RevealLine] | Refusal:
    """All of the period (`until` exclusive), oldest first: with `as_`, only of cases that this person may see."""
    with database.read.begin() as db:
        rows = [
            row
            for event in EVENTS
            for row in audit_log.find(
                db, AuditFilter(event, subject_kind="case", since=since, until=until), MOST_LISTED
            )
        ]
        if as_ is not None:
            numbers = _visible(db, {row.subject for row in rows}, as_, policy)
            if isinstance(numbers, Refusal):
                return numbers
            rows = [row for row in rows if row.subject in numbers]
        return [_line(db, row) for row in sorted(rows, key=lambda row: row.id)]


def _visible(db: Session, numbers: set[str], as_: str, policy: CasePolicy) -> set[str] | Refusal:
    actor = visibility.find_actor(db, as_)
    if isinstance(actor, Refusal):
        return actor
    scope = visibility.reach(db, actor, policy)
    found = [complaints.by_number(db, number) for number in numbers if number]
    views = [(case, visibility.complaint_view(actor, case, scope, policy)) for case in found if case is not None]
    return {case.number for case, view in views if view is not None and view.everything}


def _line(db: Session, row: AuditRow) -> RevealLine:
    detail = row.detail
    about = detail.get("reason") or _name(db, detail.get("second") or detail.get("asker", ""))
    return RevealLine(row.at, row.subject, row.event, _name(db, detail.get("by", "")), about)


def _name(db: Session, staff_id: str) -> str:
    found = staff.by_id(db, int(staff_id)) if staff_id else None
    return found.name if found is not None else "?"
