"""What a citizen does with their own complaint, by its number: files it, adds to it, reminds, rates, answers.

Each act is one step: the complaint's next version and a history row, in one transaction. Two acts on the same version
cannot both happen. What they say of an office's answer is in citizen_verdicts.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from flows.cases import escalation_clock
from flows.cases.redaction import redact
from flows.menu.model import Flow, Outcome, Record
from flows.text import tracking_number
from sessions.cases.acts import assignee_selection, citizen_verdicts, office_work
from sessions.cases.core import act_record, case_clock
from sessions.cases.core.actors import CITIZEN, SYSTEM
from sessions.cases.rules.shipped_lifecycle import LIFE, STATUSES
from storage.cases import complaints, contacts
from storage.schema.tables import Complaint, Contact

NUMBERS = 100_000_000  # of the eight random digits
TRIES = 20  # numbers drawn before giving up; with 5 million complaints one in 10**26 filings would need more
TRIAGE = "triage"  # the office of what no category sends elsewhere


def record_of(complaint: Complaint, zone: dt.tzinfo = dt.UTC) -> Record:
    """A complaint as a flow sees it (flows.menu.actions.COMPLAINT); `filed` is the day in `zone`."""
    status = STATUSES[complaint.status]
    return {
        "number": tracking_number.format_number(complaint.number),
        "status": complaint.status,
        "category": complaint.category or "",
        "district": complaint.district or "",
        "office": complaint.office,
        "due": complaint.due_on.isoformat(),
        "filed": complaint.filed_at.astimezone(zone).date().isoformat(),
        "note": complaint.note or "",
        "open": status.open,
        "resolved": status.resolved,
    }


def file_complaint(
    db: Session,
    now: dt.datetime,
    random_below: Callable[[int], int],
    *,
    kind: str,
    contact: Contact,
    flow: str,
    revision: int,
    category: str | None,
    district: str | None,
    office: str,
    days: int,
    details: str | None,
    private: bool,
    call_back: bool,
    key: str,
    zone: dt.tzinfo,
    texts: Flow,
    columns: Mapping[str, str] | None = None,
) -> tuple[Complaint, bool]:
    """File a complaint or suggestion once for `key` ("session:hop:step"), in the caller's transaction.

    True beside an earlier one that is repeated: of the same kind, category and district, filed by the same contact on
    the same day in `zone`, and still open. Where nobody knows what it is about, and for a suggestion, only the same
    words repeat it: they are all of it. `columns` are its category's: does its clock run at night, whom is it about.

    It goes to the office and the officer that the rules of that day name; without one it is triage's.
    """
    contacts.lock(db, contact)  # two calls from one phone, or one hop sent twice, file one after the other
    if done := complaints.by_key(db, key):
        return done, False
    today = now.astimezone(zone).date()
    earlier = complaints.same_today(
        db,
        contact_id=contact.id,
        kind=kind,
        category=category,
        district=district,
        since=dt.datetime.combine(today, dt.time(), zone),
        statuses=_OPEN,
        details=details if kind == "suggestion" or category is None else None,
    )
    if earlier:
        return earlier, True
    columns, days = columns or {}, max(1, days)
    urgent = columns.get("emergency") == "yes"
    due_on = escalation_clock.first_due(LIFE, case_clock.calendar_for(district, texts, urgent=urgent), now, days)
    for _ in range(TRIES):
        added = complaints.add(
            db,
            number=tracking_number.make(random_below(NUMBERS)),
            filed_in=key,
            now=now,
            status="received",
            kind=kind,
            contact_id=contact.id,
            flow=flow,
            revision=revision,
            category=category,
            district=district,
            office=office,
            details=details,
            private=private,
            call_back=call_back,
            urgent=urgent,
            against=columns.get("against") or None,
            limit_days=days,
            due_on=due_on,
        )
        if added:
            contacts.increment_complaints(db, contact, key.rsplit(":", 2)[0])
            _routed(db, now, added, columns, texts, zone)
            return added, False
    raise RuntimeError("no free tracking number was found: look at the source of randomness")


def add_details(db: Session, now: dt.datetime, contact: Contact, number: str, details: str, texts: Flow) -> Outcome:
    """A citizen adds words: "ok", or "missing" if it is not theirs. An office that waited for them goes on."""
    complaint = own(db, contact, number)
    if complaint is None:
        return Outcome("missing")
    words = f"{complaint.details}\n{details}" if complaint.details else details
    if complaint.status == "waiting_citizen":
        told = office_work.clock_after_pause(db, now, complaint, texts)
        record_citizen_act(
            db, now, complaint, "answered", texts=texts, status="in_progress", note=details, details=words, **told
        )
        assignee_selection.notify_officer(db, now, complaint, texts, "officer_answer", note=redact(details))
    else:
        record_citizen_act(db, now, complaint, "details_added", note=details, details=words)
    return Outcome("ok", record_of(complaint))


def words_again(db: Session, now: dt.datetime, contact: Contact, filed: Outcome, words: str, texts: Flow) -> Outcome:
    """Words of a complaint that repeats one: kept with it where they say something new."""
    number = filed.record["number"] if isinstance(filed.record, dict) else ""
    complaint = own(db, contact, str(number))
    if complaint is None or words.strip() in (complaint.details or ""):
        return filed
    return Outcome("repeat", add_details(db, now, contact, str(number), words.strip(), texts).record)


def remind(db: Session, now: dt.datetime, contact: Contact, number: str) -> Outcome:
    """A citizen reminds the office: "ok", "too_soon" within a day of the last one, or "missing" (or closed)."""
    complaint = own(db, contact, number)
    if complaint is None or complaint.status not in _OPEN:
        return Outcome("missing")
    if complaints.count_acts(db, complaint.id, "reminded", since=now - dt.timedelta(hours=LIFE.reminders.hours)):
        return Outcome("too_soon", record_of(complaint))
    record_citizen_act(db, now, complaint, "reminded")
    return Outcome("ok", record_of(complaint))


def rate(db: Session, now: dt.datetime, contact: Contact, number: str, rating: int) -> Outcome:
    """A citizen says how satisfied they are: "ok", or "missing"."""
    complaint = own(db, contact, number)
    if complaint is None:
        return Outcome("missing")
    record_citizen_act(db, now, complaint, "rated", note=str(rating), rating=rating)
    return Outcome("ok", record_of(complaint))


def reopen(db: Session, now: dt.datetime, contact: Contact, number: str, reason: str, texts: Flow) -> Outcome:
    """A citizen says it is not solved: "ok", "missing", or "closed" when it cannot be opened again (any more)."""
    return _said(db, contact, number, lambda complaint: citizen_verdicts.reopen(db, now, complaint, reason, texts))


def confirm(db: Session, now: dt.datetime, contact: Contact, number: str, texts: Flow) -> Outcome:
    """A citizen says it is solved: "ok", "missing", or "closed" when nobody waits for that."""
    return _said(db, contact, number, lambda complaint: citizen_verdicts.confirm(db, now, complaint, texts))


def appeal(db: Session, now: dt.datetime, contact: Contact, number: str, texts: Flow) -> Outcome:
    """A citizen wants oversight to look at it: "ok", "missing", or "closed" when that cannot be (any more)."""
    return _said(db, contact, number, lambda complaint: citizen_verdicts.appeal(db, now, complaint, texts))


def withdraw(db: Session, now: dt.datetime, contact: Contact, number: str, texts: Flow) -> Outcome:
    """A citizen takes it back: "ok", "missing", or "closed" when it is closed already."""
    return _said(db, contact, number, lambda complaint: citizen_verdicts.withdraw(db, now, complaint, texts))


def note_pressure(db: Session, now: dt.datetime, contact: Contact, number: str) -> Outcome:
    """Somebody wanted a citizen to take it back: "ok", it stays open; or "missing"."""
    complaint = own(db, contact, number)
    if complaint is None:
        return Outcome("missing")
    citizen_verdicts.note_pressure(db, now, complaint)
    return Outcome("ok", record_of(complaint))


def own(db: Session, contact: Contact, number: str) -> Complaint | None:
    """The contact's own complaint, held until the transaction ends; None for an unreadable or another's number."""
    read = tracking_number.parse_tracking_number(number).number
    return complaints.lock(db, read, contact.id) if read else None


def record_citizen_act(db: Session, now: dt.datetime, complaint: Complaint, act: str, **more: Any) -> None:
    """A citizen's step on a complaint that `own` holds, so that nobody can be there first."""
    act_record.require_success(act_record.record_act(db, now, complaint, act, CITIZEN, **more))


def _said(db: Session, contact: Contact, number: str, act: Callable[[Complaint], bool]) -> Outcome:
    complaint = own(db, contact, number)
    if complaint is None:
        return Outcome("missing")
    done = act(complaint)
    return Outcome("ok" if done else "closed", record_of(complaint))


def _routed(
    db: Session, now: dt.datetime, complaint: Complaint, columns: Mapping[str, str], texts: Flow, zone: dt.tzinfo
) -> None:
    """What was filed goes to its office at once, where a rule names one; its clock is wound either way."""
    province = case_clock.province_of(complaint.district, texts)
    desk = assignee_selection.assign_office(
        db, now, complaint, columns=columns, province=province, texts=texts, zone=zone
    )
    if desk is None:
        case_clock.update_clock(db, now, complaint, case_clock.calendar_of(complaint, texts))
        return
    data = {"to": desk, "officer": complaint.officer_id}
    act_record.record_act(db, now, complaint, "assigned", SYSTEM, texts=texts, status="assigned", data=data)


_OPEN = tuple(name for name, status in STATUSES.items() if status.open)
