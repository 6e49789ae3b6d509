"""Rows of every kind that a rule of retention is about, each with an age and a state."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any, NamedTuple

from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from flows.retention.retention_file import Retention
from sessions.retention.retention_plan import load_retention
from storage.connection.database import Database
from storage.schema.tables import (
    ActionOutcome,
    Base,
    CallEnd,
    Complaint,
    Contact,
    HourlyClaims,
    Inbound,
    InboundPart,
    LegalHold,
    MissedLookup,
    OutboxMessage,
    PinAttempt,
    Question,
    Report,
    Revision,
    SurveyAnswer,
    Unheard,
    UnreadableForm,
)

NOW = dt.datetime(2026, 11, 30, 12, 0, tzinfo=dt.UTC)
RETENTION: Retention = load_retention("")
RULES = {rule.name: rule for rule in RETENTION.rules}
WORDS = "bijli nahi"
PHONE = "+923001234567"
NUMBERS = itertools.count(1)


class Kept(NamedTuple):
    """A row to be made: of which rule, how old in minutes, whether its state keeps it, and if its contact is held."""

    rule: str
    age: int
    waits: bool
    held: bool


_CASE = {
    "kind": "complaint",
    "flow": "complaints",
    "revision": 1,
    "office": "water",
    "status": "closed_final",
    "details": WORDS,
    "filed_at": NOW,
    "clock_from": NOW,
    "due_on": NOW.date(),
}

# table, column of its age, its other columns, those if it waits for something, and the columns that a rule empties
MAKES: dict[str, tuple[type[Base], str, dict[str, Any], dict[str, Any] | None, tuple[str, ...]]] = {
    "complaints_closed": (Complaint, "last_step_at", _CASE, {"status": "in_progress"}, ("details",)),
    "complaints_private": (
        Complaint,
        "last_step_at",
        {**_CASE, "private": True},
        {"status": "appealed"},
        ("details",),
    ),
    "outbox_rows": (
        OutboxMessage,
        "settled_at",
        {"event": "reply", "order_key": "1", "body": WORDS, "state": "sent", "next_at": NOW, "created_at": NOW},
        {"state": "unconfirmed"},
        (),
    ),
    "outbox": (
        OutboxMessage,
        "settled_at",
        {"event": "reply", "order_key": "1", "body": WORDS, "state": "sent", "next_at": NOW, "created_at": NOW},
        {"state": "unconfirmed"},
        ("body",),
    ),
    "inbound_rows": (
        Inbound,
        "received_at",
        {"aggregator": "a", "phone": PHONE, "short_code": "8484", "text": WORDS, "state": "done"},
        {"state": "new"},
        (),
    ),
    "inbound": (
        Inbound,
        "received_at",
        {"aggregator": "a", "phone": PHONE, "short_code": "8484", "text": WORDS, "state": "done"},
        {"state": "new"},
        ("text", "phone"),
    ),
    "inbound_parts": (
        InboundPart,
        "joined_at",
        {
            "aggregator": "a",
            "phone": PHONE,
            "short_code": "8484",
            "text": "",
            "received_at": NOW,
            "reference": 1,
            "total": 2,
            "number": 1,
        },
        {"joined_at": None},
        (),
    ),
    "questions": (Question, "expires_at", {"kind": "words", "asked_at": NOW, "words": WORDS}, None, ()),
    "unheard": (
        Unheard,
        "settled_at",
        {"reason": "once", "since": NOW, "last_at": NOW, "state": "answered", "note": WORDS},
        {"state": "open", "settled_at": None},
        ("note",),
    ),
    "unreadable": (
        UnreadableForm,
        "at",
        {
            "aggregator": "a",
            "door": "sms",
            "problem": "coding",
            "shape": {},
            "raw": b"x",
            "since": NOW,
            "state": "filed",
        },
        {"state": "open"},
        (),
    ),
    "survey_answers": (
        SurveyAnswer,
        "at",
        {"flow": "survey", "revision": 1, "rating": 3, "words": WORDS, "day": NOW.date()},
        None,
        ("words",),
    ),
    "missed_lookups": (MissedLookup, "at", {}, None, ()),
    "pin_attempts": (PinAttempt, "at", {"correct": False}, None, ()),
    "reports": (Report, "at", {"aggregator": "a", "status": "ok", "phone": PHONE}, None, ()),
    "effects": (ActionOutcome, "at", {"hop": 1, "step": 1, "action": "file", "outcome": b"x"}, None, ()),
    "call_ends": (CallEnd, "at", {"status": "ok"}, None, ()),
    "spending": (HourlyClaims, "hour", {"texts": 3}, None, ()),
}
HOLDABLE = (
    "complaints_closed",
    "complaints_private",
    "outbox",
    "outbox_rows",
    "questions",
    "unheard",
    "survey_answers",
)
UNIQUE = {
    "outbox": "dedupe",
    "outbox_rows": "dedupe",
    "inbound": "provider_id",
    "inbound_rows": "provider_id",
    "inbound_parts": "provider_id",
    "questions": "key",
    "survey_answers": "service",
    "missed_lookups": "key",
    "reports": "provider_id",
    "effects": "session",
    "call_ends": "session",
    "pin_attempts": "key",
}


@st.composite
def kept(draw: st.DrawFn) -> Kept:
    """Ages near the limit of a rule, a minute on either side included, and far from it."""
    rule = draw(st.sampled_from(sorted(MAKES)))
    limit = (RULES[rule].days or 0) * 24 * 60
    if rule == "reports":  # 30 days before NOW is 31 October at noon: October stays, and all before it goes
        limit = (NOW - dt.datetime(2026, 10, 1, tzinfo=dt.UTC)) // dt.timedelta(minutes=1)
    near = st.sampled_from([-1440, -60, -1, 0, 1, 60, 1440]).map(lambda off: limit + off)
    age = draw(st.one_of(near, st.integers(0, 3 * limit)))
    return Kept(rule, age, draw(st.booleans()), draw(st.booleans()))


def is_due(row: Kept) -> bool:
    """What the file says, in other words than the code: older than its days, and nobody needs it.

    Of reports whole months go, once every day of them is older.
    """
    waits = row.waits and MAKES[row.rule][3] is not None
    held = row.held and row.rule in HOLDABLE
    days = dt.timedelta(RULES[row.rule].days or 0)
    at = NOW - dt.timedelta(minutes=row.age)
    if row.rule == "reports":
        at = at.replace(day=28, hour=0, minute=0) + dt.timedelta(4)  # in the month after
        at = at.replace(day=1) - dt.timedelta(microseconds=1)
    return NOW - at > days and not waits and not held


def prepare(database: Database) -> None:
    """Two contacts, of whom one is held, and a revision."""
    with database.write.begin() as db:
        db.add_all([Contact(id=1, phone=PHONE, created_at=NOW), Contact(id=2, phone="+923007654321", created_at=NOW)])
        db.add(
            Revision(
                id=1,
                flow="f",
                number=1,
                digest="",
                source={},
                compiled=b"",
                author="",
                message="",
                published_at=NOW,
            )
        )
        db.flush()
        db.add(LegalHold(contact_id=2, reason="court", set_by="root", set_at=NOW))


def make(db: Session, row: Kept) -> object:
    """The row, stored; its primary key."""
    table, since, columns, waiting, _ = MAKES[row.rule]
    values: dict[str, Any] = {**columns, since: NOW - dt.timedelta(minutes=row.age)}
    if row.waits and waiting is not None:
        values |= waiting
    if hasattr(table, "contact_id"):
        values["contact_id"] = 2 if row.held else 1
    if hasattr(table, "revision_id") and row.rule == "effects":
        values["revision_id"] = 1
    unique = next(NUMBERS)
    if row.rule in UNIQUE:
        values[UNIQUE[row.rule]] = f"{unique}"
    if table is OutboxMessage:
        values["order_key"] = f"complaint:{unique}"  # texts of one key wait for one another
    if table is Complaint:
        values |= {"number": f"{unique % 10**9:09}", "filed_in": f"call{unique}:1:1"}
    if row.rule == "spending":
        values["hour"] += dt.timedelta(microseconds=unique % 1000)
    made = table(**values)
    db.add(made)
    db.flush()
    return table.__mapper__.primary_key_from_instance(made)[0]


def stands(db: Session, rule: str, key: object) -> bool:
    """True if a row is there with all its words."""
    table, _, _, _, emptied = MAKES[rule]
    column = table.__mapper__.primary_key[0]
    found = db.scalars(select(table).where(column == key)).one_or_none()
    if found is None:
        return False
    return all(getattr(found, name) for name in emptied)
