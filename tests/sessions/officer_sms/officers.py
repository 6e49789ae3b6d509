"""The officers of these tests, and what is asked about their cases and texts."""

from __future__ import annotations

from sqlalchemy import select, update

from storage.cases import complaints
from storage.cases.complaints import HistoryEntry
from storage.connection.database import Database
from storage.schema.tables import Complaint, Contact, History, OutboxMessage
from tests.keys import phone_ix
from tests.sessions.texter import Post

IMRAN, BUSHRA, FARZANA, TARIQ = "+923331110001", "+923331110002", "+923331110003", "+923331110004"
AKBAR, HINA, TANVIR = "+923331110005", "+923331110006", "+923331110007"
CLEANED = "Nali saaf kar di, mauqe par dekha"


def spoken(database: Database, *phones: str, language: str = "en") -> None:
    with database.write.begin() as db:
        theirs = Contact.phone_ix.in_([phone_ix("contacts", phone) for phone in phones])
        db.execute(update(Contact).where(theirs).values(language=language))


def again(post: Post, case: Complaint) -> Complaint:
    with post.database.read.begin() as db:
        found = complaints.by_number(db, case.number)
    assert found is not None
    return found


def changed(post: Post, case: Complaint, **columns: object) -> None:
    with post.database.write.begin() as db:
        db.execute(update(Complaint).where(Complaint.id == case.id).values(**columns))


def rows(post: Post, case: Complaint) -> list[History]:
    with post.database.read.begin() as db:
        return list(complaints.history(db, case.id))


def to(post: Post, phone: str) -> list[str]:
    """Everything this phone was texted, in order."""
    with post.database.read.begin() as db:
        query = select(OutboxMessage).join(Contact, Contact.id == OutboxMessage.contact_id)
        query = query.where(Contact.phone_ix == phone_ix("contacts", phone))
        return [each.body for each in db.scalars(query.order_by(OutboxMessage.id))]


def late(post: Post, case: Complaint, level: int) -> None:
    """The clock has raised it, and its citizen was not written to since."""
    with post.database.write.begin() as db:
        held = db.get_one(Complaint, case.id)
        entry = HistoryEntry(act=f"late_{level}", status=held.status, at=post.now, actor="system", role="system")
        complaints.record_act(db, held, entry, {"level": level})
