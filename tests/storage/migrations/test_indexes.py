"""Indexes are built and dropped while others write, and a build that was broken off is repeated."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.connection.database import Database
from storage.migrations.indexes import build_index, drop_index
from tests.keys import open_database

pytestmark = pytest.mark.both_databases

PLAIN = "CREATE TABLE things (id integer, name text)"
PARTS = (
    "CREATE TABLE things (id integer, name text) PARTITION BY RANGE (id)",
    "CREATE TABLE things_1 PARTITION OF things FOR VALUES FROM (0) TO (10)",
    "CREATE TABLE things_2 PARTITION OF things FOR VALUES FROM (10) TO (20)",
)


def act(database: Database, *statements: str) -> None:
    with database.write.begin() as db:
        for statement in statements:
            db.execute(text(statement))


def migration(database: Database, step: Callable[[], object]) -> None:
    """A revision that does this step, in a transaction as each has on PostgreSQL."""
    with database.engine.connect() as connection:
        given = {"transactional_ddl": True, "transaction_per_migration": True}
        context = MigrationContext.configure(connection, opts=given)
        with context.begin_transaction(_per_migration=True), Operations.context(context):
            step()


def build() -> None:
    build_index("things_name", "things", "name, id", where="id > 0")


def indexes(database: Database) -> dict[str, bool]:
    """The indexes of our table, and whether each is valid."""
    if database.engine.dialect.name != "postgresql":
        with database.read() as db:
            found = db.scalars(text("SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'things%'"))
            return dict.fromkeys(found, True)
    query = (
        "SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " JOIN pg_class t ON t.oid = i.indrelid WHERE t.relname LIKE 'things%'"
    )
    with database.read() as db:
        return {row[0]: row[1] for row in db.execute(text(query))}


def test_an_index_is_there_after_its_revision_and_gone_after_it_was_taken_back(database: Database) -> None:
    act(database, PLAIN)
    migration(database, build)
    assert indexes(database) == {"things_name": True}
    for _ in range(2):  # what is not there need not be dropped
        migration(database, lambda: drop_index("things_name"))
        assert indexes(database) == {}


def test_a_revision_that_runs_again_builds_what_a_broken_one_left_and_nothing_else(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    act(database, PLAIN, "INSERT INTO things VALUES (1, 'same'), (1, 'same')")
    broken = "CREATE UNIQUE INDEX CONCURRENTLY things_name ON things (name, id)"
    with (
        pytest.raises(DBAPIError, match="could not create unique index"),
        database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
    ):
        connection.exec_driver_sql(broken)
    assert indexes(database) == {"things_name": False}
    migration(database, build)
    assert indexes(database) == {"things_name": True}
    oid = text("SELECT to_regclass('things_name')::oid")
    with database.read() as db:
        before = db.scalar(oid)
    migration(database, build)
    with database.read() as db:
        assert db.scalar(oid) == before
    database.close()


def test_others_write_while_an_index_waits_for_those_who_began_before_it(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    act(database, PLAIN, "CREATE TABLE others (id integer)")
    asked = text(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONC%' AND wait_event IS NOT NULL"
    )
    building = threading.Thread(target=migration, args=(database, build))
    with database.engine.connect() as early:
        early.execute(text("INSERT INTO things VALUES (1, 'early')"))
        building.start()
        waiting = 0
        while not waiting and building.is_alive():
            act(database, "INSERT INTO things VALUES (2, 'meanwhile')")
            with database.read() as db:
                waiting = db.scalar(asked) or 0
            early.execute(text("SELECT 1"))  # it may not idle in a transaction for long
        act(database, "INSERT INTO things VALUES (3, 'while it waits')")
        assert building.is_alive()
        early.commit()
    building.join(20)
    assert indexes(database) == {"things_name": True}
    database.close()


def test_an_index_of_a_partitioned_table_is_one_of_each_partition_now_and_later(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    act(database, *PARTS)
    for _ in range(2):
        migration(database, build)
    act(database, "CREATE TABLE things_3 PARTITION OF things FOR VALUES FROM (20) TO (30)")
    found = indexes(database)
    assert len(found) == 4 and all(found.values())
    migration(database, lambda: drop_index("things_name"))
    assert indexes(database) == {}
    database.close()


def test_a_revision_that_wrote_something_builds_no_index(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    act(database, PLAIN)

    def both() -> None:
        from alembic import op

        op.execute("INSERT INTO things VALUES (1, 'one')")
        build()

    with pytest.raises(RuntimeError, match="a revision of their own"):
        migration(database, both)
    with database.read() as db:
        assert db.scalar(text("SELECT count(*) FROM things")) == 0
    assert indexes(database) == {}
    database.close()
