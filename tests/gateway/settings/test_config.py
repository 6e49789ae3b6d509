"""Settings are checked at start, explained in the docs, and never shown."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.delivery.quiet_hours import NEVER, QuietPeriod
from gateway.aggregators import registry
from gateway.aggregators.vendors import africastalking_callbacks
from gateway.settings import loader
from gateway.settings.config import Config
from gateway.settings.loader import ConfigError, load_config
from tests.flows.library import shipped_files

HOUSE = Path(__file__).parents[3]
SECRET = "a-secret-of-this-year"
LIVE = {
    "WEBHOOK_SECRETS": SECRET,
    "AT_API_KEY": "a-key",
    "PUBLIC_URL": "https://sunwai.example.org",
    "KEYS_FILE": "/keys",
}


def at_base_url(config: Config) -> object:
    """Where texts through Africa's Talking are sent."""
    return config.settings_of(africastalking_callbacks.VENDOR).at_base_url


def test_the_page_of_settings_says_what_the_code_says() -> None:
    page = (HOUSE / "docs" / "operators" / "settings.md").read_text("utf-8")
    assert page == loader.page(), "run: python -m gateway.settings > docs/operators/settings.md"


def test_every_setting_is_in_the_example_file_with_its_default_or_a_place_to_fill_in() -> None:
    example = (HOUSE / ".env.example").read_text("utf-8")
    for each in loader.settings():
        assert f"\n{each.name.upper()}=" in example or f"\n# {each.name.upper()}=" in example, each.name


def test_the_example_file_filled_in_is_accepted() -> None:
    lines = (HOUSE / ".env.example").read_text("utf-8").splitlines()
    environ = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert load_config(environ | LIVE).environment == "production"


def test_development_needs_nothing() -> None:
    developing = load_config({"ENVIRONMENT": "development"})
    assert developing.in_development
    assert developing.webhook_secrets == ("local",)
    assert at_base_url(developing) == developing.standin_url + "/version1"


def test_the_stand_in_can_be_elsewhere() -> None:
    developing = load_config({"ENVIRONMENT": "development", "STANDIN_URL": "http://127.0.0.1:9000/"})
    assert at_base_url(developing) == "http://127.0.0.1:9000/version1"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AGGREGATOR_NETWORKS", "jazmin=10.0.3.0/24", "names jazmin, which is not one of AGGREGATORS"),
        ("WEBHOOK_SECRETS", f"{SECRET},jazmin={SECRET}2", "names jazmin, which is not one of AGGREGATORS"),
        ("WEBHOOK_SECRETS", f"africastalking/smss={SECRET}", "names africastalking/smss, but callbacks end in one of"),
    ],
)
def test_a_misspelt_aggregator_leaves_no_other_without_its_networks_and_secrets(
    name: str, value: str, said: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        load_config(LIVE | {name: value})
    assert f"{name} {said}" in str(refused.value)
    assert SECRET not in str(refused.value)


def test_production_is_the_default_and_does_not_start_without_secrets() -> None:
    with pytest.raises(ConfigError) as refused:
        load_config({})
    assert "WEBHOOK_SECRETS" in str(refused.value)
    assert "AT_API_KEY" in str(refused.value)


def test_a_server_that_loads_us_without_secrets_stops_with_one_clear_message() -> None:
    environ = {name: value for name, value in os.environ.items() if name not in ("ENVIRONMENT", *LIVE)}
    command = [sys.executable, "-c", "import wsgi; wsgi.app"]
    loaded = subprocess.run(command, cwd=HOUSE, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert loaded.returncode == 1
    assert "WEBHOOK_SECRETS is not set" in loaded.stderr
    assert "Traceback" not in loaded.stderr


def test_a_worker_without_a_key_does_not_start() -> None:
    with pytest.raises(ConfigError, match="AT_API_KEY"):
        registry.outbound_adapters(load_config({"FLASK_RUN_FROM_CLI": "true"}))


def test_a_command_that_opens_no_door_is_not_asked_for_secrets() -> None:
    assert load_config({"FLASK_RUN_FROM_CLI": "true"}).webhook_secrets == ()


def test_a_command_does_not_send_texts_in_the_clear() -> None:
    with pytest.raises(ConfigError, match="AT_BASE_URL"):
        load_config({"FLASK_RUN_FROM_CLI": "true", "AT_BASE_URL": "http://api.africastalking.com/version1"})


def test_several_secrets_are_valid_at_once() -> None:
    rotating = load_config(LIVE | {"WEBHOOK_SECRETS": f"{SECRET}, another-secret-of-ours"})
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
        ("AGGREGATORS", "africastalking,AfricasTalking"),
        ("AGGREGATORS", "africastalking,africastalking"),
        ("AGGREGATORS", "nobody"),
        ("GENERIC_FILES", "/etc/twilio.yaml"),
        ("GENERIC_FILES", "/etc/jazz.yaml,/home/jazz.yaml"),
        ("ROADS", "jazz"),
        ("ROADS", "*=infobip"),
        ("PUBLIC_URL", "sunwai.example.org"),
        ("PUBLIC_URL", "https://sunwai.example.org:port"),
        ("SENDERS", "0"),
        ("TEXTS_PER_HOUR", "many"),
        ("TEXTS_PER_NUMBER_DAY", "0"),
        ("ANSWERS_PER_NUMBER_DAY", "0"),
        ("TEXTS_PER_OFFICER_DAY", "0"),
        ("TEXTS_PER_COMPLAINT", "-1"),
        ("QUIET_HOURS", "22-7"),
        ("QUIET_HOURS", "22:00-22:00"),
        ("QUIET_HOURS", "24:00-07:00"),
        ("QUIET_HOURS_BY_PROVINCE", "sindh"),
        ("QUIET_HOURS_BY_PROVINCE", "sindh=22:00"),
        ("QUIET_HOURS_BY_PROVINCE", "sindh=off,sindh=22:00-06:00"),
        ("TWILIO_ACCOUNT_SID", "AC1"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_config(LIVE | {name: value})
    assert name in str(refused.value)
    assert SECRET not in str(refused.value)


def test_a_secret_that_cannot_be_used_is_not_shown() -> None:
    with pytest.raises(ConfigError) as refused:
        load_config(LIVE | {"WEBHOOK_SECRETS": "has/a/slash/in/it/somewhere,tiny"})
    assert "slash" not in str(refused.value)
    assert "tiny" not in str(refused.value)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as refused:
        load_config({"COUNTRY": "x", "LOG_LEVEL": "x", "TIMEZONE": "x"})
    assert all(name in str(refused.value) for name in ("COUNTRY", "LOG_LEVEL", "TIMEZONE"))


def test_postgresql_is_given_the_driver_that_is_installed() -> None:
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        assert (
            load_config(LIVE | {"DATABASE_URL": f"{scheme}://localhost/x"}).database_url
            == "postgresql+psycopg://localhost/x"
        )


def test_settings_printed_by_accident_show_no_secret_and_no_password() -> None:
    environ = LIVE | {
        "DATABASE_URL": "postgresql://u:passw0rd@localhost/x",
        "REDIS_URL": "redis://:passw0rd@localhost/0",
    }
    shown = repr(load_config(environ))
    assert not any(private in shown for private in (SECRET, "a-key", "passw0rd"))


TWILIO = LIVE | {
    "AGGREGATORS": "africastalking,twilio",
    "PUBLIC_URL": "https://sunwai.example.org/",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "t0ken",
    "TWILIO_SENDER": "+15005550006",
}


def test_another_aggregator_is_taken_with_what_it_needs() -> None:
    config = load_config(TWILIO)
    assert (config.aggregators, config.public_url) == (("africastalking", "twilio"), "https://sunwai.example.org")
    assert "t0ken" not in repr(config)


@pytest.mark.parametrize("name", ["PUBLIC_URL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_SENDER"])
def test_an_aggregator_is_not_taken_without_one_of_its_settings(name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        load_config({key: value for key, value in TWILIO.items() if key != name})


def test_an_aggregator_that_only_receives_needs_no_sender() -> None:
    only_calls = {"AGGREGATORS": "africastalking,infobip", "ROADS": "*=africastalking"}
    assert load_config(LIVE | only_calls).aggregators == ("africastalking", "infobip")


def test_no_key_of_africas_talking_is_asked_for_where_it_is_not_used() -> None:
    without = {name: value for name, value in TWILIO.items() if name != "AT_API_KEY"}
    config = load_config(without | {"AGGREGATORS": "twilio"})
    assert config.settings_of(africastalking_callbacks.VENDOR).at_api_key == ""


@pytest.mark.parametrize(
    ("url", "named", "taken"),
    [
        ("https://jasmin.example.org", "", True),
        ("http://127.0.0.1:1401", "", True),
        ("http://10.0.0.7:1401", "10.0.0.7", True),
        ("http://jasmin:1401", "redis,jasmin", True),
        ("http://10.0.0.7:1401", "", False),
        ("http://jasmin:1401", "redis", False),
        ("http://8.8.8.8:1401", "", False),
    ],
)
def test_texts_go_to_jasmin_in_the_clear_inside_a_house_only(url: str, named: str, taken: bool) -> None:
    jasmin = {"AGGREGATORS": "jasmin", "PUBLIC_URL": "https://sunwai.example.org", "JASMIN_URL": url}
    environ = LIVE | jasmin | {"JASMIN_USERNAME": "u", "JASMIN_PASSWORD": "passw0rd", "UNENCRYPTED_HOSTS": named}
    if taken:
        assert "passw0rd" not in repr(load_config(environ))
        return
    with pytest.raises(ConfigError, match="JASMIN_URL must begin with https"):
        load_config(environ)


def test_quiet_hours_are_hours_or_none() -> None:
    config = load_config(LIVE | {"QUIET_HOURS": "off", "QUIET_HOURS_BY_PROVINCE": "sindh=23:30-06:00,kp=off"})
    assert config.quiet_hours == NEVER
    assert config.quiet_hours_by_province == {"sindh": QuietPeriod(dt.time(23, 30), dt.time(6)), "kp": NEVER}
    assert load_config(LIVE).quiet_hours == QuietPeriod(dt.time(22), dt.time(7))


def test_the_settings_of_a_described_gateway_are_kept_apart_and_secret() -> None:
    environ = LIVE | {"AGGREGATORS": "telenor", "TELENOR_PASSWORD": "passw0rd", "OTHER_PASSWORD": "x"}
    config = load_config(environ)
    assert config.described == {"TELENOR_PASSWORD": "passw0rd"}
    assert "passw0rd" not in repr(config)


def test_a_described_gateway_cannot_read_our_own_settings() -> None:
    with pytest.raises(ConfigError, match="AT_… would be ours"):
        load_config(LIVE | {"AGGREGATORS": "at", "GENERIC_FILES": "/etc/at.yaml"})


def test_an_operators_own_calendar_is_read_at_start(tmp_path: Path) -> None:
    own = tmp_path / "calendar.yaml"
    own.write_text("zone: Asia/Karachi\nhours: {sat: [09:00-12:00]}\n", "utf-8")
    calendar = load_config(LIVE | {"CALENDAR": str(own)}).calendar
    assert calendar is not None
    wednesday = dt.datetime(2026, 6, 17, 9, tzinfo=dt.UTC)
    assert calendar.of("punjab", urgent=False).due_on(wednesday, 1) == dt.date(2026, 6, 20)
    assert load_config(LIVE).calendar is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "CALENDAR names a file that cannot be read"),
        ("hours: {}", "CALENDAR names a file that is no calendar: .*missing required field `zone`"),
        ("zone: Asia/Karachi\nhours: {mon: [9-5]}", "hours.mon: '9-5' are no hours"),
    ],
)
def test_a_calendar_that_cannot_be_used_is_told_at_start(tmp_path: Path, text: str | None, said: str) -> None:
    own = tmp_path / "calendar.yaml"
    if text is not None:
        own.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=said):
        load_config(LIVE | {"CALENDAR": str(own)})


def test_an_operators_own_life_cycle_is_read_at_start(tmp_path: Path) -> None:
    own = tmp_path / "lifecycle.yaml"
    own.write_text(shipped_files()["lifecycle.yaml"].replace("nudge: 80", "nudge: 50"), "utf-8")
    life = load_config(LIVE | {"LIFECYCLE": str(own)}).lifecycle
    assert life is not None
    assert life.escalation.nudge == 50
    assert load_config(LIVE).lifecycle is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "LIFECYCLE names a file that cannot be read"),
        ("ranks: {}", "LIFECYCLE names a file that is no life cycle: .*missing required field `roles`"),
        ("nudge: 120", "each percentage must be higher than the one before"),
    ],
)
def test_a_life_cycle_that_cannot_be_used_is_refused_at_start(tmp_path: Path, text: str | None, said: str) -> None:
    own = tmp_path / "lifecycle.yaml"
    if text is not None:
        whole = shipped_files()["lifecycle.yaml"].replace("nudge: 80", text)
        own.write_text(whole if text.startswith("nudge") else text, "utf-8")
    with pytest.raises(ConfigError, match=said):
        load_config(LIVE | {"LIFECYCLE": str(own)})
