"""Answers as people write them, from the SMS to what becomes of the complaint; and sentences that are no STOP."""

from __future__ import annotations

import re

import pytest

from storage.cases import complaints
from storage.connection.database import Database
from storage.schema.tables import Complaint
from tests.sessions.filing import file_one
from tests.sessions.texter import Post


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


@pytest.fixture
def one(post: Post) -> Complaint:
    return file_one(post.database)[0]


def statuses(post: Post) -> list[str]:
    return [each.status for each in post.complaints()]


def last_act(post: Post, complaint: Complaint) -> tuple[str, str | None]:
    with post.database.read() as db:
        row = complaints.history(db, complaint.id)[-1]
        return row.act, row.note


@pytest.mark.parametrize(
    ("answer", "event", "status"),
    [
        ("hal ho gaya", "closed_confirmed", "closed_confirmed"),
        ("masla hal ho gya shukriya", "closed_confirmed", "closed_confirmed"),
        ("ji haan", "closed_confirmed", "closed_confirmed"),
        ("مسئلہ حل ہو گیا", "closed_confirmed", "closed_confirmed"),
        ("masla hal nahi hua", "reason_ask", "reopened"),
        ("kuch nahi hua", "reason_ask", "reopened"),
        ("2 nahi hua", "reason_ask", "reopened"),
        ("nhi", "reason_ask", "reopened"),
        ("nai", "reason_ask", "reopened"),
        ("مسئلہ حل نہیں ہوا", "reason_ask", "reopened"),
        ("masla hal nahi hua gutter band hai", "reopened", "reopened"),
        ("1 nahi hua", "choose_again", "resolved_pending"),
    ],
)
def test_everyday_words_answer_whether_it_is_solved(
    post: Post, one: Complaint, answer: str, event: str, status: str
) -> None:
    post.move(one, "in_progress", "resolved_pending")
    assert (post.event(answer), statuses(post)) == (event, [status])


@pytest.mark.parametrize("words", ["hal ho gaya?", "masla hal ho gaya kya", "haan lekin phir kharab hai"])
def test_neither_a_question_nor_a_yes_with_a_but_closes_anything(post: Post, one: Complaint, words: str) -> None:
    post.move(one, "in_progress", "resolved_pending")
    assert post.text(words) is not None
    assert statuses(post) == ["resolved_pending"]


@pytest.mark.parametrize(
    ("words", "event"),
    [("hal ho gaya", "done_ask"), ("masla hal nahi hua", "status_added"), ("kuch nahi hua", "status_added")],
)
def test_where_nothing_is_asked_everyday_words_are_told_how_it_stands_and_file_nothing(
    post: Post, one: Complaint, words: str, event: str
) -> None:
    assert post.event(words) == event
    assert len(post.complaints()) == 1


def test_a_phone_that_never_complained_is_told_that_nothing_is_asked(post: Post) -> None:
    assert post.event("hal ho gaya") == "nothing_asked"


@pytest.mark.parametrize("words", ["kuch nahi hua", "1 kuch nahi hua", "nahi"])
def test_a_reason_in_words_is_kept_as_words_and_never_taken_for_another_key(
    post: Post, one: Complaint, words: str
) -> None:
    post.move(one, "in_progress", "resolved_pending")
    post.text("2")
    assert post.event(words) == "reopened"
    assert last_act(post, one) == ("reason_given", words)


def test_words_about_a_case_that_asks_nothing_are_kept_with_it(post: Post, one: Complaint) -> None:
    assert post.event(f"{one.number} masla hal nahi hua") == "details_added"
    assert "masla hal nahi hua" in (post.complaints()[0].details or "")


@pytest.mark.parametrize(
    ("words", "event"), [("SMS BAND KARO", "stop_ok"), ("pls stop", "stop_ok"), ("STOPP", "stop_ok")]
)
def test_polite_words_stop_texts(post: Post, words: str, event: str) -> None:
    assert post.event(words) == event


def test_a_sentence_neither_stops_texts_nor_starts_them_again(post: Post) -> None:
    assert post.event("Stop pe bus nahi rukti") != "stop_ok"
    assert post.event("STOP") == "stop_ok"
    assert post.event("Start hui thi bijli phir chali gayi") != "start_ok"


@pytest.mark.parametrize(
    "words",
    [
        "SHIKAYAT mujhe koi mar raha hai",
        "SHIKAYAT koi mar raha hai Lahore",
        "NEW someone is trying to kill me",
        "شکایت مجھے کوئی مار رہا ہے",
        "mujhe koi mar raha hai",
        "koi mar raha hai",
        "کوئی مار رہا ہے",
    ],
)
def test_who_is_in_danger_is_told_at_once_whom_to_call(post: Post, words: str) -> None:
    assert re.search(r"\b15\b", post.says(words))
