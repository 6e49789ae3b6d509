"""Which offices have looked at a case, when last, and whether they saw its citizen's phone number.

The one answer to "who saw it", for the citizen's SMS and for whoever else tells it.
"""

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy.orm import Session

from storage.audit import audit_log
from storage.cases import complaints
from storage.people import offices_and_jurisdictions, staff
from storage.schema.tables import Complaint, History

PRESSED = "pressed"  # the act with which a coerced case looks over on its citizen's phone


class OfficeView(Struct, frozen=True):
    """An office that looked at a case, and when last. `office` is its code; None for the people of this line."""

    office: str | None
    last: dt.datetime


class CaseViews(Struct, frozen=True):
    """Who looked, the latest first; and when somebody last saw the citizen's phone number, or None."""

    offices: Sequence[OfficeView]
    revealed_at: dt.datetime | None


def find_views(db: Session, complaint: Complaint) -> CaseViews:
    """What the citizen may know of who looked: of a coerced case nothing since it looks over on their phone."""
    history = complaints.history_of(db, complaint)
    until = next((row.at for row in history if row.act == PRESSED), None) if complaint.coerced else None
    seen: dict[str | None, dt.datetime] = {}

    def add(office: str | None, at: dt.datetime) -> None:
        if until is None or at < until:
            seen[office] = max(at, seen.get(office, at))

    revealed: dt.datetime | None = None
    for row in audit_log.views_of_case(db, complaint.number):
        add(_office_of(db, row.actor if row.actor_kind == "staff" else row.detail.get("by", "")), row.at)
        if row.event == "revealed" and (until is None or row.at < until):
            revealed = max(row.at, revealed or row.at)
    for step in history:
        if step.staff_id is not None:  # who did something with it has seen it
            add(_office_of(db, str(step.staff_id)), step.at)
        elif office := _given_to(step):
            add(office, step.at)
    offices = [OfficeView(office, at) for office, at in seen.items()]
    return CaseViews(sorted(offices, key=lambda each: each.last, reverse=True), revealed)


def office_names(db: Session, views: CaseViews) -> list[tuple[str | None, dt.datetime]]:
    """The name of each office and when it last looked; None for the people of this line."""
    found = [(offices_and_jurisdictions.by_code(db, each.office), each) for each in views.offices]
    return [(office.name if office else None, each.last) for office, each in found]


def _office_of(db: Session, staff_id: str) -> str | None:
    person = staff.by_id(db, int(staff_id)) if staff_id.isdecimal() else None
    return person.office if person else None


def _given_to(step: History) -> str | None:
    """The office that a step gave the case to: it was texted what the case is about."""
    given = (step.data or {}).get("to") if step.act in ("assigned", "transferred") else None
    return given if isinstance(given, str) else None
