"""The phone in the terminal, against doors that answer from a list; and the page that is not there in production."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask, Response, jsonify, request
from ruamel.yaml import YAML

from gateway.app import create_app
from gateway.config import Config
from gateway.development.loopback import Server
from gateway.development.prepare import prepare
from gateway.simulator.terminal import option, simulate
from tests.faults.post_office import StandIn
from tests.servers import free_port

LANGUAGES = "CON Language / Zaban\n1 Roman Urdu\n2 اردو\n3 English"
TEXT = {"seq": 1, "id": "x", "to": "", "sender": "8484", "text": "Haal: mil gayi.", "parts": 1, "at": ""}


class Doors:
    """Answers each hop with the next body, and keeps every form."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.hops: list[dict[str, str]] = []
        self.others: list[tuple[str, dict[str, str]]] = []
        app = Flask("doors")

        @app.post("/hooks/africastalking/local/<door>")
        def door(door: str) -> Response:
            if door != "ussd":
                self.others.append((door, request.form.to_dict()))
                return Response("")
            self.hops.append(request.form.to_dict())
            return Response(self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0], mimetype="text/plain")

        @app.get("/simulator/messages")
        def messages() -> Response:
            arrived = any(name == "sms" for name, _ in self.others) and request.args["after"] == "0"
            return jsonify(messages=[TEXT] if arrived else [])

        self.server = Server(app, 0)

    def call(self, *lines: str, **options: str) -> Result:
        given = [word for name, value in options.items() for word in (f"--{name}", value)]
        typed = "".join(f"{line}\n" for line in (*lines, ":quit"))
        return CliRunner().invoke(simulate, ["--url", self.server.url, *given], input=typed)


@pytest.fixture
def doors() -> Iterator[Doors]:
    found = Doors()
    found.server.start()
    yield found
    found.server.shutdown()
    found.server.server_close()


def test_what_is_typed_adds_up_as_the_aggregator_sends_it(doors: Doors) -> None:
    doors.bodies = [LANGUAGES, "CON Menu", "CON Kya?", "CON Bhejein?"]
    result = doors.call("1", "1", "pani * nahi")
    assert result.exit_code == 0, result.output
    assert [each["text"] for each in doors.hops] == ["", "1", "1*1", "1*1*pani * nahi"]
    assert len({each["sessionId"] for each in doors.hops}) == 1
    assert "Bhejein?" in result.output


def test_the_language_question_can_be_answered_on_the_command_line(doors: Doors) -> None:
    doors.bodies = [LANGUAGES, "CON Shikayat line"]
    result = doors.call(language="ur-Latn")
    assert [each["text"] for each in doors.hops] == ["", "1"]
    assert "Shikayat line" in result.output


def test_a_path_is_dialled_as_answers_already_given(doors: Doors) -> None:
    doors.bodies = ["CON Kya?"]
    doors.call(dial="*8484*1*2#")
    assert (doors.hops[0]["serviceCode"], doors.hops[0]["text"]) == ("*8484#", "1*2")


def test_another_code_can_be_dialled_and_its_questions_answered(doors: Doors) -> None:
    doors.bodies = ["CON Kya?"]
    doors.call(":dial *8485#", "1")
    assert [(each["serviceCode"], each["text"]) for each in doors.hops[1:]] == [("*8485#", ""), ("*8485#", "1")]


def test_the_last_request_can_be_repeated_and_the_call_broken_off(doors: Doors) -> None:
    doors.bodies = ["CON Menu"]
    result = doors.call(":again", ":timeout")
    assert "The same answer." in result.output
    assert doors.hops[0] == doors.hops[1]
    ((door, form),) = doors.others
    assert (door, form["status"], form["lastAppResponse"]) == ("ussd-events", "Incomplete", "CON Menu")


def test_a_text_is_sent_and_what_arrives_is_shown(doors: Doors) -> None:
    doors.bodies = ["END Darj."]
    result = doors.call("sms 482-719-304")
    ((door, form),) = doors.others
    assert (door, form["text"], form["to"]) == ("sms", "482-719-304", "8484")
    assert TEXT["text"] in result.output


def test_an_answer_that_is_none_shows_what_a_real_phone_shows(doors: Doors) -> None:
    doors.bodies = ["<html>"]
    assert "Connection problem" in doors.call().output


def test_the_last_call_is_written_down_as_a_scripted_call(
    doors: Doors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    doors.bodies = [LANGUAGES, "CON Menu\n1 New", "CON Words?", "END Filed. Your number: 482-719-304"]
    result = doors.call("1", "1", "no water: none", record="new_call")
    assert result.exit_code == 0, result.output
    written = YAML(typ="safe").load((tmp_path / "transcripts" / "new_call.yaml").read_text(encoding="utf-8"))
    assert written["steps"] == [
        {"see": "Language / Zaban", "enter": "1"},
        {"see": "Menu", "enter": "1"},
        {"see": "Words?", "enter": "no water: none"},
        {"ends": "Filed. Your number"},
    ]
    again = doors.call("1", record="new_call")
    assert again.exit_code == 2
    assert "is there already" in again.output


def test_a_recording_that_cannot_be_written_is_one_line(doors: Doors, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    doors.bodies = [LANGUAGES]
    result = doors.call(record=f"{tmp_path}/file/new_call")
    assert result.exit_code == 2
    assert "cannot be written" in result.output


def test_a_recorded_call_goes_as_written_with_the_flow_that_is_live_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_url: str, valkey: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    standin = StandIn()
    urls = {"DATABASE_URL": sqlite_url, "REDIS_URL": valkey.url, "STANDIN_URL": standin.url}
    app = create_app(Config.from_env({"ENVIRONMENT": "development", **urls}))
    assert prepare(app.database, app.settings, datetime.now(UTC)) == ""
    server = Server(app, 0)
    server.start()
    given = ["simulate", "--url", server.url, "--record", "calls/by_hand"]
    typed = "3\n1\n1\n1\nMultan\nNo water in street 4\n1\n"
    with app.app_context():  # as the flask command itself opens one
        result = app.test_cli_runner().invoke(args=given, input=typed)
    server.shutdown()
    server.server_close()
    standin.close()
    app.close()
    assert "it goes as written" in result.output, result.output
    text = (tmp_path / "calls" / "by_hand.yaml").read_text(encoding="utf-8")
    assert text.startswith('test: By hand\nflow: complaints\ndial: "*8484#"\nsteps:\n')
    assert text.count("\n  - {see: ") == 7
    assert "- {ends: " in text


def test_where_nobody_answers_it_says_what_to_do() -> None:
    result = CliRunner().invoke(simulate, ["--url", f"http://127.0.0.1:{free_port()}"])
    assert result.exit_code == 1
    assert "make run" in result.output


@pytest.mark.parametrize(
    ("label", "key"), [("Roman Urdu", "1"), ("english", "3"), ("اردو", "2"), ("Zaban", None), ("Sindhi", None)]
)
def test_an_option_is_found_by_its_words(label: str, key: str | None) -> None:
    assert option(LANGUAGES[4:], label) == key


@pytest.mark.parametrize(("environment", "status"), [("development", 200), ("production", 404)])
def test_the_phone_in_the_browser_is_there_in_development_only(
    environment: str, status: int, sqlite_url: str, valkey: Any
) -> None:
    secret = "a-long-enough-secret"
    app = create_app(
        Config(
            environment=environment,
            database_url=sqlite_url,
            redis_url=valkey.url,
            webhook_secrets=(secret,),
            at_api_key="key",
        )
    )
    for path in ("/simulator", "/simulator/static/page.js"):
        assert app.test_client().get(path).status_code == status
    app.close()
