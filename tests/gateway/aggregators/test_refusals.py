"""Every vendor's answers that are no 2xx, and bodies that are no answer: one table for all routes."""

from __future__ import annotations

import gzip

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.aggregators.contract.protocol import OutboundAdapter
from gateway.http.client import Answer
from sessions.delivery.outcome_types import Acceptance, Rejection, SendFailure, SendOutcome, TemporaryRejection, Unknown
from tests.gateway.aggregators import sending

TO = "+923001234567"
REPORTS = "https://sunwai.example.org/hooks/x/secret/delivery"
ROUTES: list[OutboundAdapter] = [
    sending.africastalking("https://example.org"),
    sending.infobip("https://example.org", REPORTS),
    sending.twilio("https://example.org", REPORTS),
    sending.jasmin("http://127.0.0.1:1401", REPORTS),
    sending.kannel("http://127.0.0.1:13013", REPORTS),
]
NAMES = ["SMSMessageData", "Recipients", "statusCode", "status", "number", "messageId", "messages", "groupName", "sid"]
NAMES += ["code", "to", "name", "error_code", "num_segments", "smsCount", "Message"]
MAINTENANCE = b"<html><h1>Down for maintenance</h1></html>"


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
@pytest.mark.parametrize(
    ("answer", "due"),
    [
        (Answer(301, {"Location": "http://elsewhere/"}, b""), SendFailure("http_301")),
        (Answer(302, {"Location": "http://elsewhere/"}, MAINTENANCE), SendFailure("http_302")),
        (Answer(307, {"Location": "http://elsewhere/"}, b""), SendFailure("http_307")),
        (Answer(400, {}, b""), Rejection("http_400")),
        (Answer(401, {}, b"no"), TemporaryRejection(600, "http_401", account=True)),
        (Answer(402, {}, b""), TemporaryRejection(600, "http_402", account=True)),
        (Answer(403, {}, MAINTENANCE), TemporaryRejection(600, "http_403", account=True)),
        (Answer(404, {}, b""), TemporaryRejection(600, "http_404", account=True)),
        (Answer(405, {}, b""), TemporaryRejection(600, "http_405", account=True)),
        (Answer(406, {}, b""), Rejection("http_406")),
        (Answer(408, {}, b""), SendFailure("http_408")),
        (Answer(409, {}, b""), SendFailure("http_409")),
        (Answer(413, {}, b""), Rejection("http_413")),
        (Answer(425, {}, b""), SendFailure("http_425")),
        (Answer(429, {}, b""), TemporaryRejection(60, "http_429")),
        (Answer(429, {"Retry-After": "7"}, b"{}"), TemporaryRejection(7, "http_429")),
        (Answer(429, {"Retry-After": "999999"}, b""), TemporaryRejection(3600, "http_429")),
        (Answer(429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, b""), TemporaryRejection(60, "http_429")),
        (Answer(429, {"Retry-After": "٧"}, b""), TemporaryRejection(60, "http_429")),
        (Answer(500, {}, b""), Unknown("http_500")),
        (Answer(500, {"Retry-After": "5"}, MAINTENANCE), Unknown("http_500")),
        (Answer(501, {}, b""), Unknown("http_501")),
        (Answer(502, {}, MAINTENANCE), Unknown("http_502")),
        (Answer(503, {}, MAINTENANCE), SendFailure("http_503")),
        (Answer(503, {"Retry-After": "20"}, b""), TemporaryRejection(20, "http_503")),
        (Answer(504, {}, b""), Unknown("http_504")),
        (Answer(599, {}, b"\xff"), Unknown("http_599")),
        (Answer(200, {}, MAINTENANCE), Unknown("answer_unreadable")),
        (Answer(200, {}, b""), Unknown("answer_unreadable")),
        (Answer(200, {}, b"\xff\xfe"), Unknown("answer_unreadable")),
        (Answer(200, {}, b"[]"), Unknown("answer_unreadable")),
        (Answer(200, {}, b"{}"), Unknown("answer_unreadable")),
        (Answer(200, {}, b"null"), Unknown("answer_unreadable")),
        (Answer(200, {}, b"[" * 60_000), Unknown("answer_unreadable")),
        (Answer(200, {}, gzip.compress(b"0" * 1000)), Unknown("answer_unreadable")),
        (Answer(200, {}, b"\0" * 65_536), Unknown("answer_unreadable")),
        (Answer(204, {}, b""), Unknown("answer_unreadable")),
    ],
)
def test_a_refusal_and_a_broken_answer_mean_the_same_on_every_route(
    route: OutboundAdapter, answer: Answer, due: object
) -> None:
    assert route.outcome(answer, TO) == due


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_no_password_stands_in_an_address_where_the_vendor_takes_it_elsewhere(route: OutboundAdapter) -> None:
    request = route.request(TO, "x")
    assert "key" not in request.url
    assert "password" not in request.url
    assert "token" not in request.url
    assert (request.method == "GET") == (route.name == "kannel"), "Kannel takes no other way"


STATUSES = st.sampled_from([200, 201, 202, 204, 400, 403, 409, 429, 500, 503]) | st.integers(200, 599)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([TO, "PENDING", "Success", 101]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=10,
)


@given(st.sampled_from(ROUTES), STATUSES, st.binary(max_size=100) | VALUES.map(msgspec.json.encode))
def test_any_answer_has_an_outcome_and_only_a_2xx_is_an_acceptance(
    route: OutboundAdapter, status: int, body: bytes
) -> None:
    outcome = route.outcome(Answer(status, {}, body), TO)
    assert isinstance(outcome, SendOutcome)
    assert not isinstance(outcome, Acceptance) or status < 300 or (status, route.name) == (409, "africastalking")
