"""Fixtures of the tests of the transparency log."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the files of the log are."""
    return tmp_path / "log"
