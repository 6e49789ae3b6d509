"""The only place that opens outgoing HTTP connections.

Kept connections without redirects (a redirect would carry the API key to another host), without the environment's proxy
or netrc, and without cookies. Every request has a time limit, and only the first part of a long answer is read.
"""

import ssl
import time
from collections import deque
from collections.abc import Mapping
from functools import cache, lru_cache
from urllib.parse import quote, urlencode, urlsplit

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import make_headers

from gateway.http.http_line import MOST_ANSWERED, Answer, HttpLine, LostAnswerError, Origin, UnsentRequestError

__all__ = ["MOST_ANSWERED", "Answer", "HttpClient", "LostAnswerError", "UnsentRequestError", "trusted_authorities"]

CONNECT_SECONDS = 3.05
READ_SECONDS = 9.05  # with the time to connect, well below the 60 s lease of a claimed text
FORM = "application/x-www-form-urlencoded"
PORTS = {"http": 80, "https": 443}
SAFE = "!#$%&'()*+,/:;=?@[]~"  # of an address: what is not quoted (again)


class HttpClient:
    """Connections kept open between requests. One for each process; threads may share it."""

    def __init__(self, connections: int = 4, ca_file: str = "") -> None:
        """Keep so many connections to each host. `ca_file` has further certificate authorities (PEM) to trust."""
        self._most, self._ca_file = connections, ca_file
        self._kept: dict[Origin, deque[HttpLine]] = {}

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
        if params:
            url += ("&" if "?" in url else "?") + urlencode(params)
        origin, target, known = _address(url)
        whole = _request(f"{method} {target} HTTP/1.1\r\n{known}", headers or {}, data)
        kept = self._kept.setdefault(origin, deque())
        line = self._usable(kept) or HttpLine(origin, trusted_authorities(self._ca_file), timeout)
        try:
            return line.ask(whole, timeout[1], deadline)
        finally:
            if line.kept and len(kept) < self._most:
                kept.append(line)
            else:
                line.close()

    def _usable(self, kept: deque[HttpLine]) -> HttpLine | None:
        """The connection that was used last, which is the least likely to have been closed."""
        while True:
            try:
                line = kept.pop()
            except IndexError:
                return None
            if line.usable:
                return line
            line.close()

    def close(self) -> None:
        """Close all connections that nobody uses."""
        for kept in self._kept.values():
            while kept:
                kept.pop().close()


@cache
def trusted_authorities(ca_file: str) -> ssl.SSLContext:
    """Who is trusted: the public authorities and those of a file, not those of the machine."""
    context = ssl.create_default_context(cafile=ca_file or DEFAULT_CA_BUNDLE_PATH)
    if ca_file:
        context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context


@lru_cache(maxsize=256)
def _address(url: str) -> tuple[Origin, str, str]:
    """Where to ask, the target of the request, and the headers that follow from it. Raises UnsentRequestError."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
        named = parts.netloc.rpartition("@")[2].encode("idna").decode()
    except ValueError:
        raise UnsentRequestError("address") from None
    if not host or not port:
        raise UnsentRequestError("address")
    target = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=SAFE)
    headers = f"Host: {named}\r\nUser-Agent: sunwai\r\nAccept-Encoding: identity\r\n"
    if parts.username is not None:
        (given,) = make_headers(basic_auth=f"{parts.username}:{parts.password or ''}").values()
        headers += f"Authorization: {given}\r\n"
    return Origin(parts.scheme == "https", host, port), target, headers


def _request(head: str, headers: Mapping[str, str], data: Mapping[str, str | int] | bytes | None) -> bytes:
    """A whole request. Raises UnsentRequestError for a header that HTTP cannot say."""
    told = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    lines = len(headers)
    if isinstance(data, Mapping):
        data = urlencode(data).encode()
        if "content-type" not in map(str.lower, headers):
            told, lines = f"{told}Content-Type: {FORM}\r\n", lines + 1
    body = data or b""
    length = f"Content-Length: {len(body)}\r\n" if body or not head.startswith("GET ") else ""
    if told.count("\n") != lines or told.count("\r") != lines:
        raise UnsentRequestError("header")
    try:
        return f"{head}{told}{length}\r\n".encode("latin-1") + body
    except UnicodeEncodeError:
        raise UnsentRequestError("header") from None
