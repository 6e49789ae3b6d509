"""Requests over real sockets: what is answered, what is refused and how, and what comes slowly or in pieces."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import replace

import pytest

from gateway.server.limits import HOOKS
from tests.gateway.server.served import (
    CHUNKS,
    CLOSE,
    FORM,
    GET,
    HOST,
    LONG,
    PATIENCE,
    Serving,
    answer_of,
    rest_of,
    send_all_that_is_taken,
    serving,
    some,
    until,
)

ANSWERED = [
    (GET, b"200 OK", b"GET /a b?x=1  "),
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
