"""The transparency log from a terminal: a key, a round of the sweep, a check, a proof, and what is wrong."""

from __future__ import annotations

import dataclasses
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import text

from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from gateway.settings.config import DEVELOPMENT
from gateway.settings.loader import load_config
from tests.gateway.operating import run
from tests.keys import KEYS_FILE
from tests.servers import Valkey
from tests.sessions.transparency.logged import fill, owner

NAME = "sunwai.example.org/line"
TOOL = Path(__file__).parents[3] / "tools/verify.py"


@pytest.fixture
def made(sqlite_url: str, valkey: Valkey, tmp_path: Path) -> Iterator[tuple[Sunwai, str]]:
    """The application with a log, and the public key that the command printed."""
    where = {"ENVIRONMENT": DEVELOPMENT, "KEYS_FILE": KEYS_FILE, "DATABASE_URL": sqlite_url, "REDIS_URL": valkey.url}
    plain = create_app(load_config(where))
    key = tmp_path / "key"
    said = run(plain, "audit", "keygen", NAME, key)
    assert said.exit_code == 0, said.output
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert run(plain, "audit", "keygen", NAME, key).exit_code == 2  # a log keeps its key
    plain.close()
    log = {"TRANSPARENCY_FOLDER": str(tmp_path / "log"), "TRANSPARENCY_KEY_FILE": str(key)}
    app = create_app(load_config(where | log))
    yield app, said.output.splitlines()[-1]
    app.close()


def sweep(app: Sunwai) -> Result:
    with app.app_context():
        return run(app, "sweep", "--once")


def test_a_round_of_the_sweep_signs_what_happened_and_others_can_check_it(
    made: tuple[Sunwai, str], tmp_path: Path
) -> None:
    app, key = made
    fill(app.database, app.clock(), 3, 4)
    assert sweep(app).exit_code == 0
    said = run(app, "audit", "verify")
    assert said.exit_code == 0, said.output
    assert f"entries of {NAME}: as they were signed." in said.output
    with app.database.read() as db:
        number = db.scalar(text("SELECT number FROM complaints ORDER BY id LIMIT 1"))
    said = run(app, "audit", "proof", number, "--to", tmp_path / "proofs")
    assert said.exit_code == 0, said.output
    assert said.output.splitlines()[-1] == "4 proofs."
    code = said.output.splitlines()[-2].removeprefix("Code: ")
    told = run(app, "audit", "proof", number, "--to", tmp_path / "proofs", "--code", code.lower().replace("-", " "))
    assert told.output.splitlines()[-1] == f"{code} is the code of the first 4 of 4 steps."
    refused = run(app, "audit", "proof", number, "--to", tmp_path / "proofs", "--code", "7KQM-2X9D-PT4V")
    assert refused.exit_code == 1 and "is of other steps" in refused.output
    assert run(app, "audit", "proof", number, "--code", "7KQM").exit_code == 2
    for given in ((tmp_path / "log",), ("--proof", tmp_path / f"proofs/{number}-2.tlog-proof")):
        done = subprocess.run([sys.executable, TOOL, *given, "--key", key], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout[:6]) == (0, "Right:"), done


def test_the_public_key_is_printed_again_and_is_the_one_that_checks(made: tuple[Sunwai, str]) -> None:
    app, key = made
    said = run(app, "audit", "key")
    assert (said.exit_code, said.output) == (0, f"{key}\n")
    app.settings = dataclasses.replace(app.settings, transparency_key_file="")
    refused = run(app, "audit", "key")
    assert refused.exit_code == 2 and "TRANSPARENCY_KEY_FILE is not set" in refused.output


def test_a_database_that_was_changed_fails_the_check_and_stops_the_signing(made: tuple[Sunwai, str]) -> None:
    app, key = made
    fill(app.database, app.clock(), 3, 4)
    sweep(app)
    with owner(app.database) as db:
        db.execute(text("UPDATE history SET status = 'closed' WHERE id = 5"))
    said = run(app, "audit", "verify", "--from", app.settings.transparency_folder, "--key", key)
    assert said.exit_code == 1
    assert "altered: Entry " in said.output
    assert ": history 5: step 1 of " in said.output
    assert ": 1 not as they were signed." in said.output
    with owner(app.database) as db:
        db.execute(text("DELETE FROM log_leaves WHERE seq > 5"))
        db.execute(text("DELETE FROM history WHERE id > 6"))
    said = run(app, "audit", "verify")
    assert said.output.splitlines()[0].startswith(
        "This database is behind the log: 9 entries of the log are not in it."
    )
    said = sweep(app)
    assert "These steps failed, and the log says why: transparency_log" in said.output


def test_settings_that_cannot_work_are_told_at_the_start(made: tuple[Sunwai, str], tmp_path: Path) -> None:
    app, _ = made
    where = {
        "ENVIRONMENT": DEVELOPMENT,
        "KEYS_FILE": KEYS_FILE,
        "DATABASE_URL": app.settings.database_url,
        "REDIS_URL": app.settings.redis_url,
    }
    key = Path(app.settings.transparency_key_file)
    for wrong, why in (
        ({"TRANSPARENCY_FOLDER": "x"}, "need each other"),
        ({"TRANSPARENCY_FOLDER": "x", "TRANSPARENCY_KEY_FILE": str(tmp_path / "none")}, "cannot be read"),
        ({"TRANSPARENCY_FOLDER": "x", "TRANSPARENCY_KEY_FILE": str(TOOL)}, "that others can read"),
    ):
        with pytest.raises(Exception, match=why):
            load_config(where | wrong)
    key.write_text("nonsense\n")
    with pytest.raises(Exception, match="names a file without a key"):
        load_config(where | {"TRANSPARENCY_FOLDER": "x", "TRANSPARENCY_KEY_FILE": str(key)})


def test_without_a_log_the_commands_say_what_is_missing(app: Sunwai) -> None:
    said = run(app, "audit", "verify")
    assert said.exit_code == 2
    assert "TRANSPARENCY_FOLDER is not set" in said.output
    assert "it has nine digits" not in said.output
