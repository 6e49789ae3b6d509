"""The application in this process, without sockets to its clients: what one thread spends on a hop or on a filing.

A request goes in as the bytes that a client sends, through the same parser and the same application as in production.
Sessions are kept in memory, by something that speaks as Redis does: a wait for a server would cost what the other
processes of the machine make it cost. All else that is asked of Redis is asked of a real one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import hiredis

from benchmarks.load import Citizens, Leg, answer_in
from benchmarks.servers import CannotMeasure, production_settings, valkey
from benchmarks.walks import Walk
from gateway.app import create_app
from gateway.endpoints.application import Side, Sunwai
from gateway.monitoring import logs
from gateway.server import wsgi_call
from gateway.server.hop_request import HopRequest
from gateway.server.http_connection import HttpConnection
from gateway.server.known_heads import KnownHeads
from gateway.server.limits import HOOKS, ServingLimits
from gateway.settings.loader import load_config
from sessions.ussd.session_store import SINCE

DATE = b"Date: Tue, 01 Dec 2026 04:00:00 GMT\r\n"


class SessionsInMemory:
    """The socket of a connection to a Redis that remembers all calls, as far as sessions ask it."""

    def __init__(self) -> None:
        self._held: dict[bytes, bytes] = {SINCE: b"1"}
        self._asked, self._answers = hiredis.Reader(), b""

    def sendall(self, data: bytes) -> None:
        """Take in commands."""
        self._asked.feed(data)
        while (command := self._asked.gets()) is not False:
            self._answers += self._answer(*command)

    def recv(self, _most: int, _flags: int = 0) -> bytes:
        """What was answered since the last time."""
        if not self._answers:
            raise BlockingIOError
        answers, self._answers = self._answers, b""
        return answers

    def close(self) -> None:
        """Nothing is open."""

    def _answer(self, name: bytes, *words: bytes) -> bytes:
        match name:
            case b"GET":
                return self._value(words[0])
            case b"MGET":
                return b"*%d\r\n" % len(words) + b"".join(map(self._value, words))
            case b"EVALSHA":  # the save of a hop, of which none is refused: its key, and its value behind five keys
                self._held[words[2]] = words[8]
                return b"$-1\r\n"
        return b"+OK\r\n"

    def _value(self, key: bytes) -> bytes:
        held = self._held.get(key)
        return b"$-1\r\n" if held is None else b"$%d\r\n%s\r\n" % (len(held), held)


class Wire:
    """The transport of one connection: it keeps what is written."""

    def __init__(self) -> None:
        self.written = b""

    def get_extra_info(self, _name: str) -> tuple[str, int]:
        """Both ends have one address."""
        return ("127.0.0.1", 8000)

    def write(self, data: bytes) -> None:
        """Keep what the client would read."""
        self.written += data

    def is_closing(self) -> bool:
        """Never: the benchmark ends before its connection does."""
        return False


class Answerer:
    """What a connection needs of its server."""

    limits: ServingLimits = HOOKS
    stopping = False
    threads = False

    def __init__(self, app: Sunwai) -> None:
        self._app, self.heads = app, KnownHeads(app.door.form_handler)

    def time(self) -> float:
        """Deadlines are not measured."""
        return 0.0

    def opened(self, connection: HttpConnection) -> None:
        """There is one connection."""

    def closed(self, connection: HttpConnection) -> None:
        """It stays open."""

    def hold(self, count: int) -> bool:  # noqa: ARG002 - bodies are small
        """There is room."""
        return True

    def plain(self, status: HTTPStatus) -> bytes:
        """A refusal ends the benchmark."""
        raise CannotMeasure(f"refused: {status.phrase}")

    def answer(self, connection: HttpConnection, environ: dict[str, Any], *, keep: bool) -> None:
        """As gateway.server.http_server.HttpServer answers where it has no threads."""
        connection.send(wsgi_call.call(self._app, environ, DATE, keep=keep))

    def answer_hop(self, connection: HttpConnection, request: HopRequest, *, keep: bool) -> None:
        """The same for a hop."""
        connection.send(request.answer(DATE, keep=keep))


class Caller:
    """Walks calls through the application, one after the other, and checks each screen."""

    def __init__(self, app: Sunwai, path: str, walk: Walk, callers: range, token: str) -> None:
        leg = Leg(0, path, 0.0, 1, token, callers.start, len(callers), walk.as_json())
        self._citizens, self._wire = Citizens(leg), Wire()
        self._connection = HttpConnection(Answerer(app))
        self._connection.connection_made(cast("asyncio.BaseTransport", self._wire))

    def walk(self) -> None:
        """One whole call of the next caller. Raises CannotMeasure for a wrong screen."""
        for _ in self.steps():
            pass

    def steps(self) -> Iterator[None]:
        """The same, hop by hop."""
        caller = self._citizens.dial()
        for step, (begins, shows) in enumerate(self._citizens.expected):
            self._wire.written = b""
            self._connection.data_received(self._citizens.request(caller, step))
            body = answer_in(self._wire.written)
            if body is None or not body.startswith(begins) or shows not in body:
                raise CannotMeasure(f"hop {step} should show {shows!r}, the caller saw {body!r}")
            yield


@contextmanager
def application(folder: Path, database_url: str) -> Iterator[tuple[Sunwai, str]]:
    """The callbacks of the application, with sessions in memory, and the path to which hops are posted."""
    with valkey(folder) as store:
        settings, path = production_settings(database_url, store)
        app = create_app(load_config(settings), sides=(Side.HOOKS,))
        with patch.object(app.store.address, "connect", lambda _timeout: SessionsInMemory()):
            app.keeper.start()
            try:
                yield app, path
            finally:
                app.close()
                logs.flush()
