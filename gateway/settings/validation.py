"""Checks of settings: those that contradict each other, and those that are not safe in production."""

import ipaddress
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

from gateway.settings.config import Config
from gateway.settings.values.fields import prefix_of
from gateway.settings.values.readers import DEVELOPMENT_KEY, SHORTEST_SECRET

DESCRIPTIONS = Path(__file__).parent.parent / "aggregators" / "descriptions"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def missing_settings(config: Config, routes: Iterable[str]) -> list[str]:
    """The settings without which these routes cannot send, one sentence each."""
    by_name = {vendor.name: vendor for vendor in config.vendors}
    return [
        f"{name.upper()} is not set: no text could be sent through {vendor.name}. {where}."
        for route in routes
        if (vendor := by_name.get(route)) is not None
        for name, where in vendor.needed_to_send.items()
        if not getattr(config.settings_of(vendor), name)
    ]


def contradictions(config: Config) -> list[str]:
    """Settings that contradict each other, one sentence each."""
    stems = [Path(each).stem for each in config.generic_files]
    built_in = {vendor.name for vendor in config.vendors}
    known = {*built_in, *stems, *(path.stem for path in DESCRIPTIONS.glob("*.yaml"))}
    problems = [
        f"AGGREGATORS names {name}, which is neither built in nor described: put its file into GENERIC_FILES."
        for name in config.aggregators
        if name not in known
    ]
    problems += [
        f"GENERIC_FILES has {each} twice." for each in sorted({each for each in stems if stems.count(each) > 1})
    ]
    problems += [f"GENERIC_FILES may not name {each}: it is built in." for each in stems if each in built_in]
    ours = [each.name.upper() for each in fields(Config) if each.metadata]
    ours += [each.name.upper() for vendor in config.vendors for each in vendor.fields()]
    problems += [
        f"AGGREGATORS names {name}, whose settings {prefix_of(name)}… would be ours: give its file another name."
        for name in config.aggregators
        if name not in built_in and any(each.startswith(prefix_of(name)) for each in ours)
    ]
    problems += [
        f"ROADS names {route}, which is not one of AGGREGATORS."
        for route in sorted(config.roads.named() - set(config.aggregators))
    ]
    used = [vendor for vendor in config.vendors if vendor.name in config.aggregators]
    needing = [vendor.name for vendor in used if vendor.needs_public_url]
    if needing and not config.public_url:
        problems.append(f"PUBLIC_URL is not set: {', '.join(needing)} must know our address from outside.")
    problems += [
        f"{name.upper()} is not set: {why}."
        for vendor in used
        for name, why in vendor.needed_to_receive.items()
        if not getattr(config.settings_of(vendor), name)
    ]
    if config.oidc_issuer and not (config.oidc_client_id and config.oidc_client_secret):
        problems.append("OIDC_CLIENT_ID or OIDC_CLIENT_SECRET is not set: the OpenID provider gives you both.")
    return problems


def unsafe(config: Config, *, opens_doors: bool) -> list[str]:
    """Settings that are not safe in production, one sentence each."""
    problems = []
    if opens_doors and not config.webhook_secrets:
        problems.append("WEBHOOK_SECRETS is not set: anyone could send us callbacks. Put a long random word there.")
    if any(len(secret) < SHORTEST_SECRET for secret in config.webhook_secrets):
        problems.append(f"WEBHOOK_SECRETS holds a secret shorter than {SHORTEST_SECRET} characters: make it longer.")
    if opens_doors:
        problems += missing_settings(config, config.roads.named() or config.aggregators)
    problems += [
        f"{vendor.url.upper()} must begin with https://: otherwise the API key and the texts can be read on the way."
        for vendor in config.vendors
        if vendor.url and vendor.name in config.aggregators
        if not _sealed(getattr(config.settings_of(vendor), vendor.url), beside=vendor.runs_beside_us)
    ]
    if config.console_key == DEVELOPMENT_KEY:
        problems.append("CONSOLE_KEY is the public development key: create your own with `openssl rand -hex 32`.")
    if config.oidc_issuer and not config.oidc_issuer.startswith("https://"):
        problems.append(
            "OIDC_ISSUER must begin with https://: otherwise anyone who reads the traffic could sign in as any user."
        )
    if config.oidc_issuer and not config.public_url:
        problems.append("PUBLIC_URL is not set: the OpenID provider must know where to return users to.")
    if config.standin_url:
        problems.append("STANDIN_URL is for development only: remove it.")
    return problems


def _sealed(url: str, *, beside: bool) -> bool:
    """True if nobody outside can read the traffic: https, this machine, or (beside us) a private network."""
    address = urlsplit(url)
    host = address.hostname or ""
    if not url or address.scheme == "https" or host in _LOOPBACK:
        return True
    if not beside:
        return False
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host  # the name of a container or a local machine
