"""The USSD door: a screen for every hop, a refusal for what is none, and nothing for strangers."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.text import gsm
from gateway.aggregators.contract.protocol import Aggregator
from gateway.endpoints.callback_secrets import Secrets, SourceNetworks
from gateway.endpoints.ussd import HopDoor
from gateway.http import errors
from gateway.http.trusted_proxies import TrustedProxies
from gateway.monitoring import logs
from gateway.monitoring.counters import COUNTERS
from sessions.ussd.hop_types import AnsweredHop, Hop
from tests.gateway.aggregators.reading import ADAPTERS

NOW, OLD = "a-secret-of-this-year", "a-secret-of-last-year"
HOP = {
    "sessionId": "ATUid_4f2b6c1de0a94c6f8d1b3a5e7c9f0a12",
    "serviceCode": "*8484#",
    "phoneNumber": "+923001234567",
    "networkCode": "41001",
    "text": "",
}
KNOWN = {
    "PATH_INFO": f"/hooks/africastalking/{NOW}/ussd",
    "REQUEST_METHOD": "POST",
    "CONTENT_TYPE": "application/x-www-form-urlencoded",
}
PAYLOADS = Path(__file__).parents[2] / "payloads" / "africastalking"


class Desk:
    """Answers hops with what it was given, and remembers them."""

    def __init__(self, answer: AnsweredHop | Exception) -> None:
        self._answer = answer
        self.hops: list[Hop] = []

    def answer(self, hop: Hop, now: datetime) -> AnsweredHop:
        assert now.tzinfo is not None
        self.hops.append(hop)
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def door(desk: Desk) -> HopDoor:
    return HopDoor(Secrets([NOW, OLD]), {"africastalking": ADAPTERS["africastalking"]}, desk)


def post(desk: Desk, body: bytes, secret: str = NOW, **other: Any) -> tuple[str, dict[str, str], str] | None:
    """Status, headers and body as the aggregator sees them; None when the door does not know the address."""
    path = f"/hooks/africastalking/{secret}/ussd"
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "QUERY_STRING": "",
        "wsgi.input": io.BytesIO(body),
    } | other
    aggregator = door(desk).find(environ["PATH_INFO"])
    if aggregator is None:
        return None
    seen: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        seen.extend((status, dict(headers)))

    answer = b"".join(door(desk).answer(aggregator, environ, start_response))
    return seen[0], seen[1], answer.decode()


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    logs.configure("INFO")
    yield
    logs.configure("INFO")


def test_a_hop_is_answered_200_in_plain_text_with_exactly_the_screen() -> None:
    desk = Desk(AnsweredHop("CON Sunwai\n1. Shikayat"))
    answer = post(desk, urlencode(HOP).encode())
    assert answer is not None
    status, headers, body = answer
    assert (status, body) == ("200 OK", "CON Sunwai\n1. Shikayat")
    assert headers == {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body))}
    assert desk.hops == [Hop("africastalking", HOP["sessionId"], "+923001234567", "*8484#", "", "41001")]


@pytest.mark.parametrize(
    "path",
    [
        f"/hooks/africastalking/{NOW[:-1]}/ussd",
        f"/hooks/africastalking/{NOW}x/ussd",
        f"/hooks/africastalking/{NOW.upper()}/ussd",
        "/hooks/africastalking//ussd",
        f"/hooks/africastalking/ussd/{NOW}",
        f"/hooks/{NOW}/africastalking/ussd",
        f"/hooks/elsewhere/{NOW}/ussd",
        f"/hooks/africastalking/{NOW}/ussd/",
        f"//hooks/africastalking/{NOW}/ussd",
        "/hooks/africastalking/\xff\xfe/ussd",
        "/",
    ],
)
def test_only_the_right_address_with_a_right_secret_is_the_door(path: str) -> None:
    assert post(Desk(AnsweredHop("CON x")), b"", PATH_INFO=path) is None


def test_an_old_secret_works_until_it_is_taken_away() -> None:
    assert post(Desk(AnsweredHop("CON x")), urlencode(HOP).encode(), OLD) is not None


def test_whatever_breaks_inside_the_caller_sees_a_screen(capsys: pytest.CaptureFixture[str]) -> None:
    answer = post(Desk(ValueError("+923001234567 said: the tap is dry")), urlencode(HOP).encode())
    assert answer is not None
    assert (answer[0], answer[2]) == ("200 OK", errors.BUSY)
    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (line["event"], line["error"], line["door"]) == ("fault", "ValueError", "ussd")
    assert "923001234567" not in str(line)
    assert "tap" not in str(line)


@pytest.mark.parametrize("body", ["", "Sunwai", " CON x", "con x", "\ufeffCON x", "CON", "HTTP"])
def test_an_answer_that_would_end_the_session_badly_is_replaced(body: str) -> None:
    answer = post(Desk(AnsweredHop(body)), urlencode(HOP).encode())
    assert answer is not None
    assert (answer[0], answer[2]) == ("200 OK", errors.BUSY)


def test_a_fault_that_was_answered_inside_is_logged_and_its_answer_kept(capsys: pytest.CaptureFixture[str]) -> None:
    before = COUNTERS.all()["hops_failed"]
    answer = post(
        Desk(AnsweredHop("END Dobara milayein", how="busy", error=OSError("secret"))), urlencode(HOP).encode()
    )
    assert answer is not None
    assert answer[2] == "END Dobara milayein"
    logs.flush()
    events = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(each["event"], each.get("error"), each.get("outcome")) for each in events] == [
        ("fault", "OSError", None),
        ("hop", None, "busy"),
    ]
    assert COUNTERS.all()["hops_failed"] == before + 1


def test_a_phone_number_that_is_none_gets_a_polite_end_and_a_counted_line(capsys: pytest.CaptureFixture[str]) -> None:
    before, desk = COUNTERS.all()["bad_phone"], Desk(AnsweredHop("CON x"))
    answer = post(desk, urlencode(HOP | {"phoneNumber": "0300-1234567"}).encode())
    assert answer is not None
    assert (answer[0], answer[2], desk.hops) == ("200 OK", errors.BAD_PHONE, [])
    assert COUNTERS.all()["bad_phone"] == before + 1
    written = capsys.readouterr().err
    assert "bad_phone" in written
    assert "1234567" not in written


@pytest.mark.parametrize("text", ["", "1*2"])
def test_a_hop_that_too_many_wait_before_does_nothing_and_its_caller_is_told(text: str) -> None:
    body, desk, before = urlencode(HOP | {"text": text}).encode(), Desk(AnsweredHop("CON x")), COUNTERS.fields()
    answer = post(desk, body, **{errors.TOO_BUSY: True})
    assert answer is not None
    assert (answer[0], answer[2], desk.hops) == ("200 OK", errors.BUSY, [])
    assert COUNTERS.fields()["hop:refused"] == before.get("hop:refused", 0) + 1
    environ = {
        "PATH_INFO": f"/hooks/africastalking/{NOW}/ussd",
        "REQUEST_METHOD": "POST",
        "wsgi.input": io.BytesIO(body),
    }
    environ |= {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body))}
    assert door(desk).begins_call(environ) == (text == "")
    assert environ["wsgi.input"].read() == body, "who answers it reads it again"


WORDS = st.sampled_from(
    ["", "1", "1*2", "pani band", "پانی", "%", "%zz", "+", "*", "&", "a=b", "\x00", "2" * 70, "\ud800"]
)


@pytest.mark.parametrize("too_busy", [False, True])
@given(
    fields=st.dictionaries(st.sampled_from([*HOP, "other"]), WORDS),
    raw=st.one_of(st.none(), st.binary(min_size=1, max_size=40)),
)
def test_a_body_alone_gets_the_answer_that_its_whole_request_gets(
    too_busy: bool, fields: dict[str, str], raw: bytes | None
) -> None:
    body = raw or urlencode(HOP | fields, errors="surrogatepass").encode()
    desks = Desk(AnsweredHop("CON x")), Desk(AnsweredHop("CON x"))
    whole = post(desks[0], body, **({errors.TOO_BUSY: True} if too_busy else {}))
    alone = door(desks[1]).form_handler(KNOWN)
    assert alone is not None
    status, headers, answer = alone.refuse(body) if too_busy else alone.answer(body)
    assert (status, dict(headers), answer.decode()) == whole
    assert desks[0].hops == desks[1].hops
    assert len(headers) == 2, "the server takes no length for one that has none"
    environ = KNOWN | {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body), "QUERY_STRING": ""}
    assert alone.begins_call(body) == door(desks[0]).begins_call(environ)


def test_only_of_a_form_that_nothing_else_vouches_for_the_body_is_enough() -> None:
    limited = SourceNetworks({"africastalking": ["192.0.2.0/24"]}, TrustedProxies((), 0))
    every, some = door(Desk(AnsweredHop("CON x"))), HopDoor(Secrets([NOW]), ADAPTERS, Desk(AnsweredHop("CON x")))
    assert every.form_handler(KNOWN) is not None
    assert HopDoor(Secrets([NOW]), ADAPTERS, Desk(AnsweredHop("CON x")), networks=limited).form_handler(KNOWN) is None
    for told in [
        {"PATH_INFO": f"/hooks/africastalking/{NOW}x/ussd"},
        {"PATH_INFO": f"/hooks/africastalking/{NOW}/sms"},
        {"PATH_INFO": "/simulator"},
        {"REQUEST_METHOD": "PUT"},
        {"CONTENT_TYPE": "application/json"},
        {"CONTENT_TYPE": "application/x-www-form-urlencoded; charset=latin-1"},
    ]:
        assert every.form_handler(KNOWN | told) is None
    signed = [name for name, each in ADAPTERS.items() if type(each).genuine is not Aggregator.genuine]
    assert signed
    for name in signed:
        assert some.form_handler(KNOWN | {"PATH_INFO": f"/hooks/{name}/{NOW}/ussd"}) is None


@pytest.mark.parametrize("screen", [errors.BUSY, errors.BAD_PHONE])
def test_the_screens_of_last_resort_fit_every_network(screen: str) -> None:
    measured = gsm.measure(screen)
    assert screen.startswith("END ")
    assert (measured.encoding, measured.units <= 160) == ("GSM-7", True)


def hostile() -> list[Any]:
    lines = [line for line in (PAYLOADS / "ussd-hostile.txt").read_text("utf-8").splitlines() if line[:1] not in "#"]
    pairs = zip(lines[::2], lines[1::2], strict=True)
    return [(form.removeprefix("ussd ").encode(), said) for form, said in pairs]


@pytest.mark.parametrize(("body", "said"), hostile())
def test_what_is_no_hop_is_refused_in_words_and_never_taken_for_a_dial(body: bytes, said: str) -> None:
    desk = Desk(AnsweredHop("CON x"))
    form = "application/json" if body.startswith(b"{") else "application/x-www-form-urlencoded"
    answer = post(desk, body, CONTENT_TYPE=form)
    assert answer is not None
    if said.startswith("="):
        assert answer[0] == "200 OK"
    elif said == "! phone_number":
        assert (answer[0], answer[2], desk.hops) == ("200 OK", errors.BAD_PHONE, [])
    else:
        assert (answer[0][:3], desk.hops) == ("400", [])
        assert answer[2].endswith(".")
        assert not answer[2].startswith(("CON", "END"))


@given(st.binary(max_size=400))
def test_no_bytes_whatever_make_a_first_dial_or_an_error(raw: bytes) -> None:
    desk = Desk(AnsweredHop("CON x"))
    answer = post(desk, raw)
    assert answer is not None
    assert answer[0][:3] in ("200", "400")
    assert not desk.hops


@given(st.text(max_size=200))
def test_any_words_typed_reach_the_menu_without_controls(text: str) -> None:
    desk = Desk(AnsweredHop("CON x"))
    post(desk, urlencode(HOP | {"text": f"1*{text}"}).encode())
    (hop,) = desk.hops
    assert hop.text.startswith("1*")
    assert len(hop.text.splitlines()) == 1


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"REQUEST_METHOD": "GET"}, "400"),
        ({"QUERY_STRING": urlencode(HOP)}, "400"),
        ({"CONTENT_TYPE": "application/json"}, "400"),
        ({"CONTENT_LENGTH": "16385"}, "413"),
    ],
)
def test_a_request_of_another_kind_is_refused(other: dict[str, Any], code: str) -> None:
    desk = Desk(AnsweredHop("CON x"))
    answer = post(desk, urlencode(HOP).encode(), **other)
    assert answer is not None
    assert (answer[0][:3], desk.hops) == (code, [])


def test_ten_thousand_letters_of_free_text_are_one_hop() -> None:
    desk = Desk(AnsweredHop("CON x"))
    post(desk, urlencode(HOP | {"text": "1*" + "a" * 10_000}).encode())
    assert len(desk.hops[0].text) == 10_002


def test_the_door_itself_costs_little() -> None:
    desk, body, rounds = Desk(AnsweredHop("CON x")), urlencode(HOP | {"text": "1*2*Jane Doe"}).encode(), 2_000
    ours = door(desk)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "QUERY_STRING": "",
    }
    quickest = float("inf")
    for _ in range(5):
        started = time.thread_time()
        for _ in range(rounds):
            aggregator = ours.find(f"/hooks/africastalking/{NOW}/ussd")
            assert aggregator is not None
            ours.answer(aggregator, environ | {"wsgi.input": io.BytesIO(body)}, lambda *_: lambda _b: None)
        quickest = min(quickest, (time.thread_time() - started) / rounds * 1e6)
        desk.hops.clear()
    print(f"door: {quickest:.1f} µs a hop")
    assert quickest < 120  # about 20 on a quiet machine; the line is for a loaded one
