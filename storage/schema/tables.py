"""Every table, and what each remembers. Times are UTC; texts are what a person wrote or will read.

Phone numbers live in `contacts`, `inbound`, `inbound_parts`, `reports` and `unreadable` only, encrypted as words are
(storage/schema/sealed_columns.py).
"""

import datetime as dt
from collections.abc import Mapping, MutableMapping
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.schema.audit import AuditRow, LogLeaf, LogMark
from storage.schema.cases import CaseChange, CodeCount, Complaint, Contact, History, MeToo, OfficerCount, key_of_owner
from storage.schema.columns import Base, where
from storage.schema.console import (
    Attempt,
    CallStep,
    ConsoleSession,
    CountedBatch,
    DailyScreenCount,
    Draft,
    DraftComment,
    DraftEdit,
    Login,
    MonthlyScreenCount,
    Passkey,
    ScreenCount,
    WrongEntry,
)
from storage.schema.inbound import Inbound, InboundPart, MissedLookup, Question, Unheard, UnreadableForm
from storage.schema.key_tables import DataKey, KeyCheck, KeyJob
from storage.schema.offices_and_staff import Jurisdiction, Office, OfficerCode, Reassignment, Staff
from storage.schema.outbox import DatabaseMark, HourlyClaims, OutboxMessage, Report, RouteHealth
from storage.schema.pins import Pin, PinAttempt, PinReset
from storage.schema.retention import ConfirmedRule, Erasure, LegalHold
from storage.schema.sealed_columns import SealedAttribute, SealedBytes, SealedRow, SealedText, keys_of

__all__ = [
    "ActionOutcome",
    "Attempt",
    "AuditRow",
    "Base",
    "CallEnd",
    "CallStep",
    "CaseChange",
    "CodeCount",
    "Complaint",
    "ConfirmedRule",
    "ConsoleSession",
    "Contact",
    "CountedBatch",
    "DailyScreenCount",
    "DataKey",
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
    "KeyCheck",
    "KeyJob",
    "LegalHold",
    "LiveFlow",
    "LogLeaf",
    "LogMark",
    "Login",
    "MeToo",
    "MissedLookup",
    "MonthlyScreenCount",
    "Office",
    "OfficerCode",
    "OfficerCount",
    "OutboxMessage",
    "Passkey",
    "Pin",
    "PinAttempt",
    "PinReset",
    "Question",
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


class SurveyAnswer(SealedRow, Base):
    """How a person rated a service they received, 1 to 5: once for each phone, service and day."""

    __tablename__ = "survey_answers"
    SEALED: ClassVar[tuple[str, ...]] = ("words",)
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
    words_: Mapped[str | None] = mapped_column("words", SealedText)
    words = SealedAttribute[str | None]()
    day: Mapped[dt.date]  # where the service is, not in UTC
    at: Mapped[dt.datetime]

    @classmethod
    def data_key(cls, db: Session, row: MutableMapping[str, Any]) -> int:
        return key_of_owner(db, None, row["contact_id"])

    @classmethod
    def binding(cls, row: Mapping[str, Any]) -> str:
        return f"{row['contact_id']}/{row['service']}/{row['day']}"


class ActionOutcome(SealedRow, Base):
    """The first outcome of an action, kept so that the same hop repeated finds it again."""

    __tablename__ = "effects"
    SEALED: ClassVar[tuple[str, ...]] = ("outcome",)
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
    outcome_: Mapped[bytes] = mapped_column("outcome", SealedBytes)
    outcome = SealedAttribute[
        bytes
    ]()  # msgpack of flows.menu.model.Outcome, or of the state offered to be gone on with
    at: Mapped[dt.datetime]

    @classmethod
    def data_key(cls, db: Session, row: MutableMapping[str, Any]) -> int:
        return keys_of(db).of_month(db, "effects", row["at"])

    @classmethod
    def binding(cls, row: Mapping[str, Any]) -> str:
        return f"{row['session']}/{row['hop']}/{row['step']}"


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
