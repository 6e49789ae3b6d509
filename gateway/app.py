"""The composition root: settings in, a Flask application with every part in its place out."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, redirect

from flows import workdays
from flows.model import Room
from gateway import commands, errors, health, logs, measures, webhooks
from gateway.aggregators import catalogue
from gateway.calls import HopDoor, Secrets
from gateway.clock import Clock, real
from gateway.config import Config
from gateway.jobs import waker
from gateway.sums import Sums
from gateway.webhooks import Doors, Wake
from sessions.hop import Hops
from sessions.lastinput import LastInputs
from sessions.shelf import Shelf
from sessions.store import Store
from sessions.texting import Texting
from sessions.waits import Waits
from storage.database import Database, open_database

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SHELF_SECONDS = 1.0  # how soon a published flow answers new calls


class Sunwai(Flask):
    """The application. Its parts are attributes, for commands and tests; `settings` is what it was made from.

    A USSD hop is answered without Flask's contexts, routing and request object: these cost more than the whole rest of
    a hop, and nothing on its way asks for them. Errors, logs and counters are the same functions as on every other way.
    """

    settings: Config
    clock: Clock
    database: Database
    shelf: Shelf
    hops: Hops
    texting: Texting
    wake: Wake
    door: HopDoor
    keeper: ShelfKeeper

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The trimmed way for a hop, Flask's own for everything else."""
        if not self.keeper.started:
            self.keeper.start()
        aggregator = self.door.find(environ["PATH_INFO"])
        if aggregator is None:
            return super().wsgi_app(environ, start_response)
        return self.door.answer(aggregator, environ, start_response)

    def close(self) -> None:
        """Let go of the database and end the thread that watches for published flows."""
        self.keeper.stop()
        self.database.close()


class ShelfKeeper:
    """Watches, in a thread of its own, for flows published by another process: a hop never asks the database.

    The same thread adds what was counted to the sums of all processes. It starts with the first request, not with the
    application: commands need no thread, and a server may fork.
    """

    def __init__(self, shelf: Shelf, sums: Sums, every: float = SHELF_SECONDS) -> None:
        self._shelf, self._sums, self._every = shelf, sums, every
        self._lock, self._over = threading.Lock(), threading.Event()
        self._failing = False
        self.started = False

    def start(self) -> None:
        """Fill the shelf at once, then keep it fresh. Only the first call does anything."""
        with self._lock:
            if self.started:
                return
            self._look()
            threading.Thread(target=self._watch, name="shelf", daemon=True).start()
            self.started = True

    def stop(self) -> None:
        """End the thread soon."""
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(self._every):
            self._look()
            logs.flush()
            self._sums.add()

    def _look(self) -> None:
        try:
            self._shelf.refresh()
        except Exception as error:  # noqa: BLE001 - the shelf stays as it was; the next look may succeed
            if not self._failing:
                logs.log().error("shelf_not_fresh", **logs.fault(error))
            self._failing = True
        else:
            self._failing = False


def create_app(config: Config | None = None, clock: Clock = real) -> Sunwai:
    """The application for these settings (the environment's by default). Opens no connection. Raises ConfigError.

    `clock` is what its callbacks and commands go by.
    """
    settings = config or Config.from_env()
    logs.configure(settings.log_level)
    workdays.use(settings.calendar)
    app = Sunwai("gateway", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024  # the callbacks read less; see forms.py
    app.settings, app.clock = settings, clock
    _compose(app, settings)
    errors.register(app)
    app.after_request(_headers)
    commands.register(app)
    return app


def _compose(app: Sunwai, config: Config) -> None:
    """Make every part and put it in its place."""
    app.database = open_database(config.database_url)
    app.wake = waker(config)
    service = {"ussd": config.service_code, "sms": config.short_code, "help": config.help_number}
    app.shelf = Shelf(app.database, service)
    app.keeper = ShelfKeeper(app.shelf, Sums(config.redis_url))
    store = Store(config.redis_url)
    app.hops = Hops(
        app.database,
        store,
        app.shelf,
        wake=app.wake,
        random_below=secrets.randbelow,
        timezone=config.timezone,
        seconds=config.session_seconds,
        resume_hours=config.resume_hours,
        room_of=_rooms(config),
    )
    joined = LastInputs(app.hops, store, app.shelf, clock=app.clock, seconds=config.session_seconds)
    aggregators = catalogue.aggregators(config)
    ours = Secrets(config.webhook_secrets)
    app.texting = _texting(app, config)
    waits = Waits(store, app.shelf, config.timezone, config.session_seconds, config.resume_hours * 3600)
    doors = Doors(app.database, app.texting, app.clock, waited=waits.spot)
    app.door = HopDoor(
        ours, aggregators, app.hops, joined=joined, ended=doors.call_ended, public=config.public_url, clock=app.clock
    )
    app.register_blueprint(webhooks.blueprint(ours, aggregators, doors, config.public_url))
    _watchable(app, config)
    if config.console_key:
        from gateway import console  # its libraries are for people at a screen: no hop waits for them

        console.register(app)
    if config.in_development:
        from gateway.simulator import blueprint as simulator  # no address leads there where people call

        app.register_blueprint(simulator)
        app.add_url_rule("/", "home", lambda: redirect("/simulator"))


def _watchable(app: Sunwai, config: Config) -> None:
    """The addresses for whoever watches the process."""
    needs = health.checks(app.database, config.redis_url)
    app.register_blueprint(health.blueprint(needs, health.standing(app.database, config.texts_per_hour)))
    named = sorted(catalogue.roads(config).named())
    look = measures.look(app.database, app.clock, config.texts_per_hour, named)
    found = measures.Measures(config.redis_url, look, needs, app.clock)
    app.register_blueprint(measures.blueprint(found, config.metrics_token, open_to_all=config.in_development))


def _texting(app: Sunwai, config: Config) -> Texting:
    """What answers SMS."""
    return Texting(
        app.database,
        app.shelf,
        wake=app.wake,
        random_below=secrets.randbelow,
        short_code=config.short_code,
        timezone=config.timezone,
        own=(config.at_sender, config.infobip_sender, config.twilio_sender, config.jasmin_sender, config.kannel_sender),
        failed=lambda error: errors.told(error, "sms"),
        refused=lambda count: logs.log().warning("officer_words_refused", door="sms", count=count),
    )


def _rooms(config: Config) -> Callable[[str], Room]:
    """How much a screen holds on a network."""
    usual, latin_only = Room(), Room(ucs2=False)
    without = frozenset(config.networks_without_ucs2)
    return lambda network: latin_only if network in without else usual


def _headers(response: Response) -> Response:
    """Nothing here is to be kept by a proxy, or guessed at by a browser."""
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response
