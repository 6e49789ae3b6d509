"""Settings read once from the environment, and checked. Nothing else of the project looks at environment variables."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import Field, fields
from typing import Any

from gateway.settings import readers
from gateway.settings.config import DEVELOPMENT, Config
from gateway.settings.docs_page import page_of
from gateway.settings.fields import described_settings, value_of
from gateway.settings.validation import contradictions, unsafe


class ConfigError(Exception):
    """Settings that cannot be used; the message names each one and what to do, never its value."""


def load_config(environ: Mapping[str, str] | None = None) -> Config:
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
            values[each.name] = value_of(each, source.get(each.name.upper(), "").strip(), developing)
        except ValueError as error:
            problems.append(f"{each.name.upper()} {error}")
    if developing and not source.get("AT_BASE_URL", "").strip():
        values["at_base_url"] = values.get("standin_url", "") + "/version1"
    if not problems:
        config = Config(**values, described=described_settings(values["aggregators"], source))
        problems = contradictions(config)
        if not developing:
            problems += unsafe(config, opens_doors=not _only_a_command(source))
    if problems:
        raise ConfigError("These settings cannot be used (docs/operators/settings.md):\n  " + "\n  ".join(problems))
    return config


def settings() -> list[Field[Any]]:
    """The settings that have a name of their own, in the order of the page."""
    return [each for each in fields(Config) if each.metadata]


def environment_settings(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """What an environment (the process's own by default) sets of our settings and those of described aggregators."""
    source = os.environ if environ is None else environ
    names = [each.name.upper() for each in settings()]
    aggregators = tuple(readers.words(source.get("AGGREGATORS", "")))
    return described_settings(aggregators, source) | {
        name: source[name] for name in names if source.get(name, "").strip()
    }


def _only_a_command(environ: Mapping[str, str]) -> bool:
    """True under `flask something`; `flask run` opens doors."""
    return environ.get("FLASK_RUN_FROM_CLI") == "true" and "run" not in sys.argv


def page() -> str:
    """docs/operators/settings.md, whole."""
    return page_of(settings())
