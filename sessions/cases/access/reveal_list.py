"""Which phone numbers were asked for and seen in a period, and what was refused: what oversight reads each month.

It comes from the audit, as that names every attempt. The reason of a request comes from the history of its case.
"""

import datetime as dt

from msgspec import Struct
from sqlalchemy.orm import Session

from flows.cases.redaction import mask_numbers
from sessions.cases.access import visibility
from sessions.cases.access.reveal import ASKED
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
    """One entry of the list: what happened to which case, and who did it (`who`).

    `asker` and `second` are the names of the two people ("" where none is on record), `reason` is what the asker gave,
    without phone numbers ("" where none was given or it was erased). Of a refusal, `act` is what was tried (ask, agree,
    show; "" if the second person declined) and `code` that of its RevealProblem.
    """

    at: dt.datetime
    number: str
    event: str
    who: str
    asker: str
    second: str
    reason: str
    act: str = ""
    code: str = ""


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
    detail, by = row.detail, row.detail.get("by", "")
    refused = row.event == "reveal_refused"
    asker = detail.get("asker") or ("" if refused else by)
    second = detail.get("second") or (by if row.event == "reveal_agreed" or "asker" in detail else "")
    return RevealLine(
        at=row.at,
        number=row.subject,
        event=row.event,
        who=_name(db, by) or "somebody who gave no name of the staff",
        asker=_name(db, asker),
        second=_name(db, second),
        reason=_reason(db, row, asker),
        act=detail.get("act", ""),
        code=detail.get("reason", "") if refused else "",
    )


def _reason(db: Session, row: AuditRow, asker: str) -> str:
    """What the asker gave as reason, in the last request until this entry."""
    complaint = complaints.by_number(db, row.subject) if asker else None
    if complaint is None:
        return ""
    asked = [
        step
        for step in complaints.history_of(db, complaint)
        if step.act == ASKED and str(step.staff_id) == asker and step.at <= row.at
    ]
    return mask_numbers(asked[-1].note or "") if asked else ""


def _name(db: Session, staff_id: str) -> str:
    found = staff.by_id(db, int(staff_id)) if staff_id else None
    return found.name if found is not None else ""
