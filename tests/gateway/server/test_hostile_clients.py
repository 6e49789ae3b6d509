"""Clients that harm on purpose, while hops are put aside, gathered and answered together: they harm only themselves."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from gateway.server.hop_runner import CooperativeHops
from gateway.server.http_connection import HttpConnection
from gateway.server.limits import HOOKS
from sessions.ussd.session_store import SessionStore
from tests.gateway.server.served import (
    HOST,
    PATIENCE,
    Serving,
    answer_of,
    rest_of,
    send_all_that_is_taken,
    serving,
    until,
)
from tests.servers import Valkey

PAUSE = 500  # milliseconds, for Redis
PATIENT = 5.0  # seconds: Redis is waited for
HOP = b"POST /hop HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhello"
OLD = b"POST /hop HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello"
UPGRADE = (
    b"POST /hop HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 5\r\n\r\nhello"
)
STALLED = b"POST /hop HTTP/1.1\r\n" + HOST + b"Content-Length: 500\r\n\r\nhel"
RESET = struct.pack("ii", 1, 0)


@pytest.fixture
def server(valkey: Valkey) -> Iterator[Serving]:
    """A server whose hops at /hop ask Redis, and which has a connection to it."""
    store = SessionStore(valkey.url, timeout=PATIENT)
    with serving(replace(HOOKS, read_seconds=1.0), CooperativeHops(store)) as made:
        made.app.acts["/hop"] = lambda: store.load(b"k")
        with made.connect() as first:
            first.sendall(HOP)
            answer_of(first)
        yield made


def sent(server: Serving, request: bytes) -> socket.socket:
    made = server.connect()
    made.sendall(request)
    return made


@pytest.mark.parametrize(
    "request_bytes",
    [HOP * 3, HOP + b"rubbish", HOP + HOP[:20], HOP + b"x" * 100_000, OLD, UPGRADE, UPGRADE + b"frames"],
    ids=["three hops", "rubbish", "a part of the next", "a flood", "HTTP/1.0", "an upgrade", "an upgrade and more"],
)
def test_who_sends_more_while_a_hop_is_put_aside_is_answered_once_and_the_connection_ends(
    server: Serving, valkey: Valkey, request_bytes: bytes
) -> None:
    asked = len(server.app.asked)
    valkey.client().client_pause(PAUSE)
    with sent(server, request_bytes) as hostile, sent(server, HOP) as other:
        until(lambda: len(server.app.asked) == asked + 2)
        send_all_that_is_taken(hostile, HOP)
        found = rest_of(hostile)
        assert found.startswith(b"HTTP/1.1 200")
        assert found.count(b"HTTP/1.1") == 1
        assert b"hello" in answer_of(other)
    until(lambda: not server.server._connections)
    assert len(server.app.asked) == asked + 2
    assert server.server._buffered == 0


def test_who_hangs_up_halfway_while_a_hop_is_put_aside_is_answered_and_who_resets_keeps_nobody_waiting(
    server: Serving, valkey: Valkey
) -> None:
    asked = len(server.app.asked)
    valkey.client().client_pause(PAUSE)
    with sent(server, HOP) as half:
        half.shutdown(socket.SHUT_WR)
        gone = [sent(server, HOP) for _ in range(20)]
        until(lambda: len(server.app.asked) == asked + 21)
        for each in gone:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            each.close()
        assert b"hello" in rest_of(half)
    until(lambda: not server.server._connections)
    assert server.server._buffered == server.server._hops.begun == 0


def test_bodies_that_never_end_keep_no_hop_of_their_round_waiting(server: Serving) -> None:
    stalled = [sent(server, STALLED) for _ in range(100)]
    with server.connect() as caller:
        for _ in range(20):
            began = time.monotonic()
            for each in stalled[:20]:
                send_all_that_is_taken(each, b"l")  # so that each look finds bytes of theirs as well
            caller.sendall(HOP)
            assert b"hello" in answer_of(caller)
            assert time.monotonic() - began < PATIENCE / 4
    for each in stalled:
        assert b"408" in rest_of(each)
        each.close()
    assert server.server._buffered == 0


def take_late(server: Serving) -> HttpConnection:
    """The one connection with a request has not taken what was written, as `100 Continue`, and then has."""
    until(lambda: any(not each.idle for each in list(server.server._connections)))
    (connection,) = [each for each in list(server.server._connections) if not each.idle]
    done = threading.Event()
    for act in (connection.pause_writing, connection.resume_writing, done.set):
        server.server._loop.call_soon_threadsafe(act)
    assert done.wait(PATIENCE)
    return connection


def test_who_takes_late_what_was_written_has_no_more_time_for_the_rest_of_its_request(server: Serving) -> None:
    with sent(server, STALLED) as stalled:
        take_late(server)
        assert b"408" in rest_of(stalled)


def test_who_takes_late_what_was_written_is_not_late_while_it_is_answered(server: Serving, valkey: Valkey) -> None:
    valkey.client().client_pause(PAUSE)
    with sent(server, HOP) as caller:
        assert take_late(server).deadline == 0.0
        assert b"hello" in answer_of(caller)


def test_a_crowd_that_takes_no_answers_is_cut_off_and_callers_are_answered_meanwhile(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.server.limits.WRITE_SECONDS", 0.5)
    greedy = []
    for _ in range(5):
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        made.connect(("127.0.0.1", server.port))
        made.sendall(b"GET /long HTTP/1.1\r\n" + HOST + b"\r\n")
        greedy.append(made)
    with server.connect() as caller:
        until(lambda: server.app.asked.count("/long") == len(greedy))
        for _ in range(5):
            caller.sendall(HOP)
            assert b"hello" in answer_of(caller)
        until(lambda: len(server.server._connections) == 1)
    for each in greedy:
        each.close()
    assert server.server._buffered == 0
