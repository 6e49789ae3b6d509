"""The parts of a worker process, and the only job: send the texts that are due."""

import functools
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from rq.job import Job

from gateway.aggregators import registry
from gateway.delivery.dispatcher import Dispatcher
from gateway.delivery.rules_from_settings import rules
from gateway.delivery.worker_wakeup_queue import Wake, waker
from gateway.http.client import HttpClient
from gateway.settings.clock import Clock, utc_now
from gateway.settings.config import Config
from gateway.settings.key_ring_settings import key_source_of
from gateway.settings.loader import ConfigError, load_config
from storage.connection.database import Database, open_database
from storage.encryption.data_keys import unlock

ROUND = 30.0  # seconds of claiming in one job; after that RQ can report that its worker is alive


@dataclass(frozen=True, slots=True)
class WorkerContext:
    """The parts of a worker process. Once `over` is set, nothing more is claimed."""

    database: Database
    room: Dispatcher
    wake: Wake
    over: threading.Event


@functools.cache
def worker_context() -> WorkerContext:
    """This process's parts, created from its settings at first use. Raises ConfigError."""
    return build_worker_context(load_config())


def build_worker_context(config: Config, clock: Clock = utc_now) -> WorkerContext:
    """The parts of a worker for these settings. Raises ConfigError."""
    if not config.signing_secrets:
        raise ConfigError("SIGNING_KEY or WEBHOOK_SECRETS is not set: set it as in the process that gets SMS.")
    random = Random(secrets.randbits(64))  # noqa: S311 - it spreads tries in time
    database = open_database(config.database_url)
    unlock(database, key_source_of(config))
    room = Dispatcher(
        database,
        registry.senders(config, HttpClient(config.senders, config.ca_file)),
        rules(config),
        most_sends=config.senders,
        token=lambda: secrets.token_hex(8),
        jitter=random.random,
        clock=clock,
    )
    return WorkerContext(database, room, waker(config), threading.Event())


def send_due_texts() -> None:
    """The RQ job: send due texts. A failure is logged and left to the sweep, so no job ever fails."""
    at = worker_context()
    if at.room.work(at.over.is_set, ROUND) and not at.over.is_set():
        at.wake((0,))  # another worker may continue


class TextsJob(Job):
    """A job of the queue. Whatever its record says, it sends due texts: there is no other job.

    A record outlives the program that wrote it, but the path of a function may change. And someone who can write to
    Redis must not choose what runs here: no function, callback or address is taken from a record.
    """

    success_callback = failure_callback = stopped_callback = None

    def _execute(self) -> None:
        """Do the work; RQ calls this."""
        send_due_texts()

    @property
    def func(self) -> Callable[[], None]:
        """The function that RQ looks up before it begins."""
        return send_due_texts

    def send_webhooks(self, *_: object, **__: object) -> None:
        """Do nothing: no job asks for a webhook."""
