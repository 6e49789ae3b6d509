"""Operators compare the counts with what they count, and correct them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.app import create_app
from gateway.cli.sweep_round import SweepRound
from gateway.endpoints.application import Sunwai
from tests.gateway.operating import run
from tests.gateway.outside import settings
from tests.servers import Valkey
from tests.sessions.calls import publish_shipped
from tests.sessions.filing import file_one


@pytest.fixture
def app(sqlite_url: str, valkey: Valkey, tmp_path: Path) -> Iterator[Sunwai]:
    made = create_app(settings(sqlite_url, valkey.url))
    publish_shipped(made.database, made.clock(), "Sara", "First")
    yield made
    made.close()


def test_counts_that_are_wrong_are_named_and_corrected(app: Sunwai) -> None:
    file_one(app.database)
    SweepRound(app).run()
    assert run(app, "counts", "check").output == "Every count is right.\n"
    with app.database.write.begin() as db:
        db.execute(text("UPDATE code_counts SET cases = 3 WHERE code = 'lahore'"))
        day = "VALUES ('2026-06-01', 'complaints', 'menu', 4, 0, 0, 0, 0)"
        db.execute(
            text(f"INSERT INTO footfall_days (day, flow, screen, saw, answered, mistyped, ended, timed_out) {day}")
        )
    checked = run(app, "counts", "check")
    assert checked.exit_code == 1
    for line in (
        "complaints, district lahore: 3 counted, 1 case",
        "screen menu, 2026-06-01: to be corrected by saw -4",
    ):
        assert line in checked.output
    repaired = run(app, "counts", "repair")
    assert repaired.exit_code == 0
    assert "2 counts corrected." in repaired.output
    assert run(app, "counts", "check").output == "Every count is right.\n"
