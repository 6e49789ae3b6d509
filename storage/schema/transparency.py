"""Tables of the transparency log: the place of each row in it."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.columns import Base


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
