"""The server over real sockets, with an application that can be held up, and clients that read what it says."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from gateway.http.errors import TOO_BUSY
from gateway.server.hop_runner import HopRunner
from gateway.server.http_server import HttpServer
from gateway.server.limits import ServingLimits
from gateway.server.wsgi_call import HttpAnswer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


PATIENCE = 20.0  # seconds before a test gives up
SLOW = 0.02  # seconds of an answer
LONG = 20_000_000  # bytes of an answer that no kernel takes at once
HOST = b"Host: x\r\n"
FORM = b"POST /form HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\n"
CLOSE = b"Connection: close\r\n"
GET = b"GET /a%20b?x=1 HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n"
CHUNKS = b"POST /a HTTP/1.1\r\n" + HOST + CLOSE + b"Transfer-Encoding: chunked\r\n\r\n"


class Application:
    """Answers with what it was asked; `/wait` waits until the test lets it go on.

    `acts` are called by paths. `refused`: at each refusal, how many it had been asked before.
    """

    def __init__(self) -> None:
        self.go_on, self.asked, self.refused = threading.Event(), list[str](), list[int]()
        self.acts: dict[str, Callable[[], object]] = {}

    def form_handler(self, told: dict[str, Any]) -> Forms | None:
        return Forms(self, told["PATH_INFO"]) if told.get("PATH_INFO", "").startswith("/plain") else None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes] | Iterator[bytes]:
        path = environ["PATH_INFO"]
        if TOO_BUSY in environ:
            self.refused.append(len(self.asked))
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"END busy"]
        self.asked.append(path)
        if path == "/wait":
            self.go_on.wait(PATIENCE)
        if path in self.acts:
            self.acts[path]()
        if path == "/slow":
            time.sleep(SLOW)
        if path == "/broken":
            raise ValueError("on purpose")
        if path == "/unsayable":
            start_response("200 OK", [("Content-Disposition", "attachment; filename=\u0636\u0644\u0639.csv")])
            return [b"rows"]
        if path == "/nothing":
            start_response("204 No Content", [])
            return []
        body = environ["wsgi.input"].read()
        if path == "/long":
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"a" * LONG]
        if path == "/host":
            body = environ["HTTP_HOST"].encode()
        if path == "/peer":
            keys = ("REMOTE_ADDR", "REMOTE_PORT", "HTTP_X_FORWARDED_FOR")
            body = " ".join([environ[each] for each in keys]).encode()
        seen = f"{environ['REQUEST_METHOD']} {path}?{environ['QUERY_STRING']} {environ.get('HTTP_X_A', '')} ".encode()
        start_response("200 OK", [("Content-Type", "text/plain")])
        return iter([seen, body]) if path == "/parts" else [seen + body]


class Forms:
    """What answers forms of `/plain…` whose heads are known."""

    def __init__(self, app: Application, path: str) -> None:
        self._app, self._path = app, path

    def answer(self, form: bytes) -> HttpAnswer:
        self._app.asked.append(f"form of {self._path}")
        if form == b"error":
            raise ValueError("on purpose")
        return _plain(b"form " + form)

    def refuse(self, form: bytes) -> HttpAnswer:  # noqa: ARG002 - it is one for all
        self._app.refused.append(len(self._app.asked))
        return _plain(b"END busy")

    def begins_call(self, form: bytes) -> bool:
        return form == b"dials"


def _plain(body: bytes) -> HttpAnswer:
    return "200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))], body


def begins_call(environ: WSGIEnvironment) -> bool:
    return bool(environ["PATH_INFO"] == "/dial")


def is_urgent(environ: WSGIEnvironment) -> bool:
    return environ["PATH_INFO"] != "/wait" and environ["QUERY_STRING"] != "later"


class Settling(HopRunner):
    """What is put off is what a test says."""

    def __init__(self) -> None:
        self.put_off: Callable[[], None] = lambda: None

    def settle(self) -> bool:
        self.put_off()
        return False


class Serving:
    """A server in a thread."""

    def __init__(self, given: ServingLimits, runner: HopRunner | None = None) -> None:
        self.app = Application()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.alive = True
        self.server = HttpServer(
            self.app, self.listener, given, lambda: self.alive, is_urgent, begins_call, runner, self.app.form_handler
        )
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)

    def ask(self, *parts: bytes) -> bytes:
        """Everything that is answered until the server ends the connection."""
        with self.connect() as connection:
            for part in parts:
                connection.sendall(part)
            return rest_of(connection)


def rest_of(connection: socket.socket) -> bytes:
    found = b""
    while more := connection.recv(65536):
        found += more
    return found


def answer_of(connection: socket.socket) -> bytes:
    """One answer with a length, on a connection that stays."""
    found = b""
    while b"\r\n\r\n" not in found:
        found += some(connection)
    head, _, body = found.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += some(connection)
    return head + b"\r\n\r\n" + body


def some(connection: socket.socket) -> bytes:
    found = connection.recv(65536)
    assert found, "it was closed"
    return found


@contextmanager
def serving(given: ServingLimits, runner: HopRunner | None = None) -> Iterator[Serving]:
    made = Serving(given, runner)
    try:
        yield made
    finally:
        made.app.go_on.set()
        made.alive = False
        made.thread.join(PATIENCE)
        assert not made.thread.is_alive(), "it does not stop"


def wait_readable(connection: socket.socket, patience: float) -> bool:
    """True once it has something to read, or its end."""
    return bool(select.select([connection], [], [], patience)[0])


def send_all_that_is_taken(connection: socket.socket, data: bytes) -> None:
    """The server may close while it is sent."""
    with suppress(OSError):
        connection.sendall(data)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)
