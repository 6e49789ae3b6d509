"""What an adapter cannot read is kept whole until a person settles it; an SMS read in it is answered once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from gateway.http import forms
from sessions.operations import quarantine_review
from sessions.sms import inbound_transaction
from storage.messages import quarantine
from storage.messages.quarantine import UnreadableRequest
from storage.schema.tables import Inbound, OutboxMessage, UnreadableForm
from tests.gateway.operating import run
from tests.gateway.outside import FORM, HOOKS, PHONE, SECRET, SMS, post, readiness, rows, settings
from tests.servers import Valkey

WORDS = "gali mein paani khara hai"
JASMIN = {"id": "1", "from": PHONE, "to": "8484", "coding": "xy", "content": WORDS}
JSON = "application/json"
ALL = {
    "AGGREGATORS": "africastalking,infobip,twilio,jasmin,kannel",
    "ROADS": "*=africastalking",
    "PUBLIC_URL": "https://sunwai.example.org",
    "TWILIO_AUTH_TOKEN": "12345678901234567890123456789012",
}


@pytest.fixture
def open_doors(published_url: str, valkey: Valkey) -> Iterator[Sunwai]:
    """The application with the shipped flows published and every built-in aggregator's doors open."""
    made = create_app(settings(published_url, valkey.url, **ALL))
    yield made
    made.close()


def call(app: Sunwai, path: str, body: bytes | dict[str, str], kind: str = FORM) -> tuple[int, str]:
    """The status and the text of the answer to a POST."""
    raw = body if isinstance(body, bytes) else urlencode(body).encode()
    answer = app.test_client().post(f"/hooks/{path.replace('/', f'/{SECRET}/', 1)}", data=raw, content_type=kind)
    return answer.status_code, answer.text


def test_an_sms_that_nobody_could_read_is_filed_by_a_person_and_answered_once(open_doors: Sunwai) -> None:
    assert call(open_doors, "jasmin/sms", JASMIN) == (200, "ACK/Jasmin")
    (kept,) = rows(open_doors, UnreadableForm)
    assert (kept.phone, kept.raw.decode()) == (PHONE, urlencode(JASMIN))
    assert "unreadable" in open_doors.test_client().get("/readyz").json
    listed = run(open_doors, "sms", "unreadable", "list").output
    assert f"{kept.id}  " in listed
    assert "1 request waits." in listed
    assert PHONE not in listed
    shown = run(open_doors, "sms", "unreadable", "show", str(kept.id)).output
    assert urlencode({"content": WORDS}) in shown
    assert f"content:   {WORDS}\n" in shown  # as a person reads it, who types it again
    assert run(open_doors, "sms", "unreadable", "file", str(kept.id), WORDS).exit_code == 0
    again = run(open_doors, "sms", "unreadable", "file", str(kept.id), WORDS)
    assert (again.exit_code, "was filed by" in again.output) == (1, True)
    (sms,) = rows(open_doors, Inbound)
    assert (sms.aggregator, sms.phone, sms.text, sms.state) == ("jasmin", PHONE, WORDS, "done")
    assert len(rows(open_doors, OutboxMessage)) == 1
    readiness(open_doors, lambda answer: "unreadable" not in answer.json)
    later = open_doors.clock() + dt.timedelta(days=31)
    assert quarantine_review.empty_settled_requests(open_doors.database, later, 30) == 1
    shown = run(open_doors, "sms", "unreadable", "show", str(kept.id)).output
    assert "removed 30 days after it was settled (UNREADABLE_DAYS)" in shown
    assert not any(private in shown for private in (PHONE, WORDS, urlencode({"content": WORDS})))


def test_the_sender_is_asked_for_where_it_could_not_be_read(open_doors: Sunwai) -> None:
    call(open_doors, "jasmin/sms", JASMIN | {"from": ""})
    refused = run(open_doors, "sms", "unreadable", "file", "1", WORDS)
    assert (refused.exit_code, "--from" in refused.output) == (1, True)
    assert run(open_doors, "sms", "unreadable", "file", "1", WORDS, "--from", "0300").exit_code == 2
    assert run(open_doors, "sms", "unreadable", "file", "1", WORDS, "--from", PHONE).exit_code == 0
    assert [sms.phone for sms in rows(open_doors, Inbound)] == [PHONE]


@pytest.mark.parametrize(
    ("path", "body", "kind", "status", "phone"),
    [
        ("africastalking/sms", urlencode({"from": PHONE, "text": WORDS}).encode(), FORM, 200, PHONE),
        ("africastalking/delivery", b"status=Success", FORM, 200, ""),
        ("africastalking/opt-out", b"senderId=8484&phoneNumber=x", FORM, 200, ""),
        ("africastalking/sms", b"from=%2B923001234567&text=" + b"a" * 20_000, FORM, 413, PHONE),
        ("africastalking/sms", urlencode(SMS).encode(), "multipart/form-data; boundary=x", 400, PHONE),
        ("kannel/sms", urlencode({"sender": PHONE, "message": WORDS}).encode(), FORM, 200, PHONE),
        ("infobip/sms", json.dumps({"results": [{"from": PHONE[1:], "text": WORDS}]}).encode(), JSON, 200, PHONE),
        ("infobip/delivery", b'{"results":[{}]}', JSON, 200, ""),
        ("jasmin/delivery", b"id=1", FORM, 200, ""),
    ],
)  # fmt: skip
def test_every_door_for_sms_reports_and_opt_outs_keeps_what_it_cannot_read(
    open_doors: Sunwai, path: str, body: bytes, kind: str, status: int, phone: str
) -> None:
    assert call(open_doors, path, body, kind)[0] == status
    (kept,) = rows(open_doors, UnreadableForm)
    assert (f"{kept.aggregator}/{kept.door}", kept.state, kept.raw, kept.phone) == (path, "open", body, phone)


def test_a_request_that_comes_again_is_one_row_until_it_is_settled(open_doors: Sunwai) -> None:
    for _ in range(3):
        call(open_doors, "jasmin/sms", JASMIN)
    assert [each.times for each in rows(open_doors, UnreadableForm)] == [3]
    assert run(open_doors, "sms", "unreadable", "discard", "1", "a test of ours").exit_code == 0
    call(open_doors, "jasmin/sms", JASMIN)
    assert [each.state for each in rows(open_doors, UnreadableForm)] == ["discarded", "open"]


def test_a_full_quarantine_drops_nothing_and_takes_nothing(open_doors: Sunwai, monkeypatch: pytest.MonkeyPatch) -> None:
    now = open_doors.clock()
    with open_doors.database.write.begin() as db:
        found = [
            quarantine.add(
                db,
                UnreadableRequest(aggregator="jasmin", door="sms", problem="id", shape={}, raw=b"%d" % number),
                now,
                most=2,
            )
            for number in (1, 2, 3, 2)
        ]
    assert found == [True, True, False, True]
    monkeypatch.setattr(inbound_transaction, "MOST_WAITING", 2)
    assert call(open_doors, "jasmin/sms", JASMIN)[0] == 503
    assert call(open_doors, "jasmin/sms", JASMIN | {"coding": "0"}) == (200, "ACK/Jasmin")
    assert call(open_doors, "jasmin/delivery", b"id=1")[0] == 200


@pytest.mark.parametrize(("letters", "status"), [(3000, 200), (20_000, 414)])
def test_an_sms_in_an_address_may_be_as_long_as_one_in_a_body(open_doors: Sunwai, letters: int, status: int) -> None:
    query = {"id": 1, "sender": PHONE, "to": "8484", "coding": "0", "message": "پ" * letters}
    answer = open_doors.test_client().get(f"/hooks/kannel/{SECRET}/sms", query_string=urlencode(query))
    assert answer.status_code == status
    assert [len(sms.text) for sms in rows(open_doors, Inbound)] == [letters] * (status == 200)


def test_what_is_longer_than_may_be_kept_is_not_taken(open_doors: Sunwai) -> None:
    status, _ = call(open_doors, "infobip/sms", b"[" * (forms.MOST_RAW + 1), "application/json")
    assert status == 413
    assert [each.raw for each in rows(open_doors, UnreadableForm)] == [None]


def test_the_notice_that_a_call_ended_is_kept_by_its_shape_alone(open_doors: Sunwai) -> None:
    assert post(open_doors, "ussd-events", {"input": "1*secret"}).status_code == 200
    assert [(each.state, each.raw) for each in rows(open_doors, UnreadableForm)] == [("noted", None)]


@pytest.mark.parametrize("door", ["sms", "delivery"])
def test_json_of_africas_talking_is_taken_and_logged(
    open_doors: Sunwai, door: str, capfd: pytest.CaptureFixture[str]
) -> None:
    fields = SMS | {"id": 15071, "status": "Success", "phoneNumber": PHONE}
    answer = open_doors.test_client().post(f"{HOOKS}/{door}", json=fields)
    assert answer.status_code == 200
    assert rows(open_doors, UnreadableForm) == []
    open_doors.close()
    line = next(line for line in capfd.readouterr().err.splitlines() if "json_callback" in line)
    assert PHONE not in line


def test_json_of_africas_talking_without_its_fields_is_kept(open_doors: Sunwai) -> None:
    assert open_doors.test_client().post(f"{HOOKS}/sms", json={"from": PHONE}).status_code == 200
    assert [each.phone for each in rows(open_doors, UnreadableForm)] == [PHONE]
