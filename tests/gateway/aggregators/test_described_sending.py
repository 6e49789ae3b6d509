"""Gateways told of in a file: what they are asked to send, and what their answers mean."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.aggregators.descriptions.described_outbound import DescribedOutbound
from gateway.aggregators.descriptions.loader import parse_description as read_description
from gateway.http.client import Answer
from tests.gateway.aggregators.reading import PAYLOADS, SHIPPED

TO = "+923001234567"
REPORTS = "https://sunwai.example.org/hooks/arkesel/secret/delivery"
SETTINGS = {
    "telenor": {"msisdn": "923450000000", "password": "pass & word", "mask": "SUNWAI"},
    "hubtel": {"client_id": "id", "client_secret": "secret", "sender": "SUNWAI"},
    "arkesel": {"api_key": "the-key", "sender": "SUNWAI"},
}


def route(name: str, reports: str = REPORTS) -> DescribedOutbound:
    told = SHIPPED[name]
    assert told.send is not None
    return DescribedOutbound(told, told.send, SETTINGS[name], reports)


def answered() -> list[Any]:
    found = []
    for path in sorted(PAYLOADS.glob("*/answers.cases")):
        lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
        found += [
            pytest.param(path.parent.name, given_, due, id=f"{path.parent.name}-{number}")
            for number, (given_, due) in enumerate(zip(lines[::2], lines[1::2], strict=True))
        ]
    return found


@pytest.mark.parametrize(("name", "line", "due"), answered())
def test_an_answer_means_what_its_file_says(name: str, line: str, due: str) -> None:
    act, status, body = line.split(" ", 2)
    answer, kind, said = Answer(int(status), {}, body.encode()), *due.split(" ", 1)
    found = route(name).token(answer) if act == "login" else route(name).outcome(answer, TO)
    if kind == "token":
        assert found == said
        return
    assert type(found).__name__ == kind, found
    known = msgspec.to_builtins(found)
    assert {field: known[field] for field in json.loads(said)} == json.loads(said)


def test_every_shipped_gateway_that_sends_has_answers_in_a_file() -> None:
    assert {case.values[0] for case in answered()} == {name for name, told in SHIPPED.items() if told.send}


def test_telenor_is_asked_for_a_session_and_then_given_the_text() -> None:
    texts = route("telenor")
    login = texts.login_request()
    assert (login.method, login.url) == ("GET", "https://telenorcsms.com.pk:27677/corporate_sms2/api/auth.jsp")
    assert login.params == {"msisdn": "923450000000", "password": "pass & word"}
    request = texts.request(TO, "Aap ki shikayat", "88c9")
    assert (request.method, request.data) == ("GET", None)
    assert request.url == "https://telenorcsms.com.pk:27677/corporate_sms2/api/sendsms.jsp"
    assert request.params == {
        "session_id": "88c9",
        "to": "923001234567",
        "text": "Aap ki shikayat",
        "mask": "SUNWAI",
        "unicode": "false",
    }
    urdu = texts.request(TO, "پانی", "88c9").params
    assert urdu is not None and (urdu["unicode"], urdu["text"]) == ("true", "پانی")


def test_hubtel_is_given_the_text_as_json_with_the_key_in_a_header() -> None:
    request = route("hubtel").request(TO, 'He said "ok" {to} پانی')
    assert (request.method, request.url, request.params) == ("POST", "https://smsc.hubtel.com/v1/messages/send", None)
    basic = "Basic " + b64encode(b"id:secret").decode()
    assert request.headers == {"Authorization": basic, "Content-Type": "application/json"}
    assert isinstance(request.data, bytes)
    assert json.loads(request.data) == {"From": "SUNWAI", "To": "923001234567", "Content": 'He said "ok" {to} پانی'}


def test_arkesel_is_told_where_its_reports_go_and_nothing_where_nobody_reaches_us() -> None:
    request = route("arkesel").request(TO, "Salam")
    assert isinstance(request.data, bytes) and request.headers["api-key"] == "the-key"
    told = {"sender": "SUNWAI", "message": "Salam", "recipients": ["923001234567"]}
    assert json.loads(request.data) == told | {"callback_url": REPORTS}
    alone = route("arkesel", "").request(TO, "Salam").data
    assert isinstance(alone, bytes) and json.loads(alone) == told


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("number", ["923001234567", "+92 300", "SUNWAI", "", "+923001234567&to=1", "+٩٢٣٠٠١٢٣٤٥٦٧"])
def test_what_is_no_number_is_never_asked_for(name: str, number: str) -> None:
    with pytest.raises(ValueError, match="number"):
        route(name).request(number, "Salam")


UFONE = """
about: Ufone
settings: {account: the number, password: its password, mask: the sender}
optional: [mask]
send:
  method: POST
  url: https://bsms.ufone.com/bsms_v8_api/sendapi-0.3.jsp
  form:
    id: "{account}"
    password: "{password}"
    shortcode: "{mask}"
    mobilenum: "{to}"
    message: "{message}"
    lang: "{coding}"
  codings: {gsm: English, ucs2: urdu}
  numbers: plus
  answer: xml
  sent: {field: response_id, is: "0"}
  refused:
    - {field: response_text, begins: "Invalid number", means: number, why: invalid_number}
    - {field: response_text, begins: ["Insufficient", "Low balance"], means: account, why: no_balance}
    - {field: response_id, is: ["9"], means: later, why: throttled}
  otherwise: refused
"""


def ufone(**settings: str) -> DescribedOutbound:
    told = read_description(UFONE, "ufone", "ufone.yaml")
    assert told.send is not None
    return DescribedOutbound(told, told.send, {"account": "03330000000", "password": "x"} | settings, "")


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b"<response_to_browser><response_id>0</response_id></response_to_browser>", "Acceptance"),
        (b"<r><response_id>4</response_id><response_text>Invalid number 92</response_text></r>", "Rejection"),
        (
            b"<r><response_id>5</response_id><response_text>INSUFFICIENT balance</response_text></r>",
            "TemporaryRejection",
        ),
        (b"<r><response_id>9</response_id></r>", "TemporaryRejection"),
        (b"<r><response_id>77</response_id></r>", "SendFailure"),
        (b"<r><response_id>77</response_id>", "Unknown"),
    ],
)
def test_a_refusal_is_known_by_what_it_says(body: bytes, outcome: str) -> None:
    assert type(ufone().outcome(Answer(200, {}, body), TO)).__name__ == outcome


def test_a_setting_that_may_be_missing_is_left_out_of_the_request() -> None:
    form = {"id": "03330000000", "message": "Salam", "lang": "English", "mobilenum": TO, "password": "x"}
    assert ufone().request(TO, "Salam").data == form
    assert ufone(mask="SUNWAI").request(TO, "Salam").data == form | {"shortcode": "SUNWAI"}


TEXTED = """
about: words only
send:
  method: GET
  url: https://sms.example.pk/send
  params: {to: "{to}", text: "{message}"}
  answer: text
  sent: {field: "1", is: OK}
  id: "3"
  parts: "5"
"""


def test_an_answer_of_plain_words_is_read_word_by_word() -> None:
    told = read_description(TEXTED, "words", "words.yaml")
    assert told.send is not None
    sent: Any = DescribedOutbound(told, told.send, {}, "").outcome(Answer(200, {}, b"OK: ID=77ab, parts: 2"), TO)
    assert (sent.provider_id, sent.parts) == ("77ab", 2)


@given(st.sampled_from(sorted(SETTINGS)), st.integers(100, 599), st.binary(max_size=300))
def test_any_answer_whatever_is_some_outcome(name: str, status: int, body: bytes) -> None:
    texts = route(name)
    assert type(texts.outcome(Answer(status, {}, body), TO)).__name__ != "Acceptance"
    if texts.login is not None:
        texts.token(Answer(status, {}, body))


@pytest.mark.parametrize("body", [b"<a>" * 20_000, b"[" * 60_000, b"<a/><b/>", b"", b"\xff\xfe<a/>"])
def test_an_answer_made_to_break_a_reader_is_unreadable(body: bytes) -> None:
    for name in SETTINGS:
        assert type(route(name).outcome(Answer(200, {}, body), TO)).__name__ == "Unknown"
