"""A call made on the phone in the terminal, saved as a scripted call."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from ruamel.yaml import YAML

from gateway.app import create_app
from gateway.development.processes.loopback_server import Server
from gateway.development.processes.prepare_database import prepare
from gateway.settings.loader import load_config
from tests.faults.post_office import StandIn
from tests.gateway.development.hops import LANGUAGES, Doors
from tests.keys import KEYS_FILE


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
    assert "exists already" in again.output


def test_the_flow_of_a_recording_is_the_only_one_of_the_folder_unless_it_is_said(
    doors: Doors, line: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors.bodies = [LANGUAGES]
    monkeypatch.chdir(line.parent)
    several = doors.call(record="mine")
    assert (several.exit_code, several.output.count("\n")) == (2, 1)
    assert "Say which flow the call belongs to: --record mine --beside FILE" in several.output
    for other in ("by_text", "power_cut", "survey"):
        line.with_name(f"{other}.yaml").unlink()
    assert doors.call(record="mine").exit_code == 0
    assert (line.parent / "transcripts" / "mine.yaml").exists()
    monkeypatch.chdir(line.parent / "lists")
    assert "There is no flow file in this folder" in doors.call(record="mine").output


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
    assert "Cancelled. Nothing was saved: :quit saves the call." in result.output
    assert not (line.parent / "transcripts" / "new_call.yaml").exists()
    assert "written" not in doors.call().output


def test_a_wrong_secret_is_one_line_that_does_not_tell_it(doors: Doors, line: Path) -> None:
    doors.bodies = [LANGUAGES]
    result = doors.call(secret="not-this-one", record="new_call", beside=str(line))
    assert result.exit_code == 1
    told = result.output.splitlines()[-1]
    assert told.endswith("does not know this webhook secret: give the right one with --secret. Nothing was saved.")
    assert "not-this-one" not in result.output


def test_a_recorded_call_goes_as_written_with_its_flow(
    line: Path, monkeypatch: pytest.MonkeyPatch, sqlite_url: str, valkey: Any
) -> None:
    monkeypatch.chdir(line.parent.parent)
    standin = StandIn()
    urls = {"KEYS_FILE": KEYS_FILE, "DATABASE_URL": sqlite_url, "REDIS_URL": valkey.url, "STANDIN_URL": standin.url}
    app = create_app(load_config({"ENVIRONMENT": "development", **urls}))
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
    assert "line/transcripts/by_hand.yaml: saved; it plays as recorded with line/complaints.yaml." in result.output
    assert played.output == "complaints: 1 scripted call, 0 failed\n"
    assert "There is no flow for *9999# here. To see which codes have one: flask flows status" in nobody.output
    assert "*8485# leads to power_cut, and line/complaints.yaml is complaints. Nothing was saved." in other.output
    assert "Nobody was called: --dial a code of complaints" in other.output
    assert (other.exit_code, "Back" in other.output, "┃" in other.output) == (2, False, False)
    text = (line.parent / "transcripts" / "by_hand.yaml").read_text(encoding="utf-8")
    assert text.startswith('test: By hand\nflow: complaints\ndial: "*8484#"\nsteps:\n')
    assert text.count("\n  - {see: ") == 7
    assert "- {ends: " in text


def test_a_recording_begins_with_the_first_screen_though_the_phone_has_an_unfinished_call(
    line: Path, sqlite_url: str, valkey: Any
) -> None:
    standin = StandIn()
    urls = {"KEYS_FILE": KEYS_FILE, "DATABASE_URL": sqlite_url, "REDIS_URL": valkey.url, "STANDIN_URL": standin.url}
    app = create_app(load_config({"ENVIRONMENT": "development", **urls}))
    assert prepare(app.database, app.settings, datetime.now(UTC)) == ""
    server = Server(app, 0)
    server.start()
    given = ["simulate", "--url", server.url, "--beside", str(line), "--record"]
    with app.app_context():
        cut_off = app.test_cli_runner().invoke(args=given[:3], input="3\n1\n1\n:hang\n:quit\n")
        result = app.test_cli_runner().invoke(args=[*given, "mine"], input=":quit\n")
        again = app.test_cli_runner().invoke(args=given[:3], input=":quit\n")
    server.shutdown()
    server.server_close()
    standin.close()
    app.close()
    assert "Your last call was cut off" not in cut_off.output
    assert "This phone had an unfinished call, which was deleted" in result.output
    text = (line.parent / "transcripts" / "mine.yaml").read_text(encoding="utf-8")
    assert "cut off" not in text
    assert "{see: Complaint line 8484}" in text
    assert "it plays as recorded with" in result.output
    assert "it was deleted" not in again.output  # without --record nothing is done to it
