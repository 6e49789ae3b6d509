"""The server over real sockets: what is answered, what is refused and how, and that nobody waits for anybody else."""

from __future__ import annotations

import re
import select
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gateway.http.request_bounds import MOST_ANONYMOUS_BYTES
from gateway.server import http_server, limits
from gateway.server.http_server import HttpServer
from gateway.server.limits import CONSOLE, HOOKS, ServingLimits

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATIENCE = 20.0  # seconds before a test gives up
LONG = 20_000_000  # bytes of an answer that no kernel takes at once
HOST = b"Host: x\r\n"
FORM = b"POST /form HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\n"


class Application:
    """Answers with what it was asked; `/wait` waits until the test lets it go on."""

    def __init__(self) -> None:
        self.go_on, self.asked = threading.Event(), list[str]()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes] | Iterator[bytes]:
        path = environ["PATH_INFO"]
        self.asked.append(path)
        if path == "/wait":
            self.go_on.wait(PATIENCE)
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
        seen = f"{environ['REQUEST_METHOD']} {path}?{environ['QUERY_STRING']} {environ.get('HTTP_X_A', '')} ".encode()
        start_response("200 OK", [("Content-Type", "text/plain")])
        return iter([seen, body]) if path == "/parts" else [seen + body]


def is_urgent(environ: WSGIEnvironment) -> bool:
    return environ["PATH_INFO"] != "/wait" and environ["QUERY_STRING"] != "later"


class Serving:
    """A server in a thread."""

    def __init__(self, given: ServingLimits) -> None:
        self.app = Application()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.alive = True
        self.server = HttpServer(self.app, self.listener, given, lambda: self.alive, is_urgent)
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
def serving(given: ServingLimits) -> Iterator[Serving]:
    made = Serving(given)
    try:
        yield made
    finally:
        made.app.go_on.set()
        made.alive = False
        made.thread.join(PATIENCE)
        assert not made.thread.is_alive(), "it does not stop"


@pytest.fixture(scope="module", params=["one after the other", "in threads"])
def server(request: pytest.FixtureRequest) -> Iterator[Serving]:
    short = replace(HOOKS, read_seconds=1.0)
    with serving(short if request.param == "one after the other" else replace(short, threads=4)) as made:
        yield made


CLOSE = b"Connection: close\r\n"
CHUNKS = b"POST /a HTTP/1.1\r\n" + HOST + CLOSE + b"Transfer-Encoding: chunked\r\n\r\n"
ANSWERED = [
    (b"GET /a%20b?x=1 HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", b"200 OK", b"GET /a b?x=1  "),
    (b"GET http://else.example/a HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", b"200 OK", b"GET /a?  "),
    (b"GET http://else.example?x=1 HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", b"200 OK", b"GET /?x=1  "),
    (b"GET HTTP://else.example:8/host HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", b"200 OK", b"GET /host?  else.example:8"),
    (b"GET /host HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", b"200 OK", b"GET /host?  x"),
    (b"POST /a HTTP/1.1\r\n" + HOST + CLOSE + b"Content-Length: 3\r\n\r\nabc", b"200 OK", b"POST /a?  abc"),
    (b"POST /parts HTTP/1.1\r\n" + HOST + CLOSE + b"Content-Length: 3\r\n\r\nabc", b"200 OK", b"POST /parts?  abc"),
    (
        b"POST /a HTTP/1.1\r\n"
        + HOST
        + CLOSE
        + b"Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
        b"200 OK",
        b"POST /a?  abcde",
    ),
    (b"HEAD /a HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", b"200 OK", b""),
    (b"GET /nothing HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", b"204 No Content", b""),
    (b"GET /broken HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", b"500 Internal Server Error", b"Internal Server Error\n"),
    (b"GET /unsayable HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", b"500 Internal", b"Internal Server Error\n"),
    (b"\r\n\r\nGET /a HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", b"200 OK", b"GET /a?  "),
    (CHUNKS + b"1\r\na\r\n0\r\nX-A: after\r\n\r\n", b"200 OK", b"POST /a?  a"),
    (b"GET /a HTTP/1.0\r\n\r\n", b"200 OK", b"GET /a?  "),
    (b"GET /a HTTP/1.1\r\n" + HOST + CLOSE + b"X-A: 1\r\nX_A: forged\r\nX-A: 2\r\n\r\n", b"200 OK", b"GET /a? 1,2 "),
]
REFUSED = {
    "two lengths": (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    "a length and chunks": (FORM[:-2] + b"Transfer-Encoding: chunked\r\n\r\n", 400),
    "an encoding that is not chunks": (b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip\r\n\r\n", 400),
    "the same length twice": (
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
        400,
    ),
    "two lengths in one header": (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1, 1\r\n\r\na", 400),
    "chunks and a length after them": (CHUNKS + b"1\r\na\r\n0\r\nContent-Length: 5\r\n\r\n", 400),
    "chunks that are also packed": (CHUNKS.replace(b"chunked", b"gzip, chunked") + b"1\r\na\r\n0\r\n\r\n", 501),
    "chunks twice": (CHUNKS.replace(b"chunked", b"chunked, chunked") + b"1\r\na\r\n0\r\n\r\n", 400),
    "chunks in HTTP/1.0, which has none": (CHUNKS.replace(b"/1.1", b"/1.0") + b"1\r\na\r\n0\r\n\r\n", 400),
    "a chunk that is longer than it says": (CHUNKS + b"1\r\nab\r\n0\r\n\r\n", 400),
    "a chunk whose size ends in a space": (CHUNKS + b"1 \r\na\r\n0\r\n\r\n", 400),
    "a chunk whose size no number holds": (CHUNKS + b"fffffffffffffffff\r\na\r\n0\r\n\r\n", 400),
    "HTTP before 1.0": (b"GET /a\r\n\r\n", 505),
    "HTTP/2 in the words of HTTP/1": (b"GET /a HTTP/2.0\r\n" + HOST + b"\r\n", 505),
    "an address with a fragment": (b"GET /a#/../b HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "an address of another protocol": (b"GET ftp://x/a HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "an address without a host": (b"GET http:///a HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "an address with a user": (b"GET http://x@else.example/a HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a header that ends in a carriage return alone": (b"GET / HTTP/1.1\r\n" + HOST[:-1] + b"A: b\r\n\r\n", 400),
    "a header with a NUL": (b"GET / HTTP/1.1\r\n" + HOST + b"A: \0\r\n\r\n", 400),
    "a length with a sign": (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: +1\r\n\r\n", 400),
    "a space before the colon": (b"GET / HTTP/1.1\r\n" + HOST + b"A : b\r\n\r\n", 400),
    "a folded header": (b"GET / HTTP/1.1\r\n" + HOST + b"A: b\r\n c\r\n\r\n", 400),
    "a line without its carriage return": (b"GET / HTTP/1.1\nHost: x\n\n", 400),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "two hosts": (b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n", 400),
    "a tunnel": (b"CONNECT x:1 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    "an address that is too long": (b"GET /" + b"a" * 17_000 + b" HTTP/1.1\r\n", 431),
    "an address that is too long, at once": (b"GET /" + b"a" * 17_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 431),
    "empty lines without end": (b"\r\n" * 9000, 431),
    "a header after the body that does not end": (CHUNKS + b"0\r\nX: " + b"a" * 17_000, 431),
    "sizes of chunks that are longer than any head": (CHUNKS + b"1;x=y\r\na\r\n" * 3000, 431),
    "a header that is too long": (b"GET / HTTP/1.1\r\n" + HOST + b"A: " + b"a" * 17_000, 431),
    "headers that are too long together": (
        b"GET / HTTP/1.1\r\n" + HOST + b"".join(b"A%d: %s\r\n" % (n, b"a" * 999) for n in range(20)) + b"\r\n",
        431,
    ),
    "too many headers": (b"GET / HTTP/1.1\r\n" + HOST + b"A: a\r\n" * 101 + b"\r\n", 431),
    "a body that is announced too long": (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 65537\r\n\r\n", 413),
    "a length that no number holds": (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 99999999999\r\n\r\n", 413),
    "chunks that become too long": (CHUNKS + b"4000\r\n" + (b"a" * 0x4000 + b"\r\n4000\r\n") * 5, 413),
    "an expectation that we do not know": (FORM[:-2] + b"Expect: tea\r\n\r\n", 417),
    "a body that does not come": (FORM + b"abc", 408),
    "headers that do not end": (b"POST /form HTTP/1.1\r\n" + HOST + b"X-Slow: ", 408),
}  # fmt: skip


@pytest.mark.parametrize(("request_bytes", "status", "body"), ANSWERED)
def test_a_request_is_answered_as_the_application_says(
    server: Serving, request_bytes: bytes, status: bytes, body: bytes
) -> None:
    head, _, found = server.ask(request_bytes).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 " + status)
    assert found == body
    assert b"\r\nDate: " in head
    assert b"\r\nConnection: close" in head
    assert (b"content-length" in head.lower()) == (not status.startswith(b"204"))


@pytest.mark.parametrize("request_bytes", [each[0] for each in ANSWERED])
def test_a_request_may_come_in_single_bytes(server: Serving, request_bytes: bytes) -> None:
    with server.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(len(request_bytes)):
            connection.sendall(request_bytes[at : at + 1])
        assert rest_of(connection) != b""


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_gets_a_status_never_reaches_the_application_and_ends_the_connection(
    server: Serving, what: str
) -> None:
    sent, status = REFUSED[what]
    before = len(server.app.asked)
    answer = server.ask(sent)
    assert answer.startswith(b"HTTP/1.1 %d " % status), answer[:100]
    assert answer.count(b"HTTP/1.1") == 1
    assert len(server.app.asked) == before


def test_a_connection_is_used_again_and_again(server: Serving) -> None:
    with server.connect() as connection:
        for at in range(5):
            connection.sendall(FORM + b"word%d" % at)
            assert answer_of(connection).endswith(b"word%d" % at)


def test_a_client_that_asks_first_is_told_to_go_on(server: Serving) -> None:
    with server.connect() as connection:
        connection.sendall(FORM[:-2] + b"Expect: 100-continue\r\n\r\n")
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"words")
        assert answer_of(connection).endswith(b"words")


def test_of_requests_sent_before_their_turn_the_first_is_answered_whole(server: Serving) -> None:
    answer = server.ask((FORM + b"first") * 50)
    assert answer.count(b"HTTP/1.1") == 1
    assert answer.endswith(b"first")


def test_of_more_requests_than_are_read_at_once_the_first_is_answered_whole(server: Serving) -> None:
    """A connection that is closed while bytes arrive is reset, and with it what was not yet read of the answer."""
    with server.connect() as connection:
        sent = threading.Thread(target=send_all_that_is_taken, args=(connection, (FORM + b"first") * 50_000))
        sent.start()
        answer = rest_of(connection)
        assert answer.count(b"HTTP/1.1") == 1
        assert answer.endswith(b"first")
        sent.join(PATIENCE)
        assert not sent.is_alive()


def test_a_client_that_says_that_it_sends_nothing_more_still_gets_its_answer(server: Serving) -> None:
    with server.connect() as connection:
        connection.sendall(b"GET /wait HTTP/1.1\r\n" + HOST + b"\r\n")
        connection.shutdown(socket.SHUT_WR)
        server.app.go_on.set()
        assert rest_of(connection).startswith(b"HTTP/1.1 200 OK")
    with server.connect() as connection:
        connection.sendall(FORM + b"wor")
        connection.shutdown(socket.SHUT_WR)
        assert rest_of(connection) == b"", "half a request is none"


def test_a_long_answer_is_taken_slowly_and_whole_and_the_next_request_waits_for_it(server: Serving) -> None:
    with server.connect() as connection:
        connection.sendall(b"GET /long HTTP/1.1\r\n" + HOST + b"\r\n")
        until(lambda: server.server._buffered > 0)
        connection.sendall(FORM + b"words")
        found = bytearray()
        while len(found) < LONG + 100 or not found.endswith(b"words"):
            found += some(connection)
        assert found.count(b"HTTP/1.1 200 OK") == 2
        assert server.server._buffered == 0


def test_answers_that_nobody_takes_are_bounded_together_and_delay_nobody() -> None:
    with serving(replace(HOOKS, buffered_bytes=3 * LONG)) as server:
        held = [server.connect() for _ in range(10)]
        for each in held:
            each.sendall(b"GET /long HTTP/1.1\r\n" + HOST + b"\r\n")
        until(lambda: len(server.server._connections) < 4)
        assert server.server._buffered <= 3 * LONG
        assert server.ask(ANSWERED[0][0]).startswith(b"HTTP/1.1 200 OK")
        for each in held:
            each.close()
        until(lambda: server.server._buffered == 0)


def test_a_body_that_comes_slowly_is_not_waited_for_longer_because_it_still_comes(server: Serving) -> None:
    began = time.monotonic()
    with server.connect() as connection:
        connection.sendall(FORM.replace(b" 5\r\n", b" 500\r\n"))
        connection.settimeout(0.1)
        answer = b""
        while not answer and time.monotonic() - began < PATIENCE:
            connection.sendall(b"a")
            try:
                answer = connection.recv(100)
            except TimeoutError:
                continue
    assert answer.startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("begins", [b"", b"POST / HTTP/1.1\r\nX-Slow: ", FORM + b"abc"])
def test_four_hundred_stalled_connections_keep_nobody_waiting(server: Serving, begins: bytes) -> None:
    stalled = [server.connect() for _ in range(400)]
    try:
        for each in stalled:
            each.sendall(begins)
        for _ in range(20):
            assert server.ask(ANSWERED[0][0]).startswith(b"HTTP/1.1 200 OK")
        if begins:  # they are dropped one after the other, and told why
            assert all(rest_of(each).startswith(b"HTTP/1.1 408 ") for each in stalled[:40])
    finally:
        for each in stalled:
            each.close()


def test_a_request_that_takes_long_delays_only_itself() -> None:
    with serving(replace(CONSOLE, threads=2)) as server, server.connect() as slow:
        slow.sendall(b"GET /wait HTTP/1.1\r\n" + HOST + b"\r\n")
        assert server.ask(ANSWERED[0][0]).startswith(b"HTTP/1.1 200 OK")
        server.app.go_on.set()
        assert answer_of(slow).startswith(b"HTTP/1.1 200 OK")


def test_requests_beyond_those_that_may_wait_for_a_thread_are_refused_at_once() -> None:
    with serving(replace(CONSOLE, threads=1, waiting=1)) as server, server.connect() as slow, server.connect() as next_:
        for each in (slow, next_):
            each.sendall(b"GET /wait HTTP/1.1\r\n" + HOST + b"\r\n")
            until(lambda: server.server._working > 0)
        until(lambda: server.server._working == 2)
        assert server.ask(ANSWERED[0][0]).startswith(b"HTTP/1.1 503 ")
        server.app.go_on.set()
        assert answer_of(slow).startswith(b"HTTP/1.1 200 OK")
        assert answer_of(next_).startswith(b"HTTP/1.1 200 OK")


def test_one_connection_too_many_takes_the_place_of_the_one_that_kept_us_waiting_longest() -> None:
    with serving(replace(HOOKS, connections=10)) as server:
        held = [server.connect() for _ in range(10)]
        until(lambda: len(server.server._connections) == 10)
        held[0].sendall(FORM + b"words")  # it has said something since
        assert answer_of(held[0]).endswith(b"words")
        assert server.ask(ANSWERED[0][0]).startswith(b"HTTP/1.1 200 OK")
        held[0].sendall(FORM + b"words")
        assert answer_of(held[0]).endswith(b"words")
        assert rest_of(held[1]) == b""
        for each in held:
            each.close()


def test_connections_that_come_all_at_once_are_still_no_more_than_may_be_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "FIRST_BYTE_SECONDS", 3 * PATIENCE)  # none is closed for another reason
    with serving(replace(HOOKS, connections=10)) as server, server.connect() as busy:
        busy.sendall(b"GET /wait HTTP/1.1\r\n" + HOST + b"\r\n")
        until(lambda: server.app.asked == ["/wait"])
        crowd = [server.connect() for _ in range(300)]  # the kernel takes them while the loop is busy
        server.app.go_on.set()
        assert answer_of(busy).startswith(b"HTTP/1.1 200 OK")
        until(lambda: len(select.select(crowd, [], [], 0)[0]) >= 290)
        assert len(server.server._connections) <= 10
        for each in crowd:
            each.close()


def test_requests_whose_answer_cannot_be_said_take_no_place_for_good() -> None:
    with serving(replace(CONSOLE, threads=1, waiting=1)) as server:
        for _ in range(5):
            assert server.ask(b"GET /unsayable HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n").startswith(b"HTTP/1.1 500 ")
        assert server.server._working == 0
        assert server.ask(ANSWERED[0][0]).startswith(b"HTTP/1.1 200 OK")


def test_an_answer_of_the_server_to_head_has_no_body_that_the_next_answer_would_begin_with(server: Serving) -> None:
    with server.connect() as connection:
        for path in (b"/broken", b"/unsayable", b"/a"):
            connection.sendall(b"HEAD " + path + b" HTTP/1.1\r\n" + HOST + b"\r\n")
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += some(connection)
            assert b"Content-Length: " in head
        connection.sendall(FORM + b"words")
        answer = answer_of(connection)
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert answer.endswith(b"words")


def test_an_empty_line_after_a_request_begins_none_that_would_be_late(server: Serving) -> None:
    with server.connect() as connection:
        connection.sendall(FORM + b"first")
        assert answer_of(connection).endswith(b"first")
        connection.sendall(b"\r\n")
        assert not wait_readable(connection, 1.7), "longer than a request may take"
        connection.sendall(FORM + b"again")
        assert answer_of(connection).endswith(b"again")


def test_bodies_are_counted_as_long_as_they_are_held_and_never_below_nothing() -> None:
    long = CHUNKS + b"4000\r\n" + (b"a" * 0x4000 + b"\r\n4000\r\n") * 5
    with serving(replace(CONSOLE, threads=1, body_bytes=HOOKS.body_bytes)) as server, server.connect() as slow:
        assert server.ask(long).startswith(b"HTTP/1.1 413 ")
        assert server.server._buffered == 0
        slow.sendall(b"GET /wait HTTP/1.1\r\n" + HOST + b"\r\n")
        until(lambda: server.app.asked == ["/wait"])
        with server.connect() as gone:
            gone.sendall(b"POST /a HTTP/1.1\r\n" + HOST + b"Content-Length: 9000\r\n\r\n" + b"a" * 9000)
            until(lambda: server.server._working == 2)
            gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closed, it reads no more
        until(lambda: len(server.server._connections) == 1)
        assert server.server._buffered == 9000, "its body waits for a thread, whoever has gone"
        server.app.go_on.set()
        until(lambda: server.server._buffered == 0)


def test_a_body_in_tiny_chunks_is_held_as_one_buffer() -> None:
    with serving(HOOKS) as server, server.connect() as connection:
        connection.sendall(CHUNKS + b"2\r\nab\r\n" * 2000)
        until(lambda: server.server._buffered == 4000)
        (held,) = server.server._connections
        assert sys.getsizeof(held._body) < 2 * 4000
        connection.sendall(b"0\r\n\r\n")
        assert rest_of(connection).endswith(b"ab" * 2000)


def test_bodies_that_are_too_many_together_are_refused() -> None:
    head = b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 40000\r\n\r\n"
    with serving(replace(HOOKS, buffered_bytes=100_000)) as server:
        held = [server.connect() for _ in range(2)]
        for each in held:
            each.sendall(head + b"a" * 39_000)
        until(lambda: server.server._buffered == 78_000)
        assert server.ask(head + b"a" * 39_000).startswith(b"HTTP/1.1 503 ")
        assert server.server._buffered == 78_000
        for each in held:
            each.sendall(b"a" * 1000)
            assert answer_of(each).startswith(b"HTTP/1.1 200 OK")
            each.close()
        until(lambda: server.server._buffered == 0)


def test_a_stranger_may_send_less_to_the_console_than_somebody_with_a_cookie() -> None:
    head = b"POST / HTTP/1.1\r\n" + HOST + CLOSE + b"Content-Length: %d\r\n" % (MOST_ANONYMOUS_BYTES + 1)
    body = b"\r\n" + b"a" * (MOST_ANONYMOUS_BYTES + 1)
    with serving(CONSOLE) as server:
        assert server.ask(head + body).startswith(b"HTTP/1.1 413 ")
        assert server.ask(head + b"Cookie: a=b\r\n" + body).startswith(b"HTTP/1.1 200 OK")


def test_what_is_being_answered_is_finished_before_the_server_stops() -> None:
    with serving(replace(CONSOLE, threads=2)) as server, server.connect() as slow, server.connect() as idle:
        slow.sendall(b"GET /wait HTTP/1.1\r\n" + HOST + b"\r\n")
        until(lambda: server.server._working == 1)
        server.alive = False
        assert rest_of(idle) == b""
        server.app.go_on.set()
        answer = rest_of(slow)
        assert answer.startswith(b"HTTP/1.1 200 OK")


def test_a_connection_that_was_made_just_before_the_server_stops_may_still_ask(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http_server, "NEW_SECONDS", PATIENCE)
    with serving(HOOKS) as server, server.connect() as new, server.connect() as used:
        used.sendall(FORM + b"words")
        assert answer_of(used).endswith(b"words")
        until(lambda: len(server.server._connections) == 2)
        server.alive = False
        assert rest_of(used) == b""
        new.sendall(FORM + b"words")
        answer = rest_of(new)
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert b"\r\nConnection: close\r\n" in answer


def test_every_limit_of_the_server_is_named_for_operators_with_its_value() -> None:
    page = (Path(__file__).parents[3] / "docs/operators/limits.md").read_text(encoding="utf-8")
    section = page.partition("## In the server")[2].partition("\n## ")[0]
    named = {
        name: float(value) for name, value in re.findall(r"^\| `([A-Z_]+)` \| ([0-9.]+) \|", section, re.MULTILINE)
    }
    ours = {name: value for name, value in vars(limits).items() if name.isupper() and isinstance(value, int | float)}
    theirs = {"MOST_RAW", "MOST_ANONYMOUS_BYTES", "MOST_UPLOAD_BYTES"}  # in the table of bounds
    assert named == {name: value for name, value in ours.items() if name not in theirs}


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


def test_who_waits_before_a_menu_overtakes_what_can_wait() -> None:
    with serving(HOOKS) as found:
        callers = [found.connect() for _ in range(4)]
        for caller in callers:
            caller.sendall(b"GET /here HTTP/1.1\r\n" + HOST + b"\r\n")
            answer_of(caller)
        callers[0].sendall(b"GET /wait HTTP/1.1\r\n" + HOST + b"\r\n")
        until(lambda: found.app.asked[-1] == "/wait")
        for caller, target in zip(callers[1:], (b"/first?later", b"/second?later", b"/hop"), strict=True):
            caller.sendall(b"GET " + target + b" HTTP/1.1\r\n" + HOST + b"\r\n")
        found.app.go_on.set()
        for caller in callers:
            assert b" 200 " in answer_of(caller)
            caller.close()
        assert found.app.asked[-3:] == ["/hop", "/first", "/second"]
