"""All of Sunwai in one process, on a clock that can be set: web server, worker, sweep and commands.

Calls and texts go through the real webhooks over HTTP. Texts leave through the worker's dispatcher for the stand-in
aggregator. Nobody waits for time to pass: the clock is set to the next moment at which anything is due, and the sweep
runs.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from redis import Redis
from sqlalchemy import Engine, Executable, event, func, select, text
from sqlalchemy.schema import CreateSchema, DropSchema

from gateway.app import create_app
from gateway.delivery import worker_job
from gateway.delivery.worker_wakeup_queue import texts_queue
from gateway.development.processes.loopback_server import HOST, Server
from gateway.development.processes.own_redis import temporary_redis
from gateway.development.processes.prepare_database import prepare
from gateway.development.processes.run_folder import CannotRun, Place, free_ports
from gateway.development.standin.server import create_standin
from gateway.endpoints.application import Sunwai
from gateway.http.client import HttpClient
from gateway.monitoring import logs
from gateway.settings.loader import load_config
from gateway.simulator.phone import Phone
from storage.connection.database import Database, open_database
from storage.migrations.runner import migrate
from storage.operations.database_role import grant_statements
from storage.schema.tables import Complaint, OutboxMessage

SECRET = "local"  # noqa: S105 - of the webhooks, only here
BEGINS = dt.datetime(2026, 6, 1, 3, 30, tzinfo=dt.UTC)  # a Monday morning in Karachi
MOMENT = dt.timedelta(seconds=1)
ALWAYS = 1_000_000  # requests to the stand-in
LOG = "story.log"  # everything that is logged
SCHEMA = "sunwai_story"

Look = Callable[[Redis], None]


class SettableClock:
    """The time of the story, in UTC. It only goes forward."""

    def __init__(self, start: dt.datetime) -> None:
        self._now = start

    def __call__(self) -> dt.datetime:
        """What time it is."""
        return self._now

    def set(self, to: dt.datetime) -> None:
        """Set it to `to`; an earlier time changes nothing."""
        self._now = max(self._now, to)


class SimulatedService:
    """A World for scenes. `look` gets Redis whenever jobs wait in it, before they are taken."""

    patience = 0.0

    def __init__(
        self, app: Sunwai, worker: worker_job.WorkerContext, clock: SettableClock, url: str, look: Look
    ) -> None:
        self.app, self.clock = app, clock
        self.zone: dt.tzinfo | None = ZoneInfo(app.settings.timezone)
        self.code, self.short_code = app.settings.service_code, app.settings.short_code
        self.database: Database | None = app.database
        self._worker, self._url, self._look = worker, url, look
        self._queue = texts_queue(app.settings.redis_url)

    def phone(self, number: str) -> Phone:
        """A new phone with this number."""
        return Phone(self._url, SECRET, number, code=self.code, network="41001", now=self.clock)

    def command(self, *words: str) -> tuple[int, str]:
        """Run a `flask` command on the story's clock."""
        with self.app.app_context():
            done = self.app.test_cli_runner().invoke(args=list(words))
        return done.exit_code, done.output

    def work(self) -> None:
        """What the worker does: send the texts that are due."""
        while self._queue.count:
            self._look(self._queue.connection)
            self._queue.empty()  # type: ignore[no-untyped-call]
            self._worker.room.work(self._worker.over.is_set, worker_job.ROUND)
        logs.flush()

    def think(self, time: dt.timedelta) -> None:
        """Somebody takes this long."""
        self.clock.set(self.clock() + time)

    def until(self, to: dt.datetime) -> Iterator[None]:
        """Let time pass until then, and stop after each sweep that had something to do."""
        yield
        while (due := self._due()) is not None and due <= to:
            self.clock.set(max(due, self.clock() + MOMENT))
            code, output = self.command("sweep", "--once")
            if code:
                raise RuntimeError(output)
            yield
        self.clock.set(to)

    def _due(self) -> dt.datetime | None:
        """When the next thing happens by itself: a case's clock, or a text that waits for the morning."""
        waiting = select(func.min(OutboxMessage.next_at)).where(
            OutboxMessage.state == "ready", OutboxMessage.next_at > self.clock()
        )
        with self.app.database.read() as db:
            found = [db.scalar(select(func.min(Complaint.clock_at))), db.scalar(waiting)]
        return min((each for each in found if each is not None), default=None)


@contextmanager
def open_service(
    folder: Path,
    database_url: str = "",
    look: Look = lambda redis: None,  # noqa: ARG005
    owner_url: str = "",
) -> Iterator[SimulatedService]:
    """Start everything in `folder` with the shipped flows and offices, at BEGINS. What is logged goes to LOG there.

    The database is an SQLite file in the folder, or a schema of its own in the PostgreSQL named. If `owner_url` names
    it with another role, that role makes the tables and gives ours the right to their rows. Raises CannotRun.
    """
    clock = SettableClock(BEGINS)
    with ExitStack() as stack:
        place = Place(folder)
        stack.callback(place.forget)
        log = stack.enter_context((place.folder / LOG).open("w", encoding="utf-8"))
        stack.enter_context(redirect_stderr(log))
        stack.callback(logs.flush)
        ports = free_ports(2)
        web, standin = (f"http://{HOST}:{port}" for port in ports)
        config = load_config(
            {
                "ENVIRONMENT": "development",
                "DATABASE_URL": database_url or f"sqlite:///{place.folder / 'sunwai.db'}",
                "REDIS_URL": stack.enter_context(temporary_redis(place)),
                "STANDIN_URL": standin,
                "WEBHOOK_SECRETS": SECRET,
            }
        )
        app, worker = create_app(config, clock), worker_job.build_worker_context(config, clock)
        owner = open_database(owner_url) if owner_url else None
        makers = [owner.engine] if owner else []
        stack.enter_context(own_schema(*makers, app.database.engine, worker.database.engine))
        stack.callback(worker.database.close)
        stack.callback(app.close)  # before its tables are dropped: it polls them
        if owner is not None:
            _make_tables(owner, str(app.database.engine.url.username))
        with redirect_stdout(log):
            problem = prepare(app.database, config, clock())
        if problem:
            raise CannotRun(problem)
        aggregator = create_standin(f"{web}/hooks/africastalking/{SECRET}/delivery")
        for server in (Server(app, ports[0]), Server(aggregator, ports[1])):
            stack.callback(server.server_close)
            server.start()
            stack.callback(server.shutdown)
        _report_early(standin)
        yield SimulatedService(app, worker, clock, web, look)


def _make_tables(owner: Database, runtime: str) -> None:
    migrate(owner)
    granted = grant_statements(str(owner.engine.url.username), runtime, SCHEMA)
    _execute(owner.engine, *(text(statement) for statement in granted))


def _report_early(standin: str) -> None:
    """The stand-in sends delivery reports before it answers: the clock does not wait half a second for them."""
    wire = HttpClient(connections=1)
    try:
        answer = wire.request(
            "POST", f"{standin}/behave", data=json.dumps({"count": ALWAYS, "reports": "early"}).encode()
        )
    finally:
        wire.close()
    if answer.status != 200:
        raise CannotRun("The stand-in aggregator cannot be told to report early.")


@contextmanager
def own_schema(*engines: Engine) -> Iterator[None]:
    """Let these engines, not connected yet, use a PostgreSQL schema that is dropped at the end. Nothing for SQLite."""
    if engines[0].dialect.name != "postgresql":
        yield
        return
    for engine in engines:
        event.listen(engine, "connect", _search_path)
    _execute(engines[0], DropSchema(SCHEMA, cascade=True, if_exists=True), CreateSchema(SCHEMA))
    try:
        yield
    finally:
        _execute(engines[0], DropSchema(SCHEMA, cascade=True))
        engines[0].dispose()


def _execute(engine: Engine, *statements: Executable) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.execute(statement)


def _search_path(connection: Any, _record: Any) -> None:
    connection.autocommit = True
    connection.execute(f"SET search_path TO {SCHEMA}")
    connection.autocommit = False
