"""Infobip: what its USSD door is answered, what its API is asked, and what that answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.http.client import Answer
from sessions.delivery.outcome_types import Acceptance, Rejection, SendFailure, TemporaryRejection, Unknown
from tests.gateway.aggregators import sending
from tests.gateway.aggregators.reading import ADAPTERS, line_at_door

TO = "+923001234567"
REPORTS = "https://sunwai.example.org/hooks/infobip/secret/delivery"
ROUTE = sending.infobip("https://abc.api.infobip.com", REPORTS)
INFOBIP = ADAPTERS["infobip"]


@pytest.mark.parametrize(
    ("act", "screen", "closes"),
    [
        ("start", "CON Sunwai\n1. Shikayat", False),
        ("response", "CON پانی", False),
        ("response", "END Shukriya", True),
        ("start", "END Band hai", False),  # the first screen is always sent as a menu
    ],
)
def test_a_screen_is_json_that_says_whether_the_session_closes(act: str, screen: str, closes: bool) -> None:
    _, inbound = line_at_door("infobip", f'ussd/session/1/{act} {{"msisdn":"923001234567","text":""}}')
    status, headers, body = INFOBIP.hop_answer(screen, INFOBIP.body(inbound, "ussd"))
    assert status == "200 OK"
    assert dict(headers) == {"Content-Type": "application/json", "Content-Length": str(len(body))}
    assert json.loads(body) == {
        "shouldClose": closes,
        "ussdMenu": screen[4:],
        "responseExitCode": 200,
        "responseMessage": "",
    }


def test_the_screen_of_last_resort_can_be_shown_when_nothing_was_read() -> None:
    assert json.loads(INFOBIP.hop_answer("END Busy", {})[2])["shouldClose"] is True


def test_a_refusal_is_told_in_the_body_too() -> None:
    status, _, body = INFOBIP.refused(400, "A field is missing.")
    assert status.startswith("400 ")
    assert json.loads(body) == {"responseExitCode": 400, "responseMessage": "A field is missing."}


def test_a_text_is_asked_for_as_the_vendor_wants_it() -> None:
    request = ROUTE.request(TO, 'Aap ki "shikayat" پانی')
    assert (request.method, request.url) == ("POST", "https://abc.api.infobip.com/sms/2/text/advanced")
    assert request.headers["Authorization"] == "App the-key"
    assert request.headers["Content-Type"] == "application/json"
    assert isinstance(request.data, bytes)
    assert json.loads(request.data) == {
        "messages": [
            {
                "destinations": [{"to": "923001234567"}],
                "text": 'Aap ki "shikayat" پانی',
                "from": "8484",
                "notifyUrl": REPORTS,
                "notifyContentType": "application/json",
            }
        ]
    }


def answered(group: object, name: object = "x", **other: Any) -> Answer:
    """An answer with one message, as the API gives it."""
    message = {
        "to": "923001234567",
        "status": {"groupName": group, "name": name},
        "messageId": "2250be2d",
        "smsCount": 2,
    }
    return Answer(200, {}, json.dumps({"messages": [message | other]}).encode())


@pytest.mark.parametrize(
    ("answer", "due"),
    [
        (answered("PENDING", "PENDING_ACCEPTED"), Acceptance("2250be2d", 2)),
        (answered("DELIVERED", "DELIVERED_TO_HANDSET"), Acceptance("2250be2d", 2)),
        (answered("PENDING", to="03001234567"), Acceptance("2250be2d", 2)),
        (answered("PENDING", messageId=None, smsCount="2"), Acceptance("", None)),
        (answered("PENDING", messageId="with blank", smsCount=-1), Acceptance("", None)),
        (
            answered("REJECTED", "REJECTED_NOT_ENOUGH_CREDITS"),
            TemporaryRejection(600, "REJECTED_NOT_ENOUGH_CREDITS", True),
        ),
        (answered("REJECTED", "REJECTED_SENDER"), TemporaryRejection(600, "REJECTED_SENDER", account=True)),
        (answered("REJECTED", "REJECTED_FLOODING_FILTER"), TemporaryRejection(60, "REJECTED_FLOODING_FILTER")),
        (answered("REJECTED", "REJECTED_SYSTEM_ERROR"), SendFailure("REJECTED_SYSTEM_ERROR")),
        (answered("REJECTED", "REJECTED_DESTINATION"), Rejection("REJECTED_DESTINATION")),
        (answered("UNDELIVERABLE", "UNDELIVERABLE_NOT_SENT"), Rejection("UNDELIVERABLE_NOT_SENT")),
        (answered("SOMETHING_NEW"), Unknown("status_unknown")),
        (answered(["PENDING"]), Unknown("status_unknown")),
        (answered("PENDING", status="PENDING"), Unknown("status_unknown")),
        (Answer(200, {}, b'{"messages":[]}'), Unknown("answer_unreadable")),
        (Answer(200, {}, b'{"messages":["PENDING"]}'), Unknown("answer_unreadable")),
        (Answer(200, {}, answered("PENDING").body[:-9]), Unknown("answer_unreadable")),
        (
            Answer(401, {}, b'{"requestError":{"serviceException":{"messageId":"UNAUTHORIZED"}}}'),
            TemporaryRejection(600, "http_401", account=True),
        ),
    ],
)
def test_an_answer_of_the_api_means_one_thing(answer: Answer, due: object) -> None:
    assert ROUTE.outcome(answer, TO) == due


def test_of_several_messages_the_one_to_this_number_counts() -> None:
    others = [
        {"to": "923009999999", "status": {"groupName": "REJECTED"}},
        {"to": TO, "status": {"groupName": "PENDING"}},
    ]
    assert ROUTE.outcome(Answer(200, {}, json.dumps({"messages": others}).encode()), TO) == Acceptance("")
