"""The whole application from outside: its doors beside the hop, its health, and its silence about people."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import select

from gateway.app import create_app
from gateway.development.processes.prepare_database import prepare
from gateway.endpoints.application import Sunwai
from gateway.monitoring import logs
from gateway.monitoring.counters import COUNTERS
from gateway.settings.loader import load_config
from storage.schema.tables import CallEnd, Contact, Inbound, OutboxMessage, Report, UnreadableForm
from tests.gateway.outside import FORM, HOOKS, HOP, PHONE, REPORT, SECRET, SMS, post, rows, settings
from tests.keys import KEYS_FILE
from tests.servers import Valkey


def test_an_sms_is_stored_answered_and_owed_its_reply(doors: Sunwai) -> None:
    answer = post(doors, "sms", SMS)
    assert (answer.status_code, answer.text) == (200, "ok\n")
    (stored,) = rows(doors, Inbound)
    assert (stored.provider_id, stored.phone, stored.text, stored.state) == ("15071", PHONE, SMS["text"], "done")
    (owed,) = rows(doors, OutboxMessage)
    assert owed.dedupe == f"reply:{stored.id}"


def test_an_sms_repeated_is_stored_and_answered_once(doors: Sunwai) -> None:
    assert [post(doors, "sms", SMS).status_code for _ in range(3)] == [200, 200, 200]
    assert (len(rows(doors, Inbound)), len(rows(doors, OutboxMessage))) == (1, 1)


def test_an_sms_from_a_name_is_stored_and_never_answered(doors: Sunwai) -> None:
    assert post(doors, "sms", SMS | {"from": "JAZZ"}).status_code == 200
    assert ([each.state for each in rows(doors, Inbound)], rows(doors, OutboxMessage)) == (["ignored"], [])


@pytest.mark.parametrize(
    ("form", "problem", "shape"),
    [
        ({"from": PHONE, "text": "help me", "to": "8484"}, "field_missing", {"from": 13, "text": 7, "to": 4}),
        (SMS | {"id": ""}, "id", {"date": 19, "from": 13, "id": 0, "text": 16, "to": 4}),
        (b"from=%FF", "not_unicode", {"bytes": 8}),
        (b"from=%2B923001234567&from=%2B923001234568", "field_twice", {"bytes": 41}),
        (b"", "not_a_form", {"bytes": 0}),
    ],
)
def test_an_sms_nobody_can_read_is_set_aside_without_its_words(
    doors: Sunwai, form: dict[str, str] | bytes, problem: str, shape: dict[str, int]
) -> None:
    assert post(doors, "sms", form).status_code == 200
    (kept,) = rows(doors, UnreadableForm)
    assert (kept.aggregator, kept.door, kept.problem, kept.shape) == ("africastalking", "sms", problem, shape)
    assert rows(doors, Inbound) == []


@pytest.mark.parametrize("door", ["sms", "delivery", "opt-out", "ussd-events"])
@pytest.mark.parametrize(
    ("other", "status"),
    [
        ({"content_type": "application/json"}, 400),
        ({"content_type": "multipart/form-data; boundary=x"}, 400),
        ({"query_string": "from=x"}, 400),
    ],
)
def test_what_no_aggregator_sends_is_refused_in_words(doors: Sunwai, door: str, other: Any, status: int) -> None:
    answer = post(doors, door, SMS, **other)
    assert (answer.status_code, answer.content_type) == (status, "text/plain; charset=utf-8")
    assert rows(doors, Inbound) == []


@pytest.mark.parametrize("door", ["ussd", "sms", "delivery", "opt-out", "ussd-events"])
def test_a_wrong_secret_and_an_unknown_door_look_the_same(
    doors: Sunwai, door: str, capfd: pytest.CaptureFixture[str]
) -> None:
    client = doors.test_client()
    for path in (
        f"/hooks/africastalking/guess-a-secret-here/{door}",
        f"/hooks/other/{SECRET}/{door}",
        f"{HOOKS}/{door}s",
    ):
        for method in ("GET", "POST"):
            answer = client.open(path, method=method, data=urlencode(SMS), content_type=FORM)
            assert (answer.status_code, answer.text) == (404, "Not Found\n")
    assert "guess" not in capfd.readouterr().err
    assert rows(doors, Inbound) == rows(doors, UnreadableForm) == []


@pytest.mark.parametrize("door", ["ussd", "sms", "delivery", "opt-out", "ussd-events"])
def test_a_form_is_posted_and_never_asked_for(doors: Sunwai, door: str) -> None:
    assert doors.test_client().get(f"{HOOKS}/{door}").status_code == 400


@pytest.mark.parametrize("door", ["ussd", "sms", "delivery", "opt-out", "ussd-events"])
def test_more_than_sixteen_kilobytes_are_not_read(doors: Sunwai, door: str) -> None:
    assert post(doors, door, b"text=" + b"a" * 20_000_000).status_code == 413


def test_a_delivery_report_is_kept_also_when_no_text_is_known_for_it(doors: Sunwai) -> None:
    assert [post(doors, "delivery", REPORT).status_code for _ in range(2)] == [200, 200]
    (kept,) = rows(doors, Report)
    assert (kept.provider_id, kept.status, kept.phone) == ("ATXid_1", "Success", PHONE)


def test_an_opt_out_stops_texts_and_says_nothing(doors: Sunwai) -> None:
    assert [post(doors, "opt-out", {"senderId": "8484", "phoneNumber": PHONE}).status_code for _ in range(2)] == [
        200,
        200,
    ]
    (contact,) = rows(doors, Contact)
    assert (contact.phone, contact.texts, rows(doors, OutboxMessage)) == (PHONE, False, [])


def test_the_end_of_a_call_is_noted_without_input_and_number(doors: Sunwai) -> None:
    end = {
        "sessionId": "ATUid_1",
        "status": "Success",
        "hopsCount": "5",
        "durationInMillis": "28000",
        "input": "1*2*Jane",
    }
    answers = [post(doors, "ussd-events", end | {"phoneNumber": PHONE}).status_code for _ in range(2)]
    assert answers == [200, 200]
    (kept,) = rows(doors, CallEnd)
    assert (kept.status, kept.hops, kept.milliseconds) == ("Success", 5, 28000)


def test_with_the_database_down_the_aggregator_is_asked_to_come_again(doors_without_database: Sunwai) -> None:
    for door, form in (("sms", SMS), ("delivery", REPORT), ("opt-out", {"senderId": "8484", "phoneNumber": PHONE})):
        answer = post(doors_without_database, door, form)
        assert (answer.status_code, answer.text) == (503, "Service Unavailable\n")


def test_with_the_database_down_a_caller_is_told_to_dial_again(doors_without_database: Sunwai) -> None:
    answer = post(doors_without_database, "ussd", HOP)
    assert (answer.status_code, answer.text[:4]) == (200, "END ")


def test_a_dial_shows_the_menu_of_the_published_flow(doors: Sunwai) -> None:
    answer = post(doors, "ussd", HOP)
    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
    assert answer.text.startswith("CON ")


def test_a_code_nobody_answers_gets_a_polite_end(doors: Sunwai) -> None:
    answer = post(doors, "ussd", HOP | {"serviceCode": "*999#"})
    assert (answer.status_code, answer.text[:4]) == (200, "END ")


def test_a_flow_published_while_running_answers_the_next_calls(sqlite_url: str, valkey: Valkey) -> None:
    app = create_app(settings(sqlite_url, valkey.url))
    assert post(app, "ussd", HOP).text.startswith("END ")
    assert prepare(app.database, app.settings, dt.datetime.now(dt.UTC)) == ""
    app.shelf.refresh()
    assert post(app, "ussd", HOP | {"sessionId": "ATUid_2"}).text.startswith("CON ")
    app.close()


def test_the_simulator_exists_in_development_only(doors: Sunwai, sqlite_url: str, valkey: Valkey) -> None:
    assert doors.test_client().get("/simulator").status_code == 404
    developing = create_app(
        load_config({"ENVIRONMENT": "development", "KEYS_FILE": KEYS_FILE, "DATABASE_URL": sqlite_url})
    )
    assert any(rule.rule.startswith("/simulator") for rule in developing.url_map.iter_rules())
    developing.close()


def test_an_error_on_any_other_path_is_plain_and_tells_nothing(
    doors: Sunwai, capfd: pytest.CaptureFixture[str]
) -> None:
    @doors.get("/broken")
    def broken() -> str:
        raise ValueError(f"{PHONE} said: the tap is dry")

    answer = doors.test_client().get("/broken?phone=" + quote(PHONE))
    assert (answer.status_code, answer.text) == (500, "Something went wrong here. Please try again.\n")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "dry" not in capfd.readouterr().err
    assert doors.test_client().get("/nothing-here").text == "Not Found\n"


def test_log_lines_never_hold_a_number_a_text_or_a_secret(
    doors: Sunwai, doors_without_database: Sunwai, capfd: pytest.CaptureFixture[str]
) -> None:
    words = "canary words of a citizen"
    for each in (doors, doors_without_database):
        post(each, "ussd", HOP)
        post(each, "ussd", HOP | {"text": f"1*1*{words}"})
        post(each, "ussd", HOP | {"phoneNumber": "canary-03001234567"})
        post(each, "ussd", HOP | {"sessionId": f"ATUid {PHONE}"})
        post(each, "ussd", HOP | {"networkCode": PHONE, "sessionId": "ATUid_9"})
        post(each, "sms", SMS | {"text": words})
        post(each, "sms", {"text": words, PHONE: words})
        post(each, "sms", words.encode())
        post(each, "delivery", REPORT | {"failureReason": words})
        post(each, "opt-out", {"senderId": words, "phoneNumber": words})
        post(each, "ussd-events", {"sessionId": "ATUid_1", "status": words, "input": words})
        each.test_client().get(f"/hooks/africastalking/{SECRET}wrong/sms?{words}")
    logs.flush()
    out, err = capfd.readouterr()
    assert err.count("\n") > 10
    for line in err.splitlines():
        assert isinstance(json.loads(line), dict)
    for private in ("canary", "3001234567", SECRET, "482719304", "ATUid"):
        assert private not in out + err


def test_rows_of_the_unreadable_hold_no_number_and_no_text(doors: Sunwai) -> None:
    post(doors, "sms", {"text": "canary words", PHONE: "canary words"})
    (kept,) = rows(doors, UnreadableForm)
    assert "canary" not in json.dumps(kept.shape) + kept.problem
    assert PHONE not in json.dumps(kept.shape)


def test_counts_are_kept_of_what_was_refused(doors: Sunwai) -> None:
    before = COUNTERS.all()
    post(doors, "sms", b"")
    doors.test_client().post("/hooks/africastalking/not-a-secret-of-ours/sms")
    after = COUNTERS.all()
    assert {name: after[name] - before[name] for name in ("unreadable", "bad_form", "bad_secret")} == {
        "unreadable": 1,
        "bad_form": 1,
        "bad_secret": 1,
    }


def test_making_the_application_opens_no_connection(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    create_app(settings(f"sqlite:///{file}", "redis://127.0.0.1:1/0")).close()
    assert not file.exists()


def test_both_databases_keep_the_same_words(database_url: str, valkey: Valkey) -> None:
    app = create_app(settings(database_url, valkey.url))
    post(app, "sms", SMS | {"text": "nul\x00 and \u202e turned پانی 💧"})
    with app.database.read() as db:
        assert db.scalars(select(Inbound)).one().text == "nul and  turned پانی 💧"
    app.close()
