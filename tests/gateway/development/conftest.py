"""What tests of the phone in the terminal share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.development.processes.prepare_database import LIBRARY
from tests.gateway.development.hops import Doors


@pytest.fixture
def doors() -> Iterator[Doors]:
    found = Doors()
    found.server.start()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def line(tmp_path: Path) -> Path:
    """A flow file in a folder of its own."""
    shutil.copytree(LIBRARY, tmp_path / "line")
    return tmp_path / "line" / "complaints.yaml"
