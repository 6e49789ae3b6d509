"""What tests stand on: a database that many of them use one after the other, and what is heard of statements."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select, text

from storage.cases import contacts
from storage.connection.database import Database
from storage.migrations.runner import is_current
from storage.schema.tables import Contact
from tests import statements
from tests.keys import open_database
from tests.servers import Reused


def test_a_database_of_postgresql_is_as_new_for_each_test(postgresql_reused: Reused, now: dt.datetime) -> None:
    for _ in range(2):
        database = open_database(postgresql_reused.clean())
        with database.write.begin() as db:
            assert db.scalars(select(Contact)).all() == []
            assert contacts.find_or_add(db, "+923001234567", now).id == 1
        database.close()


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE contacts RENAME TO hidden",
        "ALTER TABLE contacts ADD COLUMN more text",
        "DROP TRIGGER history_no_change ON history",
        "CREATE TABLE more (id int)",
        "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET synchronous_commit = off'; END $$",
    ],
)
def test_a_database_whose_schema_or_settings_changed_is_made_anew(postgresql_reused: Reused, change: str) -> None:
    url = postgresql_reused.clean()
    database = open_database(url)
    with database.engine.begin() as connection:
        connection.execute(text(change))
    database.close()
    again = postgresql_reused.clean()
    assert again != url
    database = open_database(again)
    assert is_current(database)
    database.close()


def test_statements_are_heard_with_the_module_that_runs_them(database: Database, now: dt.datetime) -> None:
    with database.write.begin() as db:
        contacts.find_or_add(db, "+923001234567", now)
    assert [database.engine.dialect.name, "storage/cases/contacts.py"] in statements.as_lists()


def test_a_module_whose_statements_nobody_ran_is_named_with_its_database() -> None:
    both = {(dialect, module) for dialect in statements.DATABASES for module in statements.modules()}
    assert statements.missing(both) == []
    (sentence,) = statements.missing(both - {("postgresql", "storage/messages/outbox_claims.py")})
    assert sentence.startswith("storage/messages/outbox_claims.py: none of its statements was run on PostgreSQL.")
