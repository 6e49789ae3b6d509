"""The whole application over real servers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import logs
from gateway.app import Sunwai, create_app
from gateway.development.prepare import prepare
from tests.gateway.outside import settings
from tests.servers import Valkey


@pytest.fixture
def doors(sqlite_url: str, valkey: Valkey) -> Iterator[Sunwai]:
    """The application with the shipped flow published."""
    made = create_app(settings(sqlite_url, valkey.url))
    assert prepare(made.database, made.settings, dt.datetime.now(dt.UTC)) == ""
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
