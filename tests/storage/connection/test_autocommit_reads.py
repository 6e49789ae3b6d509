"""Reads without a transaction: a prepared one tells the same as SQLAlchemy does."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import bindparam, column, event, select
from sqlalchemy.exc import SQLAlchemyError

from storage.cases import contacts
from storage.connection.autocommit_reads import RowQuery
from storage.connection.database import Database
from storage.schema.tables import Contact

NOW = dt.datetime(2026, 6, 17, 7, 0, tzinfo=dt.UTC)
READ = select(Contact.id, Contact.language, Contact.texts, Contact.previous, Contact.seen_at, Contact.phone_ix).where(
    Contact.id == bindparam("id")
)


@pytest.fixture
def contact(database: Database) -> int:
    with database.write.begin() as db:
        added = contacts.find_or_add(db, "+923001234567", NOW)
        contacts.change(db, added, "session", language="ur")
        return added.id


@pytest.mark.both_databases
def test_a_prepared_read_tells_what_sqlalchemy_tells(database: Database, contact: int) -> None:
    prepared, glances = RowQuery(READ), database.glances
    told = glances.one(READ, {"id": contact})
    assert told is not None and told.previous is not None and told.seen_at == NOW
    assert tuple(glances.first(prepared, {"id": contact})) == tuple(told)
    assert glances.first(prepared, {"id": contact}).seen_at == NOW
    assert glances.first(prepared, {"id": contact + 1}) is None
    facts = [contacts.caller_facts(database, "+923001234567", each) for each in ("session", "session", "other", "new")]
    assert facts[0] == facts[1] and facts[2].known["language"] == "ur" and facts[0].known["language"] is None


@pytest.mark.both_databases
def test_a_prepared_read_is_made_again_on_a_new_connection_where_its_own_is_broken(
    database: Database, contact: int
) -> None:
    prepared, glances = RowQuery(READ), database.glances
    assert glances.first(prepared, {"id": contact}) is not None
    kept = glances._local.connection
    kept.connection.dbapi_connection.close()
    assert glances.first(prepared, {"id": contact}).id == contact
    assert glances._local.connection is not kept


def test_who_listens_to_statements_hears_of_a_prepared_one(database: Database, contact: int) -> None:
    prepared, heard = RowQuery(READ), list[str]()
    event.listen(database.engine, "before_cursor_execute", lambda *given: heard.append(given[2]))
    for _ in range(3):
        database.glances.first(prepared, {"id": contact})
    assert len(heard) == 3 and len(set(heard)) == 1


def test_what_the_database_refuses_is_told_as_sqlalchemy_does(database: Database, contact: int) -> None:
    prepared = RowQuery(select(column("nothing")))
    database.glances.one(READ, {"id": contact})
    with pytest.raises(SQLAlchemyError):
        database.glances.first(prepared, {})
