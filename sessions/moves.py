"""What staff do with a complaint: move it from one status to the next, and so owe its citizen a text.

History, the complaint's next version and the text to send are one transaction. Two moves of the same version cannot
both happen, and texts about one complaint leave in the order of its moves.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from flows import lifecycle, reference
from flows.model import Flow
from sessions import asking, owing, wording
from sessions.casework import kind_of, order_key
from storage import complaints, support
from storage.database import Database
from storage.tables import Complaint, Contact, History

LONGEST_NOTE = 90  # characters an officer may write for the citizen (flows.actions.COMPLAINT)


@dataclass(frozen=True, slots=True)
class Moved:
    """A complaint after its move, and the texts to wake."""

    complaint: Complaint
    outbox_ids: list[int]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a move did not happen, and what to do."""

    message: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A complaint, every step of its life, and how many others said "me too"."""

    complaint: Complaint
    history: list[History]
    others: int = 0


def look(database: Database, number: str) -> Seen | Refused:
    """A complaint by its tracking number, however it is written, for staff."""
    read = reference.read(number)
    if read.number is None:
        return Refused(_unreadable(number, read))
    with database.read.begin() as db:
        complaint = complaints.by_number(db, read.number, None)
        if complaint is None:
            return Refused(f"There is no complaint {reference.show(read.number)}.")
        return Seen(complaint, list(complaints.history(db, complaint.id)), support.count(db, complaint.id))


def move(
    database: Database,
    now: dt.datetime,
    number: str,
    target: str,
    *,
    actor: str,
    note: str,
    texts: Flow,
    role: str = lifecycle.OPERATOR,
    office: str | None = None,
    version: int | None = None,
) -> Moved | Refused:
    """A member of staff moves a complaint; its citizen is owed the text of that move. One transaction.

    `target` is a status or a common word for it, `office` where a transfer goes, `version` the one the officer saw, if
    known. Nothing is done when somebody else moved the complaint meanwhile.
    """
    note = " ".join(note.split())
    status = lifecycle.named(target)
    if problem := _unfit(number, target, note, office, texts):
        return Refused(problem)
    with database.write.begin() as db:
        complaint = complaints.by_number(db, reference.read(number).number or "", None)
        if complaint is None:
            return Refused(f"There is no complaint {number}.")
        if version not in (None, complaint.version):
            return Refused(_overtaken(complaint))
        try:
            step = lifecycle.move(complaint.status, status or "", role, kind_of(complaint))
        except lifecycle.IllegalMove as illegal:
            return Refused(f"{illegal}.")
        return _move(db, now, complaint, step, actor, note, office, texts)


def _unfit(number: str, target: str, note: str, office: str | None, texts: Flow) -> str:
    """Why a move cannot even be tried, or nothing."""
    read = reference.read(number)
    if read.problem:
        return _unreadable(number, read)
    if lifecycle.named(target) is None:
        return f"There is no status {target!r}: use one of {', '.join(lifecycle.STATUSES)}."
    if len(note) > LONGEST_NOTE:
        return f"The note is {len(note)} characters long: write at most {LONGEST_NOTE}, it goes into one SMS."
    offices = texts.rows.get("office", {})
    if office is not None and office not in offices:
        return f"There is no office {office!r}: use one of {', '.join(offices)}."
    return ""


def _unreadable(number: str, read: reference.Read) -> str:
    if read.problem == "check":
        return f"{number} has a wrong digit: compare it with the citizen's SMS."
    return f"{number} is not a tracking number: it has nine digits, such as 482-719-304."


def _move(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    step: lifecycle.Move,
    actor: str,
    note: str,
    office: str | None,
    texts: Flow,
) -> Moved | Refused:
    if step.needs_note and not note:
        return Refused("This move needs a few plain words for the citizen: give them as the note.")
    transfer = step.name == "transfer"
    if transfer != (office is not None):
        return Refused("Say which office it goes to." if transfer else "Only a transfer goes to another office.")
    told = ({"note": note} if note else {}) | ({"office": office} if office else {})
    if not complaints.move(db, complaint.id, complaint.version, step.target, note or None, now, actor, "moved", told):
        db.refresh(complaint)
        return Refused(_overtaken(complaint))
    return Moved(complaint, _owe(db, now, complaint, step.event or step.target, texts))


def _owe(db: Session, now: dt.datetime, complaint: Complaint, event: str, texts: Flow) -> list[int]:
    """The outbox row of a move's text; a move without words of its own is told as the status it led to."""
    contact = db.get_one(Contact, complaint.contact_id)
    spoken = event if event in texts.texts else "status_is"
    body = wording.sms(texts, spoken, contact.language, complaint)
    if body is None:
        return []
    owed = owing.owe(
        db,
        contact_id=contact.id,
        complaint_id=complaint.id,
        event=event,
        dedupe=f"move:{complaint.id}:{complaint.version}",
        order_key=order_key(complaint),
        body=body,
        now=now,
        version=complaint.version,
    )
    if owed is None:
        return []
    asking.of_move(db, now, complaint, owed, texts)
    return [owed]


def _overtaken(complaint: Complaint) -> str:
    return (
        f"Somebody else moved {reference.show(complaint.number)} meanwhile: it is {complaint.status} now "
        f"(version {complaint.version}). Look at it and try again."
    )
