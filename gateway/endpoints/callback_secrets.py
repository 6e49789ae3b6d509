"""Who may call an aggregator's callback address: who knows its secret, and calls from a network of this aggregator."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from gateway.http.trusted_proxies import TrustedProxies, read_address
from gateway.monitoring import logs
from gateway.monitoring.counters import COUNTERS

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

KNOWN_ADDRESSES = 1024  # answers that are kept: an aggregator calls from a few


class Secrets:
    """The secrets of callback addresses; several are valid while one replaces another.

    A secret is for every address, or for those of one aggregator (`jasmin=…`), or for one of these (`jasmin/sms=…`).
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._everywhere: list[bytes] = []
        self._of: dict[tuple[str, str], list[bytes]] = {}
        for each in secrets:
            scope, _, secret = each.rpartition("=")
            aggregator, _, door = scope.partition("/")
            kept = self._of.setdefault((aggregator, door), []) if scope else self._everywhere
            kept.append(sha256(secret.encode()).digest())

    def know(self, given: str, aggregator: str, door: str) -> bool:
        """True for a secret of this address. Each is compared by digest, so that the time reveals nothing."""
        digest = sha256(given.encode("utf-8", "surrogateescape")).digest()
        found = False
        for each in self._everywhere:
            found |= hmac.compare_digest(each, digest)
        if self._of:
            for each in (*self._of.get((aggregator, ""), ()), *self._of.get((aggregator, door), ())):
                found |= hmac.compare_digest(each, digest)
        return found


class SourceNetworks:
    """The networks from which each aggregator calls. One without any may call from everywhere."""

    def __init__(self, networks: Mapping[str, Iterable[str]], proxies: TrustedProxies) -> None:
        self._networks = {name: tuple(map(ipaddress.ip_network, each)) for name, each in networks.items()}
        self._proxies = proxies
        self._holds = lru_cache(KNOWN_ADDRESSES)(self._look)

    def limit(self, aggregator: str) -> bool:
        """True if not every address may call for this aggregator."""
        return aggregator in self._networks

    def refuses(self, aggregator: str, door: str, environ: WSGIEnvironment) -> bool:
        """True for a request from outside the aggregator's networks: it is counted and logged, without its address."""
        if aggregator not in self._networks:
            return False
        self._proxies.apply(environ)
        if self._holds(aggregator, environ.get("REMOTE_ADDR")):
            return False
        COUNTERS.count("foreign_network")
        logs.log().warning("foreign_network", door=door, aggregator=aggregator)
        return True

    def _look(self, aggregator: str, peer: str | None) -> bool:
        found = read_address(peer)
        return found is not None and any(found in network for network in self._networks[aggregator])
