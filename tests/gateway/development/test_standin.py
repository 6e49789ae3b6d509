"""The stand-in answers as Africa's Talking does, and fails in the ways a real aggregator fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from africastalking.SMS import SMSService
from flask import Flask, Response, request

from gateway.development.processes.loopback_server import Server
from gateway.development.standin.server import create_standin

PHONE = "+923001234567"
FORM = {"username": "sandbox", "to": PHONE, "message": "Shikayat darj.", "from": "8484", "bulkSMSMode": "1"}


@dataclass
class Door:
    """Takes delivery reports, answering the first ones with these statuses."""

    answers: list[int] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def wait(self, count: int, seconds: float = 10.0) -> list[dict[str, str]]:
        """The reports once there are so many."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.forms) >= count, seconds), self.forms
            return list(self.forms)


@dataclass
class StandIn:
    url: str
    door: Door

    def send(self, timeout: float = 10.0, **changes: str) -> requests.Response:
        form = {name: value for name, value in (FORM | changes).items() if value}
        return requests.post(f"{self.url}/version1/messaging", form, headers={"apiKey": "key"}, timeout=timeout)

    def behave(self, **rule: Any) -> None:
        assert requests.post(f"{self.url}/behave", json=rule, timeout=5).status_code == 200

    def texts(self, **query: str) -> list[dict[str, Any]]:
        found = requests.get(f"{self.url}/messages", query, timeout=5).json()["messages"]
        return list(found)


@pytest.fixture
def standin() -> Iterator[StandIn]:
    door, web = Door(), Flask("door")

    @web.post("/delivery")
    def delivery() -> Response:
        with door.changed:
            status = door.answers.pop(0) if door.answers else 200
            if status == 200:
                door.forms.append(request.form.to_dict())
            door.changed.notify_all()
        return Response("", status)

    doors = Server(web, 0)
    doors.start()
    server = Server(create_standin(f"{doors.url}/delivery"), 0)
    server.start()
    yield StandIn(server.url, door)
    for each in (server, doors):
        each.shutdown()
        each.server_close()


def test_a_text_is_accepted_with_201_and_shown_on_its_phone(standin: StandIn) -> None:
    answer = standin.send()
    assert answer.status_code == 201
    assert answer.headers["Content-Type"] == "application/json"
    data = answer.json()["SMSMessageData"]
    assert data["Message"] == "Sent to 1/1 Total Cost: KES 0.8000"
    (recipient,) = data["Recipients"]
    assert recipient["messageId"].startswith("ATXid_")
    assert recipient["number"] == PHONE
    assert (recipient["statusCode"], recipient["status"]) == (101, "Success")
    assert (recipient["messageParts"], recipient["cost"]) == (1, "KES 0.8000")
    (text,) = standin.texts(to=PHONE)
    assert (text["text"], text["sender"], text["id"]) == (FORM["message"], "8484", recipient["messageId"])
    assert standin.texts(to="+923009999999") == []


def test_the_sdk_reads_its_answer(standin: StandIn) -> None:
    sms = SMSService("sandbox", "key")
    sms._baseUrl = f"{standin.url}/version1"
    answer = sms.send("شکایت درج", [PHONE], "8484")
    assert answer["SMSMessageData"]["Recipients"][0]["statusCode"] == 101
    assert standin.texts(to=PHONE)[0]["text"] == "شکایت درج"


def test_a_connection_is_kept_for_the_next_request(standin: StandIn) -> None:
    with requests.Session() as session:
        for _ in range(3):
            session.post(f"{standin.url}/version1/messaging", FORM, headers={"apiKey": "key"}, timeout=5)
        pool = next(iter(session.adapters["http://"].poolmanager.pools._container.values()))
        assert (pool.num_connections, pool.num_requests) == (1, 3)


def test_without_a_key_it_answers_401_in_plain_text(standin: StandIn) -> None:
    answer = requests.post(f"{standin.url}/version1/messaging", FORM, timeout=5)
    assert (answer.status_code, answer.text) == (401, "The supplied authentication is invalid")
    assert standin.texts() == []


@pytest.mark.parametrize("field", ["username", "to", "message"])
def test_a_missing_field_is_named(standin: StandIn, field: str) -> None:
    answer = standin.send(**{field: ""})
    assert answer.status_code == 400
    assert f"'{field}'" in answer.text


def test_a_number_that_is_none_is_refused_alone(standin: StandIn) -> None:
    data = standin.send(to=f"+12,{PHONE}").json()["SMSMessageData"]
    assert data["Message"] == "Sent to 1/2 Total Cost: KES 0.8000"
    bad, good = data["Recipients"]
    assert (bad["statusCode"], bad["status"], bad["messageId"], bad["cost"]) == (403, "InvalidPhoneNumber", "None", "0")
    assert good["statusCode"] == 101


def test_parts_are_counted_as_they_are_packed(standin: StandIn) -> None:
    recipient = standin.send(message="ش" * 71).json()["SMSMessageData"]["Recipients"][0]
    assert (recipient["messageParts"], recipient["cost"]) == (2, "KES 1.6000")


def test_delivery_is_reported_first_submitted_then_success(standin: StandIn) -> None:
    message = standin.send().json()["SMSMessageData"]["Recipients"][0]["messageId"]
    reports = standin.door.wait(2)
    assert [(each["id"], each["status"]) for each in reports] == [(message, "Submitted"), (message, "Success")]
    assert reports[0]["phoneNumber"] == PHONE
    assert reports[0]["networkCode"] == "41001"


def test_a_report_that_was_not_taken_comes_again(standin: StandIn) -> None:
    standin.door.answers.append(503)
    standin.send()
    assert {each["status"] for each in standin.door.wait(2)} == {"Submitted", "Success"}


@pytest.mark.parametrize(
    ("rule", "statuses"),
    [
        ({"reports": "duplicate"}, ["Submitted", "Submitted", "Success", "Success"]),
        ({"reports": "reordered"}, ["Success", "Submitted"]),
        ({"failure": "UserInBlackList"}, ["Submitted", "Failed"]),
    ],
)
def test_reports_come_as_told(standin: StandIn, rule: dict[str, str], statuses: list[str]) -> None:
    standin.behave(**rule)
    standin.send()
    reports = standin.door.wait(len(statuses))
    assert [each["status"] for each in reports] == statuses
    assert [each["failureReason"] for each in reports if each["status"] == "Failed"] == list(rule.values())[:1] * (
        "failure" in rule
    )


def test_reports_may_come_before_the_answer_or_not_at_all(standin: StandIn) -> None:
    standin.behave(reports="none")
    standin.send()
    standin.behave(reports="early")
    message = standin.send().json()["SMSMessageData"]["Recipients"][0]["messageId"]
    assert [each["id"] for each in standin.door.forms] == [message, message]


def test_a_status_is_answered_for_as_many_requests_as_told(standin: StandIn) -> None:
    standin.behave(count=2, status=429, retry_after=7)
    first, second, third = standin.send(), standin.send(), standin.send()
    assert [each.status_code for each in (first, second, third)] == [429, 429, 201]
    assert first.headers["Retry-After"] == "7"
    assert len(standin.texts()) == 1


def test_it_can_fail_after_it_accepted(standin: StandIn) -> None:
    standin.behave(status=500, accept=True)
    assert standin.send().status_code == 500
    assert len(standin.texts(to=PHONE)) == 1


@pytest.mark.parametrize(("moment", "accepted"), [("before", 0), ("after", 1)])
def test_it_can_hang_up_before_or_after_it_accepted(standin: StandIn, moment: str, accepted: int) -> None:
    standin.behave(drop=moment)
    with pytest.raises(requests.ConnectionError):
        standin.send()
    assert len(standin.texts(to=PHONE)) == accepted
    assert standin.send().status_code == 201


def test_it_can_accept_and_answer_too_late(standin: StandIn) -> None:
    standin.behave(delay=2)
    with pytest.raises(requests.ReadTimeout):
        standin.send(timeout=0.3)
    assert len(standin.texts(to=PHONE)) == 1


def test_it_can_refuse_a_recipient_or_the_whole_request(standin: StandIn) -> None:
    standin.behave(code=405)
    assert standin.send().json()["SMSMessageData"]["Recipients"][0]["status"] == "InsufficientBalance"
    standin.behave(refuse="InvalidSenderId")
    assert standin.send().json() == {"SMSMessageData": {"Message": "InvalidSenderId", "Recipients": []}}
    assert standin.texts() == []


def test_it_tells_how_it_behaves_and_can_be_put_right(standin: StandIn) -> None:
    standin.behave(count=3, status=503)
    standin.send()
    told = requests.get(f"{standin.url}/behaviour", timeout=5).json()
    assert told == {"left": 2, "status": 503}
    standin.behave(count=0)
    assert standin.send().status_code == 201


@pytest.mark.parametrize("body", ['{"stauts": 500}', '{"drop": "sometimes"}', "not json", '{"delay": -1}'])
def test_a_wish_it_cannot_grant_is_refused_by_name(standin: StandIn, body: str) -> None:
    answer = requests.post(f"{standin.url}/behave", body, timeout=5)
    assert answer.status_code == 400
    assert "Cannot do that" in answer.text


def test_a_page_of_another_site_cannot_reach_it(standin: StandIn) -> None:
    answer = requests.get(f"{standin.url}/messages", headers={"Host": "evil.example"}, timeout=5)
    assert answer.status_code == 403


def test_only_what_is_new_can_be_asked_for(standin: StandIn) -> None:
    for words in ("a", "b", "c"):
        standin.send(message=words)
    assert [each["text"] for each in standin.texts(after="1")] == ["b", "c"]
    assert [each["text"] for each in standin.texts(to=PHONE, most="1")] == ["c"]
    assert len(standin.texts(to=" 923001234567")) == 3  # an unescaped + in a query arrives as a space


def test_phones_keep_their_texts_from_one_run_to_the_next(tmp_path: Path) -> None:
    keep = tmp_path / "phones.jsonl"
    first = create_standin("", keep).test_client()
    first.post("/version1/messaging", data=FORM, headers={"apiKey": "key"}, base_url="http://127.0.0.1")
    with keep.open("ab") as file:
        file.write(b'{"seq": 2, "cut')  # the machine stopped in the middle of a line
    second = create_standin("", keep).test_client()
    found = json.loads(second.get("/messages", base_url="http://127.0.0.1").data)["messages"]
    assert [(each["seq"], each["text"]) for each in found] == [(1, FORM["message"])]
    second.post("/version1/messaging", data=FORM, headers={"apiKey": "key"}, base_url="http://127.0.0.1")
    third = create_standin("", keep).test_client()
    found = json.loads(third.get("/messages", base_url="http://127.0.0.1").data)["messages"]
    assert [each["seq"] for each in found] == [1, 2]
