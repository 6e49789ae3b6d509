"""What Africa's Talking is asked, and what its answers mean."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.aggregators.vendors.africastalking_outbound import outcome
from gateway.http.client import Answer
from sessions.delivery.outcome_types import Acceptance, Rejection, SendFailure, TemporaryRejection, Unknown
from tests.gateway.aggregators import sending
from tests.gateway.aggregators.reading import ADAPTERS

TO = "+923001234567"


def test_a_hop_is_answered_with_exactly_its_bytes() -> None:
    status, headers, body = ADAPTERS["africastalking"].hop_answer("CON پانی\n1. Haan", {})
    assert (status, body.decode()) == ("200 OK", "CON پانی\n1. Haan")
    assert dict(headers) == {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body))}


def test_the_request_is_what_the_vendor_s_own_sdk_would_send() -> None:
    request = sending.africastalking("https://api.example.org/version1").request(TO, "Aap ki شکایت")
    assert (request.method, request.url) == ("POST", "https://api.example.org/version1/messaging")
    assert (request.headers["apiKey"], request.headers["Accept"]) == ("the-key", "application/json")
    assert request.data == {
        "username": "sandbox",
        "to": TO,
        "message": "Aap ki شکایت",
        "bulkSMSMode": 1,
        "from": "8484",
    }


def test_a_number_that_is_none_has_no_request() -> None:
    with pytest.raises(ValueError, match="phone"):
        sending.africastalking("https://api.example.org").request("0300", "x")


def answered(http: int, code: object, **other: Any) -> Answer:
    """An answer as the messaging API gives it, with one recipient."""
    recipient = {"statusCode": code, "number": TO, "status": "x", "cost": "0", "messageId": "None"} | other
    body = {"SMSMessageData": {"Message": "Sent to 1/1 Total Cost: KES 0.8000", "Recipients": [recipient]}}
    return Answer(http, {}, json.dumps(body).encode())


def whole(message: str) -> bytes:
    return json.dumps({"SMSMessageData": {"Message": message, "Recipients": []}}).encode()


ACCEPTED = answered(201, 101, status="Success", cost="KES 0.8000", messageId="ATPid_1", messageParts=2)
SENT = Acceptance("ATPid_1", 2, "KES 0.8000")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (ACCEPTED, SENT),
        (answered(201, 100, messageId="ATPid_1", messageParts=2, cost="KES 0.8000"), SENT),
        (answered(200, 102, messageId="ATPid_1", messageParts=2, cost="KES 0.8000"), SENT),
        (answered(201, 101, messageId="ATPid_1", messageParts=2, cost="KES 0.8000", number="03001234567"), SENT),
        (answered(201, 101, messageId="None", cost="0"), Acceptance("", None, "0")),
        (answered(201, 999, status="Success", messageId="ATPid_1", messageParts=2, cost="KES 0.8000"), SENT),
        (answered(201, 999), Unknown("status_unknown")),
        (answered(201, 401), Rejection("RiskHold")),
        (answered(201, 402), TemporaryRejection(600, "InvalidSenderId", account=True)),
        (answered(201, 403), Rejection("InvalidPhoneNumber")),
        (answered(201, 404), Rejection("UnsupportedNumberType")),
        (answered(201, 405), TemporaryRejection(600, "InsufficientBalance", account=True)),
        (answered(201, 406), Rejection("UserInBlacklist")),
        (answered(201, 407), SendFailure("CouldNotRoute")),
        (answered(201, 409), TemporaryRejection(3600, "DoNotDisturbRejection")),
        (answered(409, 409), TemporaryRejection(3600, "DoNotDisturbRejection")),
        (answered(201, 500), SendFailure("InternalServerError")),
        (answered(201, 501), SendFailure("GatewayError")),
        (answered(201, 502), SendFailure("RejectedByGateway")),
        (answered(201, 101, number="+923009999999"), Unknown("recipient_missing")),
        (Answer(201, {}, whole("InvalidSenderId")), TemporaryRejection(600, "InvalidSenderId", account=True)),
        (Answer(201, {}, whole("Sent to 0/1")), SendFailure("no_recipients")),
        (Answer(200, {}, b"<html>maintenance</html>"), Unknown("answer_unreadable")),
        (Answer(201, {}, ACCEPTED.body[:-9]), Unknown("answer_unreadable")),
        (Answer(201, {}, b"\xff\xfe"), Unknown("answer_unreadable")),
        (Answer(201, {}, b"[]"), Unknown("answer_unreadable")),
        (Answer(201, {}, b"[" * 60_000), Unknown("answer_unreadable")),
        (answered(201, [101]), Unknown("status_unknown")),
        (Answer(201, {}, b'{"SMSMessageData":{"Recipients":"none"}}'), Unknown("recipient_missing")),
        (Answer(204, {}, b""), Unknown("answer_unreadable")),
        (Answer(301, {"Location": "http://elsewhere/"}, b""), SendFailure("http_301")),
        (Answer(307, {"Location": "http://elsewhere/"}, b""), SendFailure("http_307")),
        (Answer(400, {}, b""), Rejection("http_400")),
        (Answer(401, {}, b"The supplied authentication is invalid"), TemporaryRejection(600, "http_401", account=True)),
        (Answer(402, {}, b""), TemporaryRejection(600, "http_402", account=True)),
        (Answer(403, {}, b""), TemporaryRejection(600, "http_403", account=True)),
        (Answer(404, {}, b""), TemporaryRejection(600, "http_404", account=True)),
        (Answer(406, {}, b""), Rejection("http_406")),
        (Answer(409, {}, b"Conflict"), SendFailure("http_409")),
        (Answer(413, {}, b""), Rejection("http_413")),
        (Answer(429, {}, b""), TemporaryRejection(60, "http_429")),
        (Answer(429, {"Retry-After": "7"}, b""), TemporaryRejection(7, "http_429")),
        (Answer(429, {"Retry-After": "999999"}, b""), TemporaryRejection(3600, "http_429")),
        (Answer(429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, b""), TemporaryRejection(60, "http_429")),
        (Answer(500, {}, b""), Unknown("http_500")),
        (Answer(502, {}, b""), Unknown("http_502")),
        (Answer(503, {}, b""), SendFailure("http_503")),
        (Answer(503, {"Retry-After": "20"}, b""), TemporaryRejection(20, "http_503")),
        (Answer(504, {}, b""), Unknown("http_504")),
    ],
)
def test_an_answer_of_the_messaging_api_means_one_thing(answer: Answer, expected: object) -> None:
    assert outcome(answer, TO) == expected
