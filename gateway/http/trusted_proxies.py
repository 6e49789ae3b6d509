"""Whose X-Forwarded-For and X-Forwarded-Proto are believed: those of our own proxies, and of nobody else."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.middleware.proxy_fix import ProxyFix

from gateway.monitoring.logs import log

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

UNIX = "unix"  # in TRUSTED_PROXIES: whoever reaches us through a Unix socket
_FORWARDED = (
    "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX", "HTTP_FORWARDED",
)  # fmt: skip
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class TrustedProxies:
    """The proxies in front of us: addresses, networks and `unix`; `hops` of them write their line one after another."""

    def __init__(self, peers: Iterable[str] = (), hops: int = 1) -> None:
        named = tuple(peers)
        self._told = False
        self._unix = UNIX in named
        self._networks = tuple(ipaddress.ip_network(each) for each in named if each != UNIX)
        self._fix = ProxyFix(_answer_nothing, x_for=hops, x_proto=1)  # the last proxy knows the scheme

    def apply(self, environ: WSGIEnvironment) -> None:
        """Put the client's address and scheme into `environ`, and remove what was claimed about both.

        A trusted proxy that names no usable address stays the client. Applying it twice changes nothing more. The first
        claim of a peer that is no proxy of ours is logged: perhaps TRUSTED_PROXIES lacks one.
        """
        if self._trusts(environ.get("REMOTE_ADDR")):
            self._believe(environ)
        elif "HTTP_X_FORWARDED_FOR" in environ and not self._told:
            self._told = True  # once: a stranger can send it as often as they like
            log().warning("proxy_not_trusted")
        for name in _FORWARDED:
            environ.pop(name, None)

    def _believe(self, environ: WSGIEnvironment) -> None:
        peer, scheme = environ.get("REMOTE_ADDR"), environ["wsgi.url_scheme"]
        self._fix(environ, _start_nothing)
        found = read_address(environ.get("REMOTE_ADDR"))
        environ["REMOTE_ADDR"] = str(found) if found else peer
        if environ["wsgi.url_scheme"] not in ("http", "https"):
            environ["wsgi.url_scheme"] = scheme

    def _trusts(self, peer: str | None) -> bool:
        found = read_address(peer)
        if found is None:
            return self._unix and (not peer or peer.startswith(("unix", "/")))
        return any(found in network for network in self._networks)


def read_address(said: str | None) -> _Address | None:
    """The IP address in a text, also with a port as some proxies write it; None if there is none."""
    text = (said or "").strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _answer_nothing(*_: object) -> tuple[bytes, ...]:
    """ProxyFix calls a WSGI application at its end; ours does nothing, and calls no `start_response`."""
    return ()


def _start_nothing(*_: Any) -> Any:
    """The `start_response` that is never called."""
