"""The audit entry of a process that starts: its release, and which settings are not at their defaults."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import fields

import gateway
from gateway.settings.config import DEVELOPMENT, Config
from gateway.settings.values.fields import value_of
from storage.audit.entry import SERVICE, AuditEntry

SHOWN = 12  # hexadecimal digits of a digest


def start_entry(config: Config, process: str, now: dt.datetime) -> AuditEntry:
    """The entry of `process` (hooks, console, worker, sweep).

    Settings are there by name and digest, so that a change can be seen and no value can be read. Those that may hold a
    secret are left out altogether.
    """
    detail = {"release": gateway.__version__, "settings": " ".join(changed_settings(config))}
    return AuditEntry("started", SERVICE, now, "process", process, detail)


def changed_settings(config: Config) -> Iterator[str]:
    """`NAME=digest` of every setting that holds no secret and is not at its default, in the order of the page."""
    developing = config.environment == DEVELOPMENT
    for each in fields(Config):
        if not each.metadata or each.metadata["private"]:
            continue
        value = getattr(config, each.name)
        if value != value_of(each, "", developing):
            yield f"{each.name.upper()}={hashlib.sha256(repr(value).encode()).hexdigest()[:SHOWN]}"
