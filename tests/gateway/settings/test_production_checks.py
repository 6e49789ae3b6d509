"""A process that would not be safe in production does not start, and says what to do."""

from __future__ import annotations

import re
import secrets
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.server import command
from gateway.settings.loader import ConfigError, load_config
from gateway.settings.values.secret_strength import is_guessable
from storage.migrations.runner import migrate
from tests.gateway.outside import OURS, SECRET
from tests.keys import KEYS_FILE, open_database

KEY = "0f1ab7c4d93e52886ab1c07fd4e59b3c"
LIVE = {"WEBHOOK_SECRETS": SECRET, "AT_API_KEY": "a-key"} | OURS


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG is on: .*Remove it"),
        ({"FLASK_DEBUG": "yes"}, "FLASK_DEBUG is on"),
        ({"WEBHOOK_SECRETS": "a" * 16}, "WEBHOOK_SECRETS holds a secret that can be guessed: make one with `openssl"),
        ({"WEBHOOK_SECRETS": f"{SECRET},passwordpassword"}, "WEBHOOK_SECRETS holds a secret that can be guessed"),
        ({"CONSOLE_KEY": "k" * 32}, "CONSOLE_KEY can be guessed"),
        ({"CONSOLE_KEY": "0123456789abcdef" * 2}, "CONSOLE_KEY can be guessed"),
        ({"METRICS_TOKEN": "change-me-change-me"}, "METRICS_TOKEN can be guessed"),
        ({"METRICS_TOKEN": SECRET}, "must differ"),
        ({"CONSOLE_KEY": KEY, "METRICS_TOKEN": KEY}, "must differ"),
        ({"PUBLIC_URL": "http://sunwai.example.org"}, "PUBLIC_URL must begin with https://"),
        ({"PUBLIC_URL": "http://10.0.0.7", "TRUSTED_HOSTS": ""}, "PUBLIC_URL must begin with https://"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL is not set: .*address under which"),
        ({"PUBLIC_URL": "", "TRUSTED_HOSTS": ""}, "PUBLIC_URL is not set: .*address under which"),
        ({"PUBLIC_URL": "https://[2001:db8::7]", "TRUSTED_HOSTS": ""}, "TRUSTED_HOSTS is not set: .*name"),
    ],
)
def test_what_is_not_safe_does_not_start_in_production(environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence) as refused:
        load_config(LIVE | environ)
    assert not any(value in str(refused.value) for value in environ.values() if len(value) >= 16 and "//" not in value)
    assert load_config(LIVE | environ | {"ENVIRONMENT": "development"})


OTHER = "postgresql://sunwai:a-password@10.0.0.5/sunwai"


@pytest.mark.parametrize(
    ("name", "url", "host"),
    [
        ("DATABASE_URL", OTHER, "10.0.0.5"),
        ("DATABASE_URL", f"{OTHER}?sslmode=require", "10.0.0.5"),  # whoever answers is believed
        ("DATABASE_URL", f"{OTHER}?sslmode=prefer&sslrootcert=/etc/ca.pem", "10.0.0.5"),
        ("DATABASE_URL", "postgresql://sunwai@/sunwai?host=db1:5432&host=127.0.0.1:5432", "db1"),
        ("REDIS_URL", "redis://cache.example.org:6379/0", "cache.example.org"),
        ("REDIS_URL", "redis+sentinel://10.0.0.1:26379,10.0.0.2/sunwai", "10.0.0.1, 10.0.0.2"),
    ],
)
def test_other_machines_are_reached_over_tls_with_a_checked_certificate(name: str, url: str, host: str) -> None:
    with pytest.raises(ConfigError, match=f"{name} reaches {re.escape(host)} without .* UNENCRYPTED_HOSTS") as refused:
        load_config(LIVE | {name: url})
    assert "a-password" not in str(refused.value)
    assert load_config(LIVE | {name: url, "ENVIRONMENT": "development"})
    assert load_config(LIVE | {name: url, "UNENCRYPTED_HOSTS": host.replace(" ", "")})
    with pytest.raises(ConfigError, match="UNENCRYPTED_HOSTS"):
        load_config(LIVE | {name: url, "UNENCRYPTED_HOSTS": "elsewhere"})


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("DATABASE_URL", f"{OTHER}?sslmode=verify-full&sslrootcert=/etc/ca.pem"),
        ("DATABASE_URL", "postgresql://sunwai@localhost/sunwai"),
        ("DATABASE_URL", "postgresql://sunwai@/sunwai?host=/run/postgresql"),
        ("DATABASE_URL", "sqlite:///var/sunwai.db"),
        ("REDIS_URL", "rediss://cache.example.org:6379/0"),
        ("REDIS_URL", "redis://127.0.0.1:6379/0"),
        ("REDIS_URL", "unix:///run/redis/redis.sock"),
    ],
)
def test_this_machine_and_what_is_encrypted_are_no_reason(name: str, url: str) -> None:
    assert load_config(LIVE | {name: url})


def test_no_process_listens_to_other_machines_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (LIVE | {"ENVIRONMENT": "production"}).items():
        monkeypatch.setenv(name, value)
    with socket.create_server(("127.0.0.1", 0)) as taken:  # so that no try begins to serve
        words = ["hooks", "--host", "0.0.0.0", "--port", str(taken.getsockname()[1])]
        refused = CliRunner().invoke(command.main, words)
        assert refused.exit_code == 1
        assert "0.0.0.0 can be reached from other machines" in refused.output
        monkeypatch.setenv("UNENCRYPTED_HOSTS", "0.0.0.0")
        assert "of 0.0.0.0 cannot be used" in CliRunner().invoke(command.main, words).output


@pytest.mark.parametrize("value", ["0", "false", "no", ""])
def test_a_debugger_that_is_off_is_no_reason(value: str) -> None:
    assert load_config(LIVE | {"FLASK_DEBUG": value})


def test_the_name_in_the_public_address_is_the_one_that_is_believed() -> None:
    config = load_config(LIVE | {"TRUSTED_HOSTS": "", "CONSOLE_KEY": KEY})
    assert config.hosts == ("sunwai.example.org",)


def test_a_command_needs_no_address_of_ours() -> None:
    assert load_config({"FLASK_RUN_FROM_CLI": "true"}).hosts == ()


def test_commands_are_refused_for_the_same_reasons() -> None:
    with pytest.raises(ConfigError, match="FLASK_DEBUG"):
        load_config({"FLASK_RUN_FROM_CLI": "true", "FLASK_DEBUG": "1"})


@pytest.mark.parametrize(
    "secret",
    [
        "aaaaaaaaaaaaaaaa",
        "abababababababab",
        "1234567890123456",
        "abcdefghijklmnop",
        "deadbeefdeadbeef",
        "passwordpassword",
        "s3cret-s3cret-s3cret",
        "changemechangeme",
        "test-secret-0123456789",
        "local-secret-local-secret",
        "short-7f3a",
    ],
)
def test_secrets_that_people_make_up_are_guessable(secret: str) -> None:
    assert is_guessable(secret)


def test_random_secrets_are_not_guessable() -> None:
    for make in (lambda: secrets.token_hex(16), lambda: secrets.token_hex(32), lambda: secrets.token_urlsafe(16)):
        assert not any(is_guessable(make()) for _ in range(2000))


@pytest.mark.parametrize("name", ["sunwai.db", "sunwai.db-wal", ".env"])
def test_a_data_file_that_everybody_can_read_is_refused(tmp_path: Path, name: str) -> None:
    environ = LIVE | {"KEYS_FILE": KEYS_FILE, "DATABASE_URL": f"sqlite:///{tmp_path / 'sunwai.db'}"}
    (tmp_path / name).touch(mode=0o600)
    (tmp_path / name).chmod(0o640)
    assert load_config(environ)
    (tmp_path / name).chmod(0o644)
    with pytest.raises(ConfigError, match=rf"{name} can be read by everybody on this machine: chmod 600"):
        load_config(environ)


def test_a_new_database_and_its_folder_are_private(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'var' / 'sunwai.db'}")
    migrate(database)
    with database.write.begin() as db:
        db.connection().exec_driver_sql("CREATE TABLE written (id INTEGER)")
    folder = tmp_path / "var"
    found = {path.name: path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())}
    database.close()
    assert found == {"var": 0o700, "sunwai.db": 0o600, "sunwai.db-wal": 0o600, "sunwai.db-shm": 0o600}
