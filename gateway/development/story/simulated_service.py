"""All of Sunwai in one process by a clock that can be set: doors, worker, sweep and commands, and phones around them.

Calls and texts go through the real webhooks over HTTP. Texts leave through the worker's room for the stand-in
aggregator, and the phones show what it got. Between two moments of a story nobody waits: the clock is set to the next
one at which anything is due, and the sweep looks.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from zoneinfo import ZoneInfo

from click.testing import Result
from msgspec import Struct
from redis import Redis, RedisError
from sqlalchemy import func, select

from gateway.app import create_app
from gateway.delivery import worker_job
from gateway.delivery.worker_wakeup_queue import texts_queue
from gateway.development.processes import child_processes
from gateway.development.processes.child_processes import Child
from gateway.development.processes.launcher import valkey
from gateway.development.processes.loopback_server import HOST, Server
from gateway.development.processes.prepare_database import prepare
from gateway.development.processes.run_folder import ROOT, CannotRun, Place, free_ports
from gateway.development.standin.server import create_standin
from gateway.development.story.temporary_postgres_schema import own_schema
from gateway.endpoints.application import Sunwai
from gateway.http.client import HttpClient
from gateway.monitoring import logs
from gateway.settings.loader import load_config
from gateway.simulator.phone import Phone, ReceivedText
from storage.schema.tables import Complaint, OutboxMessage

SECRET = "local"  # noqa: S105 - of the webhooks, here and nowhere else
BEGINS = dt.datetime(2026, 6, 1, 3, 30, tzinfo=dt.UTC)  # a Monday morning in Karachi
PATIENCE = 10.0  # seconds for Redis to start
MOMENT = dt.timedelta(seconds=1)
ALWAYS = 1_000_000  # requests to the stand-in
LOG = "story.log"  # what the processes of an installation would log

Look = Callable[[Redis], None]


class Clock:
    """The time of the story, in UTC. It only goes forward."""

    def __init__(self, start: dt.datetime) -> None:
        self._now = start

    def __call__(self) -> dt.datetime:
        """What time it is."""
        return self._now

    def set(self, to: dt.datetime) -> None:
        """It is `to` now; an earlier time changes nothing."""
        self._now = max(self._now, to)


class ArrivedText(Struct, frozen=True):
    """A text on somebody's phone."""

    number: str
    at: dt.datetime
    received: ReceivedText


class Stage:
    """The parts and what joins them. `look` is shown Redis whenever jobs wait in it, before they are taken."""

    def __init__(self, app: Sunwai, desk: worker_job.WorkerContext, clock: Clock, url: str, look: Look) -> None:
        self.app, self.clock, self.zone = app, clock, ZoneInfo(app.settings.timezone)
        self._desk, self._url, self._look = desk, url, look
        self._queue = texts_queue(app.settings.redis_url)
        self.phones: dict[str, Phone] = {}

    def phone(self, number: str, network: str = "41001") -> Phone:
        """A phone of this number, which is watched from now on."""
        if number not in self.phones:
            code = self.app.settings.service_code
            self.phones[number] = Phone(self._url, SECRET, number, code=code, network=network, now=self.clock)
        return self.phones[number]

    def command(self, *words: str) -> Result:
        """What a `flask` command says, by the story's clock."""
        with self.app.app_context():
            return self.app.test_cli_runner().invoke(args=list(words))

    def until(self, to: dt.datetime) -> Iterator[list[ArrivedText]]:
        """Let time pass until then. Yields what arrives at each moment at which anything does."""
        yield self.delivered()
        while (due := self._due()) is not None and due <= to:
            self.clock.set(max(due, self.clock() + MOMENT))
            swept = self.command("sweep", "--once")
            if swept.exit_code:
                raise RuntimeError(swept.output or swept.stderr) from swept.exception
            yield self.delivered()
        self.clock.set(to)

    def delivered(self) -> list[ArrivedText]:
        """What the worker sends now, as the phones get it."""
        while self._queue.count:
            self._look(self._queue.connection)
            self._queue.empty()  # type: ignore[no-untyped-call]
            self._desk.room.work(self._desk.over.is_set, worker_job.ROUND)
        logs.flush()
        return [
            ArrivedText(number, self.clock(), each)
            for number, phone in self.phones.items()
            for each in phone.received()
        ]

    def _due(self) -> dt.datetime | None:
        """When something happens by itself next: a case's clock, or a text that waits for the morning."""
        waiting = select(func.min(OutboxMessage.next_at)).where(
            OutboxMessage.state == "ready", OutboxMessage.next_at > self.clock()
        )
        with self.app.database.read() as db:
            found = [db.scalar(select(func.min(Complaint.clock_at))), db.scalar(waiting)]
        return min((each for each in found if each is not None), default=None)


@contextmanager
def open_stage(folder: Path, database_url: str = "", look: Look = lambda redis: None) -> Iterator[Stage]:  # noqa: ARG005
    """Everything started in `folder`, with the shipped flows and offices, at BEGINS. What is logged goes to LOG there.

    The database is an SQLite file in the folder, or a schema of its own in the PostgreSQL named. Raises CannotRun.
    """
    clock = Clock(BEGINS)
    with ExitStack() as stack:
        place = Place(folder)
        stack.callback(place.forget)
        log = stack.enter_context((place.folder / LOG).open("w", encoding="utf-8"))
        stack.enter_context(redirect_stderr(log))
        stack.callback(logs.flush)
        web, standin = free_ports(2)
        settings = {
            "ENVIRONMENT": "development",
            "DATABASE_URL": database_url or f"sqlite:///{place.folder / 'sunwai.db'}",
            "REDIS_URL": stack.enter_context(_redis(place)),
            "STANDIN_URL": f"http://127.0.0.1:{standin}",
            "WEBHOOK_SECRETS": SECRET,
        }
        config = load_config(settings)
        app, desk = create_app(config, clock), worker_job.build_worker_context(config, clock)
        stack.enter_context(own_schema(app.database.engine, desk.database.engine))
        stack.callback(desk.database.close)
        stack.callback(app.close)  # before its tables go: it watches them
        with redirect_stdout(log):
            problem = prepare(app.database, config, clock())
        if problem:
            raise CannotRun(problem)
        for server in (
            Server(app, web),
            Server(create_standin(f"{_at(web)}/hooks/africastalking/{SECRET}/delivery"), standin),
        ):
            stack.callback(server.server_close)
            server.start()
            stack.callback(server.shutdown)
        _told(f"{_at(standin)}/behave")
        yield Stage(app, desk, clock, _at(web), look)


def _at(port: int) -> str:
    return f"http://{HOST}:{port}"


def _told(address: str) -> None:
    """The stand-in reports before it answers: nobody's clock waits for what comes half a second later."""
    wire = HttpClient(connections=1)
    try:
        answer = wire.request("POST", address, data=json.dumps({"count": ALWAYS, "reports": "early"}).encode())
    finally:
        wire.close()
    if answer.status != 200:
        raise CannotRun("The stand-in aggregator does not do as it is told.")


@contextmanager
def _redis(place: Place) -> Iterator[str]:
    """Our own Valkey, and where it listens."""
    url, listening = place.redis()
    child = Child(place, "redis", valkey(place, listening), {}, ROOT)
    try:
        child.start()
        deadline = time.monotonic() + PATIENCE
        while not _answers(url):
            if child.code is not None or time.monotonic() > deadline:
                raise CannotRun(f"Redis does not start. The end of its log:\n{place.last_words('redis')}")
            time.sleep(0.05)
        yield url
    finally:
        child_processes.stop([child], 2.0)


def _answers(url: str) -> bool:
    try:
        with Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1) as redis:
            return bool(redis.ping())
    except (RedisError, OSError):
        return False
