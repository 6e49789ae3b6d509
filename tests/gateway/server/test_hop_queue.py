"""Too many hops: who would wait too long is told so at once, who has begun to call sooner gets a turn, none is lost."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest

from gateway.server.limits import HOOKS, ServingLimits
from tests.gateway.server.served import HOST, Serving, answer_of, serving, until

CALLERS = 20


def request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\n".encode() + HOST + b"\r\n"


@contextmanager
def held_up(limits: ServingLimits, paths: list[str]) -> Iterator[tuple[Serving, list[socket.socket]]]:
    """A server that is let go on when each of these has asked, on a connection of its own that was open before."""
    with serving(limits) as server, ExitStack() as stack:
        holding, *callers = [stack.enter_context(server.connect()) for _ in range(len(paths) + 1)]
        for each in (holding, *callers):
            each.sendall(request("/here"))
            answer_of(each)
        holding.sendall(request("/wait"))
        until(lambda: server.app.asked[-1] == "/wait")
        for each, path in zip(callers, paths, strict=True):
            each.sendall(request(path))
        server.app.go_on.set()
        yield server, callers


def refused(callers: list[socket.socket]) -> list[bool]:
    answers = [answer_of(each) for each in callers]
    assert all(each.startswith(b"HTTP/1.1 200 OK") for each in answers)
    return [each.endswith(b"END busy") for each in answers]


@pytest.mark.parametrize("path", ["/dial", "/hop"])
def test_hops_that_came_while_the_process_was_held_up_are_answered_if_that_does_not_take_long(path: str) -> None:
    with held_up(replace(HOOKS, turn_seconds=0.0), [path] * CALLERS) as (_, callers):
        assert not any(refused(callers))


def test_where_too_many_wait_new_calls_are_refused_and_calls_in_progress_go_on() -> None:
    paths = ["/dial", "/hop"] * (CALLERS // 2)
    with held_up(replace(HOOKS, turn_seconds=0.0, new_call_wait=0.0, call_wait=100.0), paths) as (server, callers):
        found = refused(callers)
        assert sum(found[::2]) >= CALLERS // 2 - 1, "of the new calls only one that was seen first gets a turn"
        assert not any(found[1::2])
        assert server.app.asked.count("/hop") == CALLERS // 2, "what is refused does nothing"
        callers[0].sendall(request("/dial"))
        assert not any(refused(callers[:1])), "as soon as nobody waits, calls are taken again"


def test_where_the_wait_is_too_long_for_everybody_all_but_the_first_are_refused() -> None:
    with held_up(replace(HOOKS, turn_seconds=0.0, new_call_wait=0.0, call_wait=0.0), ["/hop"] * CALLERS) as (
        _,
        callers,
    ):
        assert sum(refused(callers)) >= CALLERS - 2


def test_a_connection_too_many_takes_the_place_of_the_hop_that_came_last_and_that_is_told() -> None:
    limits = replace(HOOKS, turn_seconds=0.0, new_call_wait=100.0, call_wait=100.0, connections=CALLERS + 1)
    with held_up(limits, ["/hop"] * CALLERS) as (server, callers), server.connect() as one_more:
        one_more.sendall(request("/hop"))
        assert not any(refused([one_more]))
        assert sum(refused(callers)) <= 1
