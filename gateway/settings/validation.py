"""Checks of settings against each other."""

from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

from gateway.aggregators.contract.protocol import DOORS
from gateway.settings.config import Config
from gateway.settings.values.fields import prefix_of

DESCRIPTIONS = Path(__file__).parent.parent / "aggregators" / "descriptions"


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
    problems += _strange_scopes(config)
    if bool(config.transparency_folder) != bool(config.transparency_key_file):
        problems.append("TRANSPARENCY_FOLDER and TRANSPARENCY_KEY_FILE need each other: set both, or none.")
    if config.transparency_quorum > len(config.transparency_witnesses):
        problems.append("TRANSPARENCY_QUORUM is more than there are TRANSPARENCY_WITNESSES: name more of them.")
    if config.keys_file and config.keys_command:
        problems.append("KEYS_FILE and KEYS_COMMAND are both set: the keys come from one of them. Remove the other.")
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
    host = urlsplit(config.public_url).hostname
    if config.trusted_hosts and host and host not in config.trusted_hosts:
        problems.append(f"TRUSTED_HOSTS does not name {host}, the host of PUBLIC_URL: add it.")
    if config.oidc_issuer and not (config.oidc_client_id and config.oidc_client_secret):
        problems.append("OIDC_CLIENT_ID or OIDC_CLIENT_SECRET is not set: the OpenID provider gives you both.")
    return problems


def _strange_scopes(config: Config) -> Iterable[str]:
    """Networks and secrets of an aggregator or an endpoint that there is not: a slip would leave the real one open."""
    scopes = {each.rpartition("=")[0] for each in config.webhook_secrets} - {""}
    named = [("AGGREGATOR_NETWORKS", each) for each in config.aggregator_networks]
    for setting, scope in [*named, *(("WEBHOOK_SECRETS", each) for each in sorted(scopes))]:
        aggregator, _, door = scope.partition("/")
        if aggregator not in config.aggregators:
            yield f"{setting} names {aggregator}, which is not one of AGGREGATORS."
        if door and door not in DOORS:
            yield f"{setting} names {scope}, but callbacks end in one of {', '.join(sorted(DOORS))}."
