"""Settings are checked at start, explained in the docs, and never shown."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from gateway import config
from gateway.aggregators.africastalking import sender
from gateway.config import Config, ConfigError

HOUSE = Path(__file__).parents[2]
SECRET = "s3cret-s3cret-s3cret"
LIVE = {"WEBHOOK_SECRETS": SECRET, "AT_API_KEY": "a-key"}


def test_the_page_of_settings_says_what_the_code_says() -> None:
    page = (HOUSE / "docs" / "settings.md").read_text("utf-8")
    assert page == config.page(), "run: python -m gateway.config > docs/settings.md"


def test_every_setting_is_in_the_example_file_with_its_default_or_a_place_to_fill_in() -> None:
    example = (HOUSE / ".env.example").read_text("utf-8")
    for each in fields(Config):
        assert f"\n{each.name.upper()}=" in example or f"\n# {each.name.upper()}=" in example, each.name


def test_the_example_file_filled_in_is_accepted() -> None:
    lines = (HOUSE / ".env.example").read_text("utf-8").splitlines()
    environ = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert Config.from_env(environ | LIVE).environment == "production"


def test_development_needs_nothing() -> None:
    developing = Config.from_env({"ENVIRONMENT": "development"})
    assert developing.in_development
    assert developing.webhook_secrets == ("local",)
    assert developing.at_base_url == developing.standin_url + "/version1"


def test_the_stand_in_can_be_elsewhere() -> None:
    developing = Config.from_env({"ENVIRONMENT": "development", "STANDIN_URL": "http://127.0.0.1:9000/"})
    assert developing.at_base_url == "http://127.0.0.1:9000/version1"


def test_production_is_the_default_and_does_not_start_without_secrets() -> None:
    with pytest.raises(ConfigError) as refused:
        Config.from_env({})
    assert "WEBHOOK_SECRETS" in str(refused.value)
    assert "AT_API_KEY" in str(refused.value)


def test_a_server_that_loads_us_without_secrets_stops_with_one_clear_message() -> None:
    environ = {name: value for name, value in os.environ.items() if name not in ("ENVIRONMENT", *LIVE)}
    command = [sys.executable, "-c", "import wsgi"]
    loaded = subprocess.run(command, cwd=HOUSE, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert loaded.returncode == 1
    assert "WEBHOOK_SECRETS is not set" in loaded.stderr
    assert "Traceback" not in loaded.stderr


def test_a_worker_without_a_key_does_not_start() -> None:
    with pytest.raises(ConfigError, match="AT_API_KEY"):
        sender(Config.from_env({"FLASK_RUN_FROM_CLI": "true"}))


def test_a_command_that_opens_no_door_is_not_asked_for_secrets() -> None:
    assert Config.from_env({"FLASK_RUN_FROM_CLI": "true"}).webhook_secrets == ()


def test_a_command_does_not_send_texts_in_the_clear() -> None:
    with pytest.raises(ConfigError, match="AT_BASE_URL"):
        Config.from_env({"FLASK_RUN_FROM_CLI": "true", "AT_BASE_URL": "http://api.africastalking.com/version1"})


def test_several_secrets_are_valid_at_once() -> None:
    rotating = Config.from_env(LIVE | {"WEBHOOK_SECRETS": f"{SECRET}, another-secret-of-ours"})
    assert rotating.webhook_secrets == (SECRET, "another-secret-of-ours")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENVIRONMENT", "staging"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("DATABASE_URL", "sunwai.db"),
        ("REDIS_URL", "localhost:6379"),
        ("WEBHOOK_SECRETS", "short"),
        ("WEBHOOK_SECRETS", f"{SECRET},short"),
        ("WEBHOOK_SECRETS", "has/a/slash/in/it/somewhere"),
        ("AT_BASE_URL", "http://api.africastalking.com/version1"),
        ("AT_BASE_URL", "ftp://api.africastalking.com"),
        ("SERVICE_CODE", "8484"),
        ("COUNTRY", "pk"),
        ("COUNTRY_CODES", "+92"),
        ("COUNTRY_CODES", ","),
        ("TIMEZONE", "Lahore"),
        ("TIMEZONE", "../../etc/passwd"),
        ("LOG_LEVEL", "verbose"),
        ("SESSION_SECONDS", "ten"),
        ("SESSION_SECONDS", "5"),
        ("RESUME_HOURS", "-1"),
        ("STANDIN_URL", "http://127.0.0.1:8001"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError) as refused:
        Config.from_env(LIVE | {name: value})
    assert name in str(refused.value)
    assert SECRET not in str(refused.value)


def test_a_secret_that_cannot_be_used_is_not_shown() -> None:
    with pytest.raises(ConfigError) as refused:
        Config.from_env(LIVE | {"WEBHOOK_SECRETS": "has/a/slash/in/it/somewhere,tiny"})
    assert "slash" not in str(refused.value)
    assert "tiny" not in str(refused.value)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as refused:
        Config.from_env({"COUNTRY": "x", "LOG_LEVEL": "x", "TIMEZONE": "x"})
    assert all(name in str(refused.value) for name in ("COUNTRY", "LOG_LEVEL", "TIMEZONE"))


def test_postgresql_is_given_the_driver_that_is_installed() -> None:
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        assert (
            Config.from_env(LIVE | {"DATABASE_URL": f"{scheme}://host/x"}).database_url == "postgresql+psycopg://host/x"
        )


def test_settings_printed_by_accident_show_no_secret_and_no_password() -> None:
    environ = LIVE | {"DATABASE_URL": "postgresql://u:passw0rd@host/x", "REDIS_URL": "redis://:passw0rd@host/0"}
    shown = repr(Config.from_env(environ))
    assert not any(private in shown for private in (SECRET, "a-key", "passw0rd"))
