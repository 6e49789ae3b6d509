"""`flask keys init`, `list` and `check`, and processes that refuse to start with the wrong keys."""

from __future__ import annotations

import datetime as dt
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import click
import pytest
from sqlalchemy import event, text

from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from gateway.settings.config import DEVELOPMENT
from gateway.settings.key_ring_settings import key_file_of, refuse_keys, write_key_file
from gateway.settings.loader import ConfigError, load_config
from gateway.terminal.audited_commands import AUDITED, UNAUDITED, WITHOUT_KEYS
from storage.cases import contacts
from storage.encryption.key_ring import new_key_ring
from tests.gateway.operating import run
from tests.gateway.outside import SECRET, settings
from tests.keys import RING, open_database

PHONE = "+923001234567"
TODAY = dt.date(2026, 11, 30)
AWAY = "redis://127.0.0.1:1/0"


def application(database_url: str, keys: Path | str) -> Sunwai:
    where = {"ENVIRONMENT": DEVELOPMENT, "DATABASE_URL": database_url, "KEYS_FILE": str(keys), "REDIS_URL": AWAY}
    return create_app(load_config(where))


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "keys"
    write_key_file(path, RING)
    return path


@pytest.fixture
def filled(sqlite_url: str) -> str:
    """A database in which the test's keys have encrypted one number."""
    database = open_database(sqlite_url)
    with database.write.begin() as db:
        contacts.find_or_add(db, PHONE, dt.datetime.now(dt.UTC))
    assert refuse_keys(load_config({"ENVIRONMENT": DEVELOPMENT, "DATABASE_URL": sqlite_url}), database) == ""
    database.close()
    return sqlite_url


def test_init_makes_a_private_file_never_over_one_and_says_what_to_do_next(sqlite_url: str, tmp_path: Path) -> None:
    path = tmp_path / "safe" / "keys"
    app = application(sqlite_url, path)
    said = run(app, "keys", "init")
    assert said.exit_code == 0, said.output
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["keys"]
    assert f"KEYS_FILE={path}" in said.output and "apart from the database" in said.output
    assert not any(line.split()[-1] in said.output for line in path.read_text().splitlines() if line[0] != "#")
    before = path.read_text()
    again = run(app, "keys", "init")
    assert again.exit_code == 2 and "never written over" in again.output and path.read_text() == before
    assert "If it is this database's own, go on with `sunwai migrate`" in again.output
    path.write_text(before.replace(before.splitlines()[-1], before.splitlines()[-1][:-9]))
    spoilt = run(app, "keys", "init")
    assert spoilt.exit_code == 2 and "its secret is too short" in spoilt.output, spoilt.output
    path.write_text(before)
    with app.app_context():
        assert run(app, "migrate").exit_code == 0
    other = run(app, "keys", "init", tmp_path / "others")
    assert other.exit_code == 1 and "was written with other keys" in other.output and not (tmp_path / "others").exists()
    app.close()


def test_list_and_check_show_keys_without_their_secrets(filled: str, key_file: Path) -> None:
    app = application(filled, key_file)
    said = run(app, "keys", "list").output
    assert [line.split()[:5] for line in said.splitlines()[1:]] == [
        [key.purpose, "1", "active", "2026-01-01", key.fingerprint()] for key in RING.keys
    ]
    assert said.splitlines()[1].split()[-1] == "1"
    assert not any(line.split()[-1] in said for line in key_file.read_text().splitlines() if line[0] != "#")
    checked = run(app, "keys", "check")
    assert checked.exit_code == 0 and "2 keys; 1 value of the newest rows opened." in checked.output, checked.output
    with app.database.write.begin() as db:
        db.execute(text("UPDATE data_keys SET wrapping = 7"))
    broken = run(application(filled, key_file), "keys", "check")
    assert broken.exit_code == 1 and "Wrapping key 7 is missing: 1 data keys cannot be opened." in broken.output
    assert "MISSING" in run(app, "keys", "list").output
    app.close()


def test_encrypt_shows_each_full_bar_once_and_a_dry_run_a_total(filled: str, key_file: Path) -> None:
    app = application(filled, key_file)
    with app.database.write.begin() as db:
        db.execute(text("UPDATE contacts SET phone = '+923001234567', phone_ix = NULL, key_id = NULL"))
    *tables, total = run(app, "keys", "encrypt", "--dry-run").output.splitlines()
    assert total.split() == ["all", "tables", "1", "rows,", "1", "to", "encrypt"], total
    assert len(tables) > 10
    full = [line.split()[0] for line in run(app, "keys", "encrypt").output.splitlines() if "[####" in line]
    assert sorted(full) == sorted(set(full)) and "contacts" in full, full
    app.close()


def refusal(database_url: str, keys: str | Path, **other: str) -> str:
    config = load_config({"ENVIRONMENT": DEVELOPMENT, "DATABASE_URL": database_url, "KEYS_FILE": str(keys)} | other)
    app = create_app(config)
    said = refuse_keys(config, app.database)
    app.close()
    return said


def test_a_process_refuses_keys_that_it_must_not_start_with(filled: str, key_file: Path, tmp_path: Path) -> None:
    assert refusal(filled, key_file) == ""
    assert "There is no key file" in refusal(filled, tmp_path / "none")
    write_key_file(tmp_path / "other", new_key_ring(TODAY))
    assert "is not the one that this database was written with" in refusal(filled, tmp_path / "other")
    (tmp_path / "short").write_text("wrap 1 active 2026-11-30 c2hvcnQ=\n")
    (tmp_path / "short").chmod(0o600)
    assert "its secret is too short: a key has 32 bytes, which are 44 characters" in refusal(filled, tmp_path / "short")
    key_file.chmod(0o640)
    assert f"run `chmod 600 {key_file}`" in refusal(filled, key_file)


def test_production_needs_keys_of_its_own(filled: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"KEYS_FILE is not set: .*`sunwai keys init FILE`"):
        settings(filled, AWAY, KEYS_FILE="")
    with pytest.raises(ConfigError, match="KEYS_FILE and KEYS_COMMAND are both set"):
        settings(filled, AWAY, KEYS_COMMAND="cat keys")
    write_key_file(tmp_path / "own", new_key_ring(TODAY, development=True))
    config = settings(filled, AWAY, KEYS_FILE=str(tmp_path / "own"))
    app = create_app(config)
    assert "KEYS_FILE holds development keys" in refuse_keys(config, app.database)
    app.close()


@pytest.fixture
def of_others(tmp_path: Path) -> str:
    """A database without a row but the canaries of other keys."""
    url = f"sqlite:///{tmp_path}/others.db"
    write_key_file(tmp_path / "others", new_key_ring(TODAY))
    app = in_production(url, KEYS_FILE=str(tmp_path / "others"))
    with app.app_context():
        said = run(app, "migrate")
    assert said.exit_code == 0, said.output
    app.close()
    return url


def in_production(database_url: str, **changed: str) -> Sunwai:
    """The application as a command has it: its settings need no more than the service's for the database."""
    environ = {"FLASK_RUN_FROM_CLI": "true", "DATABASE_URL": database_url, "REDIS_URL": AWAY}
    return create_app(load_config(environ | changed))


def canaries_and_entries(app: Sunwai) -> list[int | None]:
    with app.database.read() as db:
        return [db.scalar(text(f"SELECT count(*) FROM {table}")) for table in ("key_checks", "audit")]


def leaves(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, each in group.commands.items():
        if isinstance(each, click.Group):
            yield from leaves(each, *path, name)
        elif " ".join((*path, name)) in AUDITED | UNAUDITED:
            yield (*path, name), each


def refusals(app: Sunwai) -> dict[str, str]:
    """What each command says before it does anything, with whatever it is given; "" where it would begin."""
    said = {}
    with app.app_context():
        for path, command in leaves(cast("click.Group", app.cli)):
            context = click.Context(click.Command("sunwai"), info_name="sunwai")
            for word in path[:-1]:
                context = click.Context(click.Group(word), parent=context, info_name=word)
            if " ".join(path) in WITHOUT_KEYS:
                said[" ".join(path)] = ""
                continue
            with click.Context(command, parent=context, info_name=path[-1]):
                assert command.callback is not None
                with pytest.raises(click.ClickException) as refused:
                    command.callback(**{str(each.name): None for each in command.params})
                said[" ".join(path)] = refused.value.message
    return said


def test_in_production_no_command_opens_a_database_without_keys_nor_with_those_of_another(
    filled: str, of_others: str, key_file: Path, tmp_path: Path
) -> None:
    opened = (AUDITED.keys() | UNAUDITED.keys()) - WITHOUT_KEYS
    assert {"keys init", "keys list", "keys check"} <= WITHOUT_KEYS and {"migrate", "complaints list"} <= opened
    for app, words in (
        (in_production(filled), "KEYS_FILE is not set"),
        (in_production(of_others, KEYS_FILE=str(key_file)), "is not the one that this database was written with"),
        (in_production(filled, KEYS_FILE=str(tmp_path / "none")), "There is no key file"),
    ):
        before = canaries_and_entries(app)
        said = refusals(app)
        assert {path for path, sentence in said.items() if sentence} == opened
        assert {path for path in opened if words not in said[path]} == set()
        assert canaries_and_entries(app) == before
        app.close()


def test_in_production_a_file_beside_the_database_is_never_taken(filled: str, key_file: Path) -> None:
    beside = key_file_of(filled)
    write_key_file(beside, RING)
    for words in (("migrate",), ("complaints", "list"), ("keys", "check"), ("keys", "list")):
        app = in_production(filled)
        with app.app_context():
            said = run(app, *words)
        assert said.exit_code == 1 and "KEYS_FILE is not set: " in said.output, said.output
        assert str(beside) not in said.output and "`sunwai keys init FILE`" in said.output
        app.close()
    app = in_production(filled, KEYS_FILE=str(key_file))
    assert run(app, "complaints", "list").exit_code == 0
    assert run(app, "keys", "check").exit_code == 0
    app.close()


def test_development_keys_are_made_for_a_new_database_and_never_for_one_whose_keys_are_gone(tmp_path: Path) -> None:
    environ = {"ENVIRONMENT": DEVELOPMENT, "DATABASE_URL": f"sqlite:///{tmp_path}/line.db"}

    def prepared() -> str:
        command = [sys.executable, "-m", "gateway.development.processes.prepare_database"]
        return subprocess.run(command, env={"PATH": "/usr/bin:/bin"} | environ, capture_output=True, text=True).stderr

    assert prepared() == "" and (tmp_path / "line.keys").exists()
    (tmp_path / "line.keys").rename(tmp_path / "elsewhere")
    assert prepared().startswith("There is no key file") and not (tmp_path / "line.keys").exists()
    (tmp_path / "elsewhere").rename(tmp_path / "line.keys")
    assert prepared() == ""
    for each in tmp_path.glob("line.db*"):
        each.unlink()
    assert prepared() == ""


def test_without_an_answer_of_the_database_a_process_starts(key_file: Path) -> None:
    assert refusal("postgresql+psycopg://sunwai@127.0.0.1:1/none", key_file) == ""


@pytest.mark.parametrize(
    "words",
    [
        ("gateway", "serve", "app"),
        ("gateway", "worker"),
        ("gateway", "sweep", "--once"),
        ("gateway", "keys", "check"),
    ],
)
def test_each_process_ends_with_the_sentence(filled: str, tmp_path: Path, words: tuple[str, ...]) -> None:
    write_key_file(tmp_path / "other", new_key_ring(TODAY, development=True))
    environ = {
        "ENVIRONMENT": DEVELOPMENT,
        "DATABASE_URL": filled,
        "KEYS_FILE": str(tmp_path / "other"),
        "REDIS_URL": AWAY,
        "WEBHOOK_SECRETS": SECRET,
    }
    port = ["--port", "18999"] if "serve" in words else []
    done = subprocess.run(
        [sys.executable, "-m", *words, *port], env=os.environ | environ, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1 and "is not the one that this database was written with" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr


def test_the_check_is_one_statement(filled: str, key_file: Path) -> None:
    app = application(filled, key_file)
    run_: list[str] = []
    event.listen(app.database.engine, "before_cursor_execute", lambda *given: run_.append(given[2]))
    assert refuse_keys(app.settings, app.database) == ""
    app.close()
    assert len([each for each in run_ if each != "BEGIN"]) == 1
