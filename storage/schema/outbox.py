"""The tables of texts going out: what is owed, what became of it, and the routes it takes."""

import datetime as dt
from collections.abc import Mapping, MutableMapping
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, String, TextClause, false, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.schema.cases import key_of_owner
from storage.schema.columns import Base
from storage.schema.sealed_columns import SealedAttribute, SealedRow, SealedText, keys_of

SETTLED = "state NOT IN ('ready', 'sending', 'unknown', 'unconfirmed')"  # the other states have their own indexes

FAULTY = "state IN ('failed', 'unknown', 'unconfirmed', 'expired')"


def _where(only: TextClause) -> dict[str, Any]:
    """Of an index over some rows only: it stays small however many texts were settled."""
    return {"sqlite_where": only, "postgresql_where": only}


class OutboxMessage(SealedRow, Base):
    """A text we owe, or owed. What its states mean: storage/messages/outbox.py."""

    __tablename__ = "outbox"
    SEALED: ClassVar[tuple[str, ...]] = ("body",)
    __table_args__ = (
        Index("outbox_due", "epoch", "next_at", "id", **_where(text("state = 'ready'"))),
        Index("outbox_leases", "lease_until", **_where(text("state = 'sending'"))),
        Index("outbox_doubts", "next_at", **_where(text("state = 'unknown'"))),
        Index("outbox_unconfirmed", "id", **_where(text("state = 'unconfirmed'"))),
        Index("outbox_no_road", "id", **_where(text("state = 'failed' AND reason = 'no_road'"))),
        Index("outbox_budget", "id", **_where(text("state = 'ready' AND reason = 'number_budget'"))),
        Index("outbox_complaint", "complaint_id", "id", **_where(text("complaint_id IS NOT NULL"))),
        Index("outbox_settled", "state", "id", **_where(text(SETTLED))),  # one state, the latest first
        Index("outbox_faults", "claimed_at", "aggregator", "reason", "state", **_where(text(FAULTY))),
        Index("outbox_order", "order_key", "id"),
        Index("outbox_provider", "aggregator", "provider_id"),
        Index("outbox_contact", "contact_id", "claimed_at"),  # how many a person got within a day
        Index("outbox_kept", "settled_at", **_where(text("body <> ''"))),  # whose words are kept
        Index("outbox_settled_at", "settled_at", **_where(text("settled_at IS NOT NULL"))),  # and whose rows
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaints.id"))
    event: Mapped[str] = mapped_column(String(32))  # received, moved status, reply, stop_ok, …
    kind: Mapped[str] = mapped_column(
        String(12), default="status", server_default="status"
    )  # flows.delivery.message_policy.Kind
    urgent: Mapped[bool] = mapped_column(default=False, server_default=false())  # goes in quiet hours too
    dedupe: Mapped[str] = mapped_column(String(160), unique=True)
    order_key: Mapped[str] = mapped_column(String(40))  # texts of one key leave in order of id
    version: Mapped[int | None]  # of its complaint; one with a later version makes it needless
    body_: Mapped[str] = mapped_column("body", SealedText)
    body = SealedAttribute[str]()
    state: Mapped[str] = mapped_column(String(12), default="ready")
    epoch: Mapped[int] = mapped_column(default=0, server_default="0")  # of System; an older one waits for a person
    attempts: Mapped[int] = mapped_column(default=0)
    ambiguous: Mapped[int] = mapped_column(default=0)  # attempts that may have reached the aggregator
    next_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime | None]  # its sense is gone then
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[dt.datetime | None]
    claimed_at: Mapped[dt.datetime | None]  # for its last attempt
    aggregator: Mapped[str | None] = mapped_column(String(32))  # the route of its last attempt
    provider_id: Mapped[str | None] = mapped_column(String(128))
    parts: Mapped[int | None]
    cost: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str | None] = mapped_column(String(128))
    created_at: Mapped[dt.datetime]
    settled_at: Mapped[dt.datetime | None]

    @classmethod
    def data_key(cls, db: Session, row: MutableMapping[str, Any]) -> int:
        return key_of_owner(db, row["complaint_id"], row["contact_id"])

    @classmethod
    def binding(cls, row: Mapping[str, Any]) -> str:
        return str(row["dedupe"])


class RouteHealth(Base):
    """How a way out is doing. It rests after failures in a row; `stopped_at` says that a person must act."""

    __tablename__ = "roads"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)  # the aggregator's
    failures: Mapped[int] = mapped_column(default=0, server_default="0")  # in a row
    rests_until: Mapped[dt.datetime | None]
    stopped_at: Mapped[dt.datetime | None]
    reason: Mapped[str | None] = mapped_column(String(128))  # of the last failure
    reported_at: Mapped[dt.datetime | None]  # when it last said that a text arrived; noted once in a while


class HourlyClaims(Base):
    """How many texts were given to a route within an hour of the clock."""

    __tablename__ = "spending"
    hour: Mapped[dt.datetime] = mapped_column(primary_key=True)
    texts: Mapped[int] = mapped_column(default=0, server_default="0")


class DatabaseMark(Base):
    """One row: what this database is called, how far it got, and how often it was restored.

    `mark` rises all the time and is copied outside; a database whose mark is behind its copy was restored.
    """

    __tablename__ = "system"
    id: Mapped[int] = mapped_column(primary_key=True)  # 1
    name: Mapped[str] = mapped_column(String(32))  # random; the marks of another database mean nothing here
    epoch: Mapped[int] = mapped_column(default=0)
    mark: Mapped[int] = mapped_column(default=0)
    marked_at: Mapped[dt.datetime | None]
    restored_at: Mapped[dt.datetime | None]


class Report(SealedRow, Base):
    """A delivery report, kept even when no text of ours is known for it (yet)."""

    __tablename__ = "reports"
    __table_args__ = (
        Index("reports_once", "aggregator", "provider_id", "status", "reason", "phone_ix", unique=True),
        Index("reports_at", "at"),
        Index("reports_in_clear", "phone", **_where(text("phone_ix IS NULL"))),  # those of an earlier release
    )
    SEALED: ClassVar[tuple[str, ...]] = ("phone",)
    id: Mapped[int] = mapped_column(primary_key=True)
    aggregator: Mapped[str] = mapped_column(String(32))
    provider_id: Mapped[str] = mapped_column(String(128), index=True)
    status: Mapped[str] = mapped_column(String(32))  # as the aggregator named it
    reason: Mapped[str] = mapped_column(String(64), default="")
    phone_: Mapped[str] = mapped_column("phone", SealedText(20))
    phone = SealedAttribute[str]()
    phone_ix: Mapped[bytes | None] = mapped_column(index=True)  # what finds the phone; b"" where none is named
    outbox_id: Mapped[int | None]  # OutboxMessage.id; that text may be forgotten before its reports
    at: Mapped[dt.datetime]

    @classmethod
    def data_key(cls, db: Session, row: MutableMapping[str, Any]) -> int:
        return keys_of(db).of_month(db, "reports", row["at"])

    @classmethod
    def binding(cls, row: Mapping[str, Any]) -> str:
        return f"{row['aggregator']}/{row['provider_id']}/{row['status']}"
