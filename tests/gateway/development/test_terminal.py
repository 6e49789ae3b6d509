"""The phone in the terminal, against doors that answer from a list; and the page that is not there in production."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gateway.app import create_app
from gateway.settings.config import Config
from gateway.simulator.terminal import option, simulate
from gateway.simulator.terminal_screen import isolate_codes, loss_of
from tests.flows.library import shipped_files
from tests.gateway.development.hops import LANGUAGES, TEXT, Doors
from tests.servers import free_port


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


def test_the_languages_are_those_of_the_flow(doors: Doors) -> None:
    doors.bodies = [LANGUAGES, "CON Shikayat line"]
    result = doors.call(language="sd")
    assert [each["text"] for each in doors.hops] == [""]
    assert "There is no language sd: complaints has ur-Latn, ur, en." in result.output


def test_a_recorded_flow_with_another_language_is_answered_in_it(doors: Doors, tmp_path: Path) -> None:
    for name, text in shipped_files().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    main = tmp_path / "complaints.yaml"
    tongues = "languages: {ur-Latn: Roman Urdu, ur: اردو, en: English}"
    text = main.read_text(encoding="utf-8")
    assert tongues in text
    main.write_text(text.replace(tongues, tongues.replace("}", ", sd: Sindhi}")), encoding="utf-8")
    doors.bodies = [f"{LANGUAGES}\n4 Sindhi", "CON Shikayat line"]
    doors.call(language="sd", record="in_sindhi", beside=str(main))
    assert doors.hops[1]["text"] == "4"


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
    assert "The answer is the same." in result.output
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


def test_what_is_no_code_is_told_and_not_dialled(doors: Doors) -> None:
    doors.bodies = [LANGUAGES]
    result = doors.call(dial="hello")
    assert (result.exit_code, result.output.count("\n"), doors.hops) == (2, 1, [])
    assert "hello is not a code that a phone can dial" in result.output
    assert "8484 hash is not a code" in doors.call(":dial 8484 hash").output
    assert len(doors.hops) == 1


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
        )
    )
    for path in ("/simulator", "/simulator/static/page.js"):
        assert app.test_client().get(path).status_code == status
    app.close()


def test_what_went_over_the_wire_can_be_seen(doors: Doors) -> None:
    doors.bodies = [LANGUAGES, "CON Menu"]
    shown = doors.call("1", ":wire").output
    assert "POST ussd · 200 · " in shown
    assert "text: 1" in shown


def test_a_network_cuts_or_refuses_what_it_cannot_carry() -> None:
    words = "Word " * 40
    assert loss_of(words, "144") == 200 - 164
    assert loss_of(words, "160") == 200 - 182
    assert loss_of(words, "") == 0
    assert loss_of("حال", "latin") == 3
    assert loss_of("حال", "144") == 0


def test_codes_keep_their_order_in_urdu_for_the_eye_alone() -> None:
    assert isolate_codes("حال: *8484#\nStatus: *8484#") == "حال: \u2066*8484#\u2069\nStatus: *8484#"


def test_a_slow_gateway_is_given_up(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("gateway.simulator.phone.time.sleep", waited.append)
    doors.bodies = [LANGUAGES]
    assert "Connection problem" in doors.call(slow="12").output
    assert any(9 < each <= 10 for each in waited)
