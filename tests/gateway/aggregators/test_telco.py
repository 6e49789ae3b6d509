"""Jasmin and Kannel, the route to a telco's own SMPP: what they are asked, and what their answers mean."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.text.gsm import BASIC, EXTENSION
from gateway.aggregators.contract import smpp
from gateway.aggregators.http_sender import HttpSender
from gateway.aggregators.vendors.kannel_outbound import KannelOutbound
from gateway.http.client import Answer, HttpClient
from sessions.delivery.outcome_types import Acceptance, SendFailure, TemporaryRejection, Unknown
from tests.gateway.aggregators import sending
from tests.gateway.aggregators.reading import ADAPTERS, line_at_door
from tests.gateway.listening import answer, server

TO = "+923001234567"
REPORTS = "https://sunwai.example.org/hooks/x/secret/delivery"
JASMIN = sending.jasmin("http://127.0.0.1:1401", REPORTS)


def kannel(url: str) -> KannelOutbound:
    """The route to a Kannel at this address, with an id that the tests know."""
    return sending.kannel(url, REPORTS, reference="0f1e2d3c")


KANNEL = kannel("http://127.0.0.1:13013")


def test_jasmin_is_told_that_all_is_well_in_its_own_words() -> None:
    for door in ("sms", "delivery"):
        assert ADAPTERS["jasmin"].taken(door)[::2] == ("200 OK", b"ACK/Jasmin")


def test_kannel_is_answered_nothing_since_it_would_text_it_to_the_citizen() -> None:
    for door in ("sms", "delivery"):
        assert ADAPTERS["kannel"].taken(door)[::2] == ("200 OK", b"")


def test_jasmin_gets_letters_of_the_phone_as_text_and_others_in_hexadecimal() -> None:
    usual = {"username": "us", "password": "them", "from": "8484", "to": "923001234567"}
    usual |= {"dlr": "yes", "dlr-url": REPORTS, "dlr-level": "3", "dlr-method": "POST"}
    plain, urdu = JASMIN.request(TO, "Café {1} €"), JASMIN.request(TO, "پانی 💧")
    assert (plain.method, plain.url) == ("POST", "http://127.0.0.1:1401/send")
    assert plain.data == usual | {"coding": "0", "content": "Café {1} €"}
    assert urdu.data == usual | {"coding": "8", "hex-content": "067e0627064606cc0020d83ddca7"}


def test_kannel_gets_utf8_and_the_coding_it_shall_make_of_it() -> None:
    plain, urdu = KANNEL.request(TO, "Café"), KANNEL.request(TO, "پانی")
    assert (plain.method, plain.url) == ("GET", "http://127.0.0.1:13013/cgi-bin/sendsms")
    assert plain.params is not None
    assert urdu.params is not None
    assert {name: plain.params[name] for name in ("to", "text", "coding", "charset", "from")} == {
        "to": "923001234567",
        "text": "Café",
        "coding": "0",
        "charset": "UTF-8",
        "from": "8484",
    }
    assert (urdu.params["text"], urdu.params["coding"]) == ("پانی", "2")


def test_kannel_s_report_comes_to_an_address_with_our_id_in_it() -> None:
    request = KANNEL.request(TO, "x")
    assert request.params is not None
    address = request.params["dlr-url"]
    assert request.reference == "0f1e2d3c"
    assert address.startswith(f"{REPORTS}?id=0f1e2d3c&status=%d&")
    filled = address.replace("%d", "1").replace("%A", "ok").replace("%p", "%2B923001234567").replace("%P", "8484")
    _, inbound = line_at_door("kannel", f"delivery? {urlsplit(filled).query}")
    (report,) = ADAPTERS["kannel"].read_reports(ADAPTERS["kannel"].body(inbound, "delivery"))
    assert (report.provider_id, report.status, report.phone) == ("0f1e2d3c", "delivered", TO)


def test_every_text_through_kannel_has_another_id() -> None:
    route = sending.kannel("http://127.0.0.1:13013", REPORTS)
    assert len({route.request(TO, "x").reference for _ in range(50)}) == 50


def test_without_an_address_for_reports_none_are_asked_for() -> None:
    silent = sending.kannel("http://127.0.0.1:13013", sender="").request(TO, "x")
    assert silent.params is not None
    assert not {"dlr-url", "dlr-mask", "from"} & set(silent.params)
    assert silent.reference == ""
    data = sending.jasmin("http://127.0.0.1:1401", sender="").request(TO, "x").data
    assert isinstance(data, dict)
    assert not {"dlr", "dlr-url", "from"} & set(data)


def test_an_accepted_text_is_known_by_the_id_its_report_will_name() -> None:
    with server(lambda asked, _: answer(asked, 202, b"0: Accepted for delivery")) as heard:
        assert HttpSender(kannel(heard.url), HttpClient()).send(TO, "پانی & more") == Acceptance("0f1e2d3c")
    ((path, _, _),) = heard.asked
    asked = parse_qs(urlsplit(path).query)
    assert asked["text"] == ["پانی & more"]
    assert parse_qs(urlsplit(asked["dlr-url"][0]).query)["id"] == ["0f1e2d3c"]


@pytest.mark.parametrize(
    ("said", "due"),
    [
        (
            Answer(200, {}, b'Success "07033084-5cfd-4812-90a4-e4d24ffb6e3d"'),
            Acceptance("07033084-5cfd-4812-90a4-e4d24ffb6e3d"),
        ),
        (Answer(200, {}, b'Success "1"\n'), Acceptance("1")),
        (Answer(200, {}, b'Success ""'), Unknown("answer_unreadable")),
        (Answer(200, {}, b'Success "07033'), Unknown("answer_unreadable")),
        (Answer(200, {}, b'Error "Something"'), Unknown("answer_unreadable")),
        (
            Answer(403, {}, b'Error "Authentication failure for username:us"'),
            TemporaryRejection(600, "http_403", account=True),
        ),
        (Answer(403, {}, b'Error "Cannot charge submit_sm"'), TemporaryRejection(600, "no_balance", account=True)),
        (Answer(403, {}, b'Error "User throughput exceeded"'), TemporaryRejection(60, "throughput_exceeded")),
        (Answer(412, {}, b'Error "No route found"'), SendFailure("no_route")),
        (
            Answer(500, {}, b'Error "Cannot send submit_sm, check SMPPClientManager log file for details"'),
            SendFailure("not_queued"),
        ),
        (Answer(500, {}, b'Error "Unknown error: x"'), Unknown("http_500")),
    ],
)
def test_an_answer_of_jasmin_means_one_thing(said: Answer, due: object) -> None:
    assert JASMIN.outcome(said, TO) == due


@pytest.mark.parametrize(
    ("said", "due"),
    [
        (Answer(202, {}, b"0: Accepted for delivery"), Acceptance("")),
        (Answer(202, {}, b"3: Queued for later delivery"), Acceptance("")),
        (Answer(200, {}, b"Sent."), Acceptance("")),
        (Answer(200, {}, b"Result: OK"), Unknown("answer_unreadable")),
        (Answer(403, {}, b"Authorization failed for sendsms"), TemporaryRejection(600, "http_403", account=True)),
        (Answer(503, {}, b"Temporal failure, try again later."), SendFailure("http_503")),
    ],
)
def test_an_answer_of_kannel_means_one_thing(said: Answer, due: object) -> None:
    assert KANNEL.outcome(said, TO) == due


def gsm_octets(text: str) -> bytes:
    """GSM 03.38 by hand: the place in the table, past the escape."""
    extended = dict(zip(EXTENSION, b"\x0a\x14\x28\x29\x2f\x3c\x3d\x3e\x40\x65", strict=True))
    found = bytearray()
    for letter in text:
        place = BASIC.find(letter)
        found += bytes([0x1B, extended[letter]]) if place < 0 else bytes([place + (place >= 0x1B)])
    return bytes(found)


@given(st.text(BASIC + EXTENSION))
def test_every_letter_of_gsm_is_read_back(text: str) -> None:
    assert smpp.decode_sms(gsm_octets(text), 0) == text


@given(st.text())
def test_every_letter_of_ucs2_is_read_back(text: str) -> None:
    assert smpp.decode_sms(text.encode("utf-16-be"), 8) == text


OCTETS = range(256)
GSM, UCS2, BINARY = "gsm", "ucs2", "binary"
HELLO = "salam [ü]"
WRITTEN = {  # how HELLO is sent in each alphabet, and what binary octets are told as
    GSM: (gsm_octets(HELLO), HELLO),
    UCS2: (HELLO.encode("utf-16-be"), HELLO),
    BINARY: (b"\x00\xffsalam", "00ff73616c616d"),
}
CODINGS = {  # of 3GPP TS 23.038 from 16 on; SMPP's own before
    **dict.fromkeys((0,), GSM),
    **dict.fromkeys((2, 4, 5, 9, 10, 11, 12, 13, 14, 15), BINARY),
    **dict.fromkeys((8,), UCS2),
    **{group + low: GSM for group in (0x10, 0x40, 0x50) for low in (0, 1, 2, 3, 12, 13, 14, 15)},
    **{group + low: BINARY for group in (0x10, 0x40, 0x50) for low in (4, 5, 6, 7)},
    **{group + low: UCS2 for group in (0x10, 0x40, 0x50) for low in (8, 9, 10, 11)},
    **dict.fromkeys((*range(0x20, 0x40), *range(0x60, 0x80)), BINARY),  # compressed
    **dict.fromkeys(range(0x80, 0xE0), GSM),  # reserved, then waiting messages
    **dict.fromkeys(range(0xE0, 0xF0), UCS2),
    **{0xF0 + low: BINARY if low & 4 else GSM for low in range(16)},
}


def test_every_coding_but_those_of_eight_bit_alphabets_is_in_the_table() -> None:
    assert set(OCTETS) - set(CODINGS) == {1, 3, 6, 7}


@pytest.mark.parametrize(("coding", "alphabet"), sorted(CODINGS.items()))
def test_the_words_of_every_data_coding_are_read(coding: int, alphabet: str) -> None:
    raw, words = WRITTEN[alphabet]
    assert smpp.decode_sms(raw, coding) == words


@pytest.mark.parametrize(
    ("coding", "raw", "words"),
    [
        (1, b"salam", "salam"),
        (1, "پانی".encode(), "پانی"),
        (3, "été".encode("latin-1"), "été"),
        (3, b"it\x92s", "it’s"),
        (6, "вода".encode("iso8859_5"), "вода"),
        (7, "מים".encode("iso8859_8"), "מים"),
        (0xF1, b"HELP", "HELP"),
        (0x11, b"bijli nahi", "bijli nahi"),
        (0x19, "پانی".encode("utf-16-be"), "پانی"),
        (4, b"bijli nahi", "bijli nahi"),  # binary that is words after all
        (4, "پانی".encode(), "پانی"),
        (4, b"a\nb", "610a62"),
        (-1, b"salam", "salam"),
        (256, b"\xff", "ff"),
        (0, b"\x1b", " "),  # an escape before nothing, or before another, is a blank
        (0, b"a\x1b\x1b", "a "),
    ],
)
def test_words_are_read_as_they_were_meant_or_told_in_hexadecimal(coding: int, raw: bytes, words: str) -> None:
    assert smpp.decode_sms(raw, coding) == words


def from_jasmin(raw: bytes, coding: int) -> str:
    """The words that are stored of an SMS that Jasmin hands over, with its coding as an octet."""
    query = f"id=1&from=923001234567&to=8484&coding={quote(bytes([coding]))}&content={quote(raw)}"
    _, inbound = line_at_door("jasmin", f"sms? {query}")
    (sms,) = ADAPTERS["jasmin"].read_sms(ADAPTERS["jasmin"].body(inbound, "sms"))
    return sms.text


@pytest.mark.parametrize("coding", OCTETS)
def test_no_coding_loses_an_sms_whatever_its_octets(coding: int) -> None:
    for octet in OCTETS:
        for raw in (bytes([octet]), bytes([octet]) * 2, b"\x1b" + bytes([octet])):
            assert from_jasmin(raw, coding), raw
    assert from_jasmin(b"", coding) == ""


def test_words_of_which_nothing_can_be_stored_are_kept_in_hexadecimal() -> None:
    assert (from_jasmin(b"\x81", 3), from_jasmin(b"\x00\x08", 8)) == ("81", "0008")


@given(st.binary(), st.integers(-1, 300))
def test_any_octets_are_some_words(raw: bytes, coding: int) -> None:
    assert bool(smpp.decode_sms(raw, coding).encode()) == bool(raw)
