"""Tables of what is to be forgotten: rules that were confirmed, erasures, and holds against both."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.columns import Base, where


class ConfirmedRule(Base):
    """A rule of the retention file as an operator confirmed it: the sweep removes no more than this.

    `days` and `remains` were confirmed last, None and "" before the first time. Where two people are needed,
    `asked_days` and `asked_remains` are what the first of them asked for.
    """

    __tablename__ = "retention_rules"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    days: Mapped[int | None]
    remains: Mapped[str] = mapped_column(String(12), default="", server_default="")
    confirmed_by: Mapped[str | None] = mapped_column(String(64))
    confirmed_at: Mapped[dt.datetime | None]
    asked_days: Mapped[int | None]
    asked_remains: Mapped[str] = mapped_column(String(12), default="", server_default="")
    asked_by: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[dt.datetime | None]


class Erasure(Base):
    """That somebody asked to erase all that is held about a phone, and what became of it. No phone and no words.

    `state`: asked, withdrawn, done. Two people are always needed. `open_cases`: also while a case is open.
    """

    __tablename__ = "erasures"
    __table_args__ = (Index("erasures_contact", "contact_id", "state"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    state: Mapped[str] = mapped_column(String(12), default="asked")
    reason: Mapped[str] = mapped_column(String(16))  # citizen, law, court, mistake
    open_cases: Mapped[bool] = mapped_column(default=False)
    asked_by: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[dt.datetime]
    confirmed_by: Mapped[str | None] = mapped_column(String(64))
    done_at: Mapped[dt.datetime | None]


class LegalHold(Base):
    """Nothing of this contact is removed until the hold is lifted: a court or an inquiry needs it."""

    __tablename__ = "legal_holds"
    __table_args__ = (Index("legal_holds_contact", "contact_id", **where(text("lifted_at IS NULL"))),)
    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    reason: Mapped[str] = mapped_column(String(200))
    set_by: Mapped[str] = mapped_column(String(64))
    set_at: Mapped[dt.datetime]
    lifted_by: Mapped[str | None] = mapped_column(String(64))
    lifted_at: Mapped[dt.datetime | None]
