"""The application: Flask with its parts as attributes, and the thread that watches for published flows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from flask import Flask, Request
from werkzeug.routing import MapAdapter

from gateway.delivery.worker_wakeup_queue import Wake
from gateway.endpoints.ussd import HopDoor
from gateway.http.request_bounds import BoundedRequest, refuse_long_head
from gateway.http.security_headers import add_security_headers
from gateway.http.trusted_proxies import TrustedProxies
from gateway.monitoring import logs
from gateway.monitoring.shared_counters import SharedCounters
from gateway.settings.clock import Clock
from gateway.settings.config import Config
from sessions.cases.rules.case_policy import CasePolicy
from sessions.models.live_model import LiveModel
from sessions.publishing.installation import Installation
from sessions.publishing.published_cache import PublishedFlowCache
from sessions.sms.inbound_handler import SmsReceiver
from sessions.ussd.hop import Hops
from sessions.ussd.session_record import SessionKeys
from sessions.ussd.session_store import SessionStore
from storage.connection.database import Database

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Side(StrEnum):
    """What an application serves: the callbacks of aggregators, or the console and monitoring."""

    HOOKS = "hooks"
    CONSOLE = "console"


EVERY_SIDE = frozenset(Side)
ANY_HOST = ("/hooks/", "/healthz", "/readyz", "/metrics")  # what aggregators and monitors call, by whatever name
REFRESH_SECONDS = 1.0  # how soon a published flow answers new calls
PATIENCE = 1.0  # seconds for which an end waits for a look at the database that has begun


class Sunwai(Flask):
    """The application. Its parts are attributes, for commands and tests; `settings` is what it was made from.

    A USSD hop is answered without Flask's contexts, routing and request object: these cost more than the whole rest of
    a hop, and nothing on its way asks for them. Errors, logs and counters are the same functions as on every other way.
    """

    request_class = BoundedRequest
    settings: Config
    clock: Clock
    database: Database
    policy: CasePolicy
    installation: Installation
    shelf: PublishedFlowCache
    hops: Hops
    store: SessionStore
    session_keys: SessionKeys
    texting: SmsReceiver
    models: LiveModel
    wake: Wake
    door: HopDoor
    keeper: PublishedFlowWatcher
    proxies: TrustedProxies

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The short path for a hop, Flask's own for everything else."""
        if not self.keeper.started:
            self.keeper.start()
        aggregator = self.door.find(environ["PATH_INFO"])
        if aggregator is None:
            start_response = add_security_headers(start_response, https_only=not self.settings.in_development)
            self.proxies.apply(environ)
            refused = refuse_long_head(environ)
            return super().wsgi_app(environ, start_response) if refused is None else refused(environ, start_response)
        return self.door.answer(aggregator, environ, start_response)

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Flask's own; a request for the console must name one of our hosts, because its pages contain addresses."""
        if request is not None and self.settings.hosts and not request.path.startswith(ANY_HOST):
            request.trusted_hosts = [*self.settings.hosts]
        return super().create_url_adapter(request)

    def close(self) -> None:
        """Let go of the database and end the thread that watches for published flows."""
        self.keeper.stop()
        self.database.close()


class PublishedFlowWatcher:
    """Watches, in its own thread, for flows and models that another process publishes: a hop never asks the database.

    The same thread adds this process's counters to the totals, and notes which phones called. It starts with the first
    request, not with the application, because commands need no thread and a server may fork.
    """

    def __init__(
        self,
        cache: PublishedFlowCache,
        models: LiveModel,
        totals: SharedCounters,
        note_calls: Callable[[], object],
        every: float = REFRESH_SECONDS,
    ) -> None:
        self._cache, self._models, self._totals, self._every = cache, models, totals, every
        self._note_calls, self._unnoted = note_calls, False
        self._lock, self._over = threading.Lock(), threading.Event()
        self._failing = False
        self._thread = threading.Thread(target=self._watch, name="published-flows", daemon=True)
        self.started = False

    def start(self) -> None:
        """Fill the cache at once, then keep it up to date. Only the first call has an effect."""
        with self._lock:
            if self.started:
                return
            self._look()
            self._thread.start()
            self.started = True

    def stop(self) -> None:
        """End the thread: at once, or within `PATIENCE` seconds if it is just looking."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(timeout=PATIENCE)
            self._note()

    def _watch(self) -> None:
        while not self._over.wait(self._every):
            self._look()
            self._note()
            logs.flush()
            self._totals.add()

    def _note(self) -> None:
        try:
            self._note_calls()
        except Exception as error:  # noqa: BLE001 - what could not be noted waits for the next time
            if not self._unnoted:
                logs.log().error("calls_not_noted", **logs.fault(error))
            self._unnoted = True
        else:
            self._unnoted = False

    def _look(self) -> None:
        try:
            self._cache.refresh()
            self._models.refresh()
        except Exception as error:  # noqa: BLE001 - the cache stays as it was; the next refresh may succeed
            if not self._failing:
                logs.log().error("shelf_not_fresh", **logs.fault(error))
            self._failing = True
        else:
            self._failing = False
