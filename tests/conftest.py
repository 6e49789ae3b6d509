"""Fixtures: real Valkey, SQLite and PostgreSQL. What cannot run says why in one line at the end."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.connection.database import Database, open_database
from storage.migrations.runner import migrate
from tests.servers import PostgreSQL, Valkey

NOT_RUN: dict[str, str] = {}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Nothing is left out silently."""
    for what, why in NOT_RUN.items():
        terminalreporter.write_line(f"NOT RUN: {what}: {why}")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQL]:
    try:
        server = PostgreSQL()
    except Exception as error:
        if os.environ.get("CI"):
            raise  # a machine that checks for everybody must run everything
        NOT_RUN["tests on PostgreSQL"] = f"{type(error).__name__}: {error}"
        pytest.skip("PostgreSQL did not start")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    server = Valkey(tmp_path_factory.mktemp("valkey"))
    yield server
    server.stop()


@pytest.fixture
def valkey(valkey_server: Valkey) -> Valkey:
    """A real server with nothing in it."""
    valkey_server.client().flushall()
    return valkey_server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the schema, copied for each test."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "sunwai.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: PostgreSQL) -> Iterator[str]:
    """The name of a database with the schema, copied for each test."""
    with postgresql_server.fresh() as url:
        database = open_database(url)
        migrate(database)
        database.close()
        yield str(database.engine.url.database)


@pytest.fixture
def postgresql_url(postgresql_server: PostgreSQL, postgresql_template: str) -> Iterator[str]:
    with postgresql_server.fresh(postgresql_template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of each kind in turn."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    opened = open_database(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def now() -> dt.datetime:
    """Wednesday noon in Karachi."""
    return dt.datetime(2026, 6, 17, 7, 0, tzinfo=dt.UTC)
