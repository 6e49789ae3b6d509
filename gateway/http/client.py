"""The only place that opens outgoing HTTP connections.

A pooled session without redirects (a redirect would carry the API key to another host) and without the environment's
proxy or netrc. Every request has a time limit, and only the first part of a long answer is read.
"""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, MaxRetryError, NewConnectionError, SSLError

CONNECT_SECONDS = 3.05
READ_SECONDS = 9.05  # with the time to connect, well below the 60 s lease of a claimed text
MOST_ANSWERED = 64 * 1024
HOSTS = 16  # hosts whose connections are kept open


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
        except (SSLError, OSError) as error:  # certificates, protocols, a peer that closes the connection, or a timeout
            raise HandshakeError(self, type(error).__name__) from None


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    def __init__(self, ca_file: str, **options: Any) -> None:
        self._ca_file = ca_file
        super().__init__(**options)

    def init_poolmanager(self, *given: Any, **options: Any) -> None:
        if self._ca_file:
            context = ssl.create_default_context(cafile=self._ca_file)
            context.load_verify_locations(requests.utils.DEFAULT_CA_BUNDLE_PATH)  # the public ones
            options["ssl_context"] = context
        super().init_poolmanager(*given, **options)
        self.poolmanager.pool_classes_by_scheme = self.poolmanager.pool_classes_by_scheme | {"https": _SecurePool}


def session(connections: int = 4, ca_file: str = "") -> requests.Session:
    """A requests session that ignores the environment and does not retry. Pass allow_redirects=False.

    `ca_file` holds further certificate authorities (PEM) that are trusted.
    """
    pooled = requests.Session()
    pooled.trust_env = False
    for scheme in ("http://", "https://"):
        pooled.mount(scheme, _Adapter(ca_file, pool_connections=HOSTS, pool_maxsize=connections, max_retries=0))
    return pooled


class HttpClient:
    """Connections kept open between requests. One for each process; threads may share it."""

    def __init__(self, connections: int = 4, ca_file: str = "") -> None:
        self._session = session(connections, ca_file)

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
        deadline = time.monotonic() + sum(timeout)
        try:
            response = self._session.request(
                method,
                url,
                headers=headers,
                data=data,
                params=params,
                timeout=timeout,
                allow_redirects=False,
                stream=True,
            )
        except requests.exceptions.ConnectTimeout:
            raise UnsentRequestError("connect_timeout") from None
        except requests.exceptions.ConnectionError as error:
            raise _sorted(error) from None
        except requests.exceptions.Timeout:
            raise LostAnswerError("timeout") from None
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema):
            raise UnsentRequestError("address") from None
        except requests.exceptions.RequestException:
            raise LostAnswerError("answer_broken") from None
        except HTTPError:  # of urllib3, which requests does not always translate
            raise LostAnswerError("answer_broken") from None
        with response:
            return Answer(response.status_code, response.headers, _body(response, deadline))

    def close(self) -> None:
        """Close all connections."""
        self._session.close()


def _body(response: requests.Response, deadline: float) -> bytes:
    """The body after decompression, cut at 64 kB, so that a small answer cannot fill the memory.

    Whatever breaks here, the request had arrived.
    """
    read = bytearray()
    try:
        for piece in response.iter_content(8192):
            read += piece
            if len(read) >= MOST_ANSWERED:
                return bytes(read[:MOST_ANSWERED])
            if time.monotonic() > deadline:
                raise LostAnswerError("timeout")
    except requests.exceptions.Timeout:
        raise LostAnswerError("timeout") from None
    except (requests.exceptions.RequestException, HTTPError, OSError):
        raise LostAnswerError("answer_broken") from None
    return bytes(read)


def _sorted(error: requests.exceptions.ConnectionError) -> UnsentRequestError | LostAnswerError:
    """Tell a connection that never opened from one that broke after the request: requests raises one error for both."""
    inside = error.args[0] if error.args else None
    reason = inside.reason if isinstance(inside, MaxRetryError) else inside
    if isinstance(reason, HandshakeError):
        return UnsentRequestError("no_secure_line")
    if isinstance(reason, NewConnectionError | ConnectTimeoutError):
        return UnsentRequestError("no_connection")
    return LostAnswerError("line_cut")
