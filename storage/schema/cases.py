"""Tables of cases: what citizens said, every step of what became of it, and who else has the same problem."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.columns import Base, where

UNHELD = text("urgent AND officer_id IS NULL AND clock_at IS NOT NULL")
WITHDRAWN = "withdrawn"  # the status of a complaint that its citizen took back


class Complaint(Base):
    """A complaint or a suggestion. `version` rises by one with each move; `filed_in` is its session, hop and step."""

    __tablename__ = "complaints"
    __table_args__ = (
        Index("complaints_known", "district", "category", "filed_at"),  # is it known there already?
        Index("complaints_clock", "clock_at", **where(text("clock_at IS NOT NULL"))),
        Index("complaints_unheld", "officer_id", "clock_from", **where(UNHELD)),  # danger, and nobody sees to it
        Index("complaints_desk", "desk", "officer_id", "status"),  # what an office has to do
        Index("complaints_officer", "officer_id", "status"),  # and each of its people: a new case goes to who has least
        Index("complaints_kept", "private", "last_step_at", **where(text("emptied_at IS NULL"))),  # with words
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(9), unique=True)  # 8 random digits and a Damm check digit
    kind: Mapped[str] = mapped_column(String(12))  # complaint, suggestion
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    flow: Mapped[str] = mapped_column(String(64))
    revision: Mapped[int]
    category: Mapped[str | None] = mapped_column(String(64))
    district: Mapped[str | None] = mapped_column(String(64))
    office: Mapped[str] = mapped_column(
        String(64)
    )  # the kind of office, as citizens read it: a code of the flow's list
    details: Mapped[str | None]
    private: Mapped[bool] = mapped_column(default=False)
    call_back: Mapped[bool] = mapped_column(default=False)
    # Its citizen was made to take it back: it stays open, and looks taken back to whoever holds their phone.
    coerced: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(32))
    note: Mapped[str | None]  # the last words an officer wrote for the citizen
    rating: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    filed_at: Mapped[dt.datetime]
    due_on: Mapped[dt.date]  # the day the citizen was told
    filed_in: Mapped[str] = mapped_column(String(128), unique=True)

    last_step_at: Mapped[dt.datetime]  # of its last row of history
    emptied_at: Mapped[dt.datetime | None]  # when its words and those of its history were removed

    # Who has it. Offices and staff are never deleted, so nothing here can point to nobody.
    desk: Mapped[str | None] = mapped_column(String(64))  # Office.code; None: nobody's yet, triage looks after it
    officer_id: Mapped[int | None]  # Staff.id
    closed_by: Mapped[int | None]  # the staff who closed it last, and so will not have it again
    against: Mapped[str | None] = mapped_column(
        String(64)
    )  # the kind of office it complains about, which may not have it
    level: Mapped[int] = mapped_column(default=0)  # 0 officer, 1 supervisor, 2 head of the office, 3 oversight
    transfers: Mapped[int] = mapped_column(default=0)
    reopenings: Mapped[int] = mapped_column(default=0)
    parent_id: Mapped[int | None]  # Complaint.id it was joined to
    outcome: Mapped[str | None] = mapped_column(String(32))  # of the last closing, by the office

    # Its clock. It began at receipt or with a reopening, and stands still while the citizen is asked something.
    urgent: Mapped[bool] = mapped_column(default=False)  # its clock runs by day and by night
    limit_days: Mapped[int] = mapped_column(default=15)  # working days from `clock_from` to an answer, fixed then
    clock_from: Mapped[dt.datetime]
    paused: Mapped[int] = mapped_column(default=0)  # working minutes it stood still so far
    waiting_since: Mapped[dt.datetime | None]
    clock_at: Mapped[dt.datetime | None]  # when the clock must be looked at next; None: never

    @property
    def shown_status(self) -> str:
        """The status that the phone of its citizen is shown."""
        return WITHDRAWN if self.coerced else self.status


class History(Base):
    """One step in a complaint's life. Rows are only ever added: a trigger refuses to change or delete one."""

    __tablename__ = "history"
    __table_args__ = (UniqueConstraint("complaint_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    version: Mapped[int]
    act: Mapped[str] = mapped_column(String(32))  # what was done: the name of a move, or details_added, reminded, …
    actor: Mapped[str] = mapped_column(String(64))  # citizen, system, or a staff name
    role: Mapped[str] = mapped_column(String(16), default="")  # a role of the life cycle; older rows have none
    staff_id: Mapped[int | None]
    data: Mapped[dict[str, Any] | None]  # what belongs to the act: outcome, proof, reason, from, to, level
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
