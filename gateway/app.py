"""The composition root: makes a Flask application with all its parts from the settings."""

import secrets
from collections.abc import Callable, Collection

from flask import redirect

from flows.cases.officer_code import OfficerCodes
from flows.menu.model import Room
from gateway.aggregators import registry
from gateway.aggregators.contract.report_addresses import ReportAddresses
from gateway.delivery.worker_wakeup_queue import waker
from gateway.endpoints import health, sms_and_event_callbacks
from gateway.endpoints.application import EVERY_SIDE, PublishedFlowWatcher, Side, Sunwai
from gateway.endpoints.callback_secrets import Secrets, SourceNetworks
from gateway.endpoints.sms_and_event_callbacks import Doors
from gateway.endpoints.ussd import HopDoor
from gateway.flow_folder.product_files import MODEL
from gateway.http import errors
from gateway.http.trusted_proxies import TrustedProxies
from gateway.monitoring import logs
from gateway.monitoring.audit_lines import log_audit_entries
from gateway.monitoring.counters import COUNTERS
from gateway.monitoring.shared_counters import SharedCounters
from gateway.settings.clock import Clock, utc_now
from gateway.settings.config import Config
from gateway.settings.key_ring_settings import key_source_of
from gateway.settings.loader import load_config
from gateway.settings.values.phone_numbers import Phones
from sessions.cases.rules.case_policy import case_policy
from sessions.messages.sms_context import SmsEnvironment
from sessions.models.live_model import LiveModel
from sessions.operations.timed_out_screen import TimeoutDetector
from sessions.publishing.installation import Installation
from sessions.publishing.published_cache import PublishedFlowCache
from sessions.sms.inbound_handler import SmsReceiver
from sessions.ussd.action_transaction import CallSigns, perform_actions
from sessions.ussd.hop import HopActions, HopLimits, Hops
from sessions.ussd.last_input_joiner import LastInputs
from sessions.ussd.session_record import SessionKeys
from sessions.ussd.session_store import SessionStore
from storage.connection.database import open_database
from storage.encryption.data_keys import unlock


def create_app(
    config: Config | None = None,
    clock: Clock = utc_now,
    random_below: Callable[[int], int] = secrets.randbelow,
    sides: Collection[Side] = EVERY_SIDE,
) -> Sunwai:
    """The application for these settings, by default those of the environment. Connects to nothing. Raises ConfigError.

    `clock` is the clock of its callbacks and commands. `random_below` draws tracking numbers. `sides` says what it
    serves: in production a process has one side, so that nothing in the console can hold up a call.
    """
    settings = config or load_config()
    logs.configure(settings.log_level)
    app = Sunwai("gateway", static_folder=None)
    app.settings, app.clock = settings, clock
    app.url_map.merge_slashes = False  # its redirects would repeat whatever host a stranger names
    app.proxies = TrustedProxies(settings.trusted_proxies, settings.trusted_proxy_hops)
    _compose(app, settings, random_below)
    if Side.HOOKS in sides:
        _open_hooks(app, settings)
    if Side.CONSOLE in sides:
        _open_console(app, settings)
    else:
        app.register_blueprint(health.blueprint())
    errors.register(app)
    return app


def _compose(app: Sunwai, config: Config, random_below: Callable[[int], int]) -> None:
    """Make the parts that both sides and the commands use, and attach them to the application."""
    app.database = open_database(config.database_url)
    source = key_source_of(config)
    unlock(app.database, source)
    log_audit_entries(app.database)
    app.policy = case_policy(config.lifecycle, config.calendar, config.timezone)
    app.installation = Installation(config.service_words, app.policy)
    app.wake = waker(config)
    app.shelf = PublishedFlowCache(app.database, config.service_words)
    app.session_keys = SessionKeys(source, app.shelf.flow_of)
    app.models = LiveModel(
        app.database, (MODEL / "model.npz").read_bytes, failed=lambda error: errors.report_failure(error, "model")
    )
    signs, totals = CallSigns(), SharedCounters(config.redis_url)
    app.keeper = PublishedFlowWatcher(app.shelf, app.models, totals, lambda: signs.write(app.database))
    store = SessionStore(config.redis_url)
    app.hops = Hops(
        app.database,
        store,
        app.shelf,
        HopActions(perform_actions, app.policy, app.wake, random_below, signs.caller_facts),
        HopLimits(app.session_keys, config.session_seconds, config.resume_hours, _rooms(config)),
    )
    app.store = store
    app.texting = _texting(app, config, random_below)
    app.door = HopDoor(Secrets(()), {}, app.hops)


def _open_hooks(app: Sunwai, config: Config) -> None:
    """The callbacks of aggregators."""
    store = app.store
    joined = LastInputs(
        app.hops, store, app.shelf, clock=app.clock, keys=app.session_keys, seconds=config.session_seconds
    )
    aggregators = registry.aggregators(config)
    ours = Secrets(config.webhook_secrets)
    networks = SourceNetworks(config.aggregator_networks, app.proxies)
    kept = config.session_seconds, config.resume_hours * 3600
    waits = TimeoutDetector(store, app.shelf, config.timezone, app.session_keys, *kept)
    doors = Doors(app.database, app.texting, app.clock, waited=waits.spot, phones=Phones(config.country_codes))
    app.door = HopDoor(
        ours,
        aggregators,
        app.hops,
        joined=joined,
        ended=doors.call_ended,
        public=config.public_url,
        clock=app.clock,
        networks=networks,
    )
    reports = ReportAddresses(config.signing_secrets)
    app.register_blueprint(
        sms_and_event_callbacks.blueprint(
            ours, aggregators, doors, config.public_url, networks=networks, reports=reports
        )
    )


def _open_console(app: Sunwai, config: Config) -> None:
    """The console, monitoring and the commands; in development the simulator as well."""
    from gateway.cli import groups  # no hop needs what these import

    groups.register(app)
    _watchable(app, config)
    if config.console_key:
        from gateway.console import blueprint as console

        console.register(app)
    if config.in_development:
        from gateway.simulator.pages import blueprint as simulator  # not available in production

        app.register_blueprint(simulator)
        app.add_url_rule("/", "home", lambda: redirect("/simulator"))


def _watchable(app: Sunwai, config: Config) -> None:
    """The endpoints for monitoring."""
    from gateway.endpoints import metrics

    needs = health.checks(app.database, config.redis_url, in_production=not config.in_development)
    app.register_blueprint(
        health.blueprint(needs, health.alarm_reader(app.database, config.texts_per_hour, app.policy))
    )
    named = sorted(registry.configured_routes(config).named())
    look = metrics.look(app.database, app.clock, config.texts_per_hour, named, app.policy)
    found = metrics.MetricsCollector(config.redis_url, look, needs, app.clock)
    app.register_blueprint(metrics.blueprint(found, config.metrics_token, open_to_all=config.in_development))


def _texting(app: Sunwai, config: Config, random_below: Callable[[int], int]) -> SmsReceiver:
    """The receiver of inbound SMS."""
    return SmsReceiver(
        app.database,
        app.shelf,
        SmsEnvironment(
            app.policy,
            random_below,
            app.shelf.revision,
            app.shelf.named,
            refused=lambda count: logs.log().warning("officer_words_refused", door="sms", count=count),
            wrong_code=_count_wrong_code,
            codes=OfficerCodes(config.signing_secrets),
            live_model=app.models.current if config.text_model else None,
        ),
        wake=app.wake,
        short_code=config.short_code,
        own=config.own_senders,
        failed=lambda error: errors.report_failure(error, "sms"),
    )


def _count_wrong_code(count: int) -> None:
    """An officer's number may be forged: the log and the metrics say how often, and of nobody."""
    COUNTERS.count("wrong_codes")
    logs.log().warning("officer_code_wrong", door="sms", count=count)


def _rooms(config: Config) -> Callable[[str], Room]:
    """The size of a screen on each network."""
    usual, latin_only = Room(), Room(ucs2=False)
    without = frozenset(config.networks_without_ucs2)
    return lambda network: latin_only if network in without else usual
