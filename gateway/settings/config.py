"""Every setting, with a line on what it is: `python -m gateway.settings` writes docs/operators/settings.md from them.

Those of a built-in aggregator are declared beside its adapter (gateway/aggregators/vendors).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.cases.lifecycle_file import Life
from flows.cases.working_time import Calendars
from flows.delivery.route_rules import RouteRules, parse_route_rules
from gateway.aggregators.contract.vendor import Vendor
from gateway.aggregators.vendors.built_in import BUILT_IN
from gateway.settings.values import readers
from gateway.settings.values.fields import setting
from gateway.settings.values.readers import DEVELOPMENT_KEY, SHORTEST_KEY, SHORTEST_SECRET, QuietHours

DEVELOPMENT = "development"
PRODUCTION = "production"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of one process. `load_config` reads and checks them; a test may build one directly."""

    environment: str = setting(
        PRODUCTION,
        "`production` or `development`. Development opens the simulator and allows the secret `local`.",
        readers.one_of(PRODUCTION, DEVELOPMENT),
    )
    database_url: str = setting(
        "sqlite:///var/sunwai.db",
        "The database: `sqlite:///path` for one host, or `postgresql://user:password@host/name`.",
        readers.database,
        private=True,
    )
    redis_url: str = setting(
        "redis://127.0.0.1:6379/0",
        "Redis or Valkey: `redis://`, `rediss://`, or `unix:///path` for a Unix socket (faster).",
        readers.pattern_reader(r"(redis|rediss|unix)://.+", "must begin redis://, rediss:// or unix://"),
        private=True,
    )
    webhook_secrets: tuple[str, ...] = setting(
        (),
        "Secrets of the callback addresses `/hooks/<aggregator>/<secret>/…`, separated by commas; each is valid, so "
        f"one can be replaced in two steps. At least {SHORTEST_SECRET} characters each outside development. Required.",
        readers.secrets,
        development=("local",),
        private=True,
    )
    service_code: str = setting(
        "*8484#",
        "The USSD code people dial; put into texts as `{ussd}`.",
        readers.pattern_reader(r"\*[0-9*]+#", "must look like *8484#"),
    )
    short_code: str = setting("8484", "The number people text; put into texts as `{sms}`.")
    help_number: str = setting("15", "The emergency number put into texts as `{help}`.")
    country: str = setting(
        "PK",
        "Two letters (ISO 3166): phone numbers written without a country are read as numbers of this one.",
        readers.pattern_reader(r"[A-Z]{2}", "must be two capital letters such as PK"),
    )
    country_codes: tuple[str, ...] = setting(
        ("92",),
        "Calling codes that may be texted, separated by commas. Others are never texted.",
        readers.calling_codes,
    )
    timezone: str = setting("Asia/Karachi", "The time zone of dates people read, e.g. due dates.", readers.timezone)
    calendar: Calendars | None = setting(  # noqa: RUF009 - a field
        None,
        "The file with working hours and public holidays, by which answers are due; the one in "
        "`flows/library/calendar.yaml` shows how it is written. Not set: that one, for Pakistan.",
        readers.calendar,
    )
    lifecycle: Life | None = setting(  # noqa: RUF009 - a field
        None,
        "The file with the life cycle of complaints and every limit (docs/operators/limits.md); the one in "
        "`flows/library/lifecycle.yaml` shows how it is written. Not set: that one.",
        readers.lifecycle,
    )
    networks_without_ucs2: tuple[str, ...] = setting(
        (), "Network codes whose USSD screens cannot show Urdu script, separated by commas.", readers.words
    )
    standin_url: str = setting(
        "", "Where the stand-in aggregator listens. Development only.", readers.web, development="http://127.0.0.1:8001"
    )
    log_level: str = setting(
        "INFO", "`DEBUG`, `INFO`, `WARNING` or `ERROR`.", readers.one_of("DEBUG", "INFO", "WARNING", "ERROR")
    )
    session_seconds: int = setting(
        600,
        "How long the live state of a USSD session is kept after its last hop, in seconds.",
        readers.whole(60, 86_400),
    )
    resume_hours: int = setting(
        24, "How long a call that broke off can be gone on with, in hours; 0 turns it off.", readers.whole(0, 24 * 30)
    )

    public_url: str = setting(
        "",
        "How aggregators reach us, e.g. `https://sunwai.example.org`: what Twilio signs, and where Jasmin "
        "and Kannel send their reports. Required for these.",
        readers.web,
    )
    aggregators: tuple[str, ...] = setting(
        ("africastalking",),
        "Whose doors are open and who texts may be sent through, separated by commas: "
        f"{', '.join(f'`{vendor.name}`' for vendor in BUILT_IN)}, "
        "a shipped description (`telenor`, `hubtel`, `arkesel`) or one of `GENERIC_FILES`.",
        readers.aggregators,
    )
    generic_files: tuple[str, ...] = setting(
        (),
        "Descriptions of other gateways (docs/operators/described-aggregators.md), separated by commas. A file "
        "`jazz.yaml` makes the aggregator `jazz`, whose own settings are `JAZZ_…` as it says.",
        readers.words,
    )
    roads: RouteRules = setting(  # noqa: RUF009 - a field
        RouteRules(),
        "Which aggregator a text goes through, preferred first: `+92300 +92301=jazz,africastalking; "
        "network:63902=infobip; *=africastalking`. Not set: `AGGREGATORS` in their order.",
        parse_route_rules,
    )
    senders: int = setting(128, "How many texts a worker process sends at the same time.", readers.whole(1, 1000))
    texts_per_hour: int = setting(
        20_000, "The most texts that leave in an hour; the rest wait, with an alarm.", readers.whole(1, 10_000_000)
    )
    texts_per_number_day: int = setting(
        10, "The most texts to one number in a day, of those it did not ask for.", readers.whole(1, 1000)
    )
    answers_per_number_day: int = setting(
        60, "The most answers, receipts and urgent texts to one number in a day.", readers.whole(1, 1000)
    )
    texts_per_officer_day: int = setting(
        300, "The most texts about their work to one officer in a day.", readers.whole(1, 10_000)
    )
    texts_per_complaint: int = setting(20, "The most texts about one complaint.", readers.whole(1, 1000))
    quiet_hours: QuietHours | None = setting(  # noqa: RUF009 - a field
        (dt.time(22), dt.time(7)),
        "When texts wait, in the time of `TIMEZONE`; `off` for never. Answers and urgent texts do not wait.",
        readers.quiet_hours,
        shown="22:00-07:00",
    )
    quiet_hours_by_province: dict[str, QuietHours | None] = setting(  # noqa: RUF009 - a field
        {},
        "Other quiet hours by code of the province list, e.g. `sindh=23:00-06:00,balochistan=off`.",
        readers.quiet_hours_by_province,
    )
    console_key: str = setting(
        "",
        f"The secret of the operators' console, at least {SHORTEST_KEY} characters: second factors are sealed and "
        "forms signed with it, so after a new one everybody sets up their second factor again. Without it there is no "
        "console.",
        readers.key,
        development=DEVELOPMENT_KEY,
        private=True,
    )
    console_second_factor: str = setting(
        "required",
        "`required`: nobody works in the console with a password alone. `optional`: each decides.",
        readers.one_of("required", "optional"),
        development="optional",
    )
    console_hours: int = setting(12, "Hours after which one must sign in to the console again.", readers.whole(1, 168))
    two_people: bool = setting(
        False,
        "`yes`: who publishes a flow is neither who changed it last nor who asked for it to be looked at.",
        readers.yes_or_no,
        shown="no",
    )
    oidc_issuer: str = setting("", "An OpenID provider that the console lets people in by.", readers.web)
    oidc_client_id: str = setting("", "What the console is called at the OpenID provider.")
    oidc_client_secret: str = setting("", "The console's secret at the OpenID provider.", private=True)
    metrics_token: str = setting(
        "",
        "What whoever reads `/metrics` sends as `Authorization: Bearer …`. Without it there is no `/metrics` outside "
        "development.",
        readers.token,
        private=True,
    )
    vendors: tuple[Vendor, ...] = BUILT_IN  # the built-in aggregators
    vendor_settings: Mapping[str, Any] = field(default_factory=dict, repr=False)  # their own; read by `settings_of`
    described: Mapping[str, str] = field(default_factory=dict, repr=False)  # settings of described aggregators, by name

    def settings_of(self, vendor: Vendor) -> Any:
        """The settings of a built-in aggregator."""
        return self.vendor_settings.get(vendor.name) or vendor.settings()

    @property
    def own_senders(self) -> tuple[str, ...]:
        """What our texts come from: nobody is answered who texts us from one of these."""
        return tuple(getattr(self.settings_of(vendor), vendor.sender) for vendor in self.vendors if vendor.sender)

    @property
    def in_development(self) -> bool:
        """True where the simulator, the stand-in and the secret `local` are allowed."""
        return self.environment == DEVELOPMENT
