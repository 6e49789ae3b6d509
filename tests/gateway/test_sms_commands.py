"""`flask sms`: what an operator learns of texts without reading the code or anybody's number."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from gateway.app import Sunwai, create_app
from gateway.config import DEVELOPMENT, Config
from sessions.inbox import Sms
from tests.gateway.test_commands import run
from tests.servers import Valkey
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
        ("xyzzy", ["asks for  unknown", "no rule takes it"]),
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


def test_questions_lists_what_waits_for_an_answer_and_no_number(doors: Sunwai) -> None:
    assert "0 open questions." in run(doors, "sms", "questions").output
    texts(doors, "SHIKAYAT gutter band hai")
    output = run(doors, "sms", "questions").output
    assert "filing  -  has not left yet" in output
    assert "gutter band hai" in output
    assert SARA not in output


def test_which_says_when_nothing_answers_the_short_code(published_url: str, valkey: Valkey) -> None:
    url = published_url
    app = create_app(Config(environment=DEVELOPMENT, database_url=url, redis_url=valkey.url, short_code="9999"))
    result = run(app, "sms", "which", "HELP")
    app.close()
    assert result.exit_code == 1
    assert "flask flows route 9999 by_text" in result.output
