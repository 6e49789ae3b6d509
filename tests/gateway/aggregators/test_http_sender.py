"""Letters over a real line: every built-in route, as its vendor hears it and as it may go wrong on the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import pytest

from gateway.aggregators.contract.protocol import OutboundAdapter
from gateway.aggregators.http_sender import HttpSender
from gateway.http.client import HttpClient
from sessions.delivery.outcome_types import Acceptance, SendFailure, Unknown
from tests.gateway.aggregators import sending
from tests.gateway.listening import Act, answer, server

TO = "+923001234567"
REPORTS = "https://sunwai.example.org/hooks/x/secret/delivery"
ROUTES: dict[str, Callable[[str], OutboundAdapter]] = {
    "africastalking": sending.africastalking,
    "infobip": lambda url: sending.infobip(url, REPORTS),
    "twilio": lambda url: sending.twilio(url, REPORTS),
    "jasmin": lambda url: sending.jasmin(url, REPORTS),
    "kannel": lambda url: sending.kannel(url, REPORTS, reference="id-1"),
}
RECIPIENT = {"statusCode": 101, "number": TO, "status": "Success", "messageId": "id-1", "messageParts": 2}
MESSAGE = {"to": TO[1:], "messageId": "id-1", "smsCount": 2, "status": {"groupName": "PENDING"}}
ACCEPTED: dict[str, tuple[int, str]] = {
    "africastalking": (201, json.dumps({"SMSMessageData": {"Recipients": [RECIPIENT]}})),
    "infobip": (200, json.dumps({"messages": [MESSAGE]})),
    "twilio": (201, json.dumps({"sid": "id-1", "status": "queued", "num_segments": "2"})),
    "jasmin": (200, 'Success "id-1"'),
    "kannel": (202, "0: Accepted for delivery"),
}


def accept(route: str) -> Act:
    """Takes every text, as this vendor does."""
    status, body = ACCEPTED[route]
    return lambda handler, _: answer(handler, status, body.encode())


def sender(route: str, url: str) -> HttpSender:
    """This route, to a server of ours."""
    return HttpSender(ROUTES[route](url), HttpClient())


@pytest.mark.parametrize("route", ROUTES)
def test_a_text_that_was_taken_is_known_by_its_id(route: str) -> None:
    with server(accept(route)) as heard:
        sent = sender(route, heard.url).send(TO, "Aap ki shikayat پانی & more")
    assert isinstance(sent, Acceptance)
    assert sent.provider_id == "id-1"
    assert len(heard.asked) == 1


@pytest.mark.parametrize("route", ROUTES)
def test_a_line_that_the_vendor_closed_meanwhile_is_opened_anew(route: str) -> None:
    def take_and_close(handler: BaseHTTPRequestHandler, body: str) -> None:
        accept(route)(handler, body)
        handler.close_connection = True

    with server(take_and_close) as heard:
        sending = sender(route, heard.url)
        outcomes = []
        for _ in range(3):
            outcomes.append(type(sending.send(TO, "x")))
            assert heard.closed.acquire(timeout=10)
    assert (outcomes, heard.connections) == ([Acceptance, Acceptance, Acceptance], 3)


@pytest.mark.parametrize("route", ROUTES)
def test_a_line_cut_after_the_text_was_taken_is_not_called_unsent(route: str) -> None:
    def take_and_cut(handler: BaseHTTPRequestHandler, _: str) -> None:
        status, body = ACCEPTED[route]
        answer(handler, status, body[:7].encode(), Content_Length=str(len(body)))
        handler.close_connection = True

    with server(take_and_cut) as heard:
        assert isinstance(sender(route, heard.url).send(TO, "x"), Unknown)
    assert len(heard.asked) == 1


@pytest.mark.parametrize("route", ROUTES)
def test_a_redirect_takes_neither_the_text_nor_a_password_elsewhere(route: str) -> None:
    with server(accept(route)) as elsewhere:

        def redirect(handler: BaseHTTPRequestHandler, _: str) -> None:
            answer(handler, 307, b"", Location=f"{elsewhere.url}/take")

        with server(redirect) as heard:
            assert sender(route, heard.url).send(TO, "x") == SendFailure("http_307")
    assert elsewhere.asked == []
