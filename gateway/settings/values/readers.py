"""Readers of single settings: text in, value out, or a ValueError whose message follows the setting's name."""

import ipaddress
import re
import ssl
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flows.cases import working_time
from flows.cases.lifecycle_file import BadLifecycle, Life, parse_lifecycle
from flows.cases.working_time import Calendars
from flows.delivery.quiet_hours import NEVER, QuietPeriod, parse_quiet_period
from sessions.redis.redis_client import is_sentinel, parse_sentinel_url

DEVELOPMENT_KEY = "development-key-of-the-console-not-for-real-use"
SHORTEST_KEY = 32  # characters

_SECRET = re.compile(r"(?:[a-z][a-z0-9_-]{0,31}(?:/[a-z-]{1,16})?=)?[A-Za-z0-9._~-]+", re.ASCII)
_AGGREGATOR = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)


def words(raw: str) -> tuple[str, ...]:
    """Words between commas."""
    return tuple(word.strip() for word in raw.split(",") if word.strip())


def one_of(*allowed: str) -> Callable[[str], str]:
    """A reader that accepts only these words."""

    def read(raw: str) -> str:
        if raw not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return raw

    return read


def pattern_reader(pattern: str, sentence: str) -> Callable[[str], str]:
    """A reader that accepts text that matches a pattern."""

    def read(raw: str) -> str:
        if not re.fullmatch(pattern, raw):
            raise ValueError(sentence)
        return raw

    return read


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    """A reader of whole numbers."""

    def read(raw: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", raw) or not lowest <= int(raw) <= highest:
            raise ValueError(f"must be a whole number from {lowest} to {highest}")
        return int(raw)

    return read


def calling_codes(raw: str) -> tuple[str, ...]:
    """Calling codes without a plus sign."""
    codes = words(raw)
    if not codes or not all(re.fullmatch(r"[1-9][0-9]{0,2}", code) for code in codes):
        raise ValueError("must be calling codes such as 92,254 (no plus sign)")
    return codes


def secrets(raw: str) -> tuple[str, ...]:
    """Secrets that can be part of a URL."""
    found = words(raw)
    if not all(_SECRET.fullmatch(secret) for secret in found):
        raise ValueError(
            "may hold letters, digits and . _ ~ - only, because each is a part of a URL; before them may stand whose "
            "secret it is: jasmin=… or jasmin/sms=…"
        )
    return found


def aggregator_networks(raw: str) -> dict[str, tuple[str, ...]]:
    """`jasmin=10.0.3.0/24; infobip=193.105.74.0/24,62.140.31.9`."""
    found: dict[str, tuple[str, ...]] = {}
    for pair in filter(None, (part.strip() for part in raw.split(";"))):
        name, equals, listed = (part.strip() for part in pair.partition("="))
        networks = words(listed)
        if not equals or not networks or not _AGGREGATOR.fullmatch(name):
            raise ValueError("must look like jasmin=10.0.3.0/24; infobip=193.105.74.0/24,62.140.31.9")
        if name in found:
            raise ValueError(f"names {name} twice")
        try:
            found[name] = tuple(str(ipaddress.ip_network(each)) for each in networks)
        except ValueError:
            raise ValueError(f"has an address of {name} that is no network: write it like 193.105.74.0/24") from None
    return found


def aggregators(raw: str) -> tuple[str, ...]:
    """Names of aggregators, each once."""
    found = words(raw)
    if not found or not all(_AGGREGATOR.fullmatch(name) for name in found):
        raise ValueError("must be names such as africastalking,infobip (lower-case letters)")
    if len(set(found)) < len(found):
        raise ValueError("names an aggregator twice")
    return found


def timezone(raw: str) -> str:
    """The name of a time zone."""
    try:
        ZoneInfo(raw)
    except Exception:  # noqa: BLE001 - zoneinfo raises many kinds for an odd key; each means the same
        raise ValueError("must be a name such as Asia/Karachi") from None
    return raw


def database(raw: str) -> str:
    """A database URL; PostgreSQL's usual schemes get the installed driver."""
    scheme, separator, rest = raw.partition("://")
    if not separator or not scheme.startswith(("sqlite", "postgres")):
        raise ValueError("must begin with sqlite:/// or postgresql://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else raw


def redis(raw: str) -> str:
    """The URL of a Redis, or of the sentinels that know it."""
    if is_sentinel(raw):
        parse_sentinel_url(raw)
    elif not re.fullmatch(r"(redis|rediss|unix)://.+", raw):
        raise ValueError("must begin with redis://, rediss://, unix://, redis+sentinel:// or rediss+sentinel://")
    return raw


def web(raw: str) -> str:
    """A web address without a slash at its end."""
    try:
        parts = urlsplit(raw)
        host, _port = parts.hostname, parts.port
    except ValueError:  # a port that is not a number, an unclosed bracket
        host = None
    if not host or parts.scheme not in ("http", "https") or parts.username or parts.query or parts.fragment:
        raise ValueError("must be a plain http:// or https:// address")
    return raw.rstrip("/")


def proxies(raw: str) -> tuple[str, ...]:
    """Addresses and networks of proxies, or `unix`."""
    found = words(raw)
    for each in found:
        try:
            everybody = each != "unix" and ipaddress.ip_network(each).prefixlen == 0
        except ValueError:
            raise ValueError("must be addresses, networks such as 10.1.0.0/24, or unix, separated by commas") from None
        if everybody:
            raise ValueError("must not name the whole internet: anybody could then claim any address")
    return found


def hosts(raw: str) -> tuple[str, ...]:
    """Host names without scheme, port and path, in lower case."""
    found = tuple(each.lower() for each in words(raw))
    if not all(re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", each) for each in found):
        raise ValueError("must be host names such as sunwai.example.org, without https:// and port")
    return found


def quiet_hours(raw: str) -> QuietPeriod:
    """`22:00-07:00`, or `off` for never."""
    if raw == "off":
        return NEVER
    try:
        found = parse_quiet_period(raw)
    except ValueError:
        raise ValueError("must look like 22:00-07:00, or be off") from None
    if found.begins == found.ends:
        raise ValueError("must not begin and end at the same time; write off where none are wanted")
    return found


def quiet_hours_by_province(raw: str) -> dict[str, QuietPeriod]:
    """`sindh=23:00-06:00,punjab=off`."""
    found: dict[str, QuietPeriod] = {}
    for pair in words(raw):
        province, equals, hours = (part.strip() for part in pair.partition("="))
        if not equals or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", province):
            raise ValueError("must look like sindh=23:00-06:00,punjab=off (codes of the province list)")
        if province in found:
            raise ValueError(f"names {province} twice")
        found[province] = quiet_hours(hours)
    return found


def calendar(raw: str) -> Calendars:
    """The calendars in a file of working hours and holidays."""
    try:
        return working_time.parse_calendars(_file(raw))
    except working_time.BadCalendar as error:
        raise ValueError(f"names a file that is no calendar: {error}") from None


def lifecycle(raw: str) -> Life:
    """The life cycle and its limits in an operator's own file."""
    try:
        return parse_lifecycle(_file(raw))
    except BadLifecycle as error:
        raise ValueError(f"names a file that is no life cycle: {error}") from None


def retention(raw: str) -> str:
    """The path of an operator's own file of how long things are kept."""
    from flows.retention.retention_file import BadRetention, parse_retention  # of the sweep and of commands alone

    try:
        parse_retention(_file(raw))
    except BadRetention as error:
        raise ValueError(f"names a file that cannot be used: {error}") from None
    return raw


def log_key(raw: str) -> str:
    """The path of the key that signs the transparency log, in a file that nobody else can read."""
    from storage.transparency.signed_note import NoteError, parse_signing_key  # of the sweep alone

    text = _file(raw)
    if Path(raw).stat().st_mode & 0o077:
        raise ValueError("names a file that others can read: chmod 600 it, and make a new key if somebody may have")
    try:
        parse_signing_key(text)
    except NoteError as error:
        raise ValueError(f"names a file without a key: {error}") from None
    return raw


def witnesses(raw: str) -> tuple[tuple[str, str], ...]:
    """The public key and the address of each witness of the transparency log."""
    from sessions.transparency.witness_round import MOST_WITNESSES  # of the sweep alone
    from storage.transparency.cosignature import parse_witness_key
    from storage.transparency.signed_note import NoteError

    found = [tuple(each.split()) for each in raw.split(",") if each.strip()]
    if len(found) > MOST_WITNESSES or len({each[0] for each in found}) < len(found):
        raise ValueError(f"names more than {MOST_WITNESSES} witnesses, or one twice")
    try:
        return tuple((key, web(address)) for key, address in found if parse_witness_key(key))
    except NoteError as error:
        raise ValueError(f"names a witness without a key: {error}") from None
    except ValueError:
        raise ValueError("must be a public key, a space and an http:// or https:// address for each witness") from None


def certificates(raw: str) -> str:
    """The path of a file with certificates of authorities, as PEM."""
    _file(raw)
    try:
        ssl.create_default_context(cafile=raw)
    except ssl.SSLError:
        raise ValueError("names a file without a certificate: save those of your authorities there, as PEM") from None
    return raw


def _file(raw: str) -> str:
    """The text of the file with this path."""
    try:
        return Path(raw).read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"names a file that cannot be read ({error.strerror}): give the path of one") from None
    except UnicodeDecodeError:
        raise ValueError("names a file that is not UTF-8: save it as UTF-8") from None


def yes_or_no(raw: str) -> bool:
    """`yes` or `no`."""
    if raw not in ("yes", "no"):
        raise ValueError("must be yes or no")
    return raw == "yes"


def key(raw: str) -> str:
    """A secret from which other secrets are derived."""
    if len(raw) < SHORTEST_KEY:
        raise ValueError(f"must have at least {SHORTEST_KEY} characters: `openssl rand -hex 32` makes one")
    return raw


token = pattern_reader(r"[A-Za-z0-9._~+/=-]{16,}", "must have at least 16 letters, digits or . _ ~ + / = -")
