"""The long-running processes: `flask worker` sends texts, `flask sweep` finds what was lost."""

import logging
import os
import signal
import socket
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType

import click
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from rq.worker import WorkerStatus

from gateway.cli.sweep_round import SweepRound
from gateway.delivery import worker_job
from gateway.delivery.worker_wakeup_queue import texts_queue
from gateway.endpoints.start_record import record_start
from gateway.monitoring.logs import fault, log
from gateway.monitoring.shared_counters import SharedCounters
from gateway.settings.key_ring_settings import refuse_keys
from gateway.settings.loader import ConfigError
from gateway.settings.production_checks import refuse_database_role
from gateway.terminal.errors import one_line_errors, sunwai
from sessions.operations import sweep as sweeping
from storage.connection.database import Database, check_durable
from storage.migrations.runner import migrate

BEAT_EVERY = 5.0  # seconds
SWEEP_EVERY = 2.0
REST = 1.0  # seconds between attempts to reach Redis when it is unavailable
GRACE = 7.0  # seconds that texts being sent have after SIGTERM, so that 8 are enough to stop; the sweep finds the rest
IDLE = 25  # seconds after which RQ considers an idle worker dead; it waits 10 s for a job at a time


class StopSignal:
    """SIGTERM or SIGINT was sent: time to stop. `interrupt` ends whatever is waiting at that moment."""

    def __init__(self, over: threading.Event | None = None) -> None:
        self.over = over or threading.Event()
        self.interrupt: Callable[[], None] = lambda: None
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told)

    def _told(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        if not self.over.is_set():
            self.over.set()
            self.interrupt()


class TextWorker(SimpleWorker):
    """RQ's worker without a fork for each job, so that threads and connections to the aggregators stay.

    It takes no commands through Redis, and leaves signals to `StopSignal`: RQ's own handler talks to Redis, which may
    be unavailable, and a second signal would interrupt a send.
    """

    log_result_lifespan = False
    max_connection_wait_time = 2.0  # seconds

    def subscribe(self) -> None:
        """No commands through Redis."""

    def unsubscribe(self) -> None:
        """See subscribe."""

    def _install_signal_handlers(self) -> None:
        """See StopSignal."""

    def stop_soon(self) -> None:
        """End after the current job, or at once when there is none."""
        self._stop_requested = True
        if self.get_state() != WorkerStatus.BUSY:
            raise StopRequested


def start_heartbeat(database: Database, name: str, stopping: StopSignal, sums: SharedCounters) -> None:
    """Start a thread that records every few seconds that this process is alive, and what it counted."""

    def beat() -> None:
        while True:
            attempt(lambda: sweeping.beat(database, name, datetime.now(UTC)), "heartbeat_lost")
            sums.add()
            if stopping.over.wait(BEAT_EVERY):
                return

    threading.Thread(target=beat, name="heartbeat", daemon=True).start()


def attempt(act: Callable[[], object], otherwise: str) -> None:
    """Call `act`; a failure is logged, and the next round tries again."""
    try:
        act()
    except Exception as error:  # noqa: BLE001 - a long-running process survives a database that is unavailable
        log().error(otherwise, **fault(error))


def work(redis_url: str, name: str, stopping: StopSignal) -> None:
    """Take jobs from the queue until Redis goes away (which may raise) or it is time to stop."""
    queue = texts_queue(redis_url)
    try:
        queue.connection.ping()
        worker = TextWorker(
            [queue],
            name=f"{name}-{uuid.uuid4().hex[:8]}",
            connection=queue.connection,
            serializer=JSONSerializer,
            job_class=worker_job.TextsJob,
            worker_ttl=IDLE,
            log_job_description=False,
        )
        stopping.interrupt = worker.stop_soon
        if not stopping.over.is_set():
            worker.work(logging_level="WARNING")
    except StopRequested:
        return
    finally:
        stopping.interrupt = lambda: None
        queue.connection.close()


@click.command("worker")
@one_line_errors
def worker() -> None:
    """Send texts until stopped. Texts that are being sent are finished first."""
    settings = sunwai().settings
    _refuse_role()
    try:
        context = worker_job.worker_context()
    except ConfigError as error:
        raise click.ClickException(f"No text could be sent. {error}") from None
    _refuse_keys(context.database)
    stopping, name = StopSignal(context.over), f"worker-{socket.gethostname()[:30]}-{os.getpid()}"
    start_heartbeat(context.database, name, stopping, SharedCounters(settings.redis_url))
    logging.getLogger("rq").setLevel(logging.ERROR)  # it logs every second that Redis is unavailable; we log it once
    threading.Thread(target=_deadline, args=(stopping,), name="deadline", daemon=True).start()
    record_start(context.database, sunwai().clock, settings, "worker")
    log().info("worker_started")
    away = False
    while not stopping.over.is_set():
        try:
            work(settings.redis_url, name, stopping)
            away = False
        except Exception as error:  # noqa: BLE001 - RQ ends when Redis becomes unavailable at the end of a job: start again
            if not away:
                log().warning("queue_away", **fault(error))
            away = True
        if not stopping.over.is_set():
            worker_job.send_due_texts()  # straight from the table
            stopping.over.wait(REST)
    log().info("worker_stopped")


def _refuse_role() -> None:
    if refused := refuse_database_role(sunwai().settings, sunwai().database):
        raise click.ClickException(refused)


def _refuse_keys(database: Database) -> None:
    if refused := refuse_keys(sunwai().settings, database):
        raise click.ClickException(refused)


def _deadline(stopping: StopSignal) -> None:
    """Exit during a send when a hanging aggregator takes longer than whoever stops us will wait."""
    stopping.over.wait()
    threading.Event().wait(GRACE)
    log().warning("worker_stopped_in_mid_send")
    os._exit(1)


@click.command("sweep")
@click.option("--once", is_flag=True, help="Run one round and print what it did.")
@one_line_errors
def sweep(once: bool) -> None:
    """Find what was lost, every two seconds, until stopped."""
    app = sunwai()
    _refuse_role()
    _refuse_keys(app.database)

    if once:
        one = SweepRound(app)
        ticked, swept = one.run()
        click.echo(
            f"{swept.offered} texts offered, {swept.doubted} uncertain sends decided, "
            f"{swept.answered} SMS answered late, {ticked.made} cases moved on by the clock"
        )
        if one.failed:
            raise click.ClickException(f"These steps failed, and the log says why: {', '.join(one.failed)}.")
        return
    stopping, sums = StopSignal(), SharedCounters(app.settings.redis_url)
    round_ = SweepRound(app, stopping.over.is_set)
    record_start(app.database, app.clock, app.settings, "sweep")
    log().info("sweep_started")
    while not stopping.over.is_set():
        round_.run()
        sums.add()
        stopping.over.wait(0 if round_.more else SWEEP_EVERY)
    log().info("sweep_stopped")


@click.command("migrate")
@one_line_errors
def migrate_database() -> None:
    """Bring the database's tables up to date. It does not begin without the keys of the database."""
    database = sunwai().database
    check_durable(database)
    migrate(database)
    _refuse_keys(database)
    click.echo("The database is up to date.")
