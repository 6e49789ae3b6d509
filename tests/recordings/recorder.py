"""All recordings by name, where they are kept, and how they are written and read."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.recordings import pages, published, scripted, stored, talked, told, walked
from tests.recordings.product import migrate, open_database
from tests.recordings.world import Clock, installed, sqlite_in
from tests.servers import Valkey

GOLDEN = Path(__file__).parent / "golden"
LONG = 150_000  # bytes; a longer file is kept compressed
PACKED = ".gz"


@dataclass
class Studio:
    """What a recording is made with: an empty folder and a real Valkey."""

    folder: Path
    valkey: Valkey

    def empty_redis(self) -> str:
        """Where Valkey listens, with nothing in it."""
        self.valkey.client().flushall()
        return self.valkey.url

    def migrated(self) -> Path:
        """An SQLite file with all tables and no rows."""
        path = self.folder / "migrated.db"
        database = open_database(f"sqlite:///{path}")
        migrate(database)
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        return path


def _published(studio: Studio) -> dict[str, str]:
    with installed(sqlite_in(studio.folder), studio.empty_redis(), Clock()) as app:
        return published.record(app)


def _stored(studio: Studio) -> dict[str, str]:
    clock = Clock()
    with installed(sqlite_in(studio.folder), studio.empty_redis(), clock) as app:
        return stored.record(app, clock, studio.valkey.client())


def _walked(studio: Studio) -> dict[str, str]:
    clock = Clock()
    with installed(sqlite_in(studio.folder), studio.empty_redis(), clock) as app:
        return walked.record(app, clock)


def _pages(studio: Studio) -> dict[str, str]:
    with installed(sqlite_in(studio.folder), studio.empty_redis(), Clock()) as app:
        return pages.record(app)


KINDS: dict[str, Callable[[Studio], dict[str, str]]] = {
    "scripted calls": lambda _: scripted.record(),
    "conversations": lambda studio: talked.record(studio.migrated(), studio.folder),
    "what is published": _published,
    "pages of the console": _pages,
    "what is stored": _stored,
    "a walk": _walked,
    "the story": lambda studio: told.record(studio.folder / "story"),
}


def write(path: Path, text: str) -> None:
    """Keep a recording: as it is, or compressed without a time in it where it is long."""
    data, packed = text.encode(), path.with_name(path.name + PACKED)
    path.parent.mkdir(exist_ok=True)
    if len(data) > LONG:
        packed.write_bytes(gzip.compress(data, 9, mtime=0))
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(data)
        packed.unlink(missing_ok=True)


def read(name: str) -> str:
    """A recording that was kept; "" where there is none."""
    path = GOLDEN / name
    packed = path.with_name(path.name + PACKED)
    data = gzip.decompress(packed.read_bytes()) if packed.exists() else path.read_bytes() if path.exists() else b""
    return data.decode()
