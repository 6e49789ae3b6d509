"""The doors of every built-in aggregator from outside: signatures, several SMS in a call, and each one's own answer."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from gateway.monitoring import logs
from gateway.monitoring.counters import COUNTERS
from storage.schema.tables import CallEnd, Inbound, OutboxMessage, Report, UnreadableForm
from tests.gateway.outside import FORM, HOP, PHONE, SECRET, post, rows, settings
from tests.servers import Valkey

PUBLIC, TOKEN = "https://sunwai.example.org", "12345678901234567890123456789012"
VENDORS = {
    "AGGREGATORS": "africastalking,infobip,twilio,jasmin,kannel",
    "ROADS": "*=africastalking",
    "PUBLIC_URL": PUBLIC,
    "TWILIO_AUTH_TOKEN": TOKEN,
}
DIGITS = PHONE.removeprefix("+")
JASMIN = {"id": "1", "from": DIGITS, "to": "8484", "coding": "0", "content": "STATUS 482719304"}
KANNEL = {"id": "1", "sender": PHONE, "to": "8484", "coding": "0", "message": "STATUS 482719304"}
TWILIO = {"MessageSid": "SM1", "From": PHONE, "To": "8484", "Body": "STATUS 482719304", "FromCity": ""}


@pytest.fixture
def open_doors(published_url: str, valkey: Valkey) -> Iterator[Sunwai]:
    """The application with the shipped flows published and every built-in aggregator's doors open."""
    made = create_app(settings(published_url, valkey.url, **VENDORS))
    yield made
    made.close()


def infobip(app: Sunwai, path: str, body: Any, method: str = "POST") -> Any:
    """What Infobip is answered."""
    raw = json.dumps(body).encode()
    return app.test_client().open(
        f"/hooks/infobip/{SECRET}/{path}", method=method, data=raw, content_type="application/json"
    )


def twilio(app: Sunwai, door: str, form: dict[str, str], signature: str | None = None) -> Any:
    """What Twilio is answered; signed as it signs, unless another signature is given."""
    path = f"/hooks/twilio/{SECRET}/{door}"
    text = PUBLIC + path + "".join(name + form[name] for name in sorted(form))
    ours = b64encode(hmac.digest(TOKEN.encode(), text.encode(), "sha1")).decode()
    headers = {"X-Twilio-Signature": ours if signature is None else signature}
    return app.test_client().post(path, data=urlencode(form), content_type=FORM, headers=headers)


def asked(app: Sunwai, vendor: str, door: str, fields: dict[str, str]) -> Any:
    """What a GET with these fields is answered."""
    return app.test_client().get(f"/hooks/{vendor}/{SECRET}/{door}", query_string=urlencode(fields))


def hop(text: str) -> dict[str, str]:
    """A request of Infobip within a session."""
    return {"msisdn": DIGITS, "text": text, "shortCode": "*8484#"}


def test_a_call_through_infobip_shows_the_screens_of_any_other_call(open_doors: Sunwai) -> None:
    other = HOP | {"phoneNumber": "+923001234568"}  # a caller who was here before is not asked for a language
    ours = [post(open_doors, "ussd", other | {"text": text}).text for text in ("", "1", "1*2")]
    answers = [
        infobip(open_doors, "ussd/session/s1/start", hop("*8484#")),
        infobip(open_doors, "ussd/session/s1/response", hop("1")),
        infobip(open_doors, "ussd/session/s1/response", hop("2"), "PUT"),
    ]
    assert [each.json["ussdMenu"] for each in answers] == [each[4:] for each in ours]
    assert {(each.status_code, each.content_type, each.json["shouldClose"]) for each in answers} == {
        (200, "application/json", False)
    }


def test_the_end_of_a_call_through_infobip_is_noted(open_doors: Sunwai) -> None:
    answer = infobip(open_doors, "ussd/session/s1/end", hop("") | {"exitCode": 510, "reason": "timeout"})
    assert (answer.status_code, answer.json) == (200, {"responseExitCode": 200, "responseMessage": ""})
    (kept,) = rows(open_doors, CallEnd)
    assert (kept.status, kept.error) == ("510", "timeout")


def test_infobip_may_ask_whether_we_live(open_doors: Sunwai) -> None:
    answer = open_doors.test_client().get(f"/hooks/infobip/{SECRET}/ussd/session/s1/status")
    assert answer.json == {"sessionActive": True, "responseExitCode": 200, "responseMessage": ""}


@pytest.mark.parametrize(
    ("path", "code"), [("ussd/session/s1/begin", 404), ("ussd/session/s1/2/start", 404), ("ussd/session/s1/start", 400)]
)
def test_what_is_no_hop_is_refused_in_infobip_s_own_words(open_doors: Sunwai, path: str, code: int) -> None:
    answer = infobip(open_doors, path, {"text": 7.5, "msisdn": DIGITS})
    assert (answer.status_code, answer.json["responseExitCode"]) == (code, code)


def test_several_sms_in_a_call_are_each_stored_once(open_doors: Sunwai) -> None:
    one = {"messageId": "1", "from": DIGITS, "to": "8484", "text": "HELP"}
    call = {
        "results": [one, one | {"messageId": "2", "from": "923001234568"}, one | {"messageId": "3", "from": "JAZZ"}]
    }
    assert [infobip(open_doors, "sms", call).status_code for _ in range(2)] == [200, 200]
    assert [(each.aggregator, each.provider_id) for each in rows(open_doors, Inbound)] == [
        ("infobip", "1"),
        ("infobip", "2"),
        ("infobip", "3"),
    ]
    assert len(rows(open_doors, OutboxMessage)) == 2


def test_one_sms_that_cannot_be_read_does_not_lose_the_others(open_doors: Sunwai) -> None:
    one = {"messageId": "1", "from": DIGITS, "to": "8484", "text": "HELP"}
    assert infobip(open_doors, "sms", {"results": [one | {"messageId": ""}, one]}).status_code == 200
    (kept,), (aside,) = rows(open_doors, Inbound), rows(open_doors, UnreadableForm)
    assert kept.provider_id == "1"
    assert (aside.aggregator, aside.door, aside.problem, aside.shape) == ("infobip", "sms", "id", {"results": 2})


def test_reports_of_infobip_come_several_at_a_time(open_doors: Sunwai) -> None:
    results = [{"messageId": str(n), "to": DIGITS, "status": {"groupName": "DELIVERED"}} for n in range(3)]
    assert infobip(open_doors, "delivery", {"results": results}).status_code == 200
    assert [(each.provider_id, each.status) for each in rows(open_doors, Report)] == [
        ("0", "delivered"),
        ("1", "delivered"),
        ("2", "delivered"),
    ]


def test_an_sms_that_twilio_signed_is_stored_and_answered_with_nothing_to_do(open_doors: Sunwai) -> None:
    answer = twilio(open_doors, "sms", TWILIO)
    assert (answer.status_code, answer.content_type, answer.text) == (200, "text/xml", "<Response/>")
    (kept,) = rows(open_doors, Inbound)
    assert (kept.aggregator, kept.provider_id, kept.phone) == ("twilio", "SM1", PHONE)


@pytest.mark.parametrize("signature", ["", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "x" * 5000])
def test_an_sms_that_twilio_did_not_sign_finds_no_door(open_doors: Sunwai, signature: str) -> None:
    before = COUNTERS.all()["bad_signature"]
    for door in ("sms", "delivery"):
        answer = twilio(open_doors, door, TWILIO, signature)
        assert (answer.status_code, answer.text) == (404, "Not Found\n")
    assert COUNTERS.all()["bad_signature"] == before + 2
    assert rows(open_doors, Inbound) == rows(open_doors, Report) == rows(open_doors, UnreadableForm) == []


def test_jasmin_may_get_or_post_and_hears_its_own_words(open_doors: Sunwai) -> None:
    url = f"/hooks/jasmin/{SECRET}/sms"
    posted = open_doors.test_client().post(url, data=urlencode(JASMIN), content_type=FORM)
    got = asked(open_doors, "jasmin", "sms", JASMIN | {"id": "2"})
    assert {(each.status_code, each.text) for each in (posted, got)} == {(200, "ACK/Jasmin")}
    assert [each.provider_id for each in rows(open_doors, Inbound)] == ["1", "2"]


def test_what_jasmin_sends_and_nobody_can_read_is_set_aside_and_not_sent_again(open_doors: Sunwai) -> None:
    assert asked(open_doors, "jasmin", "sms", JASMIN | {"coding": "ucs2"}).text == "ACK/Jasmin"
    (aside,) = rows(open_doors, UnreadableForm)
    assert (aside.aggregator, aside.problem) == ("jasmin", "coding")


def test_kannel_is_answered_nothing_that_it_could_text_to_the_citizen(open_doors: Sunwai) -> None:
    answer = asked(open_doors, "kannel", "sms", KANNEL)
    assert (answer.status_code, answer.text) == (200, "")
    answer = asked(open_doors, "kannel", "delivery", {"id": "0f", "status": "1", "from": PHONE, "to": "8484"})
    assert (answer.status_code, answer.text) == (200, "")
    (kept,), (report,) = rows(open_doors, Inbound), rows(open_doors, Report)
    assert (kept.phone, kept.text) == (PHONE, "STATUS 482719304")
    assert (report.provider_id, report.status, report.phone) == ("0f", "delivered", PHONE)


@pytest.mark.parametrize(
    "path",
    [
        f"kannel/{SECRET}/ussd",
        f"kannel/{SECRET}/opt-out",
        f"twilio/{SECRET}/ussd-events",
        f"jasmin/{SECRET}/ussd/session/1/start",
        f"infobip/{SECRET}/ussd",
        f"infobip/{SECRET}/sms/more",
        f"africastalking/{SECRET}/ussd/session/1/start",
        f"telenor/{SECRET}/sms",
        "kannel/guess-a-secret-here/sms",
        "infobip/guess-a-secret-here/ussd/session/1/start",
    ],
)
def test_a_door_that_a_vendor_does_not_have_is_not_there(open_doors: Sunwai, path: str) -> None:
    for method in ("GET", "POST"):
        answer = open_doors.test_client().open(f"/hooks/{path}", method=method, data="{}")
        assert (answer.status_code, answer.text) == (404, "Not Found\n")


def test_a_vendor_that_is_not_in_the_settings_has_no_door(sqlite_url: str, valkey: Valkey) -> None:
    app = create_app(settings(sqlite_url, valkey.url))
    assert infobip(app, "sms", {}).status_code == asked(app, "kannel", "sms", KANNEL).status_code == 404
    app.close()


def test_with_the_database_down_every_vendor_is_asked_to_come_again(tmp_path: Path, valkey: Valkey) -> None:
    app = create_app(settings(f"sqlite:///{tmp_path}/no/such/folder/x.db", valkey.url, **VENDORS))
    one = {"messageId": "1", "from": DIGITS, "to": "8484", "text": "HELP"}
    answers = [
        infobip(app, "sms", {"results": [one]}),
        twilio(app, "sms", TWILIO),
        asked(app, "jasmin", "sms", JASMIN),
        asked(app, "kannel", "sms", KANNEL),
    ]
    assert [each.status_code for each in answers] == [503, 503, 503, 503]
    app.close()


def test_no_log_line_of_any_vendor_holds_a_number_a_word_or_a_secret(
    open_doors: Sunwai, capfd: pytest.CaptureFixture[str]
) -> None:
    words = "canary words of a citizen"
    infobip(open_doors, "ussd/session/canary/start", hop(""))
    infobip(open_doors, "ussd/session/canary/response", hop(words))
    infobip(open_doors, "ussd/session/canary/response", {"text": words, "msisdn": words})
    infobip(open_doors, "ussd/session/canary/end", {"reason": words})
    infobip(open_doors, "sms", {"results": [{"messageId": words, PHONE: words}]})
    infobip(open_doors, "sms", {words: words})
    twilio(open_doors, "sms", TWILIO | {"Body": words})
    twilio(open_doors, "sms", TWILIO | {"Body": words}, "canary")
    asked(open_doors, "jasmin", "sms", JASMIN | {"content": words, "id": "9"})
    asked(open_doors, "jasmin", "sms", JASMIN | {"content": words, "coding": "canary"})
    asked(open_doors, "kannel", "sms", KANNEL | {"message": words})
    asked(open_doors, "kannel", "delivery", {"id": words, "status": words})
    asked(open_doors, "kannel", "nowhere", {"id": words})
    logs.flush()
    out, err = capfd.readouterr()
    assert err.count("\n") > 8
    for private in ("canary", DIGITS[2:], SECRET, TOKEN):
        assert private not in out + err
    assert "canary" not in str([each.shape for each in rows(open_doors, UnreadableForm)])
