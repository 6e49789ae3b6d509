"""Twilio: signatures that no stranger can make, what its API is asked, and what that answers."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.aggregators.vendors.twilio_callbacks import Twilio, signature
from gateway.aggregators.vendors.twilio_outbound import TwilioSettings
from gateway.http.client import Answer
from gateway.http.inbound_request import InboundRequest
from sessions.delivery.outcome_types import Acceptance, Rejection, TemporaryRejection, Unknown
from tests.gateway.aggregators import sending
from tests.gateway.aggregators.reading import ADAPTERS, INSTALLATION, TWILIO_TOKEN, environ

TO = "+923001234567"
PUBLIC = "https://sunwai.example.org"
PATH = "/hooks/twilio/a-secret-of-this-year/sms"
SMS = {"MessageSid": "SM1", "From": TO, "To": "8484", "Body": "Shikayat & پانی", "FromCity": ""}
TWILIO = ADAPTERS["twilio"]


def signed(form: dict[str, str], url: str = PUBLIC + PATH, token: str = TWILIO_TOKEN) -> str:
    """A signature made independently of ours, as the vendor's page tells."""
    text = url
    for name in sorted(form):
        text += name + form[name]
    return b64encode(hmac.digest(token.encode(), text.encode(), "sha1")).decode()


def inbound(form: dict[str, str], given: str | None, public: str = PUBLIC, **other: Any) -> InboundRequest:
    """The form at our door, with this signature."""
    header = {} if given is None else {"HTTP_X_TWILIO_SIGNATURE": given}
    return InboundRequest(environ(PATH, urlencode(form).encode(), **header, **other), public)


def test_the_vendor_s_own_example_is_signed_as_it_says() -> None:
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+12349013030",
        "Digits": "1234",
        "From": "+12349013030",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert signature(b"12345", url, form) == b"0/KCTR6DLpKmkAf8muzZqo1nDgQ="


def test_what_twilio_signed_is_its_own() -> None:
    assert TWILIO.genuine(inbound(SMS, signed(SMS)))


def test_the_query_of_the_address_is_signed_too() -> None:
    given = signed(SMS, f"{PUBLIC}{PATH}?office=1")
    assert TWILIO.genuine(inbound(SMS, given, query="office=1"))
    assert not TWILIO.genuine(inbound(SMS, given, query="office=2"))
    assert not TWILIO.genuine(inbound(SMS, given))


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        signed(SMS)[:-1],
        signed(SMS).lower(),
        signed(SMS | {"Body": "other"}),
        signed({name: value for name, value in SMS.items() if name != "FromCity"}),
        signed(SMS, PUBLIC.replace("https", "http") + PATH),
        signed(SMS, "https://elsewhere.example.org" + PATH),
        signed(SMS, token="another-token"),
        signed(SMS, PATH),
        "ü\udcff",
    ],
)
def test_any_other_signature_is_a_stranger_s(given: str | None) -> None:
    assert not TWILIO.genuine(inbound(SMS, given))


def test_without_our_public_address_nothing_is_taken_for_genuine() -> None:
    assert not TWILIO.genuine(inbound(SMS, signed(SMS), public=""))


@pytest.mark.parametrize("body", [b"", b"Body=%FF", b"Body=1&Body=2", b"{}", b"Body=" + b"a" * 70_000])
def test_a_body_nobody_can_read_is_never_genuine(body: bytes) -> None:
    other = {"HTTP_X_TWILIO_SIGNATURE": signed({})}
    assert not TWILIO.genuine(InboundRequest(environ(PATH, body, **other), PUBLIC))


@given(st.dictionaries(st.text(min_size=1, max_size=10), st.text(max_size=30), min_size=1, max_size=20), st.text())
def test_only_the_key_makes_a_signature(form: dict[str, str], token: str) -> None:
    adapter = Twilio(TwilioSettings(twilio_auth_token=token), INSTALLATION)
    assert adapter.genuine(inbound(form, signed(form, token=token)))
    assert not adapter.genuine(inbound(form, signed(form, token=token + "x")))


def test_an_sms_is_answered_with_nothing_to_do() -> None:
    status, headers, body = TWILIO.taken("sms")
    assert (status, dict(headers)["Content-Type"], body) == ("200 OK", "text/xml", b"<Response/>")


def test_a_text_is_asked_for_as_the_vendor_wants_it() -> None:
    reports = f"{PUBLIC}/hooks/twilio/secret/delivery"
    request = sending.twilio("https://api.twilio.com", reports, "+923009998484").request(TO, "Haan & پانی")
    assert (request.method, request.url) == ("POST", "https://api.twilio.com/2010-04-01/Accounts/AC0/Messages.json")
    assert request.headers["Authorization"] == "Basic " + b64encode(b"AC0:token").decode()
    assert request.data == {"To": TO, "From": "+923009998484", "Body": "Haan & پانی", "StatusCallback": reports}


def test_a_messaging_service_sends_in_the_place_of_a_number() -> None:
    data = sending.twilio("https://api.twilio.com", sender="MG0").request(TO, "x").data
    assert data == {"To": TO, "MessagingServiceSid": "MG0", "Body": "x"}


def answered(http: int, **body: Any) -> Answer:
    """An answer with this JSON object."""
    return Answer(http, {}, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("answer", "due"),
    [
        (answered(201, sid="SM1", status="queued", num_segments="2", error_code=None), Acceptance("SM1", 2)),
        (answered(201, sid="SM1", status="accepted", num_segments="0"), Acceptance("SM1", None)),
        (answered(200, sid="SM1", status="sent"), Acceptance("SM1", None)),
        (answered(201, sid="SM1", status="failed", error_code=30003), Rejection("code_30003")),
        (answered(201, status="queued"), Unknown("answer_unreadable")),
        (answered(400, code=21211, message="Invalid 'To' Phone Number"), Rejection("code_21211")),
        (answered(400, code=21610, message="Attempt to send to unsubscribed recipient"), Rejection("code_21610")),
        (answered(400, code=21408), TemporaryRejection(600, "code_21408", account=True)),
        (answered(400, code=21606), TemporaryRejection(600, "code_21606", account=True)),
        (answered(401, code=20003), TemporaryRejection(600, "code_20003", account=True)),
        (answered(404, code=20404), TemporaryRejection(600, "code_20404", account=True)),
        (answered(429, code=20429), TemporaryRejection(60, "code_20429")),
        (Answer(429, {"Retry-After": "3"}, b'{"code":20429}'), TemporaryRejection(3, "code_20429")),
        (answered(400, code=99999), Rejection("http_400")),
        (answered(400, code="21211"), Rejection("http_400")),
        (answered(500, code=20500), Unknown("http_500")),
    ],
)
def test_an_answer_of_the_api_means_one_thing(answer: Answer, due: object) -> None:
    assert sending.twilio("https://api.twilio.com").outcome(answer, TO) == due
