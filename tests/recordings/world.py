"""The world of a recording: a clock that is set, seeded numbers, the shipped flows, and how bytes are shown."""

from __future__ import annotations

import datetime as dt
import json
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path

from tests.keys import KEYS_FILE
from tests.recordings.product import (
    CallSigns,
    Config,
    HopActions,
    HopDoor,
    Hops,
    LastInputs,
    Secrets,
    SessionStore,
    SmsEnvironment,
    SmsReceiver,
    Sunwai,
    create_app,
    flush_logs,
    load_config,
    open_database,
    perform_actions,
    prepare,
    registry,
)

FLOWS = ("complaints", "by_text", "power_cut", "survey")
BEGINS = dt.datetime(2026, 6, 17, 7, 0, tzinfo=dt.UTC)  # Wednesday noon in Karachi
SECRET = "local"
KEY = "a-console-key-of-recordings-with-some-length"
PATIENT = 30.0  # seconds for Redis: on a busy machine no recording may differ because of it
OPEN = "africastalking,infobip,arkesel,hubtel,telenor"  # aggregators whose doors are open


class Clock:
    """The time of a recording, in UTC."""

    def __init__(self) -> None:
        self.now = BEGINS

    def __call__(self) -> dt.datetime:
        return self.now

    def passes(self, **time: float) -> None:
        self.now += dt.timedelta(**time)


def shown(text: str) -> str:
    """A text on one line, with nothing lost: as a JSON string."""
    return json.dumps(text, ensure_ascii=False)


def settings(database_url: str, redis_url: str, **other: str) -> Config:
    """Settings of a recording; nothing of the process's own environment counts."""
    usual = {
        "ENVIRONMENT": "development",
        "KEYS_FILE": KEYS_FILE,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "WEBHOOK_SECRETS": SECRET,
        "NETWORKS_WITHOUT_UCS2": "41008",
        "AGGREGATORS": OPEN,
        "CONSOLE_KEY": KEY,
    }
    return load_config(usual | other)


@cache
def _published() -> bytes:
    """An SQLite file with the shipped flows published a day before: publishing takes seconds."""
    with tempfile.TemporaryDirectory() as folder:
        url = sqlite_in(Path(folder))
        database = open_database(url)
        with redirect_stdout(StringIO()):
            problem = prepare(database, settings(url, "redis://127.0.0.1:1/0"), BEGINS - dt.timedelta(days=1))
        assert not problem, problem
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        return (Path(folder) / "sunwai.db").read_bytes()


@contextmanager
def opened(config: Config, clock: Clock, seed: int = 8484) -> Iterator[Sunwai]:
    """The application over a database that is filled, with all that is random made from a seed."""
    app = create_app(config, clock)
    try:
        app.shelf.refresh()
        seed_numbers(app, seed)
        app.keeper.started = True  # nothing happens by itself: what is counted or published is fetched when told
        yield app
    finally:
        app.close()
        flush_logs()


@contextmanager
def installed(database_url: str, redis_url: str, clock: Clock, seed: int = 8484, **other: str) -> Iterator[Sunwai]:
    """The application on a new database with the shipped flows published."""
    config = settings(database_url, redis_url, **other)
    Path(config.database_url.removeprefix("sqlite:///")).write_bytes(_published())
    with opened(config, clock, seed) as app:
        yield app


def seed_numbers(app: Sunwai, seed: int) -> None:
    """Put doors into the application whose tracking numbers come from a seed."""
    config, numbers = app.settings, random.Random(seed).randrange
    store = SessionStore(config.redis_url, timeout=PATIENT)
    app.hops = Hops(
        app.database,
        store,
        app.shelf,
        HopActions(perform_actions, app.policy, app.wake, numbers, CallSigns().caller_facts),
        app.hops._limits,
    )
    joined = LastInputs(
        app.hops, store, app.shelf, clock=app.clock, keys=app.session_keys, seconds=config.session_seconds
    )
    app.door = HopDoor(
        Secrets(config.webhook_secrets), registry.aggregators(config), app.hops, joined=joined, clock=app.clock
    )
    app.texting = SmsReceiver(
        app.database,
        app.shelf,
        SmsEnvironment(app.policy, numbers, app.shelf.revision),
        wake=app.wake,
        short_code=config.short_code,
    )


def sqlite_in(folder: Path, name: str = "sunwai.db") -> str:
    """The URL of an SQLite file that is not there yet."""
    return f"sqlite:///{folder / name}"
