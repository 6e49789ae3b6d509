"""The tables of data keys: what opens the words of one case, one phone or one month. Erasing a key erases its words."""

import datetime as dt

from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.columns import Base, where


class DataKey(Base):
    """A data key, encrypted with a wrapping key of the key ring. Backups of this table are kept for days, not months.

    `kind`: case, contact, or the table whose rows of one month it encrypts.
    """

    __tablename__ = "data_keys"
    __table_args__ = (
        Index("data_keys_wrapping", "wrapping"),
        Index("data_keys_retired", "id", **where(text("retired_at IS NOT NULL"))),
    )
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)  # random
    kind: Mapped[str] = mapped_column(String(24))
    wrapping: Mapped[int]  # the id of the wrapping key
    secret: Mapped[bytes]  # nonce, encrypted key and tag; b"" of a month's first key once that is gone
    made_at: Mapped[dt.datetime]
    successor: Mapped[int | None] = mapped_column(BigInteger)  # of a month's first key: the one that is used now
    retired_at: Mapped[dt.datetime | None]  # it was replaced then, and is deleted once no value names it


class KeyCheck(Base):
    """What shows that a key of the ring is the one that this database was written with.

    Two more purposes are marks: `clear`, rows of an earlier release may be in clear; `rotate`, data keys are replaced.
    `no wrap` and `no index` are of keys that were taken off the ring.
    """

    __tablename__ = "key_checks"
    purpose: Mapped[str] = mapped_column(String(8), primary_key=True)  # wrap, index, no wrap, no index, clear, rotate
    key_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[bytes]


class KeyJob(Base):
    """How far a job that goes through the rows of a table has come, so that it can go on after a break.

    `job`: encrypt, rotate wrap, rotate data, rotate index. `ring` says for which keys a round was made.
    """

    __tablename__ = "key_jobs"
    job: Mapped[str] = mapped_column(String(16), primary_key=True)
    part: Mapped[str] = mapped_column(String(32), primary_key=True)  # the table, or "" for the job itself
    after: Mapped[int] = mapped_column(BigInteger, default=0)  # the last id that was looked at
    looked: Mapped[int] = mapped_column(BigInteger, default=0)  # rows, in all rounds
    changed: Mapped[int] = mapped_column(BigInteger, default=0)  # of them
    found: Mapped[int] = mapped_column(BigInteger, default=0)  # rows that needed it in this round: another follows
    ring: Mapped[str] = mapped_column(String(80), default="")
    since: Mapped[dt.datetime]
    at: Mapped[dt.datetime]  # it last moved
    finished_at: Mapped[dt.datetime | None]
