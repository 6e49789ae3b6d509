"""Real processes: a worker that may be killed, and a stand-in aggregator that takes its time."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import requests
from sqlalchemy import update
from werkzeug.serving import make_server

from gateway.delivery.worker_wakeup_queue import Waker
from gateway.development.standin.server import create_standin
from sessions.operations.sweep import SweepCounts, sweep
from storage.connection.database import Database
from storage.schema.tables import Heartbeat, OutboxMessage, Report
from tests.keys import KEYS_FILE
from tests.servers import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0  # seconds


def until(holds: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until it holds; an error when it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError("it did not happen in time")
        time.sleep(0.02)


class StandIn:
    """The stand-in aggregator of development, in a thread. It posts no reports: the tests do."""

    def __init__(self) -> None:
        self.port = free_port()  # where it listens
        self.url = f"http://127.0.0.1:{self.port}"
        self._server = make_server("127.0.0.1", self.port, create_standin(""), threaded=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def behave(self, **rule: object) -> None:
        """What it does with the next texts (gateway.development.standin.faults)."""
        assert requests.post(f"{self.url}/behave", json=rule, timeout=5).status_code == 200

    def texts(self) -> list[dict[str, str]]:
        """What phones received."""
        return list(requests.get(f"{self.url}/messages", timeout=5).json()["messages"])

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Process:
    """`flask worker` or `flask sweep`, as a process of its own."""

    def __init__(self, command: str, database: Database, redis_url: str, standin: StandIn, **other: str) -> None:
        self._database, self._name = database, command
        settings = {
            "ENVIRONMENT": "development",
            "KEYS_FILE": KEYS_FILE,
            "DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
            "REDIS_URL": redis_url,
            "STANDIN_URL": standin.url,
            "QUIET_HOURS": "off",  # a test at night finds what one by day finds
        } | other
        line = [sys.executable, "-m", "flask", "--app", "wsgi", command]
        self._process = subprocess.Popen(
            line, cwd=ROOT, env=os.environ | settings, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        until(self.seen)

    def seen(self) -> bool:
        """It has shown that it lives."""
        assert self._process.poll() is None, f"flask {self._name} ended: {self.log()}"
        with self._database.read() as db:
            names = [each.name for each in db.query(Heartbeat)]
        return self._name in names or any(name.endswith(f"-{self._process.pid}") for name in names)

    def kill(self) -> None:
        """SIGKILL: it cannot do anything about it."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(5)

    def stop(self, seconds: float = 10) -> tuple[int, float]:
        """SIGTERM; its exit code and how long it took, in seconds."""
        began = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(seconds), time.monotonic() - began

    def log(self) -> str:
        """What it wrote, once it has ended."""
        return self._process.communicate(timeout=5)[1]


@contextlib.contextmanager
def process(command: str, database: Database, redis_url: str, standin: StandIn, **other: str) -> Iterator[Process]:
    """A process that is gone afterwards, whatever happened; `other` are settings of its own."""
    started = Process(command, database, redis_url, standin, **other)
    try:
        yield started
    finally:
        started.kill()


def worker(database: Database, redis_url: str, standin: StandIn, **other: str) -> AbstractContextManager[Process]:
    """`flask worker`, until the end of the block."""
    return process("worker", database, redis_url, standin, **other)


def state(database: Database, outbox_id: int) -> str:
    with database.read() as db:
        return db.get_one(OutboxMessage, outbox_id).state


def time_passes(database: Database, by: dt.timedelta) -> None:
    """Everything that is waited for comes nearer by so much: as if nobody had looked for that long."""
    with database.write.begin() as db:
        for text in db.query(OutboxMessage):
            changes = {"next_at": text.next_at - by, "created_at": text.created_at - by}
            if text.lease_until is not None:
                changes["lease_until"] = text.lease_until - by
            db.execute(update(OutboxMessage).where(OutboxMessage.id == text.id).values(**changes))
        for report in db.query(Report):
            db.execute(update(Report).where(Report.id == report.id).values(at=report.at - by))


def swept(database: Database, redis_url: str) -> SweepCounts:
    """One round of the sweep, now."""
    return sweep(database, dt.datetime.now(dt.UTC), Waker(redis_url))
