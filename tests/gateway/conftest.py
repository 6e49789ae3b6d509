"""The whole application over real servers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.app import create_app
from gateway.development.processes.prepare_database import prepare
from gateway.endpoints.application import Sunwai
from gateway.monitoring import logs
from tests.conftest import copied
from tests.gateway.outside import settings
from tests.keys import open_database
from tests.servers import Valkey


@pytest.fixture(scope="session")
def published_template(sqlite_template: Path, files: Path) -> Path:
    """An SQLite file with the shipped flows published, copied for each test: publishing takes a second."""
    path = files / "published.db"
    path.touch(0o600)
    path.write_bytes(sqlite_template.read_bytes())
    path.chmod(0o600)
    database = open_database(f"sqlite:///{path}")
    usual = settings(f"sqlite:///{path}", "redis://127.0.0.1:1/0")
    assert prepare(database, usual, dt.datetime.now(dt.UTC)) == ""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture
def published_url(published_template: Path, files: Path) -> Iterator[str]:
    """A database with the shipped flows published."""
    with copied(published_template, files) as url:
        yield url


@pytest.fixture
def doors(published_url: str, valkey: Valkey) -> Iterator[Sunwai]:
    """The application with the shipped flows published. Texts may leave at whatever hour the tests run."""
    made = create_app(settings(published_url, valkey.url, QUIET_HOURS="off"))
    yield made
    made.close()


@pytest.fixture
def doors_without_database(tmp_path: Path, valkey: Valkey) -> Iterator[Sunwai]:
    """The application with nothing where its database should be."""
    made = create_app(settings(f"sqlite:///{tmp_path}/no/such/folder/x.db", valkey.url))
    yield made
    made.close()


@pytest.fixture(autouse=True)
def no_lines_of_before() -> None:
    """Lines of hops are written together: those of an earlier test must not come up in the next."""
    logs.flush()
