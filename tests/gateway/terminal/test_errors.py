"""What commands say when something else is wrong than what was typed."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from sqlalchemy import text

from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from gateway.terminal.errors import one_line_errors
from storage.connection.database import Database
from tests.gateway.cli.flows.test_commands import run
from tests.gateway.outside import SECRET, settings
from tests.keys import KEYS_FILE
from tests.servers import Valkey
from tests.sessions.posting import owe

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("words", [("texts", "list"), ("complaints", "list")])
def test_a_list_whose_reader_has_gone_ends_without_a_word(doors: Sunwai, words: tuple[str, ...]) -> None:
    owe(doors.database, dt.datetime.now(dt.UTC))
    known = {
        "WEBHOOK_SECRETS": SECRET,
        "AT_API_KEY": "key",
        "KEYS_FILE": KEYS_FILE,
        "DATABASE_URL": doors.settings.database_url,
        "REDIS_URL": doors.settings.redis_url,
    }
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=ROOT,
        env=os.environ | known,
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(writer)
    assert ended.stderr == b""


def test_a_migration_that_its_database_refuses_does_not_blame_the_connection(tmp_path: Path, valkey: Valkey) -> None:
    app = create_app(settings(f"sqlite:///{tmp_path}/new.db", valkey.url))
    with app.database.engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE outbox (id INTEGER)")
        connection.commit()
    with app.app_context():
        result = run(app, "migrate")
    app.close()
    assert result.exit_code == 1
    assert "refused a statement (SQLITE_ERROR)" in result.output
    assert "reached" not in result.output


def test_a_database_that_is_away_is_still_said_to_be(doors_without_database: Sunwai) -> None:
    assert "its file cannot be opened" in run(doors_without_database, "texts", "list").output


@pytest.mark.both_databases
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite does not end what is idle
def test_a_command_that_a_busy_machine_held_up_says_so_and_blames_no_database(database: Database) -> None:
    @one_line_errors
    def held_up() -> None:
        with database.read() as db:
            db.execute(text("SET LOCAL idle_in_transaction_session_timeout = 50"))
            time.sleep(0.3)
            db.execute(text("SELECT 1"))

    with pytest.raises(click.ClickException, match="this process was held up"):
        held_up()
