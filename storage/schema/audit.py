"""The table of who did and saw what."""

import datetime as dt
from typing import Any

from sqlalchemy import Index, String
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
