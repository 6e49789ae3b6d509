"""The only place that opens outgoing HTTP connections.

Pooled connections without redirects (a redirect would carry the API key to another host), without the environment's
proxy or netrc, and without cookies. Every request has a time limit, and only the first part of a long answer is read.
"""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import BaseHTTPResponse, PoolManager, Timeout
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationValueError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

CONNECT_SECONDS = 3.05
READ_SECONDS = 9.05  # with the time to connect, well below the 60 s lease of a claimed text
MOST_ANSWERED = 64 * 1024
HOSTS = 16  # hosts whose connections are kept open
FORM = "application/x-www-form-urlencoded"
OURS = {"User-Agent": "sunwai", "Accept": "*/*", "Accept-Encoding": "gzip, deflate", "Connection": "keep-alive"}
SCHEMES = ("http://", "https://")


class UnsentRequestError(Exception):
    """The request was not sent, so a retry cannot do anything twice. The text is a token for the log."""


class LostAnswerError(Exception):
    """The request may have arrived, but its answer did not. The text is a token for the log."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: the status, the headers (in any case) and at most 64 kB of the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class HandshakeError(NewConnectionError):
    """No TLS connection was established. Raised here, because later the same errors mean that the request was sent."""


class _SecureConnection(HTTPSConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except NewConnectionError:
            raise
        except (SSLError, OSError) as error:  # certificates, protocols, a peer that closes the connection, or a timeout
            raise HandshakeError(self, type(error).__name__) from None


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


def open_pools(connections: int = 4, ca_file: str = "") -> PoolManager:
    """Connection pools, so many connections a host. `ca_file` holds further certificate authorities (PEM)."""
    pools = PoolManager(HOSTS, maxsize=connections, ssl_context=_trusted(ca_file))
    pools.pool_classes_by_scheme = pools.pool_classes_by_scheme | {"https": _SecurePool}
    return pools


@cache
def _trusted(ca_file: str) -> ssl.SSLContext:
    """Who is trusted: the public authorities and those of a file, not those of the machine."""
    context = ssl.create_default_context(cafile=ca_file or DEFAULT_CA_BUNDLE_PATH)
    if ca_file:
        context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context


class HttpClient:
    """Connections kept open between requests. One for each process; threads may share it."""

    def __init__(self, connections: int = 4, ca_file: str = "") -> None:
        self._pools = open_pools(connections, ca_file)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: Mapping[str, str | int] | bytes | None = None,
        params: Mapping[str, str] | None = None,
        timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
    ) -> Answer:
        """Send one request and read its answer, whatever its status. Raises UnsentRequestError or LostAnswerError.

        `timeout` is the seconds to connect and to wait for bytes; the whole body must arrive in that time too.
        """
        if not url.startswith(SCHEMES):
            raise UnsentRequestError("address")
        deadline = time.monotonic() + sum(timeout)
        told: dict[str, Any] = {**OURS, **(headers or {})}
        if isinstance(data, Mapping):
            data = urlencode(data).encode()
            told.setdefault("Content-Type", FORM)
        if params:
            url += ("&" if "?" in url else "?") + urlencode(params)
        try:
            response = self._pools.urlopen(
                method,
                url,
                body=data,
                headers=told,
                timeout=Timeout(connect=timeout[0], read=timeout[1]),
                retries=False,
                redirect=False,
                preload_content=False,
            )
        except HTTPError as error:
            raise _sorted(error) from None
        return Answer(response.status, response.headers, _body(response, deadline))

    def close(self) -> None:
        """Close all connections."""
        self._pools.clear()


def _body(response: BaseHTTPResponse, deadline: float) -> bytes:
    """The body after decompression, cut at 64 kB, so that a small answer cannot fill the memory.

    Whatever breaks here, the request had arrived. A connection whose answer was read to its end goes back to the pool.
    """
    read = bytearray()
    try:
        for piece in response.stream(8192, decode_content=True):
            read += piece
            if len(read) >= MOST_ANSWERED:
                break
            if time.monotonic() > deadline:
                raise LostAnswerError("timeout")
        else:
            return bytes(read)
    except ReadTimeoutError:
        raise LostAnswerError("timeout") from None
    except (HTTPError, OSError):
        raise LostAnswerError("answer_broken") from None
    finally:
        if response.closed:
            response.release_conn()
        else:
            response.close()
    return bytes(read[:MOST_ANSWERED])


def _sorted(error: HTTPError) -> UnsentRequestError | LostAnswerError:
    """Tell a connection that never opened from one that broke after the request."""
    match error:
        case HandshakeError():
            return UnsentRequestError("no_secure_line")
        case NewConnectionError():
            return UnsentRequestError("no_connection")
        case ConnectTimeoutError():
            return UnsentRequestError("connect_timeout")
        case LocationValueError():
            return UnsentRequestError("address")
        case ReadTimeoutError():
            return LostAnswerError("timeout")
        case ProtocolError():
            return LostAnswerError("line_cut")
    return LostAnswerError("answer_broken")
