"""Tables of PINs: the hash of each, the tries to guess one, and the resets that staff began."""

import datetime as dt
from collections.abc import Mapping, MutableMapping
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.schema.cases import key_of_owner
from storage.schema.columns import Base, where
from storage.schema.sealed_columns import SealedAttribute, SealedRow, SealedText


class Pin(SealedRow, Base):
    """The PIN of a contact, as a hash (argon2id), encrypted with the contact's data key.

    There are so few PINs that a hash alone would tell each of them to whoever has the database.
    """

    __tablename__ = "pins"
    SEALED: ClassVar[tuple[str, ...]] = ("hash",)
    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), unique=True)
    hash_: Mapped[str] = mapped_column("hash", SealedText)
    hash = SealedAttribute[str]()
    set_at: Mapped[dt.datetime]  # when the contact first set one: a change leaves it as it is

    @classmethod
    def data_key(cls, db: Session, row: MutableMapping[str, Any]) -> int:
        return key_of_owner(db, None, row["contact_id"])

    @classmethod
    def binding(cls, row: Mapping[str, Any]) -> str:
        return str(row["contact_id"])


class PinAttempt(Base):
    """A PIN that was typed, once for its SMS or hop. What was typed is not kept."""

    __tablename__ = "pin_attempts"
    __table_args__ = (
        Index("pin_attempts_contact", "contact_id", "at"),
        Index("pin_attempts_complaint", "complaint_id", "at"),
        Index("pin_attempts_at", "at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)  # the SMS, or the session, hop and step
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaints.id"))
    correct: Mapped[bool] = mapped_column(default=False)
    at: Mapped[dt.datetime]


class PinReset(Base):
    """A PIN that its owner forgot: staff began to remove it, and the sweep does so at `due_at` if nobody stops it."""

    __tablename__ = "pin_resets"
    __table_args__ = (
        Index("pin_resets_due", "due_at", **where(text("ended_at IS NULL"))),
        Index("pin_resets_contact", "contact_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    asked_by: Mapped[int]  # Staff.id
    asked_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    outcome: Mapped[str] = mapped_column(String(16), default="")  # stopped, removed
