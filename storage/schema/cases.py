"""Tables of cases: who calls, what they said, every step of what became of it, and who else has the same problem."""

import datetime as dt
from collections.abc import Mapping, MutableMapping
from typing import Any, ClassVar, cast

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    delete,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.orm.attributes import set_committed_value

from storage.schema.columns import Base, where
from storage.schema.key_tables import DataKey
from storage.schema.sealed_columns import SealedAttribute, SealedJson, SealedRow, SealedText, keys_of

UNHELD = text("urgent AND officer_id IS NULL AND clock_at IS NOT NULL")
WITHDRAWN = "withdrawn"  # the status of a complaint that its citizen took back


def _filed_at(context: Any) -> Any:
    """When the row that is being inserted was filed."""
    return context.get_current_parameters()["filed_at"]


class Contact(SealedRow, Base):
    """A phone number, what it told us, and whether it wants texts.

    `previous` is what language, province and district were before `changed_in` (a session key) changed them: a
    session whose live state is lost is replayed from what was known when it began. A contact that lost its number to
    another person keeps its cases, and has no phone: storage/cases/recycled_phones.py.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        Index("contacts_silent", "seen_at", **where(text("seen_at IS NOT NULL AND successor_id IS NULL"))),
        Index("contacts_successor", "successor_id", **where(text("successor_id IS NOT NULL"))),
        Index("contacts_phone_ix", "phone_ix", unique=True),
        Index("contacts_phone_ix_next", "phone_ix_next", unique=True),
    )
    SEALED: ClassVar[tuple[str, ...]] = ("phone",)
    id: Mapped[int] = mapped_column(primary_key=True)
    phone_: Mapped[str] = mapped_column(
        "phone", SealedText(20), unique=True
    )  # E.164; of one that lost it, "-" and its id
    phone = SealedAttribute[str]()
    phone_ix: Mapped[bytes | None]  # what finds the phone (storage/encryption)
    phone_ix_next: Mapped[bytes | None]  # with the index key that follows
    key_id: Mapped[int | None] = mapped_column(BigInteger)  # DataKey.id of what it says
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
    seen_at: Mapped[dt.datetime | None]  # the last call or SMS, noted once a day; None: none since `left_at`
    successor_id: Mapped[int | None]  # Contact.id that has the number now
    left_at: Mapped[dt.datetime | None]  # when it lost the number
    left_why: Mapped[str | None] = mapped_column(String(8))  # silent, gone, new, proven

    @classmethod
    def data_key(cls, db: Session, row: MutableMapping[str, Any]) -> int:
        return _own_key(db, row, "contact")

    @classmethod
    def binding(cls, row: Mapping[str, Any]) -> str:
        return str(row["key_id"])


class Complaint(SealedRow, Base):
    """A complaint or a suggestion. `version` rises by one with each move; `filed_in` is its session, hop and step."""

    __tablename__ = "complaints"
    SEALED: ClassVar[tuple[str, ...]] = ("details", "note")
    __table_args__ = (
        Index("complaints_known_open", "district", "category", "filed_at", "status"),  # is it known there already?
        Index("complaints_clock", "clock_at", **where(text("clock_at IS NOT NULL"))),
        Index("complaints_unheld", "officer_id", "clock_from", **where(UNHELD)),  # danger, and nobody sees to it
        Index("complaints_desk", "desk", "officer_id", "status"),  # what an office has to do
        Index(
            "complaints_officer_due", "officer_id", "status", "due_on", "id"
        ),  # and each of its people, the next due first
        Index("complaints_officer_next", "officer_id", "status", "id"),  # and the oldest first, when they leave
        # One status of an office, of a desk, or of all, the newest first (storage/cases/complaint_list.py).
        Index("complaints_office", "office", "status", "id"),
        Index("complaints_desk_state", "desk", "status", "id"),
        Index("complaints_state", "status", "id"),
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
    details_: Mapped[str | None] = mapped_column("details", SealedText)
    details = SealedAttribute[str | None]()
    private: Mapped[bool] = mapped_column(default=False)
    call_back: Mapped[bool] = mapped_column(default=False)
    # Its citizen was made to take it back: it stays open, and looks taken back to whoever holds their phone.
    coerced: Mapped[bool] = mapped_column(default=False)
    # Since when its citizen's phone shows and is told nothing of it, because they asked for that; it stays open.
    off_phone_at: Mapped[dt.datetime | None]
    status: Mapped[str] = mapped_column(String(32))
    note_: Mapped[str | None] = mapped_column("note", SealedText)
    note = SealedAttribute[str | None]()  # the last words an officer wrote for the citizen
    rating: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    filed_at: Mapped[dt.datetime]
    due_on: Mapped[dt.date]  # the day the citizen was told
    filed_in: Mapped[str] = mapped_column(String(128), unique=True)
    key_id: Mapped[int | None] = mapped_column(BigInteger)  # DataKey.id of its words, its history and its texts

    last_step_at: Mapped[dt.datetime] = mapped_column(default=_filed_at)  # of its last row of history
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

    @classmethod
    def data_key(cls, db: Session, row: MutableMapping[str, Any]) -> int:
        return _own_key(db, row, "case")

    @classmethod
    def binding(cls, row: Mapping[str, Any]) -> str:
        return str(row["number"])


class History(SealedRow, Base):
    """One step in a complaint's life. Rows are only ever added: a trigger refuses to change or delete one."""

    __tablename__ = "history"
    SEALED: ClassVar[tuple[str, ...]] = ("note", "data")
    __table_args__ = (UniqueConstraint("complaint_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    version: Mapped[int]
    act: Mapped[str] = mapped_column(String(32))  # what was done: the name of a move, or details_added, reminded, …
    actor: Mapped[str] = mapped_column(String(64))  # citizen, system, or a staff name
    role: Mapped[str] = mapped_column(String(16), default="")  # a role of the life cycle; older rows have none
    staff_id: Mapped[int | None]
    data_: Mapped[Any | None] = mapped_column("data", SealedJson)
    data = SealedAttribute[dict[str, Any] | None]()  # what belongs to the act: outcome, proof, reason, from, to, level
    status: Mapped[str] = mapped_column(String(32))
    note_: Mapped[str | None] = mapped_column("note", SealedText)
    note = SealedAttribute[str | None]()
    at: Mapped[dt.datetime]

    @classmethod
    def data_key(cls, db: Session, row: MutableMapping[str, Any]) -> int:
        return key_of_owner(db, row["complaint_id"], None)

    @classmethod
    def binding(cls, row: Mapping[str, Any]) -> str:
        return f"{row['complaint_id']}/{row['version']}"


class MeToo(Base):
    """Somebody who has the same problem as a complaint of another, and was counted instead of filing it again."""

    __tablename__ = "me_toos"
    __table_args__ = (UniqueConstraint("complaint_id", "contact_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    at: Mapped[dt.datetime]


# Small tables of counts over large ones: which codes cases hold, and how many cases each officer has.
#
# Triggers of the database note every change of a case in `case_changes`, in the transaction that makes it. A row that
# every filing counted itself in would make filings wait for each other; rows that are only added do not. The sweep adds
# them to the counts and deletes them, so a count is its row and the changes that are not added yet.


class CaseChange(Base):
    """One case more (1) or less (-1) with these columns, or what a repair of the counts corrected (any number).

    A column that is None counts nowhere.
    """

    __tablename__ = "case_changes"
    __table_args__ = (Index("case_changes_officer", "officer_id"),)
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    flow: Mapped[str | None] = mapped_column(String(64))
    category: Mapped[str | None] = mapped_column(String(64))
    district: Mapped[str | None] = mapped_column(String(64))
    office: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str | None] = mapped_column(String(32))
    officer_id: Mapped[int | None]
    change: Mapped[int]


class CodeCount(Base):
    """How many cases of a flow hold a code of a list: category, district, office or status."""

    __tablename__ = "code_counts"
    flow: Mapped[str] = mapped_column(String(64), primary_key=True)
    list: Mapped[str] = mapped_column(String(12), primary_key=True)
    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    cases: Mapped[int]


class OfficerCount(Base):
    """How many cases somebody of the staff has in a status."""

    __tablename__ = "officer_counts"
    officer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(String(32), primary_key=True)
    cases: Mapped[int]


def key_of_owner(db: Session, complaint_id: int | None, contact_id: int | None) -> int:
    """The data key of a case, or of a contact where it is about none; made where there is none yet."""
    owner = db.get_one(Complaint, complaint_id) if complaint_id is not None else db.get_one(Contact, contact_id)
    if owner.key_id is None:
        _give_key(db, owner, "case" if complaint_id is not None else "contact")
    return cast("int", owner.key_id)


def _give_key(db: Session, owner: Complaint | Contact, kind: str) -> None:
    set_committed_value(owner, "key_id", _claim(db, type(owner), owner.id, kind))


def _claim(db: Session, owner: type[Complaint] | type[Contact], owner_id: int, kind: str) -> int:
    """A data key for a row of an earlier release, which has none. Of two transactions at once both get the same.

    A new row that was given its id is not there yet: the key goes with it.
    """
    table, key = cast("Table", owner.__table__), keys_of(db).create(db, kind)
    only = update(table).where(table.c.id == owner_id, table.c.key_id.is_(None)).values(key_id=key)
    with db.no_autoflush:
        if db.execute(only.returning(table.c.id)).one_or_none() is not None:
            return key
        held = db.scalars(select(table.c.key_id).where(table.c.id == owner_id)).one_or_none()
        if held is not None:
            db.execute(delete(DataKey).where(DataKey.id == key))
        return held or key


def _own_key(db: Session, row: MutableMapping[str, Any], kind: str) -> int:
    found: int | None = row.get("key_id")
    if found is None:
        known: int | None = row.get("id")
        new = known is None
        found = row["key_id"] = keys_of(db).create(db, kind) if new else _claim(db, KINDS[kind], known or 0, kind)
    return found


KINDS: dict[str, type[Complaint] | type[Contact]] = {"case": Complaint, "contact": Contact}
