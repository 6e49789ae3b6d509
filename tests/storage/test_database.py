"""The schema and the way in, on both kinds of database."""

from __future__ import annotations

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from storage.database import Database, NotDurable, check_durable, is_current, migrate, open_database
from storage.migrations import downgrade
from storage.tables import Base
from tests.servers import PostgreSQL


def test_the_migrations_make_exactly_the_tables_of_the_code(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert is_current(database)


def test_every_migration_can_be_undone(database: Database) -> None:
    downgrade(database, "base")
    assert not is_current(database)
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    migrate(database)
    assert is_current(database)


def test_writers_wait_for_each_other_and_lose_nothing(database: Database) -> None:
    """The default of SQLite's driver loses most of these: it begins its transaction after the read."""
    with database.write.begin() as db:
        db.execute(text("INSERT INTO routes (code, flow) VALUES ('n', '0')"))

    def add() -> None:
        for _ in range(20):
            with database.write.begin() as db:
                held = "" if database.engine.dialect.name == "sqlite" else " FOR UPDATE"
                count = int(db.execute(text("SELECT flow FROM routes WHERE code = 'n'" + held)).scalar_one())
                db.execute(text("UPDATE routes SET flow = :n WHERE code = 'n'"), {"n": str(count + 1)})

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as db:
        assert db.execute(text("SELECT flow FROM routes WHERE code = 'n'")).scalar_one() == "160"


def test_a_server_set_to_forget_is_refused(postgresql_server: PostgreSQL, postgresql_url: str) -> None:
    durable = open_database(postgresql_url)
    check_durable(durable)
    durable.close()
    forgetful = open_database(
        postgresql_url + "&options=-c%20synchronous_commit%3Doff" if "?" in postgresql_url else ""
    )
    with forgetful.engine.connect() as connection:
        connection.execute(text("ALTER DATABASE " + connection.engine.url.database + " SET synchronous_commit = off"))
        connection.commit()
    forgetful.close()
    again = open_database(postgresql_url)
    with pytest.raises(NotDurable, match="synchronous_commit"):
        check_durable(again)
    again.close()


def test_an_error_never_shows_what_was_bound(database: Database) -> None:
    with pytest.raises(Exception, match="routes") as caught, database.write.begin() as db:
        db.execute(text("INSERT INTO routes (code, nothing) VALUES (:a, :b)"), {"a": "+923001234567", "b": "x"})
    assert "+923001234567" not in str(caught.value)
