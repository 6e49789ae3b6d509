"""Everything that is held about one phone: to be handed out, or to be erased. Functions never commit.

`rows_of_phone` is the one place that finds rows by a number.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import TypeVar, cast

from msgspec import Struct
from sqlalchemy import Table, case, delete, or_, select, text, update
from sqlalchemy.orm import Session

from storage.cases import contacts
from storage.messages import delivery_reports, inbound_sms
from storage.retention import due_rows, key_destruction
from storage.schema.tables import (
    Base,
    Complaint,
    Contact,
    History,
    Inbound,
    InboundPart,
    LegalHold,
    MeToo,
    MissedLookup,
    OfficerCode,
    OutboxMessage,
    Pin,
    PinAttempt,
    PinReset,
    Question,
    Report,
    Staff,
    SurveyAnswer,
    Unheard,
    UnreadableForm,
)

ERASED = "erased-"  # and the contact's id: what stands in place of a number
MOST_REQUESTS = 40_000  # of the quarantine, which is looked through for a number: `add` bounds what waits there
OWN = (Pin, PinAttempt, PinReset, MissedLookup, OfficerCode, Question)  # rows that go with the contact
R = TypeVar("R", bound=Base)


class ContactData(Struct, frozen=True):
    """What is held about a phone. The history is that of its own complaints, in order."""

    contact: Contact
    complaints: Sequence[Complaint]
    history: Sequence[History]
    messages: Sequence[OutboxMessage]
    inbound: Sequence[Inbound]
    parts: Sequence[InboundPart]
    questions: Sequence[Question]
    surveys: Sequence[SurveyAnswer]
    unheard: Sequence[Unheard]
    me_toos: Sequence[MeToo]
    missed_lookups: Sequence[MissedLookup]
    reports: Sequence[Report]
    requests: Sequence[UnreadableForm]


def load_contact_data(db: Session, contact: Contact) -> ContactData:
    """Everything that is held about this contact's phone."""
    cases = _of(db, Complaint, contact)
    ids = [each.id for each in cases]
    steps = select(History).where(History.complaint_id.in_(ids)).order_by(History.complaint_id, History.version)
    return ContactData(
        contact,
        cases,
        db.scalars(steps).all(),
        _of(db, OutboxMessage, contact),
        rows_of_phone(db, Inbound, contact.phone),
        rows_of_phone(db, InboundPart, contact.phone),
        _of(db, Question, contact),
        _of(db, SurveyAnswer, contact),
        _of(db, Unheard, contact),
        _of(db, MeToo, contact),
        _of(db, MissedLookup, contact),
        rows_of_phone(db, Report, contact.phone),
        requests_of(db, contact.phone),
    )


def rows_of_phone(db: Session, table: type[R], phone: str) -> Sequence[R]:
    """The rows of `inbound`, `inbound_parts` or `reports` that name a number."""
    columns = cast("Table", table.__table__).c
    if issubclass(table, Inbound | InboundPart):
        theirs = inbound_sms.of_phone(db, table, phone)
    else:
        theirs = delivery_reports.of_phone(db, phone)
    return db.scalars(select(table).where(theirs).order_by(columns.id)).all()


def requests_of(db: Session, phone: str) -> list[UnreadableForm]:
    """Requests in the quarantine that name a number, as their sender or anywhere in what could not be read.

    Every request that still holds its bytes is looked through, at most MOST_REQUESTS.
    """
    digits = phone.removeprefix("+").encode()
    query = select(UnreadableForm).where(or_(UnreadableForm.raw.is_not(None), UnreadableForm.note.is_not(None)))
    found = db.scalars(query.order_by(UnreadableForm.id).limit(MOST_REQUESTS).execution_options(yield_per=500))
    return [each for each in found if each.phone == phone or digits in (each.raw or b"")]


def is_held(db: Session, contact_id: int) -> LegalHold | None:
    """The hold that keeps this contact's data, if there is one."""
    query = select(LegalHold).where(LegalHold.contact_id == contact_id, LegalHold.lifted_at.is_(None))
    return db.scalars(query.order_by(LegalHold.id).limit(1)).one_or_none()


def open_cases(db: Session, contact_id: int, open_statuses: Collection[str]) -> list[str]:
    """The tracking numbers of this contact's cases that somebody still works on."""
    query = select(Complaint.number).where(Complaint.contact_id == contact_id)
    return list(db.scalars(query.where(Complaint.status.in_(tuple(open_statuses))).order_by(Complaint.id)))


def staff_with(db: Session, contact_id: int) -> Staff | None:
    """The member of staff who works with this phone, if any."""
    return db.scalars(select(Staff).where(Staff.contact_id == contact_id)).one_or_none()


def is_erased(contact: Contact) -> bool:
    """True if the number of this contact was erased."""
    return contact.phone.startswith(ERASED)


def erase_contact_data(db: Session, contact_id: int, now: dt.datetime) -> bool:
    """Erase the number, words, notes, texts and all that finds them; False if that was done before.

    What stays: that there were cases, their kinds, places, offices, days, acts and outcomes, and the rows of texts
    without words. Texts that were not sent are cancelled.
    """
    contact = contacts.lock_by_id(db, contact_id)
    if is_erased(contact):
        return False
    overwrite_freed_pages(db)
    cases = list(db.scalars(select(Complaint.id).where(Complaint.contact_id == contact.id)))
    sessions = [each.rsplit(":", 2)[0] for each in _filed_in(db, cases)]
    _erase_by_phone(db, contact.phone)
    due_rows.empty_texts(db, cast("Table", OutboxMessage.__table__).c.contact_id == contact.id, now)
    for table in OWN:
        db.execute(delete(table).where(cast("Table", table.__table__).c.contact_id == contact.id))
    for row, column in ((cast("Table", SurveyAnswer.__table__), "words"), (cast("Table", Unheard.__table__), "note")):
        db.execute(update(row).where(row.c.contact_id == contact.id).values({column: None}))
    if cases:
        due_rows.empty_complaints(db, cases, now)
    _erase_calls(db, [each for each in (*sessions, contact.changed_in) if each])
    _erase_number(db, contact, now)
    db.expire_all()
    return True


def overwrite_freed_pages(db: Session) -> None:
    """From now on this connection writes zeros over what it removes: SQLite would leave it in the file (PRAGMA)."""
    if db.get_bind().dialect.name == "sqlite":
        db.execute(text("PRAGMA secure_delete = ON"))


def _of(db: Session, table: type[R], contact: Contact) -> Sequence[R]:
    columns = cast("Table", table.__table__).c
    return db.scalars(select(table).where(columns.contact_id == contact.id).order_by(columns.id)).all()


def _filed_in(db: Session, cases: Sequence[int]) -> list[str]:
    """The calls and SMS in which these cases were filed: session, hop and step."""
    return list(db.scalars(select(Complaint.filed_in).where(Complaint.id.in_(cases)))) if cases else []


def _erase_by_phone(db: Session, phone: str) -> None:
    texts = [each.id for each in rows_of_phone(db, Inbound, phone)]
    inbound = cast("Table", Inbound.__table__)
    state = case((inbound.c.state == "new", "ignored"), else_=inbound.c.state)  # no more is to be done for them
    empty = {"text": "", "phone": "", "phone_ix": None, "state": state}
    db.execute(update(inbound).where(inbound.c.id.in_(texts)).values(empty))
    parts = [each.id for each in rows_of_phone(db, InboundPart, phone)]
    db.execute(delete(InboundPart).where(InboundPart.id.in_(parts)))
    reports = [each.id for each in rows_of_phone(db, Report, phone)]
    db.execute(delete(Report).where(Report.id.in_(reports)))
    requests = cast("Table", UnreadableForm.__table__)
    ids = [each.id for each in requests_of(db, phone)]
    db.execute(
        update(requests).where(requests.c.id.in_(ids)).values(raw=None, phone="", digest=None, note=None, shape={})
    )


def _erase_calls(db: Session, sessions: Sequence[str]) -> None:
    """What the calls did in which the cases were filed: outcomes hold numbers, and perhaps words."""
    effects = cast("Table", due_rows.ROWS["effects"].table.__table__)
    db.execute(delete(effects).where(effects.c.session.in_(sorted(set(sessions)))))


def _erase_number(db: Session, contact: Contact, now: dt.datetime) -> None:
    """What is known of the phone, and its data key. Another word stands in its place, which nothing finds."""
    key_destruction.destroy_contact_key(db, contact)
    contact.phone = f"{ERASED}{contact.id}"
    contact.phone_ix = contact.phone_ix_next = None
    contact.language = contact.province = contact.district = contact.network = None
    contact.changed_in, contact.previous, contact.seen_at = None, None, None
    contact.texts, contact.stopped_at = False, now
    db.flush()
