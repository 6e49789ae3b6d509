"""What a worker works with, and the one job there is: send what is due."""

from __future__ import annotations

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
from gateway.settings.loader import load_config
from storage.connection.database import Database, open_database

ROUND = 30.0  # seconds of claiming in one job; then RQ may show that its worker lives


@dataclass(frozen=True, slots=True)
class WorkerContext:
    """What a worker works with, kept by the process. Once `over` is set nothing more is claimed."""

    database: Database
    room: Dispatcher
    wake: Wake
    over: threading.Event


@functools.cache
def worker_context() -> WorkerContext:
    """This process's desk, made from its settings at first use. Raises ConfigError."""
    return build_worker_context(load_config())


def build_worker_context(config: Config, clock: Clock = utc_now) -> WorkerContext:
    """A desk for these settings. Raises ConfigError."""
    random = Random(secrets.randbits(64))  # noqa: S311 - it spreads tries in time
    database = open_database(config.database_url)
    room = Dispatcher(
        database,
        registry.senders(config, HttpClient(config.senders)),
        rules(config),
        hands=config.senders,
        token=lambda: secrets.token_hex(8),
        jitter=random.random,
        clock=clock,
    )
    return WorkerContext(database, room, waker(config), threading.Event())


def send_due_texts() -> None:
    """The RQ job: send what is due. What fails is logged and left to the sweep, so no job ever fails."""
    at = worker_context()
    if at.room.work(at.over.is_set, ROUND) and not at.over.is_set():
        at.wake((0,))  # whoever is free goes on


class TextsJob(Job):
    """A job of the queue. Whatever its record says, it sends what is due: there is no other job.

    A record outlives the program that wrote it, and a function's place in the code does not. And whoever can write
    Redis must not choose what runs here: neither a function nor a callback nor an address is taken from a record.
    """

    success_callback = failure_callback = stopped_callback = None

    def _execute(self) -> None:
        """What RQ calls for the work itself."""
        send_due_texts()

    @property
    def func(self) -> Callable[[], None]:
        """What RQ looks at before it begins."""
        return send_due_texts

    def send_webhooks(self, *_: object, **__: object) -> None:
        """None is ever asked for."""
