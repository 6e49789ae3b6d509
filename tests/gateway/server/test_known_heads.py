"""A head that was accepted before is not parsed again, and whoever sends it notices nothing."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from gateway.server.known_heads import LONGEST, MOST, KnownHeads
from gateway.server.limits import HOOKS
from tests.gateway.server.served import CLOSE, FORM, HOST, PATIENCE, Serving, answer_of, rest_of, serving

POST = b"POST /a%20b HTTP/1.1\r\n" + HOST + b"X-A: 1\r\nX_A: forged\r\nX-A: 2\r\nContent-Length: 5\r\n\r\n"
KNOWN = {
    "a form": FORM,
    "a header twice and one that is forged": POST,
    "a whole address, whose host counts": FORM.replace(b"/form", b"http://else.example/host"),
}
NEVER_KNOWN = {
    "without a body": b"GET /a HTTP/1.1\r\n" + HOST + b"\r\n",
    "in chunks": b"POST /a HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n",
    "with a query": FORM.replace(b"/form", b"/form?x=1"),
    "with a cookie": FORM[:-2] + b"Cookie: a=b\r\n\r\n",
    "that asks first": FORM[:-2] + b"Expect: 100-continue\r\n\r\n",
    "that asks for another protocol": FORM[:-2] + b"Connection: upgrade\r\nUpgrade: h2c\r\n\r\n",
    "after which its connection ends": FORM[:-2] + CLOSE + b"\r\n",
    "of HTTP/1.0": FORM.replace(b"/1.1", b"/1.0"),
    "that is very long": FORM[:-2] + b"X-A: " + b"a" * LONGEST + b"\r\n\r\n",
}
BODIES = {"without a body": b"", "in chunks": b"5\r\nfirst\r\n0\r\n\r\n"}


@pytest.fixture
def server() -> Iterator[Serving]:
    with serving(HOOKS) as made:
        yield made


def without_date(answer: bytes) -> bytes:
    return re.sub(rb"Date: [^\r]+\r\n", b"", answer)


@pytest.mark.parametrize("head", KNOWN.values(), ids=KNOWN)
def test_a_request_with_a_known_head_is_answered_as_the_first_one_was(server: Serving, head: bytes) -> None:
    with server.connect() as connection, server.connect() as other:
        connection.sendall(head + b"first")
        first = without_date(answer_of(connection))
        assert server.server.heads.find(head) is not None
        for each, word in [(connection, b"again"), (other, b"other"), (connection, b"third")]:
            each.sendall(head + word)
            assert without_date(answer_of(each)) == first.replace(b"first", word)


def test_who_sends_a_known_head_is_told_by_the_connection_and_for_whom_by_the_head(server: Serving) -> None:
    heads = [FORM.replace(b"/form", b"/peer")[:-2] + b"X-Forwarded-For: 192.0.2.%d\r\n\r\n" % at for at in (1, 2)]
    for host in ("127.0.0.1", "127.0.0.2"):
        with socket.create_connection(("127.0.0.1", server.port), PATIENCE, (host, 0)) as connection:
            for head, client in zip(heads * 2, ["192.0.2.1", "192.0.2.2"] * 2, strict=True):
                connection.sendall(head + b"words")
                assert answer_of(connection).endswith(
                    b" %s %d %s" % (host.encode(), connection.getsockname()[1], client.encode())
                )
                assert server.server.heads.find(head) is not None


@pytest.mark.parametrize("what", NEVER_KNOWN)
def test_the_head_of_a_request_that_is_more_than_a_form_is_never_known(server: Serving, what: str) -> None:
    head, answers = NEVER_KNOWN[what], list[bytes]()
    for _ in range(2):
        with server.connect() as connection:
            connection.sendall(head + BODIES.get(what, b"first"))
            connection.shutdown(socket.SHUT_WR)
            answers.append(without_date(rest_of(connection)))
        assert server.server.heads.find(head) is None
    assert answers[0] == answers[1] != b""
    assert len(server.app.asked) == 2


def test_after_a_known_head_too_the_body_may_come_in_pieces_and_nothing_before_its_turn(server: Serving) -> None:
    with server.connect() as connection:
        for parts in [(b"first",), (b"pi", b"ece"), (b"third",)]:
            connection.sendall(FORM + parts[0])
            for part in parts[1:]:
                connection.sendall(part)
            assert answer_of(connection).endswith(b"".join(parts))
        connection.sendall(b"\r\n" + FORM + b"lines")
        assert answer_of(connection).endswith(b"lines"), "an empty line before a request is skipped"
    answer = server.ask(FORM + b"first" + FORM + b"again")
    assert answer.count(b"HTTP/1.1") == 1
    assert answer.endswith(b"first")


def test_a_form_under_a_known_head_goes_to_its_handler_and_what_fails_there_costs_one_answer(server: Serving) -> None:
    head = FORM.replace(b"/form", b"/plain")
    with server.connect() as connection:
        seen = list[bytes]()
        for form in (b"first", b"again", b"error", b"third"):
            connection.sendall(head + form)
            seen.append(without_date(answer_of(connection)))
        assert seen[0].endswith(b"POST /plain?  first"), "only a head that was accepted is known"
        assert (seen[1][-10:], seen[3]) == (b"form again", seen[1].replace(b"again", b"third"))
        assert seen[2].startswith(b"HTTP/1.1 500 ")
    assert server.server._buffered == server.server._hops.begun == 0
    assert server.app.asked == ["/plain", *["form of /plain"] * 3]


def test_a_body_for_which_there_is_no_room_is_refused_after_a_known_head_too() -> None:
    with serving(replace(HOOKS, buffered_bytes=4)) as server:
        server.server.heads.keep(FORM + b"words", 5, {"REQUEST_METHOD": "POST", "QUERY_STRING": ""})
        assert server.ask(FORM + b"words").startswith(b"HTTP/1.1 503 ")
        assert server.server._buffered == 0
        assert server.app.asked == []


def test_only_so_many_heads_are_known_and_of_each_only_one_that_came_whole_and_alone() -> None:
    heads = KnownHeads()
    for came in [FORM + b"wor", FORM + b"words" + FORM, b"\r\n" * 2 + FORM + b"words"]:
        heads.keep(came, 5, {"QUERY_STRING": ""})
        assert heads.find(FORM) is heads.find(came) is heads.find(b"\r\n\r\n") is None
    for at in range(3 * MOST):
        heads.keep(b"%d\r\n\r\nwords" % at, 5, {"QUERY_STRING": ""})
    known = [at for at in range(3 * MOST) if heads.find(b"%d\r\n\r\n" % at)]
    assert 0 < len(known) <= MOST
    assert known[-1] == 3 * MOST - 1
