"""What keeps a process from starting in production: each check returns sentences that say what to do.

To add one, write a function and add it to CHECKS. `refuse_database_role` looks at what only the database can show.
"""

import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url

from gateway.monitoring.logs import fault, log
from gateway.settings.config import Config
from gateway.settings.validation import missing_settings
from gateway.settings.values.readers import DEVELOPMENT_KEY
from gateway.settings.values.secret_strength import SHORTEST_SECRET, is_guessable
from sessions.redis.redis_client import is_sentinel, parse_sentinel_url
from storage.connection.database import Database, sqlite_path
from storage.operations.database_role import find_excess_rights

OTHERS = stat.S_IRWXO  # what everybody on the machine may do with a file
MAKE_ONE = "make one with `openssl rand -hex 32`"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_OTHERWISE = "name it in UNENCRYPTED_HOSTS if the way there is encrypted by other means or does not leave this machine"
KEYS_NOT_SET = (
    "KEYS_FILE is not set: nothing could be encrypted or read. Set it, or KEYS_COMMAND, as the service has it: a "
    "database that has been used has a key file of its own. `sunwai keys init FILE` makes one for a new database."
)
_OFF = frozenset({"", "0", "false", "no"})  # as Flask reads FLASK_DEBUG


@dataclass(frozen=True, slots=True)
class Start:
    """The start of a process: its settings, its environment, and whether it will answer requests."""

    config: Config
    environ: Mapping[str, str]
    opens_doors: bool


Check = Callable[[Start], Iterable[str]]


def refusals(start: Start) -> list[str]:
    """Everything that keeps this process from starting in production, one sentence each."""
    return [sentence for check in CHECKS for sentence in check(start)]


def refuse_database_role(config: Config, database: Database) -> str:
    """Why a process must not serve or send with this database role in production; "" if it may.

    If the database does not answer, the process starts without it, as after a power cut.
    """
    if config.in_development:
        return ""
    try:
        return find_excess_rights(database)
    except Exception as error:  # noqa: BLE001 - whatever it is, the database cannot be asked now
        log().warning("role_not_known", **fault(error))
        return ""


def _debugger(start: Start) -> Iterable[str]:
    if start.environ.get("FLASK_DEBUG", "").strip().lower() not in _OFF:
        yield "FLASK_DEBUG is on: whoever sees an error page could run programs here. Remove it."


def _webhook_secrets(start: Start) -> Iterable[str]:
    secrets = [each.rpartition("=")[2] for each in start.config.webhook_secrets]  # without whose it is
    if start.opens_doors and not secrets:
        yield "WEBHOOK_SECRETS is not set: anyone could send us callbacks. Put a long random word there."
    if any(len(secret) < SHORTEST_SECRET for secret in secrets):
        yield f"WEBHOOK_SECRETS holds a secret shorter than {SHORTEST_SECRET} characters: {MAKE_ONE}."
    elif any(is_guessable(secret) for secret in secrets):
        yield f"WEBHOOK_SECRETS holds a secret that can be guessed: {MAKE_ONE}."


def _own_keys(start: Start) -> Iterable[str]:
    config = start.config
    if config.console_key == DEVELOPMENT_KEY:
        yield f"CONSOLE_KEY is the public development key: {MAKE_ONE}."
    keys = {
        "CONSOLE_KEY": config.console_key,
        "METRICS_TOKEN": config.metrics_token,
        "SIGNING_KEY": config.signing_key,
    }
    for name, secret in keys.items():
        if secret and is_guessable(secret):
            yield f"{name} can be guessed: {MAKE_ONE}."
    ours = [each for each in (*config.webhook_secrets, *keys.values()) if each]
    if len(set(ours)) < len(ours):
        yield (
            "WEBHOOK_SECRETS, CONSOLE_KEY, METRICS_TOKEN and SIGNING_KEY must differ: whoever learns one would have "
            f"another. For each, {MAKE_ONE}."
        )


def _keys(start: Start) -> Iterable[str]:
    if start.opens_doors and not (start.config.keys_file or start.config.keys_command):
        yield KEYS_NOT_SET


def _senders(start: Start) -> Iterable[str]:
    if start.opens_doors:
        yield from missing_settings(start.config, start.config.roads.named() or start.config.aggregators)


def _addresses(start: Start) -> Iterable[str]:
    config = start.config
    for vendor in config.vendors:
        if not vendor.url or vendor.name not in config.aggregators:
            continue
        hosts = config.unencrypted_hosts if vendor.runs_beside_us else ()
        if not _sealed(getattr(config.settings_of(vendor), vendor.url), hosts):
            otherwise = f" Or {_OTHERWISE}." if vendor.runs_beside_us else ""
            yield (
                f"{vendor.url.upper()} must begin with https://: otherwise the API key and the texts can be read on "
                f"the way.{otherwise}"
            )
    if not _sealed(config.public_url):
        yield (
            "PUBLIC_URL must begin with https://: otherwise the secrets and the texts of callbacks can be read on the "
            "way. Put a proxy with a certificate in front (docs/operators/production.md)."
        )
    if config.oidc_issuer and not config.oidc_issuer.startswith("https://"):
        yield "OIDC_ISSUER must begin with https://: otherwise anyone who reads the traffic could sign in as any user."
    if config.standin_url:
        yield "STANDIN_URL is for development only: remove it."


def _own_names(start: Start) -> Iterable[str]:
    """What is unsafe without a name of ours: links in texts and invitations, and a console that believes any Host."""
    if start.opens_doors and not start.config.public_url:
        yield (
            "PUBLIC_URL is not set: put the https:// address under which aggregators and users reach us there. Links "
            "are made from it, and the console answers to its name alone."
        )
    elif start.opens_doors and not start.config.hosts:
        yield (
            "TRUSTED_HOSTS is not set: the console would believe every name in `Host`, because PUBLIC_URL holds an "
            "IPv6 address. Put the names under which browsers open the console there."
        )


def _files(start: Start) -> Iterable[str]:
    """Files that hold complaints or secrets, and that everybody on this machine can read."""
    database = sqlite_path(start.config.database_url)
    beside = [database.with_name(database.name + end) for end in ("", "-wal", "-shm")] if database else []
    for path in (*beside, Path(".env")):
        if _is_open_to_others(path):
            yield f"{path} can be read by everybody on this machine: chmod 600 {path}"


def _is_open_to_others(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & OTHERS)
    except OSError:
        return False  # there is none, or whoever opens it will say what is wrong


def _sealed(url: str, hosts: Iterable[str] = ()) -> bool:
    """True if nobody outside can read the traffic: https, this machine, or one of the `hosts` that are named."""
    address = urlsplit(url)
    return not url or address.scheme == "https" or (address.hostname or "") in (*LOOPBACK, *hosts)


def _links(start: Start) -> Iterable[str]:
    """Connections to PostgreSQL and Redis that others on the network could read or pretend to answer."""
    config = start.config
    named = ", ".join(_open_hosts(config, _database_hosts(config.database_url)))
    if named and make_url(config.database_url).query.get("sslmode") not in ("verify-ca", "verify-full"):
        yield (
            f"DATABASE_URL reaches {named} without a checked certificate: add ?sslmode=verify-full&sslrootcert=FILE, "
            f"or {_OTHERWISE}."
        )
    if named := ", ".join(_open_hosts(config, _redis_hosts(config.redis_url))):
        yield f"REDIS_URL reaches {named} without TLS: write rediss://, or {_OTHERWISE}."


def _open_hosts(config: Config, hosts: Iterable[str]) -> Iterable[str]:
    return (each for each in hosts if each not in LOOPBACK and each not in config.unencrypted_hosts)


def _database_hosts(url: str) -> Iterable[str]:
    """The hosts of a PostgreSQL; a path is a Unix socket."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return []
    several = parsed.query.get("host", ())
    names = [parsed.host or "", *([several] if isinstance(several, str) else several)]
    return [name for each in names for name in [each.rpartition(":")[0] or each] if name and not name.startswith("/")]


def _redis_hosts(url: str) -> Iterable[str]:
    """The hosts of a Redis or of its sentinels that are asked without TLS."""
    if url.startswith("rediss"):
        return []
    if is_sentinel(url):
        return [host for host, _port in parse_sentinel_url(url).nodes]
    return [urlsplit(url).hostname or ""] if url.startswith("redis") else []


CHECKS: tuple[Check, ...] = (
    _debugger,
    _webhook_secrets,
    _own_keys,
    _keys,
    _senders,
    _addresses,
    _own_names,
    _files,
    _links,
)
