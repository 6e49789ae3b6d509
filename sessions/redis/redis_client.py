"""A client for REDIS_URL, which names a server or, as `redis+sentinel://`, the sentinels that know the present master.

`redis+sentinel://[user:password@]host:port,host:port,host:port/master-name[/database][?sentinel_password=…]`

`rediss+sentinel://` is the same over TLS, to the sentinels and to the master. As in redis-py's `rediss://`, the
authorities in the file `ssl_ca_certs=…` are trusted besides the public ones.
"""

import re
from typing import Any

from msgspec import Struct
from redis import Redis
from redis.backoff import NoBackoff
from redis.connection import parse_url
from redis.retry import Retry
from redis.sentinel import Sentinel

SCHEMES = ("redis+sentinel://", "rediss+sentinel://")
OPTIONS = {"sentinel_password", "ssl_ca_certs"}
SENTINEL_PORT = 26379
_ADDRESS = re.compile(
    r"(?P<scheme>rediss?)\+sentinel://(?:(?P<credentials>[^@/]*)@)?(?P<nodes>[^/@?:,]+(?::[0-9]+)?(?:,[^/@?:,]+(?::[0-9]+)?)*)"
    r"/(?P<master>[^/?]+)(?:/(?P<database>[0-9]+))?(?:\?(?P<query>[^#]+))?"
)
SENTINEL_PATIENCE = 0.25  # seconds for each sentinel; the next one is asked after that


class SentinelAddress(Struct, frozen=True):
    """What such an address says."""

    nodes: tuple[tuple[str, int], ...]
    master: str
    database: int = 0
    username: str = ""
    password: str = ""
    sentinel_password: str = ""
    tls: bool = False
    ca_file: str = ""

    @property
    def credentials(self) -> dict[str, Any]:
        """The options of a redis-py client for the master."""
        given = {"username": self.username, "password": self.password}
        return {"db": self.database, **self.transport} | {name: value for name, value in given.items() if value}

    @property
    def transport(self) -> dict[str, Any]:
        """The options of a redis-py client for the connection, to a sentinel or to the master."""
        return {"ssl": True, "ssl_ca_certs": self.ca_file or None} if self.tls else {}


def is_sentinel(url: str) -> bool:
    """True if the address names sentinels."""
    return url.startswith(SCHEMES)


def parse_sentinel_url(url: str) -> SentinelAddress:
    """The parts of a `redis+sentinel://` or `rediss+sentinel://` address. Raises ValueError."""
    found = _ADDRESS.fullmatch(url)
    if not found:
        raise ValueError("must look like redis+sentinel://host:26379,host:26379,host:26379/master-name")
    options = _parts(f"redis://localhost?{found['query'] or ''}")
    if unknown := {*options} - {"host"} - OPTIONS:
        raise ValueError(
            f"has an option {min(unknown)} that sentinels do not have: there are {', '.join(sorted(OPTIONS))}"
        )
    server = _parts(f"redis://{found['credentials'] or ''}@localhost/{found['database'] or 0}")
    return SentinelAddress(
        tuple(
            (host, int(port or SENTINEL_PORT))
            for host, _, port in (n.partition(":") for n in found["nodes"].split(","))
        ),
        found["master"],
        int(server.get("db", 0)),
        server.get("username", ""),
        server.get("password", ""),
        options.get("sentinel_password", ""),
        found["scheme"] == "rediss",
        options.get("ssl_ca_certs", ""),
    )


def _parts(url: str) -> dict[str, Any]:
    return dict(parse_url(url))  # type: ignore[no-untyped-call]  # redis-py leaves it untyped


def sentinels(address: SentinelAddress, patience: float = SENTINEL_PATIENCE) -> Sentinel:
    """A client of the sentinels. `discover_master` raises redis.ConnectionError if none of them knows a master now."""
    options = {"socket_timeout": patience, "socket_connect_timeout": patience, "retry": Retry(NoBackoff(), 0)}
    options |= address.transport
    if address.sentinel_password:
        options["password"] = address.sentinel_password
    return Sentinel(list(address.nodes), sentinel_kwargs=options)  # type: ignore[no-untyped-call]


def open_redis(url: str, **options: Any) -> Redis:
    """A redis-py client with these options. It connects at first use; through Sentinel, to the master of that moment.

    A connection that breaks, or whose server is a master no more, is made anew to the one that is.
    """
    if not is_sentinel(url):
        return Redis.from_url(url, **options)
    address = parse_sentinel_url(url)
    client: Redis = sentinels(address).master_for(  # type: ignore[no-untyped-call]
        address.master, **address.credentials, **options
    )
    return client
