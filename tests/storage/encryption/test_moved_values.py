"""An encrypted value opens in its place alone: in another row, column, table, case or contact it is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from sqlalchemy import JSON, Boolean, Date, DateTime, Integer, LargeBinary, TypeDecorator, inspect
from sqlalchemy.orm import Session

from storage.connection.database import Database
from storage.encryption.data_keys import data_keys
from storage.encryption.key_ring import UnknownKey
from storage.schema import tables  # noqa: F401 - each class of rows
from storage.schema.sealed_columns import SealedBytes, SealedJson, SealedRow, is_sealed, open_value
from storage.schema.tables import Complaint, Contact, Revision

NOW = dt.datetime(2026, 11, 30, 7, tzinfo=dt.UTC)
FIRST: tuple[Any, ...] = (Contact, Complaint)  # other rows point to them


class Cell(NamedTuple):
    """A value in its place."""

    table: type[SealedRow]
    column: str
    row: Any
    held: str | bytes

    def fields(self) -> dict[str, Any]:
        """The columns of its row, by name."""
        return {each.key: getattr(self.row, each.key) for each in inspect(type(self.row)).columns}


def sealed_tables() -> list[type[SealedRow]]:
    rest = [each for each in SealedRow.__subclasses__() if each not in FIRST]
    return [*FIRST, *sorted(rest, key=lambda each: each.__tablename__)]


def plain(kind: Any, table: type[Any], name: str, at: int) -> Any:
    """A value for a column that is not encrypted, another one for each row."""
    kind = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, Integer):
        return at
    if isinstance(kind, DateTime):
        return NOW + dt.timedelta(minutes=at)
    if isinstance(kind, Date):
        return NOW.date() + dt.timedelta(days=at)
    if isinstance(kind, LargeBinary):
        return b"%d" % at
    if isinstance(kind, JSON):
        return {}
    return f"{table.__tablename__[:3]}{at}"[: kind.length or 9]


def made(db: Session, table: type[SealedRow], at: int) -> Any:
    """A row with something in each of its encrypted columns."""
    row: Any = table()
    for attribute in inspect(table).column_attrs:
        (column,) = attribute.columns
        name = attribute.key
        if name.rstrip("_") in table.SEALED and name.endswith("_"):
            words: Any = f"words {table.__tablename__} {name} {at}"
            words = words.encode() if isinstance(column.type, SealedBytes) else words
            words = {"said": words} if isinstance(column.type, SealedJson) else words
            setattr(row, name.rstrip("_"), words)
        elif column.foreign_keys:
            (key,) = column.foreign_keys
            target = key.column.table.name
            if target in ("contacts", "complaints", "revisions"):
                setattr(row, name, at)
        elif (
            name.endswith("_at")
            or name == "since"
            or (not column.primary_key and not column.nullable and column.default is None)
        ):
            setattr(row, name, plain(column.type, table, name, at))
    db.add(row)
    db.flush()
    return row


def cells(db: Session) -> Iterator[Cell]:
    for at in (1, 2):
        values = {
            each.key: plain(each.columns[0].type, Revision, each.key, at) for each in inspect(Revision).column_attrs
        }
        db.add(Revision(**values | {"id": at, "number": at}))
    db.flush()
    for table in sealed_tables():
        for at in (1, 2):
            row = made(db, table, at)
            for column in table.SEALED:
                held = getattr(row, f"{column}_")
                assert is_sealed(held), (table.__tablename__, column)
                yield Cell(table, column, row, held)


@pytest.mark.both_databases
def test_no_value_opens_in_another_place(database: Database) -> None:
    with database.write.begin() as db:
        every, keys = list(cells(db)), data_keys(db)
        assert len(every) >= 30 and len({each.table for each in every}) == len(sealed_tables())
        for here in every:
            assert open_value(keys, db, here.table, here.column, here.held, here.fields())
            for there in every:
                if there is not here:
                    with pytest.raises(UnknownKey, match="altered or moved"):
                        open_value(keys, db, there.table, there.column, here.held, there.fields())
        db.rollback()


def test_no_value_opens_if_a_bit_of_it_changed(sqlite_database: Database) -> None:
    with sqlite_database.write.begin() as db:
        keys = data_keys(db)
        for cell in cells(db):
            if not isinstance(cell.held, bytes):
                continue
            for at in range(len(cell.held)):
                changed = bytearray(cell.held)
                changed[at] ^= 1
                if is_sealed(bytes(changed)):
                    with pytest.raises(UnknownKey):
                        open_value(keys, db, cell.table, cell.column, bytes(changed), cell.fields())
        db.rollback()
