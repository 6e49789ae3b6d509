"""Which desk and which officer a case goes to. Chosen here, never by hand; the step is taken by who asks.

A case never goes to the body it complains about, to who closed it, or to who filed it. What no rule knows is triage's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy.orm import Session

from flows.cases import jurisdiction
from flows.cases.jurisdiction import Book, JurisdictionRule, OfficeChoice
from flows.menu.model import Flow
from sessions.cases.core import act_record
from sessions.cases.core.actors import SYSTEM
from sessions.cases.rules.shipped_lifecycle import LIFE, STATUSES
from sessions.messages import enqueue, render_text
from sessions.messages.enqueue import NewMessage
from storage.cases import complaints
from storage.people import offices_and_jurisdictions, staff
from storage.schema.tables import Complaint, Contact, Jurisdiction, Office, Staff

COUNTRY = ZoneInfo("Asia/Karachi")  # whose day it is where nobody says
ROLES = ("officer", "supervisor", "head")  # who has a case of level 0, 1 and 2
OVERSIGHT = 3  # the level above them, outside the office
OPEN = tuple(name for name, status in STATUSES.items() if status.open)


class AssignmentTarget(Struct, frozen=True):
    """Where a transfer leads; without a desk it is triage's. `reason` is why it is not where it was asked for."""

    desk: str | None
    officer_id: int | None = None
    reason: str = ""  # third_transfer, conflict


def assign_office(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    *,
    columns: Mapping[str, str],
    province: str | None,
    texts: Flow,
    zone: dt.tzinfo = COUNTRY,
) -> str | None:
    """Give a complaint that was just filed or reopened its desk and officer, and owe the officer a text.

    Returns the desk; None where no rule has it, and nothing is changed then. `columns` are its category's. One that
    could only go to the body it complains about is screened by a person, and its history says why.
    """
    if complaint.kind != "complaint":
        return None
    if complaint.desk is None:
        complaint.against = columns.get("against") or complaint.against
        choice = _choice(db, complaint, province, now.astimezone(zone).date())
        if choice.why == "conflict" and complaint.status == "received":
            why = {"reason": "conflict", "against": complaint.against}
            act_record.record_act(db, now, complaint, "screened", SYSTEM, status="screening", data=why, texts=texts)
        if choice.office is None:
            return None
        complaint.desk = choice.office
    if complaint.level >= OVERSIGHT and not offices_and_jurisdictions.is_above(db, complaint.desk):
        complaint.desk = oversight_of(db, complaint.desk, complaint.against) or complaint.desk
    complaint.office = office_kind_for_citizen(db, complaint, complaint.desk, texts)
    chosen = officer_for(db, complaint, complaint.desk, complaint.level)
    complaint.officer_id = chosen.id if chosen else None
    db.flush()
    notify_officer(db, now, complaint, texts)
    return complaint.desk


def office_kind_for_citizen(db: Session, complaint: Complaint, desk: str | None, texts: Flow) -> str:
    """The kind of office that its citizen reads: that of the desk that has it, where the flow has words for it."""
    found = offices_and_jurisdictions.by_code(db, desk)
    return found.kind if found and found.kind in texts.rows.get("office", {}) else complaint.office


def officer_for(db: Session, complaint: Complaint, desk: str | None, level: int) -> Staff | None:
    """Who of a desk takes a case at this level: the one with the fewest open cases, or nobody.

    Never who closed it, whenever that was, nor who filed it. At the highest level it is the oversight's, and where that
    has nobody or no desk has it, those of no office.
    """
    filed_by, not_ = complaint.contact_id, complaints.closers(db, complaint)
    if level < OVERSIGHT:
        if desk is None:
            return None
        # An oversight office that has a case from its beginning has no officers: its own people take it.
        roles = (ROLES[level], "oversight")
        return staff.least_busy(db, roles, desk, OPEN, not_=not_, filed_by=filed_by)
    itself = desk if desk and offices_and_jurisdictions.is_above(db, desk) else None
    for office in (*filter(None, (itself, oversight_of(db, desk))), None):
        found = staff.least_busy(db, ("oversight",), office, OPEN, not_=not_, filed_by=filed_by)
        if found:
            return found
    return None


def oversight_of(db: Session, desk: str | None, against: str | None = None) -> str | None:
    """The office above a desk, past those of the kind complained about; None when there is none.

    A desk that takes no cases any more has one still, for those it has.
    """
    below = offices_and_jurisdictions.by_code(db, desk)
    if below is None or below.oversight is None:
        return None
    return jurisdiction.clear_of(
        offices_from_rows(offices_and_jurisdictions.with_above(db, [below.oversight])), below.oversight, against
    )


def transfer_target(db: Session, complaint: Complaint, office: str, *, counted: bool = True) -> AssignmentTarget:
    """Where a transfer to this office leads. The third one is triage's: nobody sends it round any more.

    What triage itself sends somewhere is not `counted`. Raises LookupError for an office that is not there or takes no
    cases.
    """
    known = offices_from_rows(offices_and_jurisdictions.with_above(db, [office]))
    if office not in known:
        raise LookupError(office)
    if counted and complaint.transfers >= LIFE.transfers.most:
        return AssignmentTarget(None, reason="third_transfer")
    desk = jurisdiction.clear_of(known, office, complaint.against)
    if desk is None:
        return AssignmentTarget(None, reason="conflict")
    chosen = officer_for(db, complaint, desk, complaint.level)
    return AssignmentTarget(desk, chosen.id if chosen else None, "" if desk == office else "conflict")


def notify_officer(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    texts: Flow,
    event: str = "officer_new",
    to: Staff | None = None,
    note: str | None = None,
) -> int | None:
    """Owe the officer of a case, or `to`, the text of an event: it is theirs now. Once a version. Its id, or None."""
    officer = to or staff.by_id(db, complaint.officer_id)
    if officer is None or officer.contact_id is None:
        return None
    contact = db.get_one(Contact, officer.contact_id)
    body = render_text.render_sms(texts, event, contact.language, complaint, note=note)
    if body is None:
        return None
    text = NewMessage(
        contact_id=contact.id,
        complaint_id=complaint.id,
        event=event,
        dedupe=f"{event}:{complaint.id}:{officer.id}:{complaint.version}",
        order_key=f"officer:{complaint.id}:{officer.id}",  # not among the citizen's: neither waits for the other
        body=body,
        urgent=complaint.urgent,
    )
    return enqueue.enqueue_message(db, now, text)


def rules_from_rows(rules: list[Jurisdiction]) -> tuple[JurisdictionRule, ...]:
    """Rows as rules."""
    return tuple(
        JurisdictionRule(row.office, row.kind, row.since, row.category, row.province, row.district, row.until)
        for row in rules
    )


def _choice(db: Session, complaint: Complaint, province: str | None, day: dt.date) -> OfficeChoice:
    rules = list(offices_and_jurisdictions.rules_for(db, complaint.office, province, complaint.district, day))
    book = Book(
        offices_from_rows(offices_and_jurisdictions.with_above(db, [rule.office for rule in rules])),
        rules_from_rows(rules),
    )
    place = (complaint.category, province, complaint.district)
    return jurisdiction.choose_office(book, complaint.office, *place, day, complaint.against)


def offices_from_rows(rows: Mapping[str, Office]) -> dict[str, jurisdiction.Office]:
    """Rows as offices."""
    return {row.code: jurisdiction.Office(row.code, row.name, row.kind, row.oversight) for row in rows.values()}
