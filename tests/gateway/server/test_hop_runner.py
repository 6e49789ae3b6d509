"""A hop that waits for Redis is put aside: the server answers others meanwhile, and it afterwards."""

from __future__ import annotations

import socket
import time
from dataclasses import replace

import pytest

from gateway.server.hop_runner import CooperativeHops
from gateway.server.limits import HOOKS
from sessions.redis import redis_line
from sessions.redis.redis_line import StoreDown
from sessions.ussd.session_store import SessionStore
from tests.gateway.server.served import HOST, SLOW, Serving, answer_of, rest_of, serving, until
from tests.servers import Valkey

HANGS = 2_000  # milliseconds, for Redis
FEW = 4  # connections: a quarter of all
MANY = 40  # hops that come together
PATIENT = 5.0  # seconds: Redis is waited for


def asked(server: Serving, path: str) -> socket.socket:
    """A connection that has sent this."""
    made = server.connect()
    made.sendall(b"GET " + path.encode() + b" HTTP/1.1\r\n" + HOST + b"\r\n")
    return made


def test_others_are_answered_while_a_hop_waits(valkey: Valkey) -> None:
    store, client = SessionStore(valkey.url, timeout=PATIENT), valkey.client()
    client.set("k", "value")
    with serving(HOOKS, CooperativeHops(store)) as server:
        found = list[bytes | None]()
        server.app.acts["/redis"] = lambda: found.append(store.load(b"k"))
        with asked(server, "/redis") as first:
            answer_of(first)
            client.client_pause(HANGS)
            waiting = [asked(server, "/redis") for _ in range(5)]
            until(lambda: len(server.app.asked) == 6)
            for _ in range(3):
                with asked(server, "/other") as other:
                    assert b"/other" in answer_of(other)
            assert found == [b"value"]
            for each in waiting:
                assert b"/redis" in answer_of(each)
                each.close()
        assert found == [b"value"] * 6


def test_hops_that_wait_for_redis_leave_connections_to_others_who_are_told_that_we_are_busy(valkey: Valkey) -> None:
    store = SessionStore(valkey.url, timeout=PATIENT)
    with serving(replace(HOOKS, connections=4 * FEW), CooperativeHops(store)) as server:
        for path in ("/dial", "/hop"):
            server.app.acts[path] = lambda: store.load(b"k")
        with asked(server, "/dial") as first:
            answer_of(first)
        valkey.client().client_pause(HANGS)
        waiting = [asked(server, "/dial") for _ in range(FEW)]
        until(lambda: len(server.app.asked) == 1 + FEW)
        with asked(server, "/dial") as refused:
            assert b"busy" in answer_of(refused)
        waiting += [asked(server, "/hop") for _ in range(FEW)]  # of calls that are going on
        until(lambda: len(server.app.asked) == 1 + 2 * FEW)
        with asked(server, "/hop") as refused:
            assert b"busy" in answer_of(refused)
        for each in waiting:
            assert b"busy" not in answer_of(each)
            each.close()
        with asked(server, "/dial") as after:
            assert b"busy" not in answer_of(after)


@pytest.mark.parametrize("times", [1, 4])
def test_hops_that_go_on_when_redis_has_answered_let_others_have_their_turn_and_count_as_long_as_they_took(
    valkey: Valkey, times: int
) -> None:
    """Also those that ask Redis several times, all together: each part of them counts."""
    store, client = SessionStore(valkey.url, timeout=PATIENT), valkey.client()
    with serving(HOOKS, CooperativeHops(store)) as server:
        went_on = list[str]()

        def act() -> None:
            for _ in range(times):
                store.load(b"k")
                time.sleep(SLOW / times)
                went_on.append("/dial")

        server.app.acts["/dial"] = act
        with asked(server, "/dial") as first:
            answer_of(first)
        client.client_pause(HANGS)
        waiting = [asked(server, "/dial") for _ in range(MANY)]
        until(lambda: len(server.app.asked) == 1 + MANY)
        until(lambda: len(went_on) > 1)
        with asked(server, "/other") as other:
            assert b"/other" in answer_of(other)
        assert len(went_on) < MANY * times
        assert not any(b"busy" in answer_of(each) for each in waiting)

        client.client_pause(HANGS)  # now it is known how long one takes: not so many may wait at once
        waiting += [asked(server, "/dial") for _ in range(MANY)]
        until(lambda: len(server.app.asked) + len(server.app.refused) == 2 * MANY + 2)
        assert server.app.refused
        for each in waiting[MANY:]:
            answer_of(each)
        for each in waiting:
            each.close()


def test_a_server_that_starts_has_nothing_to_report(valkey: Valkey, capfd: pytest.CaptureFixture[str]) -> None:
    with serving(HOOKS, CooperativeHops(SessionStore(valkey.url))) as server, asked(server, "/other") as other:
        answer_of(other)
    said = capfd.readouterr()
    assert "failed" not in said.out + said.err


def test_a_server_that_stops_answers_hops_that_wait_first(valkey: Valkey) -> None:
    store = SessionStore(valkey.url, timeout=PATIENT)
    with serving(HOOKS, CooperativeHops(store)) as server:
        server.app.acts["/redis"] = lambda: store.load(b"k")
        with asked(server, "/redis") as first:
            answer_of(first)
            valkey.client().client_pause(HANGS // 4)
            with asked(server, "/redis") as waiting:
                until(lambda: len(server.app.asked) == 2)
                server.server._loop.call_soon_threadsafe(server.server.stop)
                assert b"/redis" in rest_of(waiting)


def test_a_caller_who_is_gone_before_their_hop_goes_on_harms_nobody(valkey: Valkey) -> None:
    store = SessionStore(valkey.url, timeout=PATIENT)
    with serving(HOOKS, CooperativeHops(store)) as server:
        server.app.acts["/redis"] = lambda: store.load(b"k")
        with asked(server, "/redis") as first:
            answer_of(first)
            valkey.client().client_pause(HANGS // 4)
            gone, stays = asked(server, "/redis"), asked(server, "/redis")
            until(lambda: len(server.app.asked) == 3)
            gone.close()
            assert b"/redis" in answer_of(stays)
            stays.close()
        with asked(server, "/redis") as after:
            assert b"/redis" in answer_of(after)


def test_a_hop_goes_on_without_a_redis_that_hangs_also_where_nobody_else_calls(
    valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_line, "MOST_IDLE", 0)  # nor is a coroutine kept
    store, refused = SessionStore(valkey.url), list[float]()
    with serving(HOOKS, CooperativeHops(store)) as server:

        def act() -> None:
            began = time.monotonic()
            try:
                store.load(b"k")
            except StoreDown:
                refused.append(time.monotonic() - began)

        server.app.acts["/redis"] = act
        with asked(server, "/redis") as first:
            answer_of(first)
            valkey.client().client_pause(HANGS)
            first.sendall(b"GET /redis HTTP/1.1\r\n" + HOST + b"\r\n")
            answer_of(first)
    assert len(refused) == 1
    assert refused[0] < HANGS / 1000
