"""People with a number and words that occur nowhere else, everywhere that a number or words can stand."""

from __future__ import annotations

import base64
import hashlib
import sqlite3
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, Table, delete, insert, select, text

from sessions.cases.rules.case_policy import SHIPPED_POLICY
from storage.cases import complaints, contacts
from storage.cases.complaints import HistoryEntry
from storage.connection.database import Database, sqlite_path
from storage.messages import delivery_reports, inbound_sms, outbox, questions
from storage.schema.tables import (
    Base,
    Complaint,
    Contact,
    History,
    Inbound,
    OutboxMessage,
    SurveyAnswer,
    Unheard,
    UnreadableForm,
)
from tests.keys import phone_ix
from tests.partitions import is_table
from tests.sessions.filing import NOW, file_one

CLOSED = next(name for name, status in SHIPPED_POLICY.statuses.items() if not status.open)


def phone(person: int) -> str:
    return f"+9230071{person:05d}"


def word(person: int, what: str) -> str:
    """What this person said, in one word."""
    return f"canary{person:05d}{what}"


WHATS = ("details", "note", "step", "body", "sms", "part", "question", "survey", "unheard", "raw")


def settle_in(database: Database, people: int) -> None:
    """Each files a complaint that is closed, texts, is asked, rates, is misunderstood and is texted to."""
    for person in range(people):
        filed, _ = file_one(database, phone(person), details=word(person, "details"), key=f"call{person}:5:1")
        with database.write.begin() as db:
            case = complaints.by_number(db, filed.number)
            contact = contacts.find(db, phone(person))
            assert case is not None
            assert contact is not None
            step = HistoryEntry(
                act="resolved", status=CLOSED, at=NOW, actor="Amir", note=word(person, "step"), data={"said": "yes"}
            )
            assert complaints.record_act(db, case, step, {"note": word(person, "note"), "outcome": "relief_granted"})
            for state in ("sent", "ready"):
                owed = outbox.NewMessage(
                    contact.id, case.id, "moved", f"{state}:{person}", f"c:{person}", word(person, "body")
                )
                outbox.add(db, NOW, owed)
            questions.ask(
                db,
                key=f"q:{person}",
                contact_id=contact.id,
                kind="words",
                now=NOW,
                until=NOW,
                words=word(person, "question"),
            )
            _texts(db, person, contact.id)


def _texts(db: Any, person: int, contact_id: int) -> None:
    common = {"aggregator": "a", "phone": phone(person), "short_code": "8484"}
    words = {"provider_id": f"in{person}", "text": word(person, "sms"), "state": "done"}
    stored = inbound_sms.add(db, now=NOW, sent_at=None, **common, **words)
    assert stored is not None
    db.add(
        SurveyAnswer(
            contact_id=contact_id,
            flow="survey",
            revision=1,
            service="x",
            rating=person % 5 + 1,
            words=word(person, "survey"),
            day=NOW.date(),
            at=NOW,
        )
    )
    db.add(
        Unheard(
            contact_id=contact_id, reason="once", since=NOW, last_at=NOW, state="open", note=word(person, "unheard")
        )
    )
    raw = f"from={phone(person).removeprefix('+')}&text={word(person, 'raw')}".encode()
    db.add(UnreadableForm(aggregator="a", door="sms", problem="x", shape={}, raw=raw, state="open", since=NOW, at=NOW))
    delivery_reports.add(db, NOW, aggregator="a", provider_id=f"r{person}", status="ok", reason="", phone=phone(person))


def canaries(people: Collection[int]) -> set[bytes]:
    """Numbers and words of these people: raw, as hex and base64, and the numbers also hashed without a key."""
    found = set()
    for person in people:
        number = phone(person).encode()
        for plain in (number, number[1:], *(word(person, what).encode() for what in WHATS)):
            found |= {plain, plain.hex().encode(), base64.b64encode(plain).rstrip(b"=")[:-1]}
        found |= {phone_ix(table, phone(person)) for table in ("contacts", "inbound", "reports")}
        for name in ("sha256", "md5", "sha1", "blake2b"):
            digest = hashlib.new(name, number)
            found |= {digest.digest(), digest.hexdigest().encode()}
    return found


def everything(database: Database) -> bytes:
    """All that the database has: every column of every row, and on SQLite the bytes of its files too."""
    parts = []
    with database.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(text(f"SELECT * FROM {table.name}")):
                parts += [each if isinstance(each, bytes) else str(each).encode() for each in row]
    file = sqlite_path(str(database.engine.url))
    if file is not None:
        parts += [path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*"))]
    return b"\n".join(parts)


def readable(database: Database) -> bytes:
    """All that can be read with the keys: every attribute of every row, opened. Raises UnknownKey if one cannot be."""
    parts = []
    with database.read.begin() as db:
        for mapper in Base.registry.mappers:
            names = [each.removesuffix("_") for each in mapper.attrs.keys()]  # noqa: SIM118 - they have no __iter__
            for row in db.scalars(select(mapper.class_)):
                parts += [str(getattr(row, name)).encode() for name in names]
    return b"\n".join(parts)


def sealed_of(database: Database, people: Collection[int]) -> set[bytes]:
    """What is encrypted of these people, as it stands in the database, and their data keys."""
    found: set[bytes] = set()
    with database.read.begin() as db:
        ids = [each.id for person in people if (each := contacts.find(db, phone(person)))]
        for query in (
            select(Contact.phone_, Contact.key_id).where(Contact.id.in_(ids)),
            select(Complaint.details_, Complaint.key_id, Complaint.note_).where(Complaint.contact_id.in_(ids)),
            select(History.note_).join(Complaint).where(Complaint.contact_id.in_(ids)),
            select(OutboxMessage.body_).where(OutboxMessage.contact_id.in_(ids)),
        ):
            found |= {str(each).encode() for row in db.execute(query) for each in row if each}
    return found


def figures(database: Database) -> Counter[tuple[Any, ...]]:
    """What offices are counted by."""
    columns = (Complaint.desk, Complaint.office, Complaint.category, Complaint.district, Complaint.filed_at)
    with database.read.begin() as db:
        ratings = db.execute(select(SurveyAnswer.service, SurveyAnswer.rating, SurveyAnswer.day)).all()
        cases = db.execute(select(*columns, Complaint.status, Complaint.outcome, Complaint.last_step_at)).all()
        texts = db.execute(select(Inbound.intent, Inbound.short_code, Inbound.received_at)).all()
    return Counter(tuple(map(str, row)) for row in (*ratings, *cases, *texts))


def backup(database: Database, to: Path) -> list[tuple[Table, list[dict[str, Any]]]]:
    """A copy of the file on SQLite; of the rows on PostgreSQL."""
    file = sqlite_path(str(database.engine.url))
    if file is not None:
        with sqlite3.connect(file) as source, sqlite3.connect(to) as target:
            source.backup(target)
        return []
    with database.engine.connect() as connection:
        held = MetaData()
        held.reflect(connection, only=is_table)
        tables = [each for each in held.sorted_tables if each.name != "alembic_version"]
        return [(table, [dict(row) for row in connection.execute(select(table)).mappings()]) for table in tables]


def restore(database: Database, kept: list[tuple[Table, list[dict[str, Any]]]], source: Path) -> None:
    """Put the backup in the database's place."""
    file = sqlite_path(str(database.engine.url))
    if file is not None:
        database.close()
        for path in file.parent.glob(f"{file.name}-*"):
            path.unlink()
        file.write_bytes(source.read_bytes())
        return
    with database.write.begin() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(text("SET LOCAL statement_timeout = 0"))
        for table, _ in reversed(kept):
            db.execute(delete(table))
        for table, rows in kept:
            if rows:
                db.execute(insert(table), rows)
