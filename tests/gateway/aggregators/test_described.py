"""Gateways told of in a file: calls, texts and reports of theirs, and what they are answered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.aggregators.descriptions.described_inbound import DescribedAggregator
from gateway.aggregators.descriptions.loader import parse_description as read_description
from gateway.http.forms import BadForm
from gateway.http.inbound_request import InboundRequest
from tests.gateway.aggregators.reading import ADAPTERS, INSTALLATION, environ, line_at_door

TO = "+923001234567"


def described(text: str, name: str = "jazz") -> DescribedAggregator:
    return DescribedAggregator(read_description(text, name, f"{name}.yaml"), INSTALLATION)


def screen(vendor: str, line: str, body: str) -> tuple[dict[str, str], Any]:
    """Headers and JSON of the answer to one hop."""
    _, inbound = line_at_door(vendor, line)
    adapter = ADAPTERS[vendor]
    status, headers, raw = adapter.hop_answer(body, adapter.body(inbound, "ussd"))
    assert status == "200 OK" and dict(headers)["Content-Length"] == str(len(raw))
    return dict(headers), json.loads(raw)


def test_hubtel_is_shown_a_screen_with_what_it_wants_back() -> None:
    line = 'ussd {"Type":"Response","Mobile":"923001234567","SessionId":"a1","Message":"1","ClientState":"x7"}'
    headers, going = screen("hubtel", line, 'CON Sunwai "1"\n1. پانی')
    assert headers["Content-Type"] == "application/json"
    assert going == {
        "sessionId": "a1",
        "type": "response",
        "message": 'Sunwai "1"\n1. پانی',
        "label": 'Sunwai "1"\n1. پانی',
        "clientState": "x7",
        "dataType": "input",
        "fieldType": "text",
    }
    _, over = screen("hubtel", line, "END Shukriya")
    assert (over["type"], over["dataType"], over["message"]) == ("release", "display", "Shukriya")


def test_arkesel_is_told_by_a_flag_whether_the_call_goes_on() -> None:
    line = 'ussd {"sessionID":"8a","userID":"S_1","newSession":false,"msisdn":"923001234567","userData":"1"}'
    _, going = screen("arkesel", line, "CON Sunwai")
    assert going == {
        "sessionID": "8a",
        "userID": "S_1",
        "msisdn": "923001234567",
        "message": "Sunwai",
        "continueSession": True,
    }
    assert screen("arkesel", line, "END Khuda hafiz")[1]["continueSession"] is False


@pytest.mark.parametrize("name", ["hubtel", "arkesel"])
def test_a_screen_can_be_shown_when_nothing_was_read(name: str) -> None:
    _, _, raw = ADAPTERS[name].hop_answer("END Busy", {})
    assert json.loads(raw)["message"] == "Busy"


ADVANTA = """
about: Advanta, Kenya
ussd:
  request: query
  session: SESSIONID
  phone: MSISDN
  code: USSDCODE
  input: INPUT
  carries: everything
  input_has_code: yes
  answer: {text: {going: "CON {message}", over: "END {message}"}}
"""


def test_a_gateway_that_tells_the_whole_input_behind_the_code_is_read_as_ours() -> None:
    adapter = described(ADVANTA, "advanta")
    assert adapter.accumulates and adapter.doors == {"ussd"}
    for typed, text in (("*415*33#", ""), ("*415*33*1#", "1"), ("*415*33*1*2*Gali 4", "1*2*Gali 4")):
        query = f"SESSIONID=7&MSISDN=254711000111&USSDCODE=*415*33%23&INPUT={typed.replace('#', '%23')}"
        hop = adapter.read_hop(adapter.body(InboundRequest(environ("/x", query=query, method="GET")), "ussd"))
        assert (hop.text, hop.service_code, hop.phone) == (text, "*415*33#", "+254711000111")
    assert adapter.hop_answer("END Asante", {})[2] == b"END Asante"


BEEM = """
about: Beem, Tanzania
ussd:
  request: json
  session: session_id
  phone: msisdn
  input: payload.response
  carries: last
  new: {field: command, is: initiate}
  turn: payload.request_id
  ended: {field: command, is: terminate}
  also: {operator: operator}
  answer:
    json:
      msisdn: "{phone}"
      operator: "{operator}"
      session_id: "{session}"
      command: "{act}"
      payload: {request_id: "{turn}", request: "{message}"}
    says: {act: {going: continue, over: terminate}}
"""


def test_fields_inside_fields_are_found_and_sent_back_in_their_own_kind() -> None:
    adapter = described(BEEM, "beem")
    body = b'{"command":"continue","msisdn":"255784000000","session_id":"4574","operator":"vodacom",'
    body += b'"payload":{"request_id":3,"response":"2"}}'
    form = adapter.body(InboundRequest(environ("/x", body)), "ussd")
    hop = adapter.read_hop(form)
    assert (hop.text, hop.turn, hop.new, hop.phone) == ("2", 3, False, "+255784000000")
    assert json.loads(adapter.hop_answer("CON Karibu", form)[2]) == {
        "msisdn": "255784000000",
        "operator": "vodacom",
        "session_id": "4574",
        "command": "continue",
        "payload": {"request_id": 3, "request": "Karibu"},
    }


FLARES = """
about: Airtel, Comviva Flares
ussd:
  request: query
  session: SessionID
  phone: MSISDN
  input: input
  carries: last
  new: {field: input, begins: "*"}
  answer:
    xml: "<response><message>{message}</message><state>{state}</state></response>"
    says: {state: {going: FC, over: FB}}
    headers: {Freeflow: "{state}"}
"""


def test_xml_is_escaped_and_a_header_may_say_how_it_goes_on() -> None:
    adapter = described(FLARES, "flares")
    _, headers, body = adapter.hop_answer("CON 1 < 2 & 3", {})
    assert body == b"<response><message>1 &lt; 2 &amp; 3</message><state>FC</state></response>"
    assert dict(headers)["Freeflow"] == "FC"
    assert dict(headers)["Content-Type"].startswith("text/xml")


PAKISTANI = """
about: a gateway for short codes
calling_code: 92
sms_in:
  request: form_or_query
  from: sender
  text: msg
  to: shortcode
  time: at
  answer: "SMS Accepted"
reports:
  request: json
  many: reports
  id: uuid
  status: state.word
  phone: msisdn
  reason: state.why
  words: {delivered: [DELIVRD, "1"], failed: UNDELIV}
"""


def test_numbers_in_national_form_and_texts_without_an_id_are_taken() -> None:
    adapter = described(PAKISTANI)
    form = adapter.body(
        InboundRequest(environ("/x", b"sender=03001234567&msg=SHIKAYAT+pani%0Aband&shortcode=8484")), "sms"
    )
    (first,), (second,) = adapter.read_sms(form), adapter.read_sms(form)
    assert (first.phone, first.text, first.to) == (TO, "SHIKAYAT pani band", "8484")
    assert first.id != second.id and len(first.id) == 32
    (named,) = adapter.read_sms({"sender": "Bank", "msg": "Offer", "shortcode": "8484", "at": "2026-06-17T07:00:00"})
    assert named.phone == "Bank" and named.sent_at is not None
    assert adapter.taken("sms")[2] == b"SMS Accepted"


def test_several_reports_in_one_call_are_each_read_and_bad_ones_told() -> None:
    adapter = described(PAKISTANI)
    good = {"uuid": "u1", "msisdn": "923001234567", "state": {"word": "delivrd", "why": ""}}
    other = {"uuid": "u2", "msisdn": "03001234567", "state": {"word": 1, "why": "x"}}
    first, second = adapter.read_reports({"reports": [good, other]})
    assert (first.provider_id, first.status, first.phone) == ("u1", "delivered", TO)
    assert (second.status, second.reason, second.phone) == ("delivered", "x", TO)
    with pytest.raises(BadForm) as refused:
        adapter.read_reports({"reports": [good, {"uuid": ""}, "x"]})
    assert [each.provider_id for each in getattr(refused.value, "readable", [])] == ["u1"]
