"""Every table, and what each remembers. Times are UTC; texts are what a person wrote or will read.

Phone numbers live in `contacts`, `inbound` and `reports` only: encryption at rest has three places to go.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, Index, LargeBinary, String, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Utc(TypeDecorator[dt.datetime]):
    """A time with zone, kept as UTC. SQLite has no zones, so it is put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without zone cannot be stored: pass datetime.now(UTC)")
        return None if value is None else value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        return None if value is None else value.replace(tzinfo=value.tzinfo or dt.UTC).astimezone(dt.UTC)


class Base(DeclarativeBase):
    type_annotation_map = {dt.datetime: Utc, dict[str, Any]: JSON, bytes: LargeBinary, str: Text}  # noqa: RUF012


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
    complaints: Mapped[int] = mapped_column(default=0)  # filed so far
    texts: Mapped[bool] = mapped_column(default=True)  # False after STOP or an opt-out
    changed_in: Mapped[str | None] = mapped_column(String(64))
    previous: Mapped[dict[str, Any] | None]
    created_at: Mapped[dt.datetime]


class Complaint(Base):
    """A complaint or a suggestion. `version` rises by one with each move; `filed_in` is its session, hop and step."""

    __tablename__ = "complaints"
    __table_args__ = (Index("complaints_known", "district", "category", "filed_at"),)  # is it known there already?
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(9), unique=True)  # 8 random digits and a Damm check digit
    kind: Mapped[str] = mapped_column(String(12))  # complaint, suggestion
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    flow: Mapped[str] = mapped_column(String(64))
    revision: Mapped[int]
    category: Mapped[str | None] = mapped_column(String(64))
    district: Mapped[str | None] = mapped_column(String(64))
    office: Mapped[str] = mapped_column(String(64))
    details: Mapped[str | None]
    private: Mapped[bool] = mapped_column(default=False)
    call_back: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(32))
    note: Mapped[str | None]  # the last words an officer wrote for the citizen
    rating: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    filed_at: Mapped[dt.datetime]
    due_on: Mapped[dt.date]
    filed_in: Mapped[str] = mapped_column(String(128), unique=True)


class History(Base):
    """One step in a complaint's life. Rows are only ever added."""

    __tablename__ = "history"
    __table_args__ = (UniqueConstraint("complaint_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    version: Mapped[int]
    act: Mapped[str] = mapped_column(String(32))  # filed, moved, details_added, reminded, rated, reopened
    actor: Mapped[str] = mapped_column(String(64))  # citizen, system, or a staff name
    status: Mapped[str] = mapped_column(String(32))
    note: Mapped[str | None]
    at: Mapped[dt.datetime]


class MeToo(Base):
    """Somebody who has the same problem as a complaint of another, and was counted instead of filing it again."""

    __tablename__ = "me_toos"
    __table_args__ = (UniqueConstraint("complaint_id", "contact_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    at: Mapped[dt.datetime]


class SurveyAnswer(Base):
    """How a person rated a service they received, 1 to 5: once for each phone, service and day."""

    __tablename__ = "survey_answers"
    __table_args__ = (
        UniqueConstraint("contact_id", "service", "day"),
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


class Effect(Base):
    """The first outcome of an action, kept so that the same hop repeated finds it again."""

    __tablename__ = "effects"
    __table_args__ = (UniqueConstraint("session", "hop", "step"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    session: Mapped[str] = mapped_column(String(64))
    hop: Mapped[int]
    step: Mapped[int]
    action: Mapped[str] = mapped_column(String(32))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))  # what the session is pinned to
    outcome: Mapped[bytes]  # msgpack of flows.model.Outcome, or of the state a `resume` went on with
    at: Mapped[dt.datetime]


class OutboxText(Base):
    """A text we owe. `state`: ready, sending, unknown, sent, buffered, delivered, failed, unconfirmed, cancelled."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_due", "state", "next_at"),
        Index("outbox_order", "order_key", "id"),
        Index("outbox_provider", "aggregator", "provider_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaints.id"))
    event: Mapped[str] = mapped_column(String(32))  # received, moved status, reply, stop_ok, …
    dedupe: Mapped[str] = mapped_column(String(160), unique=True)
    order_key: Mapped[str] = mapped_column(String(40))  # texts of one key leave in order of id
    body: Mapped[str]
    state: Mapped[str] = mapped_column(String(12), default="ready")
    attempts: Mapped[int] = mapped_column(default=0)
    ambiguous: Mapped[int] = mapped_column(default=0)  # attempts that may have reached the aggregator
    next_at: Mapped[dt.datetime]
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[dt.datetime | None]
    aggregator: Mapped[str | None] = mapped_column(String(32))
    provider_id: Mapped[str | None] = mapped_column(String(128))
    parts: Mapped[int | None]
    cost: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str | None] = mapped_column(String(128))
    created_at: Mapped[dt.datetime]
    settled_at: Mapped[dt.datetime | None]


class Report(Base):
    """A delivery report, kept even when no text of ours is known for it (yet)."""

    __tablename__ = "reports"
    __table_args__ = (UniqueConstraint("aggregator", "provider_id", "status", "reason"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    aggregator: Mapped[str] = mapped_column(String(32))
    provider_id: Mapped[str] = mapped_column(String(128), index=True)
    status: Mapped[str] = mapped_column(String(32))  # as the aggregator named it
    reason: Mapped[str] = mapped_column(String(64), default="")
    phone: Mapped[str] = mapped_column(String(20), index=True)
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))
    at: Mapped[dt.datetime]


class Inbound(Base):
    """An SMS that came in, once for each (aggregator, id). `state`: new, done, ignored, failed."""

    __tablename__ = "inbound"
    __table_args__ = (
        UniqueConstraint("aggregator", "provider_id"),
        Index("inbound_state", "state", "id"),
        Index("inbound_phone", "phone", "received_at"),  # how often a phone sent the same
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


class Unreadable(Base):
    """An SMS, report or opt-out form that could not be read, set aside: field names and lengths, never their values."""

    __tablename__ = "unreadable"
    id: Mapped[int] = mapped_column(primary_key=True)
    aggregator: Mapped[str] = mapped_column(String(32))
    door: Mapped[str] = mapped_column(String(16))  # sms, delivery, opt-out, ussd-events
    problem: Mapped[str] = mapped_column(String(200))
    shape: Mapped[dict[str, Any]]
    at: Mapped[dt.datetime]


class Revision(Base):
    """A published flow: its source files and what they compile to. Never changed."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("flow", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    flow: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the source
    source: Mapped[dict[str, Any]]  # file name -> text
    compiled: Mapped[bytes]  # msgpack of flows.model.Flow
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


class Route(Base):
    """Which flow a service code or SMS short code leads to."""

    __tablename__ = "routes"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)  # *8484# or 8484
    flow: Mapped[str] = mapped_column(String(64))


class Heartbeat(Base):
    """When a worker or a sweep was last seen at work; `/readyz` reads it."""

    __tablename__ = "heartbeats"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    seen_at: Mapped[dt.datetime]


class CallEnd(Base):
    """The aggregator's notice that a USSD session ended. No numbers or inputs are kept."""

    __tablename__ = "call_ends"
    session: Mapped[str] = mapped_column(String(64), primary_key=True)
    status: Mapped[str] = mapped_column(String(32))
    hops: Mapped[int | None]
    milliseconds: Mapped[int | None]
    cost: Mapped[str] = mapped_column(String(32), default="")
    error: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[dt.datetime]
