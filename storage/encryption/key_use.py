"""What the keys are used for: how many data keys each wrapping key encrypts, and whether the newest rows open."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from storage.connection.database import Database
from storage.encryption.key_ring import ErasedKey, UnknownKey
from storage.schema import tables  # noqa: F401 - each class of rows
from storage.schema.key_tables import DataKey, KeyCheck
from storage.schema.sealed_columns import SealedRow, is_sealed


class KeyUse(Struct, frozen=True):
    """Data keys by the id of their wrapping key, and whether the database was written with any key."""

    wrapped: dict[int, int] = {}
    known: bool = False


class TableSample(Struct):
    """Values of the newest rows of a table: opened, not opened (the first reason), erased, and in clear."""

    name: str
    opened: int = 0
    failed: int = 0
    erased: int = 0
    clear: int = 0
    first: str = ""


def key_use(database: Database) -> KeyUse:
    """What the database says of its keys. Raises what the database raises, also where it has no tables."""
    with database.read() as db:
        wrapped = count_data_keys(db)
        checks = db.scalar(select(func.count()).select_from(KeyCheck).where(KeyCheck.purpose.in_(("wrap", "index"))))
    return KeyUse(wrapped, bool(wrapped or checks))


def count_data_keys(db: Session) -> dict[int, int]:
    """How many data keys each wrapping key encrypts, by its id: every one is counted, in an index."""
    counted = db.execute(select(DataKey.wrapping, func.count()).group_by(DataKey.wrapping))
    return {int(row[0]): int(row[1]) for row in counted}


def count_some_data_keys(db: Session, most: int) -> dict[int, int]:
    """The same, and at most `most` of each are counted: however many there are, it takes no longer."""
    found: dict[int, int] = {}
    key = db.scalar(select(func.min(DataKey.wrapping)))
    while key is not None:
        some = select(DataKey.wrapping).where(DataKey.wrapping == key).limit(most).subquery()
        found[key] = db.scalars(select(func.count()).select_from(some)).one()
        key = db.scalar(select(func.min(DataKey.wrapping)).where(DataKey.wrapping > key))
    return found


def open_sample(db: Session, most: int) -> Iterator[TableSample]:
    """Open what the newest `most` rows of each table hold."""
    for table in sorted(SealedRow.__subclasses__(), key=lambda each: each.__tablename__):
        sample = TableSample(table.__tablename__)
        newest: Any = select(table).order_by(inspect(table).primary_key[0].desc()).limit(most)
        for row in db.scalars(newest):
            for column in table.SEALED:
                held = getattr(row, f"{column}_")
                if not is_sealed(held):
                    sample.clear += bool(held)
                    continue
                try:
                    row.open(column, held)
                    sample.opened += 1
                except ErasedKey:
                    sample.erased += 1
                except UnknownKey as error:
                    sample.failed += 1
                    sample.first = sample.first or str(error)
        yield sample
