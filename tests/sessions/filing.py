"""What the tests of casework share: the shipped flow, and a complaint filed by a citizen."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from sqlalchemy import delete
from sqlalchemy.orm import Session

from flows.cases.lifecycle_rules import TransitionInput
from flows.menu.model import Flow
from gateway.flow_folder.files import read_flow
from sessions.cases.acts.file_complaint import ComplaintDraft, file_complaint
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.actors import CITIZEN, Actor
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.publishing import publication
from storage.cases import contacts
from storage.connection.database import Database
from storage.schema.tables import Complaint, OutboxMessage

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


def enough(target: str, office: str = "", words: str = "") -> TransitionInput:
    """What a move to `target` needs beside words."""
    reason = _REASONS.get(target, "")
    return TransitionInput(
        words=words, outcome="relief_granted", proof="call", reason=reason, second="Amina", office=office
    )


def context(db: Session, now: dt.datetime = NOW, actor: Actor = CITIZEN, flow: Flow | None = None) -> ActContext:
    """An act in this transaction, by the citizen and with the shipped flow unless it is said otherwise."""
    return ActContext(db, now, actor, flow or shipped(), SHIPPED_POLICY)


def shipped_with(category: str, columns: Mapping[str, str]) -> Flow:
    """The shipped flow with other columns of a category."""
    flow = shipped()
    rows = tuple(
        replace(row, columns={**row.columns, **columns}) if row.code == category else row
        for row in flow.lists["category"]
    )
    return replace(flow, lists=flow.lists | {"category": rows})


def file_one(
    database: Database,
    phone: str = SARA,
    *,
    now: dt.datetime = NOW,
    key: str | None = None,
    language: str | None = "en",
    columns: Mapping[str, str] | None = None,
    flow: str = "",
    **changed: Any,
) -> tuple[Complaint, bool]:
    """A complaint filed from `phone`; `changed` replaces what is in the draft. Its receipt has left long ago.

    `columns` replace those of its category, and `flow` the name of the flow.
    """
    given: dict[str, Any] = {
        "revision": 1,
        "category": "mun01",
        "district": "lahore",
        "office": "water",
        "details": "No water in street 4",
    }
    shipped()  # compiled at first: no transaction waits for that
    with database.write.begin() as db:
        contact = contacts.find_or_add(db, phone, now)
        contact.language = language
        draft = ComplaintDraft(contact=contact, **(given | changed))
        words = shipped_with(draft.category or "", columns) if columns else shipped()
        at = context(db, now, flow=replace(words, name=flow) if flow else words)
        filed = file_complaint(at, draft, key or f"session{next(_keys)}:5:1", random_below=lambda _: next(_numbers))
        db.execute(delete(OutboxMessage).where(OutboxMessage.id.in_(filed.outbox_ids)))
        return filed.complaint, filed.repeat
