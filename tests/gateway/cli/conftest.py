"""The application as an operator works with it in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from gateway.settings.config import DEVELOPMENT, Config
from tests.gateway.operating import flow  # noqa: F401 - the fixture
from tests.keys import KEYS_FILE
from tests.servers import Valkey


@pytest.fixture
def app(sqlite_url: str, valkey: Valkey) -> Iterator[Sunwai]:
    where = Config(environment=DEVELOPMENT, database_url=sqlite_url, redis_url=valkey.url, keys_file=KEYS_FILE)
    made = create_app(where)
    yield made
    made.close()
