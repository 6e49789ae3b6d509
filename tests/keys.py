"""The key ring of the tests, and databases that were opened with it."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import tempfile
from pathlib import Path

from storage.connection import database
from storage.connection.database import Database
from storage.encryption import key_source
from storage.encryption.data_keys import unlock
from storage.encryption.key_ring import Key, KeyRing, Purpose

__all__ = ["KEYS_FILE", "RING", "open_database", "phone_ix"]


def _key(purpose: Purpose) -> Key:
    return Key(purpose, 1, "active", dt.date(2026, 1, 1), hashlib.sha256(f"a test's {purpose} key".encode()).digest())


RING = KeyRing((_key("wrap"), _key("index")))


def _file() -> str:
    """The ring as a file, the same for every process of this user."""
    path = Path(tempfile.gettempdir()) / f"sunwai-test-keys-{os.getuid()}"
    if not path.exists():
        beside = path.with_suffix(f".{os.getpid()}")
        beside.touch(0o600)
        beside.write_text(RING.text())
        beside.replace(path)
    return str(path)


KEYS_FILE = _file()


def open_database(url: str) -> Database:
    """A database, with the key ring of the tests."""
    opened = database.open_database(url)
    unlock(opened, key_source.from_ring(RING))
    return opened


def phone_ix(table: str, phone: str) -> bytes:
    """What a phone is found by in a table."""
    return RING.phone_index(table, phone).now
