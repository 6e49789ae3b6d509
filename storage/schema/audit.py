"""The tables of who did and saw what, and of the places of rows in the transparency log."""

import datetime as dt
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.columns import Base


class AuditRow(Base):
    """One audit entry. Rows are only ever added: triggers refuse to change, delete or replace one.

    No column holds personal data of a citizen. `storage/audit/catalogue.py` lists the words and keys that may stand
    here, and `storage/audit/canonical_bytes.py` says which bytes of a row are to be signed. What a later release adds
    to a row (its place in a chain, a signature) goes into a table of its own, because nothing here can be updated.
    """

    __tablename__ = "audit"
    __table_args__ = (
        Index("audit_event", "event", "id"),
        Index("audit_actor", "actor_kind", "actor", "id"),
        Index("audit_subject", "subject_kind", "subject", "id"),
        Index("audit_at", "at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    event: Mapped[str] = mapped_column(String(32))
    actor_kind: Mapped[str] = mapped_column(String(16))  # staff, command, service, stranger
    actor: Mapped[str] = mapped_column(String(64))  # Staff.id, the operating system's user, or ""
    role: Mapped[str] = mapped_column(String(16))  # of the actor at that time, or ""
    subject_kind: Mapped[str] = mapped_column(String(16))  # case, staff, flow, draft, …; "" if it is about nothing
    subject: Mapped[str] = mapped_column(String(64))  # its tracking number, id or name
    network: Mapped[str] = mapped_column(String(48))  # the network prefix that it came from, or ""
    detail: Mapped[dict[str, Any]]  # closed set of keys; every value is a string


class LogLeaf(Base):
    """The place of a row of history or audit in the log. Rows are only ever added, without a gap in `seq`.

    The salts can be set to NULL one day, when what they protect is erased: nothing else can change.
    """

    __tablename__ = "log_leaves"
    __table_args__ = (UniqueConstraint("source", "row_id"),)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 0 is the first
    source: Mapped[str] = mapped_column(String(8))  # history, audit
    row_id: Mapped[int]
    salt: Mapped[bytes]  # 32 bytes
    words_salt: Mapped[bytes | None]  # of a step's words: 32 bytes; None for audit rows, and once they are erased
    words: Mapped[bytes]  # the digest of a step's words; b"" for audit rows


class LogMark(Base):
    """How far the rows of a table have been looked at: all up to `row_id` have a place."""

    __tablename__ = "log_marks"
    source: Mapped[str] = mapped_column(String(8), primary_key=True)
    row_id: Mapped[int]
