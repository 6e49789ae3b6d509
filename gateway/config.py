"""Every setting, read once from the environment. Nothing else in the project looks at environment variables.

A setting's own line says what it is; `python -m gateway.config` writes docs/settings.md from these lines.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

DEVELOPMENT = "development"
PRODUCTION = "production"
SHORTEST_SECRET = 16  # characters; at 4 bits each still 64 bits
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class ConfigError(Exception):
    """Settings that cannot be used; the message names each one and what to do, never its value."""


def _words(raw: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in raw.split(",") if word.strip())


def _one_of(*allowed: str) -> Callable[[str], str]:
    def read(raw: str) -> str:
        if raw not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return raw

    return read


def _matching(pattern: str, sentence: str) -> Callable[[str], str]:
    def read(raw: str) -> str:
        if not re.fullmatch(pattern, raw):
            raise ValueError(sentence)
        return raw

    return read


def _whole(lowest: int, highest: int) -> Callable[[str], int]:
    def read(raw: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", raw) or not lowest <= int(raw) <= highest:
            raise ValueError(f"must be a whole number from {lowest} to {highest}")
        return int(raw)

    return read


def _calling_codes(raw: str) -> tuple[str, ...]:
    codes = _words(raw)
    if not codes or not all(re.fullmatch(r"[1-9][0-9]{0,2}", code) for code in codes):
        raise ValueError("must be calling codes such as 92,254 (no plus sign)")
    return codes


def _secrets(raw: str) -> tuple[str, ...]:
    secrets = _words(raw)
    if not all(re.fullmatch(r"[A-Za-z0-9._~-]+", secret) for secret in secrets):
        raise ValueError("may hold letters, digits and . _ ~ - only, because each is a part of a URL")
    return secrets


def _timezone(raw: str) -> str:
    try:
        ZoneInfo(raw)
    except Exception:  # noqa: BLE001 - zoneinfo raises many kinds for an odd key; each means the same
        raise ValueError("must be a name such as Asia/Karachi") from None
    return raw


def _database(raw: str) -> str:
    """A database URL; PostgreSQL's usual spellings are given the driver that is installed."""
    scheme, separator, rest = raw.partition("://")
    if not separator or not scheme.startswith(("sqlite", "postgres")):
        raise ValueError("must begin sqlite:/// or postgresql://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else raw


def _web(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
        raise ValueError("must be a plain http:// or https:// address")
    return raw.rstrip("/")


def _setting(
    default: Any, doc: str, read: Callable[[str], Any] = str, *, development: Any = None, private: bool = False
) -> Any:
    """A field with its doc line, its reader, and the default that holds in development."""
    metadata = {"doc": doc, "read": read, "development": development, "private": private}
    return field(default=default, metadata=metadata, repr=not private)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of one process. `Config.from_env` checks them; a test may build one directly."""

    environment: str = _setting(
        PRODUCTION,
        "`production` or `development`. Development opens the simulator and allows the secret `local`.",
        _one_of(PRODUCTION, DEVELOPMENT),
    )
    database_url: str = _setting(
        "sqlite:///var/sunwai.db",
        "The database: `sqlite:///path` for one host, or `postgresql://user:password@host/name`.",
        _database,
        private=True,
    )
    redis_url: str = _setting(
        "redis://127.0.0.1:6379/0",
        "Redis or Valkey: `redis://`, `rediss://`, or `unix:///path` for a Unix socket (faster).",
        _matching(r"(redis|rediss|unix)://.+", "must begin redis://, rediss:// or unix://"),
        private=True,
    )
    webhook_secrets: tuple[str, ...] = _setting(
        (),
        "Secrets of the callback addresses `/hooks/<aggregator>/<secret>/…`, separated by commas; each is valid, so "
        f"one can be replaced in two steps. At least {SHORTEST_SECRET} characters each outside development. Required.",
        _secrets,
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
        _web,
    )
    at_sender: str = _setting("8484", "The short code or sender name that texts come from.")
    service_code: str = _setting(
        "*8484#",
        "The USSD code people dial; put into texts as `{ussd}`.",
        _matching(r"\*[0-9*]+#", "must look like *8484#"),
    )
    short_code: str = _setting("8484", "The number people text; put into texts as `{sms}`.")
    help_number: str = _setting("15", "The emergency number put into texts as `{help}`.")
    country: str = _setting(
        "PK",
        "Two letters (ISO 3166): phone numbers written without a country are read as numbers of this one.",
        _matching(r"[A-Z]{2}", "must be two capital letters such as PK"),
    )
    country_codes: tuple[str, ...] = _setting(
        ("92",), "Calling codes that may be texted, separated by commas. Others are never texted.", _calling_codes
    )
    timezone: str = _setting("Asia/Karachi", "The time zone of dates people read, e.g. due dates.", _timezone)
    networks_without_ucs2: tuple[str, ...] = _setting(
        (), "Network codes whose USSD screens cannot show Urdu script, separated by commas.", _words
    )
    standin_url: str = _setting(
        "", "Where the stand-in aggregator listens. Development only.", _web, development="http://127.0.0.1:8001"
    )
    log_level: str = _setting(
        "INFO", "`DEBUG`, `INFO`, `WARNING` or `ERROR`.", _one_of("DEBUG", "INFO", "WARNING", "ERROR")
    )
    session_seconds: int = _setting(
        600, "How long the live state of a USSD session is kept after its last hop, in seconds.", _whole(60, 86_400)
    )
    resume_hours: int = _setting(
        24, "How long a call that broke off can be gone on with, in hours; 0 turns it off.", _whole(0, 24 * 30)
    )

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
        for each in fields(cls):
            try:
                values[each.name] = _value(each, source.get(each.name.upper(), "").strip(), developing)
            except ValueError as error:
                problems.append(f"{each.name.upper()} {error}")
        if developing and not source.get("AT_BASE_URL", "").strip():
            values["at_base_url"] = values.get("standin_url", "") + "/version1"
        if not problems:
            config = cls(**values)
            problems = unsafe(config, opens_doors=not _only_a_command(source))
        if problems:
            raise ConfigError("These settings cannot be used (docs/settings.md):\n  " + "\n  ".join(problems))
        return config


def _value(setting: Field[Any], raw: str, developing: bool) -> Any:
    if raw:
        return setting.metadata["read"](raw)
    special = setting.metadata["development"]
    return special if developing and special is not None else setting.default


def _only_a_command(environ: Mapping[str, str]) -> bool:
    """True under `flask something`; `flask run` opens doors."""
    return environ.get("FLASK_RUN_FROM_CLI") == "true" and "run" not in sys.argv


def unsafe(config: Config, *, opens_doors: bool) -> list[str]:
    """What must not be left as it is where real people call, one sentence each."""
    if config.in_development:
        return []
    problems = []
    if opens_doors and not config.webhook_secrets:
        problems.append("WEBHOOK_SECRETS is not set: anyone could send us callbacks. Put a long random word there.")
    if any(len(secret) < SHORTEST_SECRET for secret in config.webhook_secrets):
        problems.append(f"WEBHOOK_SECRETS holds a secret shorter than {SHORTEST_SECRET} characters: make it longer.")
    if opens_doors and not config.at_api_key:
        problems.append("AT_API_KEY is not set: no text could be sent. Copy it from your Africa's Talking account.")
    address = urlsplit(config.at_base_url)
    if address.scheme != "https" and address.hostname not in _LOOPBACK:
        problems.append("AT_BASE_URL must begin https://: the API key and the texts would be readable on the way.")
    if config.standin_url:
        problems.append("STANDIN_URL is for development only: remove it.")
    return problems


def _shown(value: Any) -> str:
    text = ",".join(value) if isinstance(value, tuple) else str(value)
    return f"`{text}`" if text else ""


def page() -> str:
    """docs/settings.md, whole."""
    lines = [
        "# Settings",
        "",
        "Environment variables, read once at start. `python -m gateway.config` writes this page; a test compares it",
        "with the code. An empty variable counts as not set. What cannot be used is named at start, and nothing runs.",
        "",
        "| Setting | Default | In development | What it is |",
        "| --- | --- | --- | --- |",
    ]
    for each in fields(Config):
        default, special = _shown(each.default), each.metadata["development"]
        developing = "`STANDIN_URL/version1`" if each.name == "at_base_url" else _shown(special) if special else ""
        lines.append(f"| `{each.name.upper()}` | {default} | {developing or 'the same'} | {each.metadata['doc']} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
