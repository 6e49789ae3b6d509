"""The tables of data keys: what opens the words of one case, one phone or one month. Erasing a key erases its words."""

import datetime as dt

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.columns import Base


class DataKey(Base):
    """A data key, encrypted with a wrapping key of the key ring. Backups of this table are kept for days, not months.

    `kind`: case, contact, or the table whose rows of one month it encrypts.
    """

    __tablename__ = "data_keys"
    __table_args__ = (Index("data_keys_wrapping", "wrapping"),)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)  # random
    kind: Mapped[str] = mapped_column(String(24))
    wrapping: Mapped[int]  # the id of the wrapping key
    secret: Mapped[bytes]  # nonce, encrypted key and tag
    made_at: Mapped[dt.datetime]


class KeyCheck(Base):
    """What shows that a key of the ring is the one that this database was written with."""

    __tablename__ = "key_checks"
    purpose: Mapped[str] = mapped_column(String(8), primary_key=True)  # wrap, index
    key_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[bytes]
