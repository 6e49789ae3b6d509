"""The phone in the terminal, against doors that answer from a list; and the page that is not there in production."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask, Response, jsonify, request
from rich.console import Console
from ruamel.yaml import YAML

from gateway.app import create_app
from gateway.config import Config
from gateway.development.loopback import Server
from gateway.development.prepare import LIBRARY, prepare
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


@pytest.fixture
def line(tmp_path: Path) -> Path:
    """A flow file in a folder of its own."""
    shutil.copytree(LIBRARY, tmp_path / "line")
    return tmp_path / "line" / "complaints.yaml"


def test_the_last_call_is_written_down_as_a_scripted_call_beside_its_flow(doors: Doors, line: Path) -> None:
    doors.bodies = [LANGUAGES, "CON Menu\n1 New", "CON Words?", "END Filed. Your number: 482-719-304"]
    result = doors.call("1", "1", "no water: none", record="new_call", beside=str(line))
    assert result.exit_code == 0, result.output
    written = YAML(typ="safe").load((line.parent / "transcripts" / "new_call.yaml").read_text(encoding="utf-8"))
    assert written["steps"] == [
        {"see": "Language / Zaban", "enter": "1"},
        {"see": "Menu", "enter": "1"},
        {"see": "Words?", "enter": "no water: none"},
        {"ends": "Filed. Your number"},
    ]
    again = doors.call("1", record="new_call", beside=str(line))
    assert again.exit_code == 2
    assert "is there already" in again.output


def test_the_flow_of_a_recording_is_the_only_one_of_the_folder_unless_it_is_said(
    doors: Doors, line: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors.bodies = [LANGUAGES]
    monkeypatch.chdir(line.parent)
    several = doors.call(record="mine")
    assert (several.exit_code, several.output.count("\n")) == (2, 1)
    assert "say which flow it is a call of: --record mine --beside FILE" in several.output
    for other in ("by_text", "power_cut", "survey"):
        line.with_name(f"{other}.yaml").unlink()
    assert doors.call(record="mine").exit_code == 0
    assert (line.parent / "transcripts" / "mine.yaml").exists()
    monkeypatch.chdir(line.parent / "lists")
    assert "No flow file is in this folder" in doors.call(record="mine").output


UNSAFE = ["", "../out", "calls/mine", "/tmp/mine", ".hidden", "two words", "a\nb", "x" * 65, "بارش"]


@pytest.mark.parametrize("name", UNSAFE)
def test_a_recording_takes_only_names_that_every_machine_takes(doors: Doors, line: Path, name: str) -> None:
    result = doors.call(record=name, beside=str(line))
    assert (result.exit_code, result.output.count("\n")) == (2, 1)
    assert "a name of letters, digits, - and _" in result.output
    assert doors.hops == []


def test_a_recording_that_cannot_be_written_is_one_line(doors: Doors, line: Path) -> None:
    shutil.rmtree(line.parent / "transcripts")
    (line.parent / "transcripts").write_text("in the way")
    doors.bodies = [LANGUAGES]
    result = doors.call(record="new_call", beside=str(line))
    assert result.exit_code == 2
    assert "cannot be" in result.output.splitlines()[-1]


def test_who_breaks_a_recording_off_is_told_that_nothing_was_written(
    doors: Doors, line: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_off(*_: object) -> str:
        raise KeyboardInterrupt

    doors.bodies = [LANGUAGES]
    monkeypatch.setattr(Console, "input", broken_off)
    result = doors.call(record="new_call", beside=str(line))
    assert "Broken off. Nothing was written: :quit writes the call down." in result.output
    assert not (line.parent / "transcripts" / "new_call.yaml").exists()
    assert "written" not in doors.call().output


def test_a_wrong_secret_is_one_line_that_does_not_tell_it(doors: Doors, line: Path) -> None:
    doors.bodies = [LANGUAGES]
    result = doors.call(secret="not-this-one", record="new_call", beside=str(line))
    assert result.exit_code == 1
    told = result.output.splitlines()[-1]
    assert told.endswith("does not know this webhook's secret: give the right one with --secret. Nothing was written.")
    assert "not-this-one" not in result.output


def test_what_is_no_code_is_told_and_not_dialled(doors: Doors) -> None:
    doors.bodies = [LANGUAGES]
    result = doors.call(dial="hello")
    assert (result.exit_code, result.output.count("\n"), doors.hops) == (2, 1, [])
    assert "hello is no code that a phone can dial" in result.output
    assert "8484 hash is no code" in doors.call(":dial 8484 hash").output
    assert len(doors.hops) == 1


def test_a_recorded_call_goes_as_written_with_its_flow(
    line: Path, monkeypatch: pytest.MonkeyPatch, sqlite_url: str, valkey: Any
) -> None:
    monkeypatch.chdir(line.parent.parent)
    standin = StandIn()
    urls = {"DATABASE_URL": sqlite_url, "REDIS_URL": valkey.url, "STANDIN_URL": standin.url}
    app = create_app(Config.from_env({"ENVIRONMENT": "development", **urls}))
    assert prepare(app.database, app.settings, datetime.now(UTC)) == ""
    server = Server(app, 0)
    server.start()
    given = ["simulate", "--url", server.url, "--beside", "line/complaints.yaml", "--record"]
    typed = "3\n1\n1\n1\nMultan\nNo water in street 4\n1\n"
    with app.app_context():  # as the flask command itself opens one
        result = app.test_cli_runner().invoke(args=[*given, "by_hand"], input=typed)
        other = app.test_cli_runner().invoke(args=[*given, "cut", "--dial", "*8485#"], input=":quit\n")
        nobody = app.test_cli_runner().invoke(args=[*given[:3], "--dial", "*9999#"], input="quit\n")
        played = app.test_cli_runner().invoke(args=["flows", "test", "line/transcripts/by_hand.yaml"])
    server.shutdown()
    server.server_close()
    standin.close()
    app.close()
    assert "line/transcripts/by_hand.yaml: written; it goes as written with line/complaints.yaml." in result.output
    assert played.output == "complaints: 1 scripted call, 0 failed\n"
    assert "No flow answers *9999# here: flask flows status shows" in nobody.output
    assert "*8485# leads to power_cut, and line/complaints.yaml is complaints. Nothing was written." in other.output
    text = (line.parent / "transcripts" / "by_hand.yaml").read_text(encoding="utf-8")
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
