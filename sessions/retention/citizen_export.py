"""Everything that is held about a phone, as JSON for machines and as text for people.

Staff appear by their part, not by name: the export is about the citizen.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from sessions.cases.core.act_record import Refusal
from storage.audit import audit_log
from storage.audit.entry import AuditActor, AuditEntry
from storage.cases import complaints, contacts
from storage.connection.database import Database
from storage.retention import contact_data
from storage.retention.contact_data import ContactData
from storage.schema.tables import Complaint, History

Facts = Mapping[str, Any]
PRESSED = "pressed"  # the act by which a citizen was made to take a case back: for oversight alone


class CitizenExport(Struct, frozen=True):
    """The same data twice: `json` (UTF-8, indented) and `text`."""

    json: bytes
    text: str


def export_citizen(database: Database, phone: str, now: dt.datetime, by: AuditActor) -> CitizenExport | Refusal:
    """Everything that is held about a phone. The audit entry is stored before it is returned."""
    with database.write.begin() as db:
        contact = contacts.find(db, phone)
        if contact is None:
            return Refusal("Nothing is held about this phone.")
        held = _facts(db, contact_data.load_contact_data(db, contact), now)
        audit_log.record(db, AuditEntry("citizen_exported", by, now, "contact", contact.id))
    return CitizenExport(msgspec.json.format(msgspec.json.encode(held)), "\n".join([*_lines(held), ""]))


def _facts(db: Session, data: ContactData, now: dt.datetime) -> dict[str, Any]:
    contact = data.contact
    hold = contact_data.is_held(db, contact.id)
    return {
        "made": now,
        "phone": contact.phone,
        "known since": contact.created_at,
        "language": contact.language,
        "province": contact.province,
        "district": contact.district,
        "network": contact.network,
        "wants texts": contact.texts,
        "kept by a legal hold": hold is not None,
        "cases": [_case(data, complaint) for complaint in data.complaints],
        "the same problem as another case": [{"at": each.at} for each in data.me_toos],
        "texts to this phone": [
            {"at": each.created_at, "state": each.state, "words": each.body} for each in data.messages
        ],
        "texts from this phone": [
            {"at": each.received_at, "to": each.short_code, "understood as": each.intent, "words": each.text}
            for each in data.inbound
        ],
        "parts of long texts": [{"at": each.received_at, "words": each.text} for each in data.parts],
        "questions that were asked": [
            {"at": each.asked_at, "about": each.kind, "words": each.words} for each in data.questions
        ],
        "answers about services": [
            {"at": each.at, "service": each.service, "rating": each.rating, "words": each.words}
            for each in data.surveys
        ],
        "texts that nobody understood": [
            {"since": each.since, "texts": each.texts, "note": each.note} for each in data.unheard
        ],
        "requests that could not be read": [
            {"at": each.at, "words": (each.raw or b"").decode("utf-8", "backslashreplace")} for each in data.requests
        ],
        "wrong numbers that were asked for": [{"at": each.at} for each in data.missed_lookups],
        "reports of networks": [{"at": each.at, "status": each.status} for each in data.reports],
    }


def _case(data: ContactData, complaint: Complaint) -> dict[str, Any]:
    return {
        "number": complaint.number,
        "kind": complaint.kind,
        "filed": complaint.filed_at,
        "category": complaint.category,
        "district": complaint.district,
        "office": complaint.office,
        "private": complaint.private,
        "state": complaint.shown_status,
        "due": complaint.due_on,
        "rating": complaint.rating,
        "words": complaint.details,
        "note of the office": complaint.note,
        "steps": [
            {
                "at": step.at,
                "act": step.act,
                "by": step.role or step.actor,
                "words": step.note,
                "details": complaints.data_of_act(step),
            }
            for step in _steps(data, complaint)
        ],
    }


def _steps(data: ContactData, complaint: Complaint) -> list[History]:
    """The steps of a case, in order. Whoever pressed its citizen to take it back may want the export too."""
    steps = [step for step in data.history if step.complaint_id == complaint.id]
    if complaint.coerced:
        return list(takewhile(lambda step: step.act != PRESSED, steps))
    return steps


def _lines(held: Facts, indent: str = "") -> Iterator[str]:
    for name, value in held.items():
        if isinstance(value, list):
            yield f"{indent}{name}: {len(value) or 'none'}"
            for each in value:
                first, *rest = [*_lines(each, f"{indent}    ")]
                yield f"{indent}  - {first.strip()}"
                yield from rest
        elif isinstance(value, dict):
            yield f"{indent}{name}:"
            yield from _lines(value, f"{indent}  ")
        elif value is not None and value != "":
            yield f"{indent}{name}: {_word(value)}"


def _word(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case dt.datetime():
            return f"{value:%Y-%m-%d %H:%M} UTC"
    return " ".join(str(value).split())
