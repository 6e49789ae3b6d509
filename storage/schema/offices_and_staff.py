"""Tables of those who work on cases: offices, what each is responsible for, and their staff. Rows are never deleted."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.columns import Base, where


class Office(Base):
    """A desk that works on complaints: LESCO, the water agency of Lahore, an oversight body."""

    __tablename__ = "offices"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(128))
    kind: Mapped[str] = mapped_column(String(64))  # a code of the flows' list of offices: disco, water, police
    oversight: Mapped[str | None] = mapped_column(String(64))  # code of the office above it, outside its chain
    active: Mapped[bool] = mapped_column(default=True)


class Jurisdiction(Base):
    """From `since` until `until` (exclusive), an office has the cases of a kind of office, from one area or all.

    Without `category` it is all of that kind; without `district`, the whole province; without both, the country.
    """

    __tablename__ = "jurisdictions"
    __table_args__ = (Index("jurisdictions_kind", "kind", "since"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(String(64), ForeignKey("offices.code"))
    kind: Mapped[str] = mapped_column(String(64))
    category: Mapped[str | None] = mapped_column(String(64))
    province: Mapped[str | None] = mapped_column(String(64))
    district: Mapped[str | None] = mapped_column(String(64))
    since: Mapped[dt.date]
    until: Mapped[dt.date | None]


class Staff(Base):
    """Somebody who works on cases. Their phone is a contact, as a citizen's is: numbers stay in one place."""

    __tablename__ = "staff"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(16))  # officer, supervisor, head, triage, oversight
    office: Mapped[str | None] = mapped_column(String(64), ForeignKey("offices.code"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime]


class OfficerCode(Base):
    """The code of a phone for a case: how often it was made anew. The code itself is computed, and stored nowhere.

    `wrong` counts wrong ones that came from the phone, or from somebody who forged its number.
    """

    __tablename__ = "officer_codes"
    __table_args__ = (UniqueConstraint("complaint_id", "contact_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    generation: Mapped[int] = mapped_column(default=1, server_default="1")
    renewals: Mapped[int] = mapped_column(default=0, server_default="0")  # because of wrong ones
    wrong: Mapped[int] = mapped_column(default=0, server_default="0")


class Reassignment(Base):
    """Cases that change hands because somebody came, went or changed: `after` is the last case that had its turn.

    `kind`: leave, for the open cases that the person has; join, for those of the `desk` that nobody has (of all desks
    where it is None), at this `level` or above. The actor is the one who changed the staff. Of the cases so far, others
    `taken` them, nobody has those `lying`, and the person has those that are `theirs`.
    """

    __tablename__ = "reassignments"
    __table_args__ = (Index("reassignments_open", "id", **where(text("done_at IS NULL"))),)
    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str] = mapped_column(String(8))
    desk: Mapped[str | None] = mapped_column(String(64))
    level: Mapped[int] = mapped_column(default=0)
    actor: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[int | None]
    after: Mapped[int] = mapped_column(default=0)
    taken: Mapped[int] = mapped_column(default=0)
    lying: Mapped[int] = mapped_column(default=0)
    theirs: Mapped[int] = mapped_column(default=0)
    began_at: Mapped[dt.datetime]
    done_at: Mapped[dt.datetime | None]
