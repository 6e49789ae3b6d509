"""Fixtures of the tests of calls."""

from __future__ import annotations

import pytest

from storage.connection.database import Database
from tests.servers import Valkey
from tests.sessions.calls import Line


@pytest.fixture
def line(database: Database, valkey: Valkey) -> Line:
    return Line(database, valkey.url)
