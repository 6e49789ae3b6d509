"""The audit entry of a process that starts: its release, and which settings are not at their defaults."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import fields

import msgspec

import gateway
from gateway.settings.config import DEVELOPMENT, Config
from gateway.settings.values.fields import STANDIN, value_of
from storage.audit.entry import SERVICE, AuditEntry

SHOWN = 12  # hexadecimal digits of a digest


def start_entry(config: Config, process: str, now: dt.datetime) -> AuditEntry:
    """The entry of `process` (hooks, console, worker, sweep).

    Settings, also those of aggregators, are there by name and digest: a change can be seen, and the values stay out of
    a table that nobody empties. Those that may hold a secret are left out altogether.
    """
    detail = {"release": gateway.__version__, "settings": " ".join(changed_settings(config))}
    return AuditEntry("started", SERVICE, now, "process", process, detail)


def changed_settings(config: Config) -> Iterator[str]:
    """`NAME=digest` of every setting that holds no secret and is not at its default, each aggregator's at the end."""
    developing = config.environment == DEVELOPMENT
    for holder in (config, *map(config.settings_of, config.vendors)):
        for each in fields(holder):
            if not each.metadata or each.metadata["private"]:
                continue
            value, usual = getattr(holder, each.name), value_of(each, "", developing)
            if value != (usual.replace(STANDIN, config.standin_url) if isinstance(usual, str) else usual):
                yield f"{each.name.upper()}={_digest(value)}"


def _digest(value: object) -> str:
    """The same in each process for the same value: the order of a set differs from process to process."""
    plain = msgspec.to_builtins(value, order="deterministic", enc_hook=_plain)
    return hashlib.sha256(repr(plain).encode()).hexdigest()[:SHOWN]


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else repr(value)
