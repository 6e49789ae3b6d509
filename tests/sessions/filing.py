"""What the tests of casework share: the shipped flow, and a complaint filed by a citizen."""

from __future__ import annotations

import datetime as dt
import itertools
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from flows.cases.lifecycle_rules import TransitionInput
from flows.menu.model import Flow
from gateway.flow_folder.files import read_flow
from sessions.cases.acts import citizen_acts
from sessions.publishing import publication
from storage.cases import contacts
from storage.connection.database import Database
from storage.schema.tables import Complaint

KARACHI = ZoneInfo("Asia/Karachi")
NOW = dt.datetime(2026, 6, 17, 9, 0, tzinfo=dt.UTC)
SARA, AMIR = "+923001234567", "+923007654321"
LIBRARY = Path(__file__).parents[2] / "flows" / "library" / "complaints.yaml"
_REASONS = {"refused_pending": "law_forbids", "dropped": "not_a_complaint"}
_keys = itertools.count()
_numbers = itertools.count(10_000_000)


@cache
def shipped() -> Flow:
    """The flow that ships, compiled."""
    flow, problems = publication.check_flow(*read_flow(LIBRARY))
    assert flow is not None, "\n".join(map(str, problems))
    return flow


def enough(target: str, office: str = "") -> TransitionInput:
    """What a move to `target` needs beside words."""
    reason = _REASONS.get(target, "")
    return TransitionInput(outcome="relief_granted", proof="call", reason=reason, second="Amina", office=office)


def file_one(
    database: Database,
    phone: str = SARA,
    *,
    now: dt.datetime = NOW,
    key: str | None = None,
    language: str | None = "en",
    **changed: object,
) -> tuple[Complaint, bool]:
    """A complaint filed from `phone`; `changed` replaces arguments of citizens.file."""
    given: dict[str, object] = {
        "kind": "complaint",
        "flow": "complaints",
        "revision": 1,
        "category": "mun01",
        "district": "lahore",
        "office": "water",
        "days": 7,
        "details": "No water in street 4",
        "private": False,
        "call_back": False,
    }
    words = shipped()  # compiled at first: no transaction waits for that
    with database.write.begin() as db:
        contact = contacts.find_or_add(db, phone, now)
        contact.language = language
        return citizen_acts.file_complaint(
            db,
            now,
            lambda _: next(_numbers),
            contact=contact,
            key=key or f"session{next(_keys)}:5:1",
            zone=KARACHI,
            texts=words,
            **(given | changed),  # type: ignore[arg-type]
        )
