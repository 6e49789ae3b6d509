"""What a citizen adds to what others said: "that problem is known", "me too", and a rating of a service.

A power cut is reported by one phone and confirmed by a hundred: whoever is told of a known report can be counted with
one key instead of filing the same again. What others learn of a report is its number, its status and how many told
of it; never who filed it or in which words.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from flows.menu.model import Outcome, Record, Value
from flows.text import tracking_number
from sessions.cases.rules.shipped_lifecycle import LIFE, STATUSES
from storage.cases import complaints, me_too_entries, surveys
from storage.cases.me_too_entries import Matter
from storage.schema.tables import Complaint, Contact

RATINGS = range(1, 6)


def known_problem(
    db: Session,
    now: dt.datetime,
    contact: Contact | None,
    category: str,
    district: str,
    zone: dt.tzinfo,
    *,
    within: dt.timedelta | None = None,
) -> Outcome:
    """Whether this is reported already: "yours" by the caller, "ok" by somebody else lately, or "none".

    How old a report may be is `within`, or what the life cycle says, and never more days than that allows.
    """
    known = LIFE.known_problems
    within = min(within or dt.timedelta(hours=known.hours), dt.timedelta(days=known.days))
    matter = Matter(category, district, now - within, _STANDING)
    if contact is not None and (mine := me_too_entries.own(db, matter, contact.id)):
        return Outcome("yours", _record(db, matter, mine, zone))
    found = me_too_entries.of_others(db, matter, contact.id if contact else None)
    return Outcome("ok", _record(db, matter, found, zone)) if found else Outcome("none")


def me_too(db: Session, now: dt.datetime, contact: Contact, number: str, zone: dt.tzinfo) -> Outcome:
    """Count the caller for another's open complaint.

    "already" when they were counted for it before, "yours" when they filed it themselves, "missing" when there is no
    such complaint or it no longer stands.
    """
    complaint = complaints.by_number(db, number, None)
    if complaint is None or complaint.kind != "complaint" or complaint.status not in _STANDING:
        return Outcome("missing")
    matter = Matter(complaint.category or "", complaint.district or "", complaint.filed_at, _STANDING)
    if complaint.contact_id == contact.id:
        return Outcome("yours", _record(db, matter, complaint, zone))
    if complaint.private:
        return Outcome("missing")
    added = me_too_entries.add(db, complaint.id, contact.id, now)
    return Outcome("ok" if added else "already", _record(db, matter, complaint, zone))


def save_survey(
    db: Session,
    now: dt.datetime,
    contact: Contact,
    *,
    flow: str,
    revision: int,
    service: str | None,
    rating: Value,
    words: str | None,
    zone: dt.tzinfo,
) -> Outcome:
    """Keep how a service was rated, 1 to 5: "repeat" when this phone did so today (in `zone`), the first one stays.

    "failed" for a rating out of range: the flow asks for something else than it should.
    """
    if service is None or not str(rating).isdecimal() or int(str(rating)) not in RATINGS:
        return Outcome("failed")
    added = surveys.add(
        db,
        contact_id=contact.id,
        flow=flow,
        revision=revision,
        service=service,
        rating=int(str(rating)),
        words=words,
        day=now.astimezone(zone).date(),
        at=now,
    )
    return Outcome("ok" if added else "repeat")


def _record(db: Session, matter: Matter, complaint: Complaint, zone: dt.tzinfo) -> Record:
    """A known problem as a flow sees it (actions.KNOWN); `since` is the clock in `zone`, `day` the day there."""
    filed_at = complaint.filed_at.astimezone(zone)
    return {
        "number": tracking_number.format_number(complaint.number),
        "status": complaint.status,
        "count": max(me_too_entries.phones(db, matter), 1),  # a report with its name hidden counts for its own filer
        "since": f"{filed_at:%H:%M}",
        "day": filed_at.date().isoformat(),
    }


# Not where the office says it is solved: who then reports the same has it again.
_STANDING = tuple(name for name, status in STATUSES.items() if status.open and not status.resolved)
