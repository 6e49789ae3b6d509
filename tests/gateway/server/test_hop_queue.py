"""Too many hops: who would wait too long is told so at once, who has begun to call sooner gets a turn, none is lost."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from statistics import median
from typing import cast

import pytest

from gateway.server.hop_queue import HopQueue, WaitingHop
from gateway.server.hop_request import FormHop
from gateway.server.limits import HOOKS, ServingLimits
from tests.gateway.server.served import FORM, HOST, SLOW, Application, Forms, Serving, answer_of, serving, until

CALLERS = 20


def request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\n".encode() + HOST + b"\r\n"


@contextmanager
def held_up(limits: ServingLimits, paths: list[str]) -> Iterator[tuple[Serving, list[socket.socket]]]:
    """A server that is let go on when each of these has asked, on a connection of its own that was open before."""
    with serving(limits) as server, ExitStack() as stack:
        callers = hold_up(server, stack, paths)
        server.app.go_on.set()
        yield server, callers


def hold_up(server: Serving, stack: ExitStack, paths: list[str]) -> list[socket.socket]:
    """The callers that have asked, while the server is held up."""
    holding, *callers = [stack.enter_context(server.connect()) for _ in range(len(paths) + 1)]
    for each in (holding, *callers):
        each.sendall(request("/here"))
        answer_of(each)
    holding.sendall(request("/wait"))
    until(lambda: server.app.asked[-1] == "/wait")
    for each, path in zip(callers, paths, strict=True):
        each.sendall(request(path))
    return callers


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


def test_forms_of_known_heads_wait_and_are_refused_as_other_hops_are() -> None:
    form = FORM.replace(b"/form", b"/plain")
    limits = replace(HOOKS, turn_seconds=0.0, new_call_wait=0.0, call_wait=100.0)
    with serving(limits) as server, ExitStack() as stack:
        holding, *callers = [stack.enter_context(server.connect()) for _ in range(CALLERS + 1)]
        for each in (holding, *callers):
            each.sendall(form + b"first")
            answer_of(each)
        holding.sendall(request("/wait"))
        until(lambda: server.app.asked[-1] == "/wait")
        for each, word in zip(callers, [b"dials", b"goes "] * (CALLERS // 2), strict=True):
            each.sendall(form + word)
        server.app.go_on.set()
        found = refused(callers)
        assert sum(found[::2]) >= CALLERS // 2 - 1
        assert not any(found[1::2])
        assert len(server.app.refused) == sum(found)


def test_where_the_wait_is_too_long_for_everybody_all_but_the_first_are_refused() -> None:
    with held_up(replace(HOOKS, turn_seconds=0.0, new_call_wait=0.0, call_wait=0.0), ["/hop"] * CALLERS) as (
        _,
        callers,
    ):
        assert sum(refused(callers)) >= CALLERS - 2


@pytest.mark.parametrize(("anew", "hops"), [(False, 0), (True, 1)])
def test_who_is_refused_waits_for_the_hop_under_way_and_hardly_for_those_that_wait(anew: bool, hops: int) -> None:
    with (
        held_up(replace(HOOKS, turn_seconds=0.0, new_call_wait=0.0, call_wait=100.0), ["/slow"] * CALLERS * 4) as (
            server,
            _,
        ),
        server.connect() as kept,
    ):
        answered = []
        for _ in range(5):
            ended = len(server.app.asked)
            until(lambda: len(server.app.asked) > ended)  # noqa: B023 - and the next has just begun
            before = len(server.app.asked)
            with server.connect() if anew else nullcontext(kept) as line:
                line.sendall(request("/dial"))
                assert refused([line]) == [True]
            answered.append(server.app.refused[-1] - before)
        assert median(answered) <= hops


@pytest.mark.parametrize(("path", "connections"), [("/dial", 2 * CALLERS), ("/hop", CALLERS + 1)])
def test_hops_that_wait_leave_connections_to_others_however_soon_they_could_be_answered(
    path: str, connections: int
) -> None:
    limits = replace(HOOKS, turn_seconds=0.0, new_call_wait=100.0, call_wait=100.0, connections=connections)
    with held_up(limits, [path] * CALLERS) as (_, callers):
        found = refused(callers)
        assert 0 < found.index(True) <= CALLERS // 2 + 2
        assert all(found[CALLERS // 2 + 2 :])


def test_hops_whose_callers_have_gone_do_not_make_the_others_look_quick() -> None:
    with serving(replace(HOOKS, turn_seconds=0.0)) as server, ExitStack() as stack:
        slow, gone = 30, 100
        callers = hold_up(server, stack, ["/slow"] * slow + ["/hop"] * gone)
        for each in callers[slow:]:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closed, it reads no more
            each.close()
        server.app.go_on.set()
        assert not any(refused(callers[:slow]))
        until(lambda: not server.server._hops)
        assert server.app.asked.count("/hop") == 0
        assert server.server._hops._average > SLOW / 4


def test_hops_that_wait_have_a_turn_before_each_request_that_can_wait_also_while_connections_come() -> None:
    with serving(replace(HOOKS, turn_seconds=0.0)) as server, ExitStack() as stack:
        callers = hold_up(server, stack, ["/page?later", "/hop"] * 5)
        stack.enter_context(server.connect())
        server.app.go_on.set()
        assert not any(refused(callers))
        order = server.app.asked[-len(callers) :]
        for at in [at for at, path in enumerate(order) if path == "/page"]:
            assert order[:at].count("/hop") >= min(5, order[: at + 1].count("/page")), order


def test_what_is_received_between_two_turns_counts_for_each_hop_of_the_turn() -> None:
    queue = HopQueue(replace(HOOKS, connections=10**6))
    for _ in range(20):  # 60 ms of receiving, then sixty hops of 0.4 ms: 1.4 ms for each
        queue.answered([0.06, *[0.0004] * 59])
    waited = 0
    while queue.accepts(FormHop(Forms(Application(), "/plain"), b"dials")):
        queue.put(cast("WaitingHop", None))
        waited += 1
    assert 0.9 < waited * 0.0014 / HOOKS.new_call_wait < 1.1


def test_a_connection_too_many_takes_the_place_of_the_hop_that_came_last_and_that_is_told() -> None:
    limits = replace(HOOKS, turn_seconds=0.0, new_call_wait=100.0, call_wait=100.0, connections=CALLERS + 1)
    paths = ["/hop", "/hop?later"] * (CALLERS // 2)
    with held_up(limits, paths) as (server, callers), server.connect() as one_more:
        one_more.sendall(request("/hop"))
        assert not any(refused([one_more]))
        assert sum(refused(callers)) <= 1
