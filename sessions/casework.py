"""What a citizen does with a complaint: files it, adds to it, reminds, rates and reopens. Staff: sessions/moves.py.

Each act is one step: the complaint's next version and a history row, in one transaction. Two acts on the same version
cannot both happen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy.orm import Session

from flows import clock, lifecycle, reference
from flows.model import Outcome, Record
from storage import complaints, contacts
from storage.tables import Complaint, Contact

NUMBERS = 100_000_000  # of the eight random digits
TRIES = 20  # numbers drawn before giving up; with 5 million complaints one in 10**26 filings would need more
TRIAGE = "triage"  # the office of what no category sends elsewhere
USUAL_DAYS = 15  # until an answer is due where the category does not say
REMIND_AFTER = dt.timedelta(hours=24)
REOPEN_WITHIN = dt.timedelta(days=30)
MOST_REOPENS = 2


def order_key(complaint: Complaint) -> str:
    """Texts about one complaint leave in order."""
    return f"complaint:{complaint.id}"


def record_of(complaint: Complaint, zone: dt.tzinfo = dt.UTC) -> Record:
    """A complaint as a flow sees it (flows.actions.COMPLAINT); `filed` is the day in `zone`."""
    status = lifecycle.STATUSES[complaint.status]
    return {
        "number": reference.show(complaint.number),
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


def file(
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
) -> tuple[Complaint, bool]:
    """File a complaint or suggestion once for `key` ("session:hop:step"), in the caller's transaction.

    True beside an earlier one that is repeated: of the same kind, category and district, filed by the same contact on
    the same day in `zone`, and still open. Where nobody knows what it is about, and for a suggestion, only the same
    words repeat it: they are all of it.
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
    for _ in range(TRIES):
        added = complaints.add(
            db,
            number=reference.make(random_below(NUMBERS)),
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
            due_on=clock.due_on(today, days),
        )
        if added:
            contacts.count_filed(db, contact, key.rsplit(":", 2)[0])
            return added, False
    raise RuntimeError("no free tracking number was found: look at the source of randomness")


def kind_of(complaint: Complaint) -> lifecycle.Kind:
    """Which life cycle it follows."""
    return "suggestion" if complaint.kind == "suggestion" else "complaint"


def add_details(db: Session, now: dt.datetime, contact: Contact, number: str, details: str) -> Outcome:
    """A citizen adds words: "ok", or "missing" if it is not theirs. An office that waited for them goes on."""
    complaint = own(db, contact, number)
    if complaint is None:
        return Outcome("missing")
    status = "in_progress" if complaint.status == "waiting_citizen" else complaint.status
    words = f"{complaint.details}\n{details}" if complaint.details else details
    step(db, now, complaint, "details_added", status=status, note=details, details=words)
    return Outcome("ok", record_of(complaint))


def words_again(db: Session, now: dt.datetime, contact: Contact, filed: Outcome, words: str) -> Outcome:
    """Words of a complaint that repeats one: kept with it where they say something new."""
    number = filed.record["number"] if isinstance(filed.record, dict) else ""
    complaint = own(db, contact, str(number))
    if complaint is None or words.strip() in (complaint.details or ""):
        return filed
    return Outcome("repeat", add_details(db, now, contact, str(number), words.strip()).record)


def remind(db: Session, now: dt.datetime, contact: Contact, number: str) -> Outcome:
    """A citizen reminds the office: "ok", "too_soon" within a day of the last one, or "missing" (or closed)."""
    complaint = own(db, contact, number)
    if complaint is None or complaint.status not in _OPEN:
        return Outcome("missing")
    if complaints.steps(db, complaint.id, "reminded", since=now - REMIND_AFTER):
        return Outcome("too_soon", record_of(complaint))
    step(db, now, complaint, "reminded")
    return Outcome("ok", record_of(complaint))


def rate(db: Session, now: dt.datetime, contact: Contact, number: str, rating: int) -> Outcome:
    """A citizen says how satisfied they are: "ok", or "missing"."""
    complaint = own(db, contact, number)
    if complaint is None:
        return Outcome("missing")
    step(db, now, complaint, "rated", note=str(rating), rating=rating)
    return Outcome("ok", record_of(complaint))


def reopen(db: Session, now: dt.datetime, contact: Contact, number: str, reason: str) -> Outcome:
    """A citizen says it is not solved: "ok", "missing", or "closed" when it cannot be opened again (any more)."""
    complaint = own(db, contact, number)
    if complaint is None:
        return Outcome("missing")
    try:
        found = lifecycle.move(complaint.status, "reopened", "citizen", kind_of(complaint))
    except lifecycle.IllegalMove:
        return Outcome("closed", record_of(complaint))
    if not lifecycle.STATUSES[complaint.status].open and _too_late(db, now, complaint):
        return Outcome("closed", record_of(complaint))
    step(db, now, complaint, "reopened", status=found.target, note=reason)
    return Outcome("ok", record_of(complaint))


def _too_late(db: Session, now: dt.datetime, complaint: Complaint) -> bool:
    """Closed more than 30 days ago, or opened again twice before."""
    moves = [row for row in complaints.history(db, complaint.id) if row.act == "moved"]
    closed_at = moves[-1].at if moves else complaint.filed_at
    return now - closed_at > REOPEN_WITHIN or complaints.steps(db, complaint.id, "reopened") >= MOST_REOPENS


def own(db: Session, contact: Contact, number: str) -> Complaint | None:
    """The contact's own complaint, held until the transaction ends; None for an unreadable or another's number."""
    read = reference.read(number).number
    return complaints.lock(db, read, contact.id) if read else None


def step(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    act: str,
    *,
    status: str | None = None,
    note: str | None = None,
    **columns: object,
) -> None:
    """A citizen's step on a complaint that `own` holds, so that nobody can be there first."""
    done = complaints.move(
        db, complaint.id, complaint.version, status or complaint.status, note, now, "citizen", act, columns
    )
    if not done:
        raise RuntimeError(f"complaint {complaint.id} was moved while it was held")


_OPEN = tuple(name for name, status in lifecycle.STATUSES.items() if status.open)
