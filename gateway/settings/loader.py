"""Reads and checks the settings from the environment, once. Nothing else in the project reads environment variables."""

import os
import sys
from collections.abc import Mapping
from dataclasses import Field, fields
from typing import Any
from urllib.parse import quote

from flows.cases.lifecycle_file import Life
from gateway.aggregators.contract.vendor import Vendor
from gateway.aggregators.vendors.built_in import BUILT_IN
from gateway.settings.config import DEVELOPMENT, SERVICE_SETTINGS, Config
from gateway.settings.docs_page import page_of
from gateway.settings.production_checks import Start, refusals
from gateway.settings.unknown_settings import unknown_settings
from gateway.settings.validation import contradictions
from gateway.settings.values import readers
from gateway.settings.values.fields import STANDIN, prefix_of, value_of


class ConfigError(Exception):
    """Invalid settings; the message names each one and what to do, never its value."""


def load_config(environ: Mapping[str, str] | None = None, vendors: tuple[Vendor, ...] = BUILT_IN) -> Config:
    """Settings from environment variables (the process's own by default); an empty one counts as not set.

    Raises ConfigError with one line for each invalid setting. A `flask` command that serves no requests
    (`flask flows check`) needs no secrets.
    """
    source = os.environ if environ is None else environ
    developing = source.get("ENVIRONMENT", "").strip() == DEVELOPMENT
    values: dict[str, Any] = {}
    known = {each.name.upper() for each in settings(vendors)}
    others = {prefix_of(vendor.name): [each.name.upper() for each in vendor.fields()] for vendor in vendors}
    problems = unknown_settings(_not_described(source, vendors), known, others)
    for each in settings(vendors):
        try:
            values[each.name] = value_of(each, source.get(each.name.upper(), "").strip(), developing)
        except ValueError as error:
            problems.append(f"{each.name.upper()} {error}")
    if not problems:
        config = _config(values, vendors, source)
        problems = contradictions(config)
        if not developing:
            problems += refusals(Start(config, source, opens_doors=not is_command(source)))
    if problems:
        raise ConfigError("These settings cannot be used (docs/operators/settings.md):\n  " + "\n  ".join(problems))
    return config


def _config(values: dict[str, Any], vendors: tuple[Vendor, ...], source: Mapping[str, str]) -> Config:
    standin = values["standin_url"]
    own = {}
    for vendor in vendors:
        given = {each.name: values.pop(each.name) for each in vendor.fields()}
        own[vendor.name] = vendor.settings(
            **{name: each.replace(STANDIN, standin) if isinstance(each, str) else each for name, each in given.items()}
        )
    values["redis_url"] = _trust(values["redis_url"], values["ca_file"])
    described = _described_settings(values["aggregators"], source, vendors)
    return Config(**values, vendors=vendors, vendor_settings=own, described=described)


def _trust(redis_url: str, ca_file: str) -> str:
    """The address of Redis with the file of authorities that it is checked by, as redis-py reads it from there."""
    if not ca_file or not redis_url.startswith("rediss") or "ssl_ca_certs=" in redis_url:
        return redis_url
    return f"{redis_url}{'&' if '?' in redis_url else '?'}ssl_ca_certs={quote(ca_file, safe='/')}"


def settings(vendors: tuple[Vendor, ...] = BUILT_IN) -> list[Field[Any]]:
    """The settings that have a name of their own, in the order of the page."""
    return [
        each
        for ours in fields(Config)
        if ours.metadata
        for each in (ours, *(own for vendor in vendors if vendor.listed_after == ours.name for own in vendor.fields()))
    ]


def service_words(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """What texts show as {ussd}, {sms} and {help}: the settings of an environment (the process's own by default).

    One that is not set has its default, as callers read it. No other setting is read, so none can be invalid.
    """
    source = os.environ if environ is None else environ
    known = {each.name: each for each in fields(Config)}
    return {
        word: source.get(name.upper(), "").strip() or str(known[name].default)
        for word, name in SERVICE_SETTINGS.items()
    }


def own_lifecycle(environ: Mapping[str, str] | None = None) -> Life | None:
    """The life cycle that LIFECYCLE names in an environment (the process's own by default); None if it is not set.

    Raises ConfigError if its file cannot be read, or is no life cycle. No other setting is read.
    """
    source = os.environ if environ is None else environ
    path = source.get("LIFECYCLE", "").strip()
    try:
        return readers.lifecycle(path) if path else None
    except ValueError as error:
        raise ConfigError(f"LIFECYCLE {error}") from None


def environment_settings(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our settings and those of described aggregators in an environment (the process's own by default)."""
    source = os.environ if environ is None else environ
    names = [each.name.upper() for each in settings()]
    described = _described_settings(readers.words(source.get("AGGREGATORS", "")), source, BUILT_IN)
    return described | {name: source[name] for name in names if source.get(name, "").strip()}


def variables_of_others() -> dict[str, str]:
    """The environment of this process without our settings: for a command that is not to learn our secrets."""
    ours = environment_settings()
    return {name: value for name, value in os.environ.items() if name not in ours}


def _described_settings(
    aggregators: tuple[str, ...], source: Mapping[str, str], vendors: tuple[Vendor, ...]
) -> dict[str, str]:
    """The settings for described aggregators: `JAZZ_…` for jazz. The description says which of them it needs."""
    prefixes = tuple(prefix_of(name) for name in {*aggregators} - {vendor.name for vendor in vendors})
    return {name: value.strip() for name, value in source.items() if prefixes and name.startswith(prefixes)}


def _not_described(source: Mapping[str, str], vendors: tuple[Vendor, ...]) -> list[str]:
    """The variables that have a value, without those of described aggregators: the registry knows which these have."""
    described = _described_settings(readers.words(source.get("AGGREGATORS", "")), source, vendors)
    return [name for name, value in source.items() if value.strip() and name not in described]


def is_command(environ: Mapping[str, str] | None = None) -> bool:
    """True under a `flask` command; `flask run` and `sunwai serve` serve requests."""
    source = os.environ if environ is None else environ
    return source.get("FLASK_RUN_FROM_CLI") == "true" and not {"run", "serve"}.intersection(sys.argv)


def command_line() -> tuple[list[str], Mapping[str, str]]:
    """The command that started this process, and its environment: another server's options are in both."""
    return sys.argv, os.environ


def page(vendors: tuple[Vendor, ...] = BUILT_IN) -> str:
    """docs/operators/settings.md, whole."""
    return page_of(settings(vendors))
