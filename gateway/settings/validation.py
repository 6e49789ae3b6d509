"""Settings that cannot be used together, and settings that must not be left as they are where real people call."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

from gateway.settings.config import Config
from gateway.settings.fields import BUILT_IN, head_of
from gateway.settings.readers import DEVELOPMENT_KEY, SHORTEST_SECRET

DESCRIPTIONS = Path(__file__).parent.parent / "aggregators" / "descriptions"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

# What an aggregator cannot send without: setting, and where to find it. Its road asks for them, its doors do not.
_TO_SEND = {
    "africastalking": {"at_api_key": "Copy it from your Africa's Talking account"},
    "infobip": {
        "infobip_base_url": "Infobip shows it beside the API key",
        "infobip_api_key": "Copy it from your Infobip account",
        "infobip_sender": "Write the sender that Infobip registered for you",
    },
    "twilio": {
        "twilio_account_sid": "Copy it from the Twilio console",
        "twilio_auth_token": "Copy it from the Twilio console",
        "twilio_sender": "Write your Twilio number or messaging service",
    },
    "jasmin": dict.fromkeys(("jasmin_url", "jasmin_username", "jasmin_password"), "See Jasmin's users"),
    "kannel": dict.fromkeys(("kannel_url", "kannel_username", "kannel_password"), "See kannel.conf"),
}
_OUTSIDE = {"at_base_url": "africastalking", "infobip_base_url": "infobip", "twilio_base_url": "twilio"}
_BESIDE = {"jasmin_url": "jasmin", "kannel_url": "kannel"}  # these run beside us: http is usual inside a house


def missing_settings(config: Config, roads: Iterable[str]) -> list[str]:
    """What these roads cannot send without, one sentence each."""
    return [
        f"{name.upper()} is not set: no text could be sent through {road}. {where}."
        for road in roads
        for name, where in _TO_SEND.get(road, {}).items()
        if not getattr(config, name)
    ]


def contradictions(config: Config) -> list[str]:
    """Settings that name what other settings do not have, one sentence each."""
    stems = [Path(each).stem for each in config.generic_files]
    known = {*BUILT_IN, *stems, *(path.stem for path in DESCRIPTIONS.glob("*.yaml"))}
    problems = [
        f"AGGREGATORS names {name}, which is neither built in nor described: put its file into GENERIC_FILES."
        for name in config.aggregators
        if name not in known
    ]
    problems += [
        f"GENERIC_FILES has {each} twice." for each in sorted({each for each in stems if stems.count(each) > 1})
    ]
    problems += [f"GENERIC_FILES may not name {each}: it is built in." for each in stems if each in BUILT_IN]
    ours = [each.name.upper() for each in fields(config)]
    problems += [
        f"AGGREGATORS names {name}, whose settings {head_of(name)}… would be ours: give its file another name."
        for name in config.aggregators
        if name not in BUILT_IN and any(each.startswith(head_of(name)) for each in ours)
    ]
    problems += [
        f"ROADS names {road}, which is not one of AGGREGATORS."
        for road in sorted(config.roads.named() - set(config.aggregators))
    ]
    needing = [name for name in ("twilio", "jasmin", "kannel") if name in config.aggregators]
    if needing and not config.public_url:
        problems.append(f"PUBLIC_URL is not set: {', '.join(needing)} must be told how we are reached from outside.")
    if "twilio" in config.aggregators and not config.twilio_auth_token:
        problems.append("TWILIO_AUTH_TOKEN is not set: no callback of Twilio could be known as its own.")
    if config.oidc_issuer and not (config.oidc_client_id and config.oidc_client_secret):
        problems.append("OIDC_CLIENT_ID or OIDC_CLIENT_SECRET is not set: the OpenID provider gives you both.")
    return problems


def unsafe(config: Config, *, opens_doors: bool) -> list[str]:
    """What must not be left as it is where real people call, one sentence each."""
    problems = []
    if opens_doors and not config.webhook_secrets:
        problems.append("WEBHOOK_SECRETS is not set: anyone could send us callbacks. Put a long random word there.")
    if any(len(secret) < SHORTEST_SECRET for secret in config.webhook_secrets):
        problems.append(f"WEBHOOK_SECRETS holds a secret shorter than {SHORTEST_SECRET} characters: make it longer.")
    if opens_doors:
        problems += missing_settings(config, config.roads.named() or config.aggregators)
    problems += [
        f"{name.upper()} must begin https://: the API key and the texts would be readable on the way."
        for name, road in (_OUTSIDE | _BESIDE).items()
        if road in config.aggregators and not _sealed(getattr(config, name), beside=name in _BESIDE)
    ]
    if config.console_key == DEVELOPMENT_KEY:
        problems.append("CONSOLE_KEY is the one that everybody knows: `openssl rand -hex 32` makes one of your own.")
    if config.oidc_issuer and not config.oidc_issuer.startswith("https://"):
        problems.append("OIDC_ISSUER must begin https://: whoever reads along could sign in as anybody.")
    if config.oidc_issuer and not config.public_url:
        problems.append("PUBLIC_URL is not set: the OpenID provider must be told where it sends people back to.")
    if config.standin_url:
        problems.append("STANDIN_URL is for development only: remove it.")
    return problems


def _sealed(url: str, *, beside: bool) -> bool:
    """True where nobody outside can read along: https, this machine, or (beside us) a private network."""
    address = urlsplit(url)
    host = address.hostname or ""
    if not url or address.scheme == "https" or host in _LOOPBACK:
        return True
    if not beside:
        return False
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host  # the name of a container or a machine of this house
