"""One request as WSGI (PEP 3333) wants it, and the bytes of its answer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

from gateway.http.security_headers import ALWAYS
from gateway.monitoring import logs

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HttpAnswer = tuple[str, list[tuple[str, str]], bytes]  # status, headers, body
NO_BODY = frozenset({"204", "304"})  # and 1xx, which no application sends
LENGTH = b"\r\ncontent-length: "
FEW = 2  # headers: the answer to a hop has its type and its length, and is put together once for each length

_BASE: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multithread": False,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


def connection_environ(server: tuple[str, int], client: tuple[str, int], *, threads: bool) -> dict[str, Any]:
    """What is the same for every request of a connection."""
    return _BASE | {
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.multithread": threads,
    }


@lru_cache(maxsize=256)
def header_key(name: bytes) -> str:
    """The key of a header; "" for one with an underscore, which could pass for another that a proxy sets."""
    if b"_" in name:
        return ""
    key = name.decode("latin-1").upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


def put_address(environ: dict[str, Any], url: bytes) -> bool:
    """Put the path and the query of a request target; False if it is neither a path, nor an address, nor `*`."""
    if b"#" in url:  # one reader would end the path here, another would not
        return False
    if not url.startswith(b"/") and url != b"*":
        url = _path_of_address(environ, url)
        if not url:
            return False
    path, _, query = url.partition(b"?")
    if b"%" in path:
        path = unquote_to_bytes(path)
    environ["PATH_INFO"] = path.decode("latin-1")
    if query:
        environ["QUERY_STRING"] = query.decode("latin-1")
    return True


def _path_of_address(environ: dict[str, Any], url: bytes) -> bytes:
    """Path and query of a whole address; b"" if it is none. Its host counts, not the header's (RFC 9112, 3.2.2)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return b""
    if parts.scheme not in (b"http", b"https") or not parts.netloc or b"@" in parts.netloc:
        return b""
    environ["HTTP_HOST"] = parts.netloc.decode("latin-1")
    return (parts.path or b"/") + (b"?" + parts.query if parts.query else b"")


class _Started:
    """What the application says before the body."""

    __slots__ = ("headers", "parts", "status")

    def __init__(self) -> None:
        self.status = ""
        self.headers: list[tuple[str, str]] = []
        self.parts: list[bytes] = []

    def __call__(
        self,
        status: str,
        headers: list[tuple[str, str]],
        exc_info: object = None,  # noqa: ARG002 - WSGI's own signature
    ) -> Callable[[bytes], None]:
        self.status, self.headers = status, headers
        return self.parts.append


def call(app: WSGIApplication, environ: dict[str, Any], date: bytes, *, keep: bool) -> bytes:
    """The whole answer of the application, ready to send. Never raises: what it cannot answer is a 500.

    `date` is the header line of that name. Without `keep` the answer says that the connection ends.
    """
    started = _Started()
    try:
        body = _body(app(environ, started), started.parts)
        status = started.status or "500 Internal Server Error"
        told = (_head if len(started.headers) > FEW else _head_before)(status, *started.headers)
    except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer
        return _fault(error, date, keep=keep, bare=environ["REQUEST_METHOD"] == "HEAD")
    if status[:3] in NO_BODY:
        length, body = b"", b""
    else:
        length = b"" if LENGTH in told.lower() else b"Content-Length: %d\r\n" % len(body)
        if environ["REQUEST_METHOD"] == "HEAD":
            body = b""
    return b"".join((told, date, length, b"\r\n" if keep else b"Connection: close\r\n\r\n", body))


def form_answer(answer: Callable[[bytes], HttpAnswer], form: bytes, date: bytes, *, keep: bool) -> bytes:
    """The same for a form that needs no WSGI: `answer` says its length among two headers or fewer."""
    try:
        status, headers, body = answer(form)
        told = _head_before(status, *headers)
    except Exception as error:  # noqa: BLE001 - as above
        return _fault(error, date, keep=keep)
    return b"".join((told, date, b"\r\n" if keep else b"Connection: close\r\n\r\n", body))


def _fault(error: Exception, date: bytes, *, keep: bool, bare: bool = False) -> bytes:
    logs.log().error("fault", door="server", **logs.fault(error))
    return plain(HTTPStatus.INTERNAL_SERVER_ERROR, date, keep=keep, bare=bare)


def _head(status: str, *headers: tuple[str, str]) -> bytes:
    """The lines of a head. Raises UnicodeEncodeError for a header that HTTP cannot say."""
    head = f"HTTP/1.1 {status}\r\n" + "".join([f"{name}: {value}\r\n" for name, value in headers])
    return head.encode("latin-1")


_head_before = lru_cache(maxsize=1024)(_head)


def _body(found: Iterable[bytes], written: list[bytes]) -> bytes:
    if not written and isinstance(found, list):
        return found[0] if len(found) == 1 else b"".join(found)
    try:
        return b"".join([*written, *found])
    finally:
        if hasattr(found, "close"):
            found.close()


def plain(status: HTTPStatus, date: bytes, *, keep: bool = False, bare: bool = False) -> bytes:
    """An answer of the server itself; `bare`: to HEAD, whose answer has a length but no body."""
    body = f"{status.phrase}\n".encode()
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: text/plain; charset=utf-8\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in ALWAYS) + f"Content-Length: {len(body)}\r\n"
    end = b"\r\n" if keep else b"Connection: close\r\n\r\n"
    return b"".join((head.encode(), date, end, b"" if bare else body))
