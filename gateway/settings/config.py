"""Every setting, with a line on what it is: `python -m gateway.settings` writes docs/operators/settings.md from them.

Those of a built-in aggregator are declared beside its adapter (gateway/aggregators/vendors).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from flows.cases.lifecycle_file import Life
from flows.cases.working_time import Calendars
from flows.delivery.quiet_hours import QuietPeriod
from flows.delivery.route_rules import RouteRules, parse_route_rules
from gateway.aggregators.contract.vendor import Vendor
from gateway.aggregators.vendors.built_in import BUILT_IN
from gateway.settings.values import readers
from gateway.settings.values.fields import setting
from gateway.settings.values.readers import DEVELOPMENT_KEY, SHORTEST_KEY
from gateway.settings.values.secret_strength import SHORTEST_SECRET

DEVELOPMENT = "development"
PRODUCTION = "production"
SERVICE_SETTINGS = {"ussd": "service_code", "sms": "short_code", "help": "help_number"}  # word of texts -> setting


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
    keys_file: str = setting(
        "",
        "The file with the keys that encrypt what citizens say and their numbers, mode 0600, apart from the database "
        "and its backups: `sunwai keys init` makes it. Without it nothing in the database can be read, by nobody. "
        "Required, here or by `KEYS_COMMAND`; in development a file beside the database is made.",
        str,
    )
    keys_command: str = setting(
        "",
        "A command that prints what stands in a key file, of a key management service for one. Instead of `KEYS_FILE`. "
        "It has 10 seconds, and gets the environment without our own settings.",
        str,
        private=True,
    )
    redis_url: str = setting(
        "redis://127.0.0.1:6379/0",
        "Redis or Valkey: `redis://`, `rediss://` for TLS, `unix:///path` for a Unix socket (faster), or "
        "`redis+sentinel://host:26379,host:26379,host:26379/master-name` for the master that these sentinels name. "
        "`rediss+sentinel://` uses TLS to the sentinels and to the master, whose certificates are checked "
        "(`CA_FILE`).",
        readers.redis,
        private=True,
    )
    unencrypted_hosts: tuple[str, ...] = setting(
        (),
        "Hosts of PostgreSQL, Redis, Jasmin and Kannel that may be reached without TLS, separated by commas, because "
        "the network between is encrypted itself (WireGuard, IPsec) or inside this machine (containers). Outside "
        "development every other host needs `sslmode=verify-full`, `rediss://` or `https://`. `0.0.0.0` allows a "
        "process to listen beyond this machine, for a proxy in another container.",
        readers.hosts,
    )
    webhook_secrets: tuple[str, ...] = setting(
        (),
        "The secrets in the callback addresses `/hooks/<aggregator>/<secret>/…`, separated by commas. A secret "
        "alone is for all of them, `jasmin=…` for those of one aggregator, `jasmin/sms=…` for one. Each is valid, so "
        "you can replace one in two steps. Outside development each needs at least "
        f"{SHORTEST_SECRET} characters. Required.",
        readers.secrets,
        development=("local",),
        private=True,
    )
    aggregator_networks: dict[str, tuple[str, ...]] = setting(  # noqa: RUF009 - a field
        {},
        "The networks and addresses from which each aggregator calls, where it publishes them: "
        "`jasmin=10.0.3.0/24; infobip=193.105.74.0/24,62.140.31.0/24`. Requests from elsewhere get a 404. One that is "
        "not named may call from everywhere. Behind a proxy, set `TRUSTED_PROXIES` too.",
        readers.aggregator_networks,
    )
    signing_key: str = setting(
        "",
        f"The secret, at least {SHORTEST_KEY} characters, that officers' codes and the addresses for delivery "
        "reports are made with. Every process needs the same one. If you change it, officers get new codes. Without it "
        "`WEBHOOK_SECRETS` serve, which aggregators know.",
        readers.key,
        private=True,
    )
    service_code: str = setting(
        "*8484#",
        "The USSD code that people dial. Texts show it as `{ussd}`.",
        readers.pattern_reader(r"\*[0-9*]+#", "must look like *8484#"),
    )
    short_code: str = setting("8484", "The number that people send SMS to. Texts show it as `{sms}`.")
    help_number: str = setting("15", "The emergency number. Texts show it as `{help}`.")
    country: str = setting(
        "PK",
        "The country (ISO 3166, two letters) of phone numbers that are written without a country code.",
        readers.pattern_reader(r"[A-Z]{2}", "must be two capital letters such as PK"),
    )
    country_codes: tuple[str, ...] = setting(
        ("92",),
        "The calling codes that texts may be sent to, separated by commas.",
        readers.calling_codes,
    )
    timezone: str = setting(
        "Asia/Karachi", "The time zone of dates that people read, such as due dates.", readers.timezone
    )
    calendar: Calendars | None = setting(  # noqa: RUF009 - a field
        None,
        "The file with working hours and public holidays, which decide due dates. The default, "
        "`flows/library/calendar.yaml`, is for Pakistan and also shows the format.",
        readers.calendar,
    )
    lifecycle: Life | None = setting(  # noqa: RUF009 - a field
        None,
        "The file with the life cycle of complaints and every limit (docs/operators/limits.md). The default is "
        "`flows/library/lifecycle.yaml`, which also shows the format.",
        readers.lifecycle,
    )
    text_model: bool = setting(
        True,
        "Whether a trained model helps to understand SMS (docs/operators/text-model.md): `yes` or `no`. With `no` "
        "they are understood by keywords and rules alone.",
        readers.yes_or_no,
        shown="yes",
    )
    networks_without_ucs2: tuple[str, ...] = setting(
        (), "The codes of networks whose USSD screens cannot show Urdu script, separated by commas.", readers.words
    )
    standin_url: str = setting(
        "",
        "The address of the stand-in aggregator. Development only.",
        readers.web,
        development="http://127.0.0.1:8001",
    )
    log_level: str = setting(
        "INFO", "`DEBUG`, `INFO`, `WARNING` or `ERROR`.", readers.one_of("DEBUG", "INFO", "WARNING", "ERROR")
    )
    session_seconds: int = setting(
        600,
        "How long Redis keeps a USSD session after its last hop, in seconds.",
        readers.whole(60, 86_400),
    )
    resume_hours: int = setting(
        24, "How long an interrupted call can be continued, in hours. 0 turns this off.", readers.whole(0, 24 * 30)
    )

    unreadable_days: int = setting(
        30,
        "How many days the bytes and the sender of a request that could not be read are kept after somebody settled "
        "it. Then the sweep removes them.",
        readers.whole(1, 3650),
    )

    retention: str = setting(
        "",
        "The file with how long what citizens said is kept (docs/privacy.md). The default, "
        "`flows/library/retention.yaml`, also shows the format. Nothing is removed by it before "
        "`sunwai retention apply`.",
        readers.retention,
    )
    erasure_journal: str = setting(
        "",
        "The file in which each erasure is noted by ids, without a phone or words, so that it can be repeated after a "
        "backup was restored. Keep it outside the database and its backups. Without it nothing can be erased.",
    )

    transparency_folder: str = setting(
        "",
        "The folder with the files of the transparency log (docs/operators/transparency-log.md), which the sweep "
        "writes. Without it nothing is signed, and nobody could tell if the history of a case was changed in the "
        "database.",
    )
    transparency_key_file: str = setting(
        "",
        "The file with the key that signs the transparency log, which `flask audit keygen` makes. Only the sweep "
        "needs it. Required with `TRANSPARENCY_FOLDER`.",
        readers.log_key,
    )
    transparency_witnesses: tuple[tuple[str, str], ...] = setting(
        (),
        "Those who also sign the transparency log (C2SP tlog-witness), separated by commas: the public key of each, a "
        "space, and its address. They sign only one history of it. The log never waits for them.",
        readers.witnesses,
    )
    transparency_quorum: int = setting(
        0,
        "How many of `TRANSPARENCY_WITNESSES` must have signed the newest checkpoint. With fewer, the step "
        "`witnesses` of the sweep fails, which raises an alarm.",
        readers.whole(0, 8),
    )

    public_url: str = setting(
        "",
        "The address at which aggregators and users reach the service, for example `https://sunwai.example.org`. "
        "Twilio signs it, Jasmin and Kannel send their reports there, and links for users begin with it. Required "
        "outside development, and everywhere for these three.",
        readers.web,
    )
    trusted_proxies: tuple[str, ...] = setting(
        (),
        "The proxies in front of us, separated by commas: addresses, networks (`10.1.0.0/24`) or `unix` for a Unix "
        "socket, if another server than `sunwai serve` listens to one. Only from them are `X-Forwarded-For` and "
        "`X-Forwarded-Proto` believed. Without them, everybody behind a proxy has the proxy's address, and "
        "a line `proxy_not_trusted` is logged.",
        readers.proxies,
    )
    trusted_proxy_hops: int = setting(
        1,
        "How many proxies in a row add themselves to `X-Forwarded-For`: 1 with nginx alone, 2 with a load balancer in "
        "front of it.",
        readers.whole(1, 5),
    )
    trusted_hosts: tuple[str, ...] = setting(
        (),
        "The host names under which browsers may open the console, separated by commas. Requests with another `Host` "
        "get status 400. The default is the host of `PUBLIC_URL`, which must be among them. Required outside "
        "development if that is an IPv6 address. Callbacks and the addresses for monitoring take any.",
        readers.hosts,
    )
    aggregators: tuple[str, ...] = setting(
        ("africastalking",),
        "The aggregators that may deliver calls and SMS, and that send texts, separated by commas: "
        f"{', '.join(f'`{vendor.name}`' for vendor in BUILT_IN)}, "
        "a shipped description (`telenor`, `hubtel`, `arkesel`) or one of `GENERIC_FILES`.",
        readers.aggregators,
    )
    generic_files: tuple[str, ...] = setting(
        (),
        "The files that describe other aggregators (docs/operators/described-aggregators.md), separated by commas. A "
        "file `jazz.yaml` defines the aggregator `jazz`, whose settings begin with `JAZZ_`.",
        readers.words,
    )
    roads: RouteRules = setting(  # noqa: RUF009 - a field
        RouteRules(),
        "The routes for texts, by number and network, the preferred aggregator first: `+92300 "
        "+92301=jazz,africastalking; network:63902=infobip; *=africastalking`. By default, the order of "
        "`AGGREGATORS` applies.",
        parse_route_rules,
    )
    senders: int = setting(128, "How many texts a worker process sends at the same time.", readers.whole(1, 1000))
    texts_per_hour: int = setting(
        20_000, "How many texts may be sent in an hour. The rest wait, with an alarm.", readers.whole(1, 10_000_000)
    )
    texts_per_number_day: int = setting(
        10, "How many texts one number may get in a day, apart from replies to its own SMS.", readers.whole(1, 1000)
    )
    answers_per_number_day: int = setting(
        60, "How many replies, receipts and urgent texts one number may get in a day.", readers.whole(1, 1000)
    )
    texts_per_officer_day: int = setting(
        300, "How many texts about work one officer may get in a day.", readers.whole(1, 10_000)
    )
    texts_per_complaint: int = setting(20, "How many texts may be sent about one complaint.", readers.whole(1, 1000))
    quiet_hours: QuietPeriod = setting(  # noqa: RUF009 - a field
        QuietPeriod(dt.time(22), dt.time(7)),
        "The hours when texts wait, in `TIMEZONE`, or `off`. Replies and urgent texts do not wait.",
        readers.quiet_hours,
        shown="22:00-07:00",
    )
    quiet_hours_by_province: dict[str, QuietPeriod] = setting(  # noqa: RUF009 - a field
        {},
        "Quiet hours that differ in some provinces, by the code of the province, for example "
        "`sindh=23:00-06:00,balochistan=off`.",
        readers.quiet_hours_by_province,
    )
    console_key: str = setting(
        "",
        f"The secret of the console, at least {SHORTEST_KEY} characters. It encrypts second factors and signs forms, "
        "so if you change it, everybody must set up their second factor again. Without it there is no console.",
        readers.key,
        development=DEVELOPMENT_KEY,
        private=True,
    )
    console_second_factor: str = setting(
        "required",
        "`required`: everybody needs a second factor in the console. `optional`: each user decides.",
        readers.one_of("required", "optional"),
        development="optional",
    )
    console_hours: int = setting(12, "How many hours a user stays signed in to the console.", readers.whole(1, 168))
    two_people: bool = setting(
        False,
        "`yes`: a draft must be published, and a flow rolled back, by somebody who did not work on it: "
        "who did not begin or save it, and did not ask for the review. Commands then publish only with `--alone WHY`.",
        readers.yes_or_no,
        shown="no",
    )
    oidc_issuer: str = setting("", "The OpenID provider with which users can sign in to the console.", readers.web)
    oidc_client_id: str = setting("", "The console's client ID at the OpenID provider.")
    oidc_client_secret: str = setting("", "The console's client secret at the OpenID provider.", private=True)
    oidc_required_acr: tuple[str, ...] = setting(
        (),
        "How strongly the OpenID provider must have authenticated users: its values for `acr`, separated by commas. It "
        "is asked for them, and a sign-in with another one is refused.",
        readers.words,
    )
    oidc_required_amr: tuple[str, ...] = setting(
        (),
        "The methods of which the OpenID provider must have used at least one (`amr`, RFC 8176), separated by commas, "
        "for example `mfa,hwk`. A sign-in without any of them is refused.",
        readers.words,
    )
    metrics_token: str = setting(
        "",
        "The token that Prometheus sends to `/metrics` as `Authorization: Bearer …`. Without it there is no "
        "`/metrics` outside development.",
        readers.token,
        private=True,
    )
    ca_file: str = setting(
        "",
        "A file with the certificates (PEM) of further authorities that are trusted for `https://` addresses (those of "
        "aggregators and of the OpenID provider) and for Redis over TLS. Public authorities are trusted without it.",
        readers.certificates,
    )
    vendors: tuple[Vendor, ...] = BUILT_IN  # the built-in aggregators
    vendor_settings: Mapping[str, Any] = field(default_factory=dict, repr=False)  # their own; read by `settings_of`
    described: Mapping[str, str] = field(default_factory=dict, repr=False)  # settings of described aggregators, by name

    def settings_of(self, vendor: Vendor) -> Any:
        """The settings of a built-in aggregator."""
        return self.vendor_settings.get(vendor.name) or vendor.settings()

    @property
    def signing_secrets(self) -> tuple[str, ...]:
        """What codes and addresses are made with: the first makes them, each proves one."""
        return (self.signing_key,) if self.signing_key else self.webhook_secrets

    @property
    def service_words(self) -> dict[str, str]:
        """What texts show as {ussd}, {sms} and {help}, whatever the flow says."""
        return {word: getattr(self, name) for word, name in SERVICE_SETTINGS.items()}

    @property
    def own_senders(self) -> tuple[str, ...]:
        """The senders of our texts: an SMS from one of these is never answered."""
        return tuple(getattr(self.settings_of(vendor), vendor.sender) for vendor in self.vendors if vendor.sender)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names of the console; () if any may be used."""
        ours = urlsplit(self.public_url).hostname
        return self.trusted_hosts or ((ours,) if ours and ":" not in ours else ())

    @property
    def in_development(self) -> bool:
        """True if the simulator, the stand-in and the secret `local` are allowed."""
        return self.environment == DEVELOPMENT
