"""Every table, and what each remembers. Times are UTC; texts are what a person wrote or will read.

Phone numbers live in `contacts`, `inbound`, `inbound_parts`, `reports` and `unreadable` only: encryption at rest has
five places to go.
"""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.audit import AuditRow, LogLeaf, LogMark
from storage.schema.cases import Complaint, History, MeToo
from storage.schema.columns import Base, where
from storage.schema.console import (
    Attempt,
    CallStep,
    ConsoleSession,
    CountedBatch,
    Draft,
    DraftComment,
    DraftEdit,
    Login,
    Passkey,
    ScreenCount,
    WrongEntry,
)
from storage.schema.offices_and_staff import Jurisdiction, Office, OfficerCode, Reassignment, Staff
from storage.schema.outbox import DatabaseMark, HourlyClaims, OutboxMessage, Report, RouteHealth
from storage.schema.pins import Pin, PinAttempt, PinReset
from storage.schema.retention import ConfirmedRule, Erasure, LegalHold

__all__ = [
    "ActionOutcome",
    "Attempt",
    "AuditRow",
    "Base",
    "CallEnd",
    "CallStep",
    "Complaint",
    "ConfirmedRule",
    "ConsoleSession",
    "Contact",
    "CountedBatch",
    "DatabaseMark",
    "Draft",
    "DraftComment",
    "DraftEdit",
    "Erasure",
    "FailingStep",
    "Heartbeat",
    "History",
    "HourlyClaims",
    "Inbound",
    "InboundPart",
    "Jurisdiction",
    "LegalHold",
    "LiveFlow",
    "LogLeaf",
    "LogMark",
    "Login",
    "MeToo",
    "Office",
    "OfficerCode",
    "OutboxMessage",
    "Passkey",
    "Pin",
    "PinAttempt",
    "PinReset",
    "Reassignment",
    "Report",
    "Revision",
    "RouteHealth",
    "ScreenCount",
    "ServiceCode",
    "Staff",
    "SurveyAnswer",
    "Unheard",
    "UnreadableForm",
    "WrongEntry",
]


class Contact(Base):
    """A phone number, what it told us, and whether it wants texts.

    `previous` is what language, province and district were before `changed_in` (a session key) changed them: a
    session whose live state is lost is replayed from what was known when it began.
    """

    __tablename__ = "contacts"
    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(String(20), unique=True)  # E.164
    language: Mapped[str | None] = mapped_column(String(12))
    province: Mapped[str | None] = mapped_column(String(64))
    district: Mapped[str | None] = mapped_column(String(64))
    network: Mapped[str | None] = mapped_column(String(6))  # it last called from; numbers move between networks
    complaints: Mapped[int] = mapped_column(default=0)  # filed so far
    texts: Mapped[bool] = mapped_column(default=True)  # False after STOP or an opt-out
    stopped_at: Mapped[dt.datetime | None]  # when that was: what it files later by SMS is texted about all the same
    changed_in: Mapped[str | None] = mapped_column(String(64))
    previous: Mapped[dict[str, Any] | None]
    created_at: Mapped[dt.datetime]


class SurveyAnswer(Base):
    """How a person rated a service they received, 1 to 5: once for each phone, service and day."""

    __tablename__ = "survey_answers"
    __table_args__ = (
        UniqueConstraint("contact_id", "service", "day"),
        Index("survey_answers_kept", "at", **where(text("words IS NOT NULL"))),
        Index("survey_answers_service", "service", "day"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    flow: Mapped[str] = mapped_column(String(64))
    revision: Mapped[int]
    service: Mapped[str] = mapped_column(String(64))
    rating: Mapped[int]
    words: Mapped[str | None]
    day: Mapped[dt.date]  # where the service is, not in UTC
    at: Mapped[dt.datetime]


class ActionOutcome(Base):
    """The first outcome of an action, kept so that the same hop repeated finds it again."""

    __tablename__ = "effects"
    __table_args__ = (
        UniqueConstraint("session", "hop", "step"),
        Index("effects_at", "at"),
        Index("effects_offers", "at", sqlite_where=text("action = 'offer'"), postgresql_where=text("action = 'offer'")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    session: Mapped[str] = mapped_column(String(64))
    hop: Mapped[int]
    step: Mapped[int]
    action: Mapped[str] = mapped_column(String(32))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))  # what the session is pinned to
    outcome: Mapped[bytes]  # msgpack of flows.menu.model.Outcome, or of the state offered to be gone on with
    at: Mapped[dt.datetime]


class Inbound(Base):
    """An SMS that came in, once for each (aggregator, id). `state`: new, done, ignored, failed.

    `quiet` says why it got no reply, if it got none.
    """

    __tablename__ = "inbound"
    __table_args__ = (
        UniqueConstraint("aggregator", "provider_id"),
        Index("inbound_state", "state", "id"),
        Index("inbound_phone", "phone", "received_at"),  # how often a phone sent the same
        Index("inbound_unheard", "unheard_id"),
        Index("inbound_kept", "received_at", **where(text("text <> ''"))),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    aggregator: Mapped[str] = mapped_column(String(32))
    provider_id: Mapped[str] = mapped_column(String(128))
    phone: Mapped[str] = mapped_column(String(32))
    short_code: Mapped[str] = mapped_column(String(32))
    text: Mapped[str]
    sent_at: Mapped[dt.datetime | None]
    received_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(String(12), default="new")
    intent: Mapped[str | None] = mapped_column(String(32))
    quiet: Mapped[str | None] = mapped_column(String(16))  # echo, same, many, unclear, polite, spam, officer
    unheard_id: Mapped[int | None]  # Unheard.id, where nobody understood it


class Unheard(Base):
    """The texts of one phone that nobody understood, which are rows of Inbound, until a person settles them.

    `reason`: once, repeated, failed. `state`: open, filed, answered, discarded. `note` is why they were discarded, or
    what was answered.
    """

    __tablename__ = "unheard"
    __table_args__ = (
        Index("unheard_state", "state", "since"),
        Index("unheard_contact", "contact_id", "state"),
        Index("unheard_kept", "settled_at", **where(text("note IS NOT NULL"))),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    reason: Mapped[str] = mapped_column(String(16))
    texts: Mapped[int] = mapped_column(default=1)
    since: Mapped[dt.datetime]
    last_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(String(12), default="open")
    settled_at: Mapped[dt.datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str | None]
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaints.id"))


class Question(Base):
    """A question put to a phone by text. `kind`: filing, words, suggestion, resolved, refused, waiting, reason, …

    `state` is where a filing by text stands (msgpack of menu.model.State), pinned to its revision; `words` are those
    it was begun with, as they were typed.
    """

    __tablename__ = "questions"
    __table_args__ = (
        Index("questions_contact", "contact_id", "expires_at"),
        Index("questions_open", "closed_at", "expires_at"),
        Index("questions_expires", "expires_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)  # what made it ask: sms:17, move:4:3
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaints.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))  # the text that asks it
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    state: Mapped[bytes | None]
    words: Mapped[str | None]
    asked: Mapped[int] = mapped_column(default=1)  # questions of a filing so far, or numbers that were sent
    number: Mapped[str | None] = mapped_column(String(3))  # the answer that ends the case, drawn once; "" if it is void
    asked_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None]
    closed_as: Mapped[str | None] = mapped_column(String(12))  # answered, replaced, dropped


class MissedLookup(Base):
    """A tracking number that was asked for and is not that phone's, or nobody's. The number itself is not kept."""

    __tablename__ = "missed_lookups"
    __table_args__ = (Index("missed_lookups_contact", "contact_id", "at"), Index("missed_lookups_at", "at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)  # the SMS, or the session, hop and step
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    at: Mapped[dt.datetime]


class InboundPart(Base):
    """A part of a long SMS that waits for the others. Once joined, it is empty, and only shows that it came."""

    __tablename__ = "inbound_parts"
    __table_args__ = (
        UniqueConstraint("aggregator", "provider_id"),
        Index("inbound_parts_others", "phone", "reference"),
        Index("inbound_parts_waiting", "received_at", **where(text("joined_at IS NULL"))),
        Index("inbound_parts_joined", "joined_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    aggregator: Mapped[str] = mapped_column(String(32))
    provider_id: Mapped[str] = mapped_column(String(128))
    phone: Mapped[str] = mapped_column(String(32))
    short_code: Mapped[str] = mapped_column(String(32))
    reference: Mapped[int]
    total: Mapped[int]
    number: Mapped[int]
    text: Mapped[str]
    sent_at: Mapped[dt.datetime | None]
    received_at: Mapped[dt.datetime]
    joined_at: Mapped[dt.datetime | None]


class UnreadableForm(Base):
    """A request of an aggregator that could not be read: kept whole in the quarantine (storage/messages/quarantine.py).

    A row in state `noted` holds field names and lengths only.
    """

    __tablename__ = "unreadable"
    __table_args__ = (
        Index("unreadable_open", "door", "id", **where(text("state = 'open'"))),
        Index("unreadable_same", "digest", **where(text("state = 'open'"))),
        Index("unreadable_settled", "settled_at", **where(text("settled_at IS NOT NULL AND raw IS NOT NULL"))),
        Index("unreadable_kept", "at", **where(text("state <> 'open'"))),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    aggregator: Mapped[str] = mapped_column(String(32))
    door: Mapped[str] = mapped_column(String(16))  # sms, delivery, opt-out, ussd-events
    problem: Mapped[str] = mapped_column(String(200))
    shape: Mapped[dict[str, Any]]
    method: Mapped[str] = mapped_column(String(8), default="", server_default="")
    content_type: Mapped[str] = mapped_column(String(64), default="", server_default="")
    raw: Mapped[bytes | None]  # the query of a GET, the body of a POST; gone some time after it was settled
    phone: Mapped[str] = mapped_column(String(20), default="", server_default="")  # E.164; "" if it cannot be made out
    digest: Mapped[str | None] = mapped_column(String(64))  # the same request again has the same
    times: Mapped[int] = mapped_column(default=1, server_default="1")  # it came
    state: Mapped[str] = mapped_column(String(12), default="noted", server_default="noted")  # open, filed, discarded
    since: Mapped[dt.datetime | None]  # it came first
    at: Mapped[dt.datetime]  # it came last
    settled_at: Mapped[dt.datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str | None]  # why it was discarded
    inbound_id: Mapped[int | None]  # the SMS that a person read in it


class Revision(Base):
    """A published flow: its source files and what they compile to. Never changed."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("flow", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    flow: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the source
    source: Mapped[dict[str, Any]]  # file name -> text
    compiled: Mapped[bytes]  # msgpack of flows.menu.model.Flow
    author: Mapped[str] = mapped_column(String(64))
    message: Mapped[str]
    reason: Mapped[str] = mapped_column(default="", server_default="")  # why its warnings were accepted
    checks: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # what the checks said of it
    base: Mapped[int | None]  # number of the revision that was live when it was published
    rolls_back: Mapped[int | None]  # number of the revision whose files it brought back
    published_at: Mapped[dt.datetime]


class LiveFlow(Base):
    """Which revision of a flow answers new calls."""

    __tablename__ = "live_flows"
    flow: Mapped[str] = mapped_column(String(64), primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    since: Mapped[dt.datetime]


class TextModelRevision(Base):
    """A published model of texts, as its file; the one with the highest number is in use. Never changed."""

    __tablename__ = "text_models"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the content
    content: Mapped[bytes]
    author: Mapped[str] = mapped_column(String(64))
    message: Mapped[str]
    rolls_back: Mapped[int | None]  # number of the model that it brought back; 0 is the one that ships
    published_at: Mapped[dt.datetime]


class ServiceCode(Base):
    """Which flow a service code or SMS short code leads to."""

    __tablename__ = "routes"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)  # *8484# or 8484
    flow: Mapped[str] = mapped_column(String(64))


class Heartbeat(Base):
    """When a worker or a sweep was last seen at work; `/readyz` reads it."""

    __tablename__ = "heartbeats"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    seen_at: Mapped[dt.datetime]


class FailingStep(Base):
    """A step of the sweep that fails again and again; there is no row while it works.

    `reason` is the kind of error and the database's code for it.
    """

    __tablename__ = "failing_steps"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    since: Mapped[dt.datetime]
    last_at: Mapped[dt.datetime]
    failures: Mapped[int]  # since then
    reason: Mapped[str] = mapped_column(String(128))


class CallEnd(Base):
    """The aggregator's notice that a USSD session ended. No numbers or inputs are kept."""

    __tablename__ = "call_ends"
    __table_args__ = (Index("call_ends_at", "at"),)
    session: Mapped[str] = mapped_column(String(64), primary_key=True)
    status: Mapped[str] = mapped_column(String(32))
    hops: Mapped[int | None]
    milliseconds: Mapped[int | None]
    cost: Mapped[str] = mapped_column(String(32), default="")
    error: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[dt.datetime]
