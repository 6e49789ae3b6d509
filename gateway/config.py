"""Every setting, read once from the environment. Nothing else in the project looks at environment variables.

A setting's own line says what it is; `python -m gateway.config` writes docs/settings.md from these lines.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any

from flows.roads import Roads
from flows.roads import read as read_roads
from flows.workdays import Calendars
from gateway.settings import readers
from gateway.settings.page import page_of
from gateway.settings.readers import QuietHours
from gateway.settings.safety import BUILT_IN, SHORTEST_SECRET, contradictions, head_of, unsafe

DEVELOPMENT = "development"
PRODUCTION = "production"


class ConfigError(Exception):
    """Settings that cannot be used; the message names each one and what to do, never its value."""


def _setting(
    default: Any,
    doc: str,
    read: Callable[[str], Any] = str,
    *,
    development: Any = None,
    private: bool = False,
    shown: str = "",
) -> Any:
    """A field with its doc line, its reader, and its default in development; `shown` is how docs write the default."""
    metadata = {"doc": doc, "read": read, "development": development, "private": private, "shown": shown}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata, repr=not private)
    return field(default=default, metadata=metadata, repr=not private)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of one process. `Config.from_env` checks them; a test may build one directly."""

    environment: str = _setting(
        PRODUCTION,
        "`production` or `development`. Development opens the simulator and allows the secret `local`.",
        readers.one_of(PRODUCTION, DEVELOPMENT),
    )
    database_url: str = _setting(
        "sqlite:///var/sunwai.db",
        "The database: `sqlite:///path` for one host, or `postgresql://user:password@host/name`.",
        readers.database,
        private=True,
    )
    redis_url: str = _setting(
        "redis://127.0.0.1:6379/0",
        "Redis or Valkey: `redis://`, `rediss://`, or `unix:///path` for a Unix socket (faster).",
        readers.matching(r"(redis|rediss|unix)://.+", "must begin redis://, rediss:// or unix://"),
        private=True,
    )
    webhook_secrets: tuple[str, ...] = _setting(
        (),
        "Secrets of the callback addresses `/hooks/<aggregator>/<secret>/…`, separated by commas; each is valid, so "
        f"one can be replaced in two steps. At least {SHORTEST_SECRET} characters each outside development. Required.",
        readers.secrets,
        development=("local",),
        private=True,
    )
    at_username: str = _setting("sandbox", "The user name (application) at Africa's Talking.")
    at_api_key: str = _setting(
        "", "The API key at Africa's Talking. Required outside development.", development="development", private=True
    )
    at_base_url: str = _setting(
        "https://api.africastalking.com/version1",
        "Where texts are sent. In development: the stand-in.",
        readers.web,
    )
    at_sender: str = _setting("8484", "The short code or sender name that texts come from.")
    service_code: str = _setting(
        "*8484#",
        "The USSD code people dial; put into texts as `{ussd}`.",
        readers.matching(r"\*[0-9*]+#", "must look like *8484#"),
    )
    short_code: str = _setting("8484", "The number people text; put into texts as `{sms}`.")
    help_number: str = _setting("15", "The emergency number put into texts as `{help}`.")
    country: str = _setting(
        "PK",
        "Two letters (ISO 3166): phone numbers written without a country are read as numbers of this one.",
        readers.matching(r"[A-Z]{2}", "must be two capital letters such as PK"),
    )
    country_codes: tuple[str, ...] = _setting(
        ("92",),
        "Calling codes that may be texted, separated by commas. Others are never texted.",
        readers.calling_codes,
    )
    timezone: str = _setting("Asia/Karachi", "The time zone of dates people read, e.g. due dates.", readers.timezone)
    calendar: Calendars | None = _setting(  # noqa: RUF009 - a field
        None,
        "The file with working hours and public holidays, by which answers are due; the one in "
        "`flows/library/calendar.yaml` shows how it is written. Not set: that one, for Pakistan.",
        readers.calendar,
    )
    networks_without_ucs2: tuple[str, ...] = _setting(
        (), "Network codes whose USSD screens cannot show Urdu script, separated by commas.", readers.words
    )
    standin_url: str = _setting(
        "", "Where the stand-in aggregator listens. Development only.", readers.web, development="http://127.0.0.1:8001"
    )
    log_level: str = _setting(
        "INFO", "`DEBUG`, `INFO`, `WARNING` or `ERROR`.", readers.one_of("DEBUG", "INFO", "WARNING", "ERROR")
    )
    session_seconds: int = _setting(
        600,
        "How long the live state of a USSD session is kept after its last hop, in seconds.",
        readers.whole(60, 86_400),
    )
    resume_hours: int = _setting(
        24, "How long a call that broke off can be gone on with, in hours; 0 turns it off.", readers.whole(0, 24 * 30)
    )

    public_url: str = _setting(
        "",
        "How aggregators reach us, e.g. `https://sunwai.example.org`: what Twilio signs, and where Jasmin "
        "and Kannel send their reports. Required for these.",
        readers.web,
    )
    aggregators: tuple[str, ...] = _setting(
        ("africastalking",),
        "Whose doors are open and who texts may be sent through, separated by commas: `africastalking`, `infobip`, "
        "`twilio`, `jasmin`, `kannel`, a shipped description (`telenor`, `hubtel`, `arkesel`) or one of "
        "`GENERIC_FILES`.",
        readers.aggregators,
    )
    generic_files: tuple[str, ...] = _setting(
        (),
        "Descriptions of other gateways (docs/descriptions.md), separated by commas. A file `jazz.yaml` makes the "
        "aggregator `jazz`, whose own settings are `JAZZ_…` as it says.",
        readers.words,
    )
    roads: Roads = _setting(  # noqa: RUF009 - a field
        Roads(),
        "Which aggregator a text goes through, preferred first: `+92300 +92301=jazz,africastalking; "
        "network:63902=infobip; *=africastalking`. Not set: `AGGREGATORS` in their order.",
        read_roads,
    )
    infobip_base_url: str = _setting(
        "", "The address of your Infobip account, `https://….api.infobip.com`.", readers.web
    )
    infobip_api_key: str = _setting("", "The API key at Infobip.", private=True)
    infobip_sender: str = _setting("", "The sender name or number that texts through Infobip come from.")
    twilio_account_sid: str = _setting(
        "", "The account at Twilio, `AC…`.", readers.matching(r"AC[0-9a-f]{32}", "must be AC and 32 hexadecimal digits")
    )
    twilio_auth_token: str = _setting("", "The auth token at Twilio; its callbacks are signed with it.", private=True)
    twilio_sender: str = _setting("", "The number, sender name or messaging service (`MG…`) of texts through Twilio.")
    twilio_base_url: str = _setting("https://api.twilio.com", "Where texts through Twilio are sent.", readers.web)
    jasmin_url: str = _setting("", "Jasmin's HTTP API, e.g. `http://127.0.0.1:1401`.", readers.web)
    jasmin_username: str = _setting("", "The user at Jasmin.")
    jasmin_password: str = _setting("", "The password at Jasmin.", private=True)
    jasmin_sender: str = _setting("", "The sender of texts through Jasmin; may be empty where the connector sets it.")
    kannel_url: str = _setting("", "Kannel's smsbox, e.g. `http://127.0.0.1:13013`.", readers.web)
    kannel_username: str = _setting("", "The user at Kannel (`sendsms-user`).")
    kannel_password: str = _setting("", "The password at Kannel.", private=True)
    kannel_sender: str = _setting("", "The sender of texts through Kannel; may be empty where Kannel sets it.")
    senders: int = _setting(128, "How many texts a worker process sends at the same time.", readers.whole(1, 1000))
    texts_per_hour: int = _setting(
        20_000, "The most texts that leave in an hour; the rest wait, with an alarm.", readers.whole(1, 10_000_000)
    )
    texts_per_number_day: int = _setting(
        10, "The most texts to one number in a day, of those it did not ask for.", readers.whole(1, 1000)
    )
    answers_per_number_day: int = _setting(
        60, "The most answers, receipts and urgent texts to one number in a day.", readers.whole(1, 1000)
    )
    texts_per_officer_day: int = _setting(
        300, "The most texts about their work to one officer in a day.", readers.whole(1, 10_000)
    )
    texts_per_complaint: int = _setting(20, "The most texts about one complaint.", readers.whole(1, 1000))
    quiet_hours: QuietHours | None = _setting(  # noqa: RUF009 - a field
        (dt.time(22), dt.time(7)),
        "When texts wait, in the time of `TIMEZONE`; `off` for never. Answers and urgent texts do not wait.",
        readers.quiet_hours,
        shown="22:00-07:00",
    )
    quiet_hours_by_province: dict[str, QuietHours | None] = _setting(  # noqa: RUF009 - a field
        {},
        "Other quiet hours by code of the province list, e.g. `sindh=23:00-06:00,balochistan=off`.",
        readers.quiet_hours_by_province,
    )
    described: dict[str, str] = field(default_factory=dict, repr=False)  # settings that descriptions ask for, by name

    @property
    def in_development(self) -> bool:
        """True where the simulator, the stand-in and the secret `local` are allowed."""
        return self.environment == DEVELOPMENT

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Config:
        """Settings from environment variables (the process's own by default); an empty one counts as not set.

        Raises ConfigError with one line for each setting that cannot be used. A `flask` command that opens no door
        (`flask flows check`) is not asked for secrets.
        """
        source = os.environ if environ is None else environ
        developing = source.get("ENVIRONMENT", "").strip() == DEVELOPMENT
        values: dict[str, Any] = {}
        problems: list[str] = []
        for each in settings():
            try:
                values[each.name] = _value(each, source.get(each.name.upper(), "").strip(), developing)
            except ValueError as error:
                problems.append(f"{each.name.upper()} {error}")
        if developing and not source.get("AT_BASE_URL", "").strip():
            values["at_base_url"] = values.get("standin_url", "") + "/version1"
        if not problems:
            config = cls(**values, described=_described(values["aggregators"], source))
            problems = contradictions(config)
            if not developing:
                problems += unsafe(config, opens_doors=not _only_a_command(source))
        if problems:
            raise ConfigError("These settings cannot be used (docs/settings.md):\n  " + "\n  ".join(problems))
        return config


def settings() -> list[Field[Any]]:
    """The settings that have a name of their own, in the order of the page."""
    return [each for each in fields(Config) if each.metadata]


def given(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """What an environment (the process's own by default) sets of our settings and those of described aggregators."""
    source = os.environ if environ is None else environ
    names = [each.name.upper() for each in settings()]
    aggregators = tuple(readers.words(source.get("AGGREGATORS", "")))
    return _described(aggregators, source) | {name: source[name] for name in names if source.get(name, "").strip()}


def _described(aggregators: tuple[str, ...], source: Mapping[str, str]) -> dict[str, str]:
    """What is set for described aggregators: `JAZZ_…` for jazz. The description knows which of them it needs."""
    heads = tuple(head_of(name) for name in aggregators if name not in BUILT_IN)
    return {name: value.strip() for name, value in source.items() if heads and name.startswith(heads)}


def _value(setting: Field[Any], raw: str, developing: bool) -> Any:
    if raw:
        return setting.metadata["read"](raw)
    special = setting.metadata["development"]
    if developing and special is not None:
        return special
    return {} if isinstance(setting.default_factory, type) else setting.default


def _only_a_command(environ: Mapping[str, str]) -> bool:
    """True under `flask something`; `flask run` opens doors."""
    return environ.get("FLASK_RUN_FROM_CLI") == "true" and "run" not in sys.argv


def page() -> str:
    """docs/settings.md, whole."""
    return page_of(settings())


if __name__ == "__main__":
    sys.stdout.write(page())
