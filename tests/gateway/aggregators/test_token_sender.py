"""A gateway where one logs in before sending: the token is kept, renewed when it is over, and never blamed twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from gateway.aggregators.descriptions.described_outbound import DescribedOutbound
from gateway.aggregators.descriptions.loader import parse_description
from gateway.aggregators.token_sender import TokenSender
from gateway.http.client import HttpClient
from gateway.settings.validation import DESCRIPTIONS
from sessions.delivery.outcome_types import Acceptance, SendFailure, SendOutcome, TemporaryRejection, Unknown
from tests.gateway.listening import answer, server
from tests.servers import free_port

TO = "+923001234567"


class Telenor:
    """A stand-in: it gives out sessions, and takes texts with the newest one only."""

    def __init__(self) -> None:
        self.logins, self.texts, self.password = 0, 0, "right"
        self.refuses = self.breaks = False
        self.during_login: Callable[[], object] = lambda: None
        self._lock = threading.Lock()

    def __call__(self, handler: BaseHTTPRequestHandler, _body: str) -> None:
        asked = urlsplit(handler.path)
        fields = {name: values[0] for name, values in parse_qs(asked.query).items()}
        if asked.path.endswith("auth.jsp"):
            self.during_login()
        with self._lock:
            data, said = self._login(fields) if asked.path.endswith("auth.jsp") else self._send(fields)
        status = 500 if self.breaks else 200
        answer(handler, status, f"<corpsms><data>{data}</data><response>{said}</response></corpsms>".encode())

    def _login(self, fields: dict[str, str]) -> tuple[str, str]:
        self.logins += 1
        return (f"session{self.logins}", "OK") if fields["password"] == self.password else ("Error 200", "ERROR")

    def _send(self, fields: dict[str, str]) -> tuple[str, str]:
        if self.refuses or fields["session_id"] != f"session{self.logins}":
            return "Error 211", "ERROR"
        self.texts += 1
        return f"id{self.texts}", "OK"

    def forget(self) -> None:
        """Every session is over."""
        self.logins += 100


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def route(telenor: Telenor, clock: Callable[[], float]) -> Iterator[TokenSender]:
    with server(telenor) as heard:
        yield sender(heard.url, clock)


def sender(url: str, clock: Callable[[], float]) -> TokenSender:
    text = (DESCRIPTIONS / "telenor.yaml").read_text("utf-8").replace("https://telenorcsms.com.pk:27677", url)
    told = parse_description(text, "telenor", "telenor.yaml")
    assert told.send is not None
    settings = {"msisdn": "923450000000", "password": "right", "mask": "SUNWAI"}
    return TokenSender(DescribedOutbound(told, told.send, settings, ""), HttpClient(16), clock)


def test_one_login_serves_many_texts() -> None:
    telenor, clock = Telenor(), Clock()
    with route(telenor, clock) as sending:
        assert [sending.send(TO, "Salam") for _ in range(3)] == [
            Acceptance("id1"),
            Acceptance("id2"),
            Acceptance("id3"),
        ]
    assert telenor.logins == 1


def test_texts_sent_at_the_same_time_log_in_once() -> None:
    telenor, clock = Telenor(), Clock()
    said: list[SendOutcome] = []
    with route(telenor, clock) as sending:
        threads = [threading.Thread(target=lambda: said.append(sending.send(TO, "Salam"))) for _ in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    assert (telenor.logins, telenor.texts) == (1, 8)
    assert all(isinstance(each, Acceptance) for each in said)


def test_a_session_is_renewed_before_it_is_over() -> None:
    telenor, clock = Telenor(), Clock()
    with route(telenor, clock) as sending:
        sending.send(TO, "Salam")
        clock.now += 24 * 60
        sending.send(TO, "Salam")
        assert telenor.logins == 1
        clock.now += 2 * 60
        assert sending.send(TO, "Salam") == Acceptance("id3")
        assert telenor.logins == 2


def test_a_session_that_ended_early_is_renewed_and_the_text_sent_once() -> None:
    telenor, clock = Telenor(), Clock()
    with route(telenor, clock) as sending:
        sending.send(TO, "Salam")
        clock.now += 120
        telenor.forget()
        assert sending.send(TO, "Salam") == Acceptance("id2")
        assert telenor.texts == 2


def test_a_refusal_that_a_new_session_does_not_cure_is_one_and_no_loop() -> None:
    telenor, clock = Telenor(), Clock()
    with route(telenor, clock) as sending:
        telenor.refuses = True
        assert sending.send(TO, "Salam") == SendFailure("error_code")
        assert telenor.logins == 1  # the session is a moment old: it cannot be the reason
        clock.now += 120
        assert sending.send(TO, "Salam") == SendFailure("error_code")
        assert telenor.logins == 2


def test_a_wrong_password_stops_the_route() -> None:
    telenor, clock = Telenor(), Clock()
    telenor.password = "another"
    with route(telenor, clock) as sending:
        assert sending.send(TO, "Salam") == TemporaryRejection(600.0, "login_refused", account=True)
    assert telenor.texts == 0


def test_a_login_that_breaks_has_sent_nothing() -> None:
    telenor, clock = Telenor(), Clock()
    telenor.breaks = True
    with route(telenor, clock) as sending:
        assert sending.send(TO, "Salam") == SendFailure("login_http_500")
    assert sender(f"http://127.0.0.1:{free_port()}", clock).send(TO, "Salam") == SendFailure("login_no_connection")


def test_a_send_that_breaks_may_have_been_taken() -> None:
    telenor, clock = Telenor(), Clock()
    with route(telenor, clock) as sending:
        sending.send(TO, "Salam")
        telenor.breaks = True
        assert sending.send(TO, "Salam") == Unknown("http_500")


def test_a_login_that_failed_is_not_tried_again_by_everyone_who_waited_for_it() -> None:
    telenor, clock = Telenor(), Clock()
    telenor.breaks = True
    with route(telenor, clock) as sending, ThreadPoolExecutor(8) as threads:
        said = list(threads.map(lambda _: sending.send(TO, "Salam"), range(8)))
        assert (said, telenor.logins) == ([SendFailure("login_http_500")] * 8, 1)
        telenor.breaks = False
        assert sending.send(TO, "Salam") == SendFailure("login_http_500")
        clock.now += 6
        assert sending.send(TO, "Salam") == Acceptance("id1")
    assert telenor.logins == 2


def test_nobody_waits_for_another_s_login_until_his_own_send_would_be_too_late() -> None:
    telenor, clock = Telenor(), time.monotonic
    begun, over = threading.Event(), threading.Event()

    def hang() -> None:
        begun.set()
        over.wait(20)

    telenor.during_login = hang
    with route(telenor, clock) as sending, ThreadPoolExecutor(1) as threads:
        first = threads.submit(sending.send, TO, "Salam")
        assert begun.wait(20)
        assert sending.send(TO, "Salam", clock() + 0.1) == SendFailure("login_slow")
        over.set()
        assert first.result() == Acceptance("id1")
    assert telenor.logins == 1


def test_a_text_whose_lease_may_be_over_after_the_login_is_not_sent() -> None:
    telenor, clock = Telenor(), Clock()

    def take_long() -> None:
        clock.now += 30

    telenor.during_login = take_long
    with route(telenor, clock) as sending:
        assert sending.send(TO, "Salam", clock.now + 25) == SendFailure("too_late")
        assert (telenor.logins, telenor.texts) == (1, 0)
        assert sending.send(TO, "Salam", clock.now + 25) == Acceptance("id1")
        clock.now += 120
        telenor.forget()
        assert sending.send(TO, "Salam", clock.now + 25) == SendFailure(
            "too_late"
        )  # nor a second time, after a renewal
        assert telenor.texts == 1


def test_a_text_refused_for_an_old_token_waits_for_the_renewal_no_longer_than_it_may() -> None:
    telenor, clock = Telenor(), Clock()
    begun, over = threading.Event(), threading.Event()
    with route(telenor, clock) as sending, ThreadPoolExecutor(1) as threads:
        sending.send(TO, "Salam")
        clock.now += 120
        telenor.forget()

        def hang() -> None:
            begun.set()
            over.wait(20)

        telenor.during_login = hang
        renewing = threads.submit(sending.send, TO, "Salam")
        assert begun.wait(20)
        assert sending.send(TO, "Salam", clock.now + 0.1) == SendFailure("login_slow")
        over.set()
        assert renewing.result() == Acceptance("id2")
