"""Operators plan and confirm what is kept how long, and two of them erase what is held about a phone."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.app import create_app
from gateway.cli.privacy import citizen_commands
from gateway.cli.sweep_round import SweepRound
from gateway.endpoints.application import Sunwai
from gateway.settings.config import DEVELOPMENT, Config
from storage.audit.entry import AuditActor
from storage.cases import contacts
from storage.connection.database import sqlite_path
from tests.gateway.operating import run
from tests.keys import KEYS_FILE, open_database
from tests.servers import Valkey
from tests.sessions.calls import publish_shipped
from tests.sessions.filing import SARA, file_one

TYPED = "0300 1234567"  # SARA as people write it


@pytest.fixture
def config(sqlite_url: str, valkey: Valkey, tmp_path: Path) -> Config:
    return Config(
        environment=DEVELOPMENT,
        keys_file=KEYS_FILE,
        database_url=sqlite_url,
        redis_url=valkey.url,
        erasure_journal=str(tmp_path / "erasures"),
        two_people=True,
    )


@pytest.fixture
def app(config: Config) -> Iterator[Sunwai]:
    made = create_app(config)
    publish_shipped(made.database, made.clock(), "Sara", "First")
    yield made
    made.close()


@pytest.fixture
def another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else is logged in to the operating system."""
    monkeypatch.setattr(citizen_commands, "command_actor", lambda: AuditActor("command", "amina"))


def test_a_plan_changes_nothing_and_one_person_alone_confirms_none_of_it(app: Sunwai) -> None:
    planned = run(app, "retention", "plan")
    assert planned.exit_code == 0
    assert planned.output.startswith("A rule removes nothing until it is confirmed")
    assert "after 90 days, its shape remains: none due; not confirmed" in planned.output
    assert run(app, "retention", "apply").exit_code == 1, "nobody said yes"
    asked = run(app, "retention", "apply", "--yes")
    assert "Another person is to type" in asked.output
    assert "Another person is to type" in run(app, "retention", "apply", "--yes").output
    assert "another person is to confirm it" in run(app, "retention", "plan").output


def test_the_export_is_two_files_that_nobody_else_reads(app: Sunwai, tmp_path: Path) -> None:
    file_one(app.database, SARA, details="No water for a week")
    done = run(app, "citizen", "export", TYPED, "--to", tmp_path / "sara")
    assert done.exit_code == 0
    for name in ("sara.json", "sara.txt"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
        assert "No water for a week" in (tmp_path / name).read_text()
    assert json.loads((tmp_path / "sara.json").read_bytes())["phone"] == SARA
    again = run(app, "citizen", "export", TYPED, "--to", tmp_path / "sara")
    assert "exists already" in again.output
    assert "1234567" not in again.output
    asked = app.test_cli_runner().invoke(
        args=["citizen", "export", "-", "--to", str(tmp_path / "y")], input=f"{TYPED}\n"
    )
    assert (asked.exit_code, (tmp_path / "y.txt").exists()) == (0, True)
    assert "That is not a mobile number" in run(app, "citizen", "export", "12", "--to", tmp_path / "x").output


def test_an_open_case_keeps_a_phone_and_two_people_erase_it(
    app: Sunwai, another: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_one(app.database, SARA)
    kept = run(app, "citizen", "erase", TYPED, "--reason", "citizen")
    assert kept.exit_code == 1
    assert "add --open-cases" in kept.output
    assert run(app, "citizen", "erase", TYPED).exit_code == 2
    asked = run(app, "citizen", "erase", TYPED, "--reason", "citizen", "--open-cases")
    assert asked.exit_code == 0
    assert asked.output.startswith("Held about this phone: the number; cases: 1; steps of cases: "), asked.output
    assert "nothing is yet" in asked.output and TYPED[-7:] not in asked.output
    assert run(app, "citizen", "hold", TYPED, "--reason", "High court 12/2026").exit_code == 0
    monkeypatch.setattr(citizen_commands, "command_actor", lambda: AuditActor("command", "bilal"))
    assert "High court 12/2026" in run(app, "citizen", "erase", TYPED, "--confirm").output
    assert run(app, "citizen", "hold", TYPED, "--lift").exit_code == 0
    done = run(app, "citizen", "erase", TYPED, "--confirm")
    assert done.exit_code == 0, done.output
    assert "Erased: all numbers and words in the number; cases: 1; " in done.output
    assert "Nothing is held about this phone." in run(app, "citizen", "erase", TYPED, "--reason", "law").output
    said = run(app, "audit", "list", "--about", "contact").output
    assert all(word in said for word in ("amina", "bilal", "erasure_asked", "hold_changed", "erased"))


def test_the_sweep_erases_again_what_a_backup_brought_back(config: Config, app: Sunwai, another: None) -> None:
    file_one(app.database, SARA)
    file = sqlite_path(config.database_url)
    assert file is not None
    run(app, "citizen", "erase", TYPED, "--reason", "citizen", "--open-cases")
    app.database.close()
    backup = file.read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(citizen_commands, "command_actor", lambda: AuditActor("command", "bilal"))
        assert run(app, "citizen", "erase", TYPED, "--confirm").exit_code == 0
    app.database.close()
    for path in file.parent.glob(f"{file.name}-*"):
        path.unlink()
    file.write_bytes(backup)
    restored = open_database(config.database_url)
    with restored.read() as db:
        assert contacts.find(db, SARA) is not None
    SweepRound(app).run()
    with restored.read() as db:
        assert contacts.find(db, SARA) is None
    restored.close()
    assert "0 phones erased again" in run(app, "citizen", "replay").output


def test_without_a_journal_nothing_can_be_erased(app: Sunwai) -> None:
    app.settings = Config(environment=DEVELOPMENT)
    refused = run(app, "citizen", "erase", TYPED, "--reason", "citizen")
    assert (refused.exit_code, "Set ERASURE_JOURNAL" in refused.output) == (2, True)


def test_days_that_overflow_the_calendar_are_for_ever() -> None:
    from flows.retention.retention_file import RetentionRule

    assert RetentionRule("outbox", "shape", days=36_500).due_before(dt.datetime(50, 1, 1, tzinfo=dt.UTC)) is None
