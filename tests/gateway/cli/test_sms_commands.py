"""`flask sms`: what an operator learns of texts without reading the code or anybody's number."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest

from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from gateway.settings.config import DEVELOPMENT, Config
from sessions.messages.inbound_types import Sms
from tests.gateway.operating import run
from tests.servers import Valkey
from tests.sessions.roster import hire
from tests.sessions.texter import SARA


def texts(app: Sunwai, words: str) -> None:
    app.shelf.refresh()
    now = dt.datetime.now(dt.UTC)
    app.texting.take(now, Sms("africastalking", words, SARA, "8484", words, now))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("stop", ["asks for  stop", "keyword   STOP"]),
        ("band naali", ["asks for  unknown"]),
        ("482-719-300 meter jal gaya", ["asks for  details", "number    482-719-300", "left      meter jal gaya"]),
        ("xyzzy", ["asks for  unknown", "no rule matches"]),
    ],
)
def test_which_names_the_rule_that_takes_a_text(doors: Sunwai, text: str, lines: list[str]) -> None:
    output = run(doors, "sms", "which", text).output
    assert not [line for line in lines if line not in output], output


def test_which_names_file_and_line_of_the_keyword(doors: Sunwai) -> None:
    assert re.search(r"keyword   SHIKAYAT  keywords\.yaml:\d+", run(doors, "sms", "which", "shikayat gutter").output)


def test_which_says_what_would_be_filed_and_what_asked(doors: Sunwai) -> None:
    output = run(doors, "sms", "which", "SHIKAYAT gutter band hai Shah Alam Lahore").output
    assert "category  Sewer/manhole (mun03)" in output
    assert "district  Lahore (lahore)" in output
    assert "district  asked" in run(doors, "sms", "which", "SHIKAYAT gutter band hai").output


def test_a_danger_is_told_before_the_rule(doors: Sunwai) -> None:
    output = run(doors, "sms", "which", "ghar mein aag lagi hai").output
    assert re.match(r"danger    \w+: told to call rescue\n", output)
    assert "danger" not in run(doors, "sms", "which", "koi aag nahi lagi").output
    suspected = run(doors, "sms", "which", "bacha nahi mil raha subah se").output
    assert suspected.startswith("danger    the model alone suspects it: told to call police, rescue\n")


def test_which_tells_how_a_text_of_somebody_who_works_here_is_read(doors: Sunwai) -> None:
    hire(doors.database, "Amina", office=None, role="triage")
    hire(doors.database, "Gone", office=None, role="triage")
    run(doors, "staff", "remove", "Gone")
    output = run(doors, "sms", "which", "PASS 482719300 lesco theirs", "--as-staff", "Amina").output
    assert "from      Amina, triage" in output
    assert "asks for  officer_pass" in output
    assert re.search(r"keyword   PASS  keywords\.yaml:\d+", output)
    assert "left      lesco theirs" in output
    assert "asks for  officer_help" in run(doors, "sms", "which", "help", "--as-staff", "Amina").output
    assert "asks for  new" in run(doors, "sms", "which", "NEW gutter", "--as-staff", "Amina").output
    assert "asks for  unknown" in run(doors, "sms", "which", "PASS 482719300 lesco theirs").output
    for nobody in ("Gone", "Xyz"):
        failed = run(doors, "sms", "which", "ACK", "--as-staff", nobody)
        assert failed.exit_code == 1
        assert "flask staff list" in failed.output


def test_officers_words_from_other_phones_are_counted_and_logged_without_number_or_words(
    doors: Sunwai, capfd: pytest.CaptureFixture[str]
) -> None:
    assert "0 texts with officers' commands from other phones in 7 days." in run(doors, "sms", "refused").output
    texts(doors, "ACK 482719300")
    texts(doors, "DONE 482719300 Nali saaf kar di, mauqe par dekha")
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if "officer_words_refused" in line]
    assert [(line["level"], line["door"], line["count"]) for line in lines] == [("warning", "sms", at) for at in (1, 2)]
    assert not [line for line in lines if "482719300" in str(line) or SARA in str(line) or "Nali" in str(line)]
    assert "2 texts with officers' commands" in run(doors, "sms", "refused", "--days", "1").output


def test_questions_lists_what_waits_for_an_answer_and_no_number(doors: Sunwai) -> None:
    assert "0 open questions." in run(doors, "sms", "questions").output
    texts(doors, "SHIKAYAT gutter band hai")
    output = run(doors, "sms", "questions").output
    assert re.search(r"filing  \d{3}-\d{3}-\d{3}  not sent yet", output)
    assert "gutter band hai" in output
    assert SARA not in output


def test_lists_show_no_number_that_stands_in_the_words(doors: Sunwai) -> None:
    """Neither that of the sender, with or without its country, nor anybody else's."""
    local, other = f"0{SARA[3:]}", "0321 7654321"
    texts(doors, f"xyzzy {local}")
    listed = run(doors, "sms", "unheard").output
    assert "xyzzy [number]" in listed
    texts(doors, f"SHIKAYAT gutter band hai {local} ya {other}")
    asked = run(doors, "sms", "questions").output
    assert "gutter band hai [number]" in asked
    for output in (listed, asked):
        assert not [each for each in (SARA[-7:], "7654321") if each in output]


def test_which_says_when_nothing_answers_the_short_code(published_url: str, valkey: Valkey) -> None:
    url = published_url
    app = create_app(Config(environment=DEVELOPMENT, database_url=url, redis_url=valkey.url, short_code="9999"))
    result = run(app, "sms", "which", "HELP")
    app.close()
    assert result.exit_code == 1
    assert "flask flows route 9999 by_text" in result.output


def test_what_nobody_understood_is_listed_with_one_step_for_each(doors: Sunwai) -> None:
    texts(doors, "xyzzy plugh")
    listed = run(doors, "sms", "unheard").output
    assert "xyzzy plugh" in listed
    assert "1 phone waits." in listed
    assert SARA not in listed
    one = listed.split()[0]
    assert run(doors, "sms", "unheard", "--discard", one, "  ").exit_code == 1
    assert re.search(r"Filed as \d{3}-\d{3}-\d{3}\.", run(doors, "sms", "unheard", "--file", one).output)
    assert "0 phones wait." in run(doors, "sms", "unheard").output
    assert "filed by operator already" in run(doors, "sms", "unheard", "--answer", one, "some words").output


def test_an_officer_settles_nothing(doors: Sunwai) -> None:
    hire(doors.database, "Bilal", office=None, role="oversight")
    texts(doors, "xyzzy plugh")
    one = run(doors, "sms", "unheard").output.split()[0]
    done = run(doors, "sms", "unheard", "--answer", one, "some words", "--by", "Bilal")
    assert (done.exit_code, "Only an operator or triage" in done.output) == (1, True)


def test_a_case_whose_citizen_was_asked_is_shown_as_waiting_for_an_answer(doors: Sunwai) -> None:
    texts(doors, "NEW theek karein")
    assert "waiting for an answer" in run(doors, "complaints", "list").output
    texts(doors, "3")
    texts(doors, "Lahore")
    assert "waiting for an answer" not in run(doors, "complaints", "list").output
