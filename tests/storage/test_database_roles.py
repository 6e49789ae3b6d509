"""Two roles in PostgreSQL: one changes tables; the one that runs the service changes rows, and not all of those."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gateway.settings.config import DEVELOPMENT, PRODUCTION, Config
from gateway.settings.production_checks import refuse_database_role
from storage.connection.database import Database
from storage.migrations.runner import is_current, migrate
from storage.operations.database_role import (
    APPEND_ONLY,
    find_excess_rights,
    grant_statements,
    role_statements,
)
from storage.schema.tables import Base
from tests.keys import open_database
from tests.servers import PostgreSQL


@pytest.fixture(scope="module")
def urls(postgresql_server: PostgreSQL) -> Iterator[tuple[str, str, str]]:
    """A migrated database: as a superuser, as its owner, as the run-time role."""
    with postgresql_server.fresh() as url, postgresql_server.roles(url) as (owner, runtime):
        database = open_database(owner)
        migrate(database)
        names = [str(database.engine.url.username), str(open_database(runtime).engine.url.username)]
        database.close()
        again = open_database(url)
        with again.write.begin() as db:
            for statement in (*role_statements(*names, str(again.engine.url.database)), *grant_statements(*names)):
                db.execute(text(statement))
        again.close()
        yield url, owner, runtime


@pytest.fixture
def runtime(urls: tuple[str, str, str]) -> Iterator[Database]:
    database = open_database(urls[2])
    yield database
    database.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER history_no_change ON history",
        "ALTER TABLE history DISABLE TRIGGER ALL",
        "ALTER TABLE complaints ADD COLUMN extra text",
        "ALTER TABLE complaints OWNER TO CURRENT_USER",
        "DROP TABLE history",
        "TRUNCATE history CASCADE",
        "CREATE TABLE mine (id int)",
        "CREATE TEMP TABLE mine (id int)",
        "CREATE FUNCTION history_only_grows() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE OR REPLACE FUNCTION history_only_grows() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "SET session_replication_role = replica",
        "CREATE ROLE another",
        "UPDATE history SET at = now()",
        "UPDATE history SET note = NULL, status = 'open'",
        "UPDATE log_leaves SET salt = words_salt",
        "DELETE FROM audit",
        "UPDATE alembic_version SET version_num = '0001'",
        "COPY complaints TO PROGRAM 'true'",
    ],
)
def test_the_run_time_role_changes_no_table_trigger_or_record(runtime: Database, statement: str) -> None:
    with runtime.engine.connect() as connection, pytest.raises(DBAPIError) as refused:
        connection.execute(text(statement))
    assert getattr(refused.value.orig, "sqlstate", "") == "42501"  # insufficient_privilege


def test_the_run_time_role_reads_and_writes_the_rows_of_every_table(runtime: Database) -> None:
    asked = text("SELECT has_table_privilege(:table, :right)")
    with runtime.engine.connect() as connection:
        for table in Base.metadata.tables:
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE"):
                allowed = table not in APPEND_ONLY or right in ("SELECT", "INSERT")
                assert connection.execute(asked, {"table": table, "right": right}).scalar_one() is allowed
    assert is_current(runtime)
    migrate(runtime)  # there is nothing to do, and that needs no right


def test_the_run_time_role_may_remove_the_words_of_a_step_and_write_no_others(runtime: Database) -> None:
    with runtime.write.begin() as db:
        for statement in ("UPDATE history SET note = NULL, data = NULL", "UPDATE log_leaves SET words_salt = NULL"):
            db.execute(text(statement))


def test_only_the_run_time_role_may_run_in_production(urls: tuple[str, str, str]) -> None:
    said = []
    for url in urls:
        database = open_database(url)
        said.append(refuse_database_role(Config(environment=PRODUCTION), database))
        assert refuse_database_role(Config(environment=DEVELOPMENT), database) == ""
        assert find_excess_rights(database) == said[-1]
        database.close()
    assert "is a superuser" in said[0]
    assert "owns tables" in said[1]
    assert all("`sunwai roles` prints the SQL" in each for each in said[:2])
    assert said[2] == ""


def test_a_database_that_does_not_answer_keeps_no_process_from_starting() -> None:
    away = open_database("postgresql+psycopg://sunwai@127.0.0.1:1/none")
    assert refuse_database_role(Config(environment=PRODUCTION), away) == ""
