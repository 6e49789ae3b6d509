"""The server over real sockets: nobody waits for anybody else, and everything that is held is bounded."""

from __future__ import annotations

import re
import select
import socket
import struct
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.http.request_bounds import MOST_ANONYMOUS_BYTES
from gateway.server import http_server, limits
from gateway.server.http_connection import HttpConnection
from gateway.server.limits import CONSOLE, HOOKS
from tests.gateway.server.served import (
    CHUNKS,
    CLOSE,
    FORM,
    GET,
    HOST,
    PATIENCE,
    Serving,
    Settling,
    answer_of,
    rest_of,
    serving,
    some,
    until,
    wait_readable,
)

SLEEPY = replace(HOOKS, look_seconds=3 * PATIENCE)  # an idle loop does not wake up by itself


@pytest.mark.parametrize("begins", [b"", b"POST / HTTP/1.1\r\nX-Slow: ", FORM + b"abc"])
def test_four_hundred_stalled_connections_keep_nobody_waiting(server: Serving, begins: bytes) -> None:
    stalled = [server.connect() for _ in range(400)]
    try:
        for each in stalled:
            each.sendall(begins)
        for _ in range(20):
            assert server.ask(GET).startswith(b"HTTP/1.1 200 OK")
        if begins:  # they are dropped one after the other, and told why
            assert all(rest_of(each).startswith(b"HTTP/1.1 408 ") for each in stalled[:40])
    finally:
        for each in stalled:
            each.close()


def test_a_request_that_takes_long_delays_only_itself() -> None:
    with serving(replace(CONSOLE, threads=2)) as server, server.connect() as slow:
        slow.sendall(b"GET /wait HTTP/1.1\r\n" + HOST + b"\r\n")
        assert server.ask(GET).startswith(b"HTTP/1.1 200 OK")
        server.app.go_on.set()
        assert answer_of(slow).startswith(b"HTTP/1.1 200 OK")


def test_requests_beyond_those_that_may_wait_for_a_thread_are_refused_at_once() -> None:
    with serving(replace(CONSOLE, threads=1, waiting=1)) as server, server.connect() as slow, server.connect() as next_:
        for each in (slow, next_):
            each.sendall(b"GET /wait HTTP/1.1\r\n" + HOST + b"\r\n")
            until(lambda: server.server._working > 0)
        until(lambda: server.server._working == 2)
        assert server.ask(GET).startswith(b"HTTP/1.1 503 ")
        server.app.go_on.set()
        assert answer_of(slow).startswith(b"HTTP/1.1 200 OK")
        assert answer_of(next_).startswith(b"HTTP/1.1 200 OK")


def test_one_connection_too_many_takes_the_place_of_the_one_that_kept_us_waiting_longest() -> None:
    with serving(replace(HOOKS, connections=10)) as server:
        held = [server.connect() for _ in range(10)]
        until(lambda: len(server.server._connections) == 10)
        held[0].sendall(FORM + b"words")  # it has said something since
        assert answer_of(held[0]).endswith(b"words")
        assert server.ask(GET).startswith(b"HTTP/1.1 200 OK")
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
        assert server.ask(GET).startswith(b"HTTP/1.1 200 OK")


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


def test_what_the_application_put_off_is_done_before_any_answer_of_the_round_leaves() -> None:
    done: list[str] = []
    settling = Settling()
    with serving(HOOKS, settling) as server:
        settling.put_off = lambda: done.extend(server.app.asked[len(done) :])
        connections = [server.connect() for _ in range(3 * http_server.TOGETHER)]
        for at, each in enumerate(connections):
            each.sendall(GET.replace(b"/a%20b", b"/%d" % at))
        for at, each in enumerate(connections):
            assert rest_of(each).startswith(b"HTTP/1.1 200 OK")
            assert f"/{at}" in done
            each.close()


def test_answers_leave_although_what_was_put_off_fails() -> None:
    def fail() -> None:
        raise ValueError("on purpose")

    settling = Settling()
    with serving(HOOKS, settling) as server:
        settling.put_off = fail
        for _ in range(3):
            connections = [server.connect() for _ in range(3 * http_server.TOGETHER)]
            for each in connections:
                each.sendall(GET)
            for each in connections:
                assert rest_of(each).startswith(b"HTTP/1.1 200 OK")
                each.close()


def test_a_connection_that_ends_with_its_answer_is_closed_at_once() -> None:
    with serving(SLEEPY) as server:
        for _ in range(3):
            assert server.ask(GET).startswith(b"HTTP/1.1 200 OK")
        server.server._loop.call_soon_threadsafe(server.server.stop)


def test_an_answer_that_cannot_be_sent_costs_only_its_own_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    send = HttpConnection.send

    def fail_once(connection: HttpConnection, answer: bytes) -> None:
        monkeypatch.setattr(HttpConnection, "send", send)
        raise ValueError("on purpose")

    with serving(HOOKS) as server, server.connect() as first, server.connect() as second:
        monkeypatch.setattr(HttpConnection, "send", fail_once)
        first.sendall(GET)
        assert first.recv(100) == b""
        second.sendall(GET)
        assert rest_of(second).startswith(b"HTTP/1.1 200 OK")


def held_up(server: Serving, *requests: bytes) -> list[socket.socket]:
    """Connections whose requests are received in one round of the loop."""
    made = [server.connect() for _ in requests]
    with server.connect() as first:
        first.sendall(b"GET /wait HTTP/1.1\r\n" + HOST + b"\r\n")
        until(lambda: "/wait" in server.app.asked)
        for each, request in zip(made, requests, strict=True):
            each.sendall(request)
        server.app.go_on.set()
        answer_of(first)
    return made


def test_hops_that_take_long_do_not_hold_others_up_although_they_came_together() -> None:
    slow = b"GET /slow HTTP/1.1\r\n" + HOST + b"\r\n"
    with serving(HOOKS) as server, server.connect() as other:
        connections = held_up(server, *[slow] * (http_server.TOGETHER - 2))
        until(lambda: "/slow" in server.app.asked)
        other.sendall(b"GET /other?later HTTP/1.1\r\n" + HOST + b"\r\n")
        answer_of(other)
        assert server.app.asked.index("/other") < http_server.TOGETHER // 2
        for each in connections:
            assert b" 200 " in answer_of(each)
            each.close()


def test_connections_that_end_with_answers_of_one_round_are_closed_at_once() -> None:
    with serving(SLEEPY) as server:
        for each in held_up(server, *[GET.replace(b"/a%20b", b"/slow")] * 3):
            assert rest_of(each).startswith(b"HTTP/1.1 200 OK")
            each.close()
        server.server._loop.call_soon_threadsafe(server.server.stop)
