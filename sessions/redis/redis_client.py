"""A client for REDIS_URL, which names a server or, as `redis+sentinel://`, the sentinels that know the present master.

`redis+sentinel://[user:password@]host:port,host:port,host:port/master-name[/database][?sentinel_password=…]`
"""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from msgspec import Struct
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel

SCHEME = "redis+sentinel"
SENTINEL_PORT = 26379
EXAMPLE = "must look like redis+sentinel://host:26379,host:26379,host:26379/master-name"
SENTINEL_PATIENCE = 0.25  # seconds for each sentinel; the next one is asked after that


class SentinelAddress(Struct, frozen=True):
    """What a `redis+sentinel://` address says."""

    nodes: tuple[tuple[str, int], ...]
    master: str
    database: int = 0
    username: str = ""
    password: str = ""
    sentinel_password: str = ""

    @property
    def credentials(self) -> dict[str, Any]:
        """The options of a redis-py client for the master."""
        given = {"username": self.username, "password": self.password}
        return {"db": self.database} | {name: value for name, value in given.items() if value}


def is_sentinel(url: str) -> bool:
    """True if the address names sentinels."""
    return url.startswith(f"{SCHEME}://")


def parse_sentinel_url(url: str) -> SentinelAddress:
    """The parts of a `redis+sentinel://` address. Raises ValueError."""
    parts = urlsplit(url)
    credentials, _, hosts = parts.netloc.rpartition("@")
    username, _, password = credentials.partition(":")
    named = [host.partition(":") for host in hosts.split(",") if host]
    master, _, database = parts.path.removeprefix("/").partition("/")
    numbers = [database or "0", *(port or "0" for _, _, port in named)]
    if not (named and master and all(host for host, _, _ in named) and all(number.isdigit() for number in numbers)):
        raise ValueError(EXAMPLE)
    return SentinelAddress(
        tuple((host, int(port or SENTINEL_PORT)) for host, _, port in named),
        unquote(master),
        int(database or 0),
        unquote(username),
        unquote(password),
        parse_qs(parts.query).get("sentinel_password", [""])[0],
    )


def sentinels(address: SentinelAddress, patience: float = SENTINEL_PATIENCE) -> Sentinel:
    """A client of the sentinels. `discover_master` raises redis.ConnectionError if none of them knows a master now."""
    options = {"socket_timeout": patience, "socket_connect_timeout": patience, "retry": Retry(NoBackoff(), 0)}
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
