"""The least that a hop can cost in Python on our server: the form parsed, one constant screen, one Redis write.

Raw WSGI, no Flask, no menu, no log. Nobody waits for the write: its answers are thrown away, many at a time.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import hiredis

from benchmarks.constant import FIELDS, SCREEN
from gateway.http.forms import receive
from gateway.server.command import open_listener
from gateway.server.http_server import HttpServer
from gateway.server.limits import HOOKS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

VALUE = b"x" * 300  # about as long as a session
SECONDS = b"600"
MOST_OWED = 16  # answers, as our own connection has it
BODY = SCREEN.encode()
HEADERS = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(BODY)))]


class UnreadAnswers:
    """A connection to Redis that writes and does not wait."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)
        self._reader, self._owed = hiredis.Reader(), 0

    def write(self, key: bytes) -> None:
        """Keep a value under this key."""
        if self._owed >= MOST_OWED:
            self._read()
        command = (b"SET", key, VALUE, b"EX", SECONDS)
        self._socket.sendall(hiredis.pack_command(command))  # type: ignore[arg-type]  # its stub takes one word only
        self._owed += 1

    def _read(self) -> None:
        while self._owed:
            while self._reader.gets() is False:
                self._reader.feed(self._socket.recv(65536))
            self._owed -= 1


class Limit:
    """The WSGI application."""

    def __init__(self, path: str) -> None:
        self._redis = UnreadAnswers(path)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """One hop: every field of Africa's Talking is read, so a form that lacks one fails."""
        form = receive(environ)
        session, *_ = (form[name] for name in FIELDS)
        self._redis.write(session.encode())
        start_response("200 OK", HEADERS)
        return [BODY]


if __name__ == "__main__":
    HttpServer(Limit(sys.argv[2]), open_listener("127.0.0.1", int(sys.argv[1])), HOOKS).run()
