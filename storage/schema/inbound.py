"""The tables of what comes in by SMS: texts, those that nobody understood, questions, and what could not be read."""

import datetime as dt
from collections.abc import Mapping, MutableMapping
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.schema.cases import key_of_owner
from storage.schema.columns import Base, where
from storage.schema.sealed_columns import SealedAttribute, SealedBytes, SealedRow, SealedText, keys_of


class Inbound(SealedRow, Base):
    """An SMS that came in, once for each (aggregator, id). `state`: new, done, ignored, failed.

    `quiet` says why it got no reply, if it got none.
    """

    __tablename__ = "inbound"
    SEALED: ClassVar[tuple[str, ...]] = ("phone", "text")
    __table_args__ = (
        UniqueConstraint("aggregator", "provider_id"),
        Index("inbound_state", "state", "id"),
        Index("inbound_phone", "phone_ix", "received_at"),  # how often a phone sent the same
        Index("inbound_unheard_last", "unheard_id", "id", **where(text("unheard_id IS NOT NULL"))),
        Index("inbound_kept", "received_at", **where(text("text <> ''"))),  # whose words are kept
        Index("inbound_received", "received_at"),  # and whose rows
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    aggregator: Mapped[str] = mapped_column(String(32))
    provider_id: Mapped[str] = mapped_column(String(128))
    phone_: Mapped[str] = mapped_column("phone", SealedText(32))
    phone = SealedAttribute[str]()
    phone_ix: Mapped[bytes | None]  # what finds the phone (storage/encryption)
    short_code: Mapped[str] = mapped_column(String(32))
    text_: Mapped[str] = mapped_column("text", SealedText)
    text = SealedAttribute[str]()
    sent_at: Mapped[dt.datetime | None]
    received_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(String(12), default="new")
    intent: Mapped[str | None] = mapped_column(String(32))
    quiet: Mapped[str | None] = mapped_column(String(16))  # echo, same, many, unclear, polite, spam, officer
    unheard_id: Mapped[int | None]  # Unheard.id, where nobody understood it

    @classmethod
    def data_key(cls, db: Session, row: MutableMapping[str, Any]) -> int:
        return keys_of(db).of_month(db, "inbound", row["received_at"])

    @classmethod
    def binding(cls, row: Mapping[str, Any]) -> str:
        return f"{row['aggregator']}/{row['provider_id']}"


class InboundPart(SealedRow, Base):
    """A part of a long SMS that waits for the others. Once joined, it is empty, and only shows that it came."""

    __tablename__ = "inbound_parts"
    SEALED: ClassVar[tuple[str, ...]] = ("phone", "text")
    __table_args__ = (
        UniqueConstraint("aggregator", "provider_id"),
        Index("inbound_parts_others", "phone_ix", "reference"),
        Index("inbound_parts_waiting", "received_at", **where(text("joined_at IS NULL"))),
        Index("inbound_parts_joined", "joined_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    aggregator: Mapped[str] = mapped_column(String(32))
    provider_id: Mapped[str] = mapped_column(String(128))
    phone_: Mapped[str] = mapped_column("phone", SealedText(32))
    phone = SealedAttribute[str]()
    phone_ix: Mapped[bytes | None]  # what finds the phone (storage/encryption)
    short_code: Mapped[str] = mapped_column(String(32))
    reference: Mapped[int]
    total: Mapped[int]
    number: Mapped[int]
    text_: Mapped[str] = mapped_column("text", SealedText)
    text = SealedAttribute[str]()
    sent_at: Mapped[dt.datetime | None]
    received_at: Mapped[dt.datetime]
    joined_at: Mapped[dt.datetime | None]

    @classmethod
    def data_key(cls, db: Session, row: MutableMapping[str, Any]) -> int:
        return keys_of(db).of_month(db, "inbound", row["received_at"])

    @classmethod
    def binding(cls, row: Mapping[str, Any]) -> str:
        return f"{row['aggregator']}/{row['provider_id']}"


class Unheard(SealedRow, Base):
    """The texts of one phone that nobody understood, which are rows of Inbound, until a person settles them.

    `reason`: once, repeated, failed. `state`: open, filed, answered, discarded. `note` is why they were discarded, or
    what was answered.
    """

    __tablename__ = "unheard"
    SEALED: ClassVar[tuple[str, ...]] = ("note",)
    __table_args__ = (
        Index("unheard_open", "since", "id", "reason", **where(text("state = 'open'"))),  # the oldest first
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
    note_: Mapped[str | None] = mapped_column("note", SealedText)
    note = SealedAttribute[str | None]()
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaints.id"))

    @classmethod
    def data_key(cls, db: Session, row: MutableMapping[str, Any]) -> int:
        return key_of_owner(db, None, row["contact_id"])

    @classmethod
    def binding(cls, row: Mapping[str, Any]) -> str:
        return f"{row['contact_id']}/{row['since'].timestamp()}"


class Question(SealedRow, Base):
    """A question put to a phone by text. `kind`: filing, words, suggestion, resolved, refused, waiting, reason, …

    `state` is where a filing by text stands (msgpack of menu.model.State), pinned to its revision; `words` are those
    it was begun with, as they were typed.
    """

    __tablename__ = "questions"
    SEALED: ClassVar[tuple[str, ...]] = ("state", "words")
    __table_args__ = (
        Index("questions_contact", "contact_id", "expires_at"),
        Index("questions_waiting", "kind", "expires_at", **where(text("closed_at IS NULL"))),
        Index("questions_expires", "expires_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)  # what made it ask: sms:17, move:4:3
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaints.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    outbox_id: Mapped[int | None]  # OutboxMessage.id, the text that asks it
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    state_: Mapped[bytes | None] = mapped_column("state", SealedBytes)
    state = SealedAttribute[bytes | None]()
    words_: Mapped[str | None] = mapped_column("words", SealedText)
    words = SealedAttribute[str | None]()
    asked: Mapped[int] = mapped_column(default=1)  # questions of a filing so far, or numbers that were sent
    number: Mapped[str | None] = mapped_column(String(3))  # the answer that ends the case, drawn once; "" if it is void
    asked_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None]
    closed_as: Mapped[str | None] = mapped_column(String(12))  # answered, replaced, dropped

    @classmethod
    def data_key(cls, db: Session, row: MutableMapping[str, Any]) -> int:
        return key_of_owner(db, None, row["contact_id"])

    @classmethod
    def binding(cls, row: Mapping[str, Any]) -> str:
        return str(row["key"])


class MissedLookup(Base):
    """A tracking number that was asked for and is not that phone's, or nobody's. The number itself is not kept."""

    __tablename__ = "missed_lookups"
    __table_args__ = (Index("missed_lookups_contact", "contact_id", "at"), Index("missed_lookups_at", "at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)  # the SMS, or the session, hop and step
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    at: Mapped[dt.datetime]


class UnreadableForm(SealedRow, Base):
    """A request of an aggregator that could not be read: kept whole in the quarantine (storage/messages/quarantine.py).

    A row in state `noted` holds field names and lengths only.
    """

    __tablename__ = "unreadable"
    SEALED: ClassVar[tuple[str, ...]] = ("phone", "raw", "note")
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
    raw_: Mapped[bytes | None] = mapped_column("raw", SealedBytes)
    raw = SealedAttribute[bytes | None]()  # the query of a GET, the body of a POST; gone some time after it was settled
    phone_: Mapped[str] = mapped_column("phone", SealedText(20), default="", server_default="")
    phone = SealedAttribute[str]()  # E.164; "" if it cannot be made out
    digest: Mapped[str | None] = mapped_column(String(64))  # the same request again has the same
    times: Mapped[int] = mapped_column(default=1, server_default="1")  # it came
    state: Mapped[str] = mapped_column(String(12), default="noted", server_default="noted")  # open, filed, discarded
    since: Mapped[dt.datetime | None]  # it came first
    at: Mapped[dt.datetime]  # it came last
    settled_at: Mapped[dt.datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(64))
    note_: Mapped[str | None] = mapped_column("note", SealedText)
    note = SealedAttribute[str | None]()  # why it was discarded
    inbound_id: Mapped[int | None]  # the SMS that a person read in it

    @classmethod
    def data_key(cls, db: Session, row: MutableMapping[str, Any]) -> int:
        return keys_of(db).of_month(db, "unreadable", row["since"])

    @classmethod
    def binding(cls, row: Mapping[str, Any]) -> str:
        return f"{row['aggregator']}/{row['door']}/{row['since'].timestamp()}"
