"""Statements that go to the driver do what SQLAlchemy's do: values, rows, errors, and who listens."""

from __future__ import annotations

import datetime as dt
from typing import cast

import pytest
from sqlalchemy import Table, bindparam, event, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from storage.cases import contacts
from storage.connection.database import Database
from storage.connection.driver_statements import DriverStatement, to_row, write_columns
from storage.schema.sealed_columns import PlainValueError
from storage.schema.tables import Contact, ServiceCode

pytestmark = pytest.mark.both_databases

NOW = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
KARACHI = dt.timezone(dt.timedelta(hours=5))
PHONE = "+923001234567"
_ROW = cast("Table", Contact.__table__)
READ = DriverStatement(select(*_ROW.c).where(_ROW.c.id == bindparam("id")))


def read(db: Session, id_: int) -> Contact:
    row = READ.one(db, {"id": id_})
    assert row is not None
    return to_row(db, Contact, row._asdict())


def test_a_row_is_the_one_that_sqlalchemy_reads(database: Database) -> None:
    with database.write.begin() as db:
        known = contacts.find_or_add(db, PHONE, NOW)
        write_columns(db, known, previous={"language": "ur"}, seen_at=NOW.astimezone(KARACHI), texts=False)
    with database.read.begin() as ours, database.read.begin() as its:
        row, other = read(ours, known.id), its.get_one(Contact, known.id)
        assert row.phone == other.phone == PHONE  # encrypted in its row
        plain = [each.key for each in _ROW.c if each.key != "phone"]
        assert [getattr(row, each) for each in plain] == [getattr(other, each) for each in plain]
        assert row.seen_at == NOW
        assert not ours.dirty
        assert ours.get(Contact, known.id) is row  # the session has it, and does not read it again


def test_a_row_that_the_session_has_becomes_what_the_database_has(database: Database) -> None:
    with database.write.begin() as db:
        known = contacts.find_or_add(db, PHONE, NOW)
        db.execute(text("UPDATE contacts SET complaints = 7"))
        assert read(db, known.id) is known
        assert known.complaints == 7
        known.network = "41001"  # what is set afterwards is written
    with database.read.begin() as db:
        assert db.get_one(Contact, known.id).network == "41001"


def test_errors_are_those_of_sqlalchemy_and_nothing_of_the_transaction_stays(database: Database) -> None:
    adding = DriverStatement(insert(ServiceCode).values(code=bindparam("of"), flow=bindparam("flow")))

    def add_two() -> None:
        with database.write.begin() as db:
            adding.run(db, {"of": "*1#", "flow": "one"})
            adding.run(db, {"of": "*1#", "flow": "two"})

    with pytest.raises(IntegrityError):
        add_two()
    with database.read.begin() as db:
        assert db.scalars(select(ServiceCode)).all() == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_that_broke_is_told_and_not_used_again(database: Database) -> None:
    def read_cut_off() -> None:
        with database.write.begin() as db, database.read.begin() as other:
            mine = db.scalar(text("SELECT pg_backend_pid()"))
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": mine})
            READ.one(db, {"id": 1})

    with pytest.raises(DBAPIError) as told:
        read_cut_off()
    assert told.value.connection_invalidated
    with database.write.begin() as db:
        assert READ.one(db, {"id": 1}) is None


def test_words_are_not_written_in_clear(database: Database) -> None:
    adding = DriverStatement(insert(_ROW).values(phone=bindparam("whose"), created_at=bindparam("now")))
    with pytest.raises(PlainValueError), database.write.begin() as db:
        adding.run(db, {"whose": PHONE, "now": NOW})


def test_whoever_listens_to_statements_hears_of_them(database: Database) -> None:
    heard: list[str] = []
    for moment in ("before_cursor_execute", "after_cursor_execute"):
        event.listen(database.engine, moment, lambda *given: heard.append(given[2]))
    with database.read.begin() as db:
        READ.one(db, {"id": 1})
    assert sum("FROM contacts" in each for each in heard) == 2
