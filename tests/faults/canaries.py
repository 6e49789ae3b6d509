"""Numbers, words and secrets that are unmistakable, and a look for them where they must not be."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any


class Canaries:
    """Every phone of a run begins alike, and every citizen's words hold one marker, so that one pattern finds all."""

    def __init__(self, rng: random.Random, secrets: Collection[str]) -> None:
        self._start = f"30{rng.randrange(1, 9)}{rng.randrange(100):02}"
        self._marker = "zq" + "".join(rng.choice("bcdfghjkmnpqrstvwxyz") for _ in range(8))
        self._pattern = re.compile(
            rb"|".join([self._start.encode() + rb"[0-9]{5}", self._marker.encode(), *(s.encode() for s in secrets)])
        )

    def phone(self, at: int) -> str:
        """The E.164 number of citizen `at`."""
        return f"+92{self._start}{at:05}"

    def words(self, at: int) -> str:
        """What citizen `at` has to say."""
        return f"{self._marker} pipe broken at house {at}"

    def found(self, data: bytes, numbers: Collection[str] = ()) -> list[str]:
        """What of it stands in the data; `numbers` are tracking numbers, which no log may hold either."""
        found = [hit.decode() for hit in self._pattern.findall(data)]
        if numbers:
            shown = (hit.replace(b"-", b"").decode() for hit in _NUMBER.findall(data))
            found += [number for number in shown if number in numbers]
        return found

    def in_files(self, paths: Iterable[Path], numbers: Collection[str]) -> list[str]:
        """One line for each file with any of them."""
        found = {path.name: self.found(path.read_bytes(), numbers) for path in paths}
        return [f"{name}: {len(hits)} times, e.g. {hits[0]}" for name, hits in found.items() if hits]

    def in_redis(self, client: Any) -> list[str]:
        """One line for each key with any of them: what a live session holds is encrypted."""
        found = {key: self.found(key + b" " + value(client, key)) for key in client.scan_iter(count=1000)}
        return [f"Redis {key[:12]!r}: {len(hits)} times, e.g. {hits[0]}" for key, hits in found.items() if hits]


_NUMBER = re.compile(rb"(?<![0-9])[0-9]{3}-?[0-9]{3}-?[0-9]{3}(?![0-9])")


def value(client: Any, key: bytes) -> bytes:
    """A value of any kind, as bytes; empty when it is gone meanwhile."""
    import redis

    readers = {
        b"string": lambda: client.get(key),
        b"hash": lambda: client.hgetall(key),
        b"list": lambda: client.lrange(key, 0, -1),
        b"set": lambda: client.smembers(key),
        b"zset": lambda: client.zrange(key, 0, -1),
        b"stream": lambda: client.xrange(key),
    }
    try:
        held = readers.get(client.type(key), lambda: b"")()
        if isinstance(held, dict):
            held = [part for pair in held.items() for part in pair]
        return held if isinstance(held, bytes) else b" ".join(_plain(part) for part in held or ())
    except redis.ResponseError:
        return b""


def _plain(part: object) -> bytes:
    """RQ keeps a job's call compressed."""
    import zlib

    raw = part if isinstance(part, bytes) else repr(part).encode()
    try:
        return zlib.decompress(raw)
    except zlib.error:
        return raw
