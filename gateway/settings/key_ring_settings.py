"""Where the key ring of these settings is; in development one is made where there is none."""

import datetime as dt
import os
from pathlib import Path

from gateway.settings.config import Config
from storage.connection.database import sqlite_path
from storage.encryption import key_source
from storage.encryption.key_ring import KeyRing, new_key_ring
from storage.encryption.key_source import KeySource


def key_source_of(config: Config) -> KeySource:
    """The key ring of the settings. It is read when it is first needed; then it may raise UnusableKeys."""
    if config.keys_command:
        return key_source.from_command(config.keys_command)
    if config.keys_file:
        return key_source.from_file(Path(config.keys_file))
    path = development_keys(config)
    if config.in_development and not path.exists():
        write_key_file(path, new_key_ring(dt.datetime.now(dt.UTC).date()))
    return key_source.from_file(path)


def development_keys(config: Config) -> Path:
    """The key file of a database that has none in its settings."""
    database = sqlite_path(config.database_url)
    return database.with_suffix(".keys") if database is not None else Path("var/development.keys")


def write_key_file(path: Path, ring: KeyRing) -> None:
    """Write a new key file that only its owner may read. Raises FileExistsError where there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(ring.text())
        file.flush()
        os.fsync(file.fileno())
