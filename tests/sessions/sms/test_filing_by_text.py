"""A complaint by SMS: at most two questions, and no word of it is lost."""

from __future__ import annotations

import pytest

from flows.text import gsm, tracking_number
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.messages.sms_context import SmsEnvironment
from storage.connection.database import Database
from storage.schema.tables import Question
from tests.sessions.texter import AMIR, SARA, Post


@pytest.fixture
def post(database: Database) -> Post:
    post = Post(database)
    post.speaks("en")
    return post


def filed(post: Post, phone: str = SARA) -> list[tuple[str | None, str | None, str | None]]:
    return [(each.category, each.district, each.details) for each in post.complaints(phone)]


@pytest.mark.parametrize("keyword", ["SHIKAYAT", "new", "Shikayt", "Masla", "شکایت"])
def test_words_that_tell_all_are_filed_at_once(post: Post, keyword: str) -> None:
    reply = post.text(f"{keyword} gutter band hai Shah Alam Lahore")
    assert reply is not None
    assert reply.event == "received"
    assert tracking_number.format_number(post.complaints()[0].number) in reply.body
    assert reply.complaint_id == post.complaints()[0].id
    assert filed(post) == [("mun03", "lahore", "gutter band hai Shah Alam Lahore")]


def test_only_the_district_is_asked_when_the_rest_is_clear(post: Post) -> None:
    assert post.event("NEW bijli nahi hai do din se") == "filing_ask"
    assert post.event("Multan") == "received"
    assert filed(post) == [("nrg01", "multan", "bijli nahi hai do din se")]


def test_the_subject_is_asked_by_number_and_then_the_district(post: Post) -> None:
    assert post.event("NEW theek karein") == "filing_ask"
    assert post.event("3") == "filing_ask"
    assert post.event("lahor") == "received"
    assert filed(post) == [("mun03", "lahore", "theek karein")]


def test_no_third_question_is_asked_whatever_is_answered(post: Post) -> None:
    events = [post.event(text) for text in ("NEW theek karein", "xyzzy", "plugh")]
    assert events == ["filing_ask", "filing_ask", "received"]
    complaint = post.complaints()[0]
    assert complaint.office == "triage"  # where a person reads them
    assert (complaint.details or "").splitlines() == ["theek karein", "xyzzy", "plugh"]


def test_questions_and_receipts_by_text_are_paid_for_as_two_at_most(post: Post) -> None:
    for language in ("en", "ur-Latn", "ur"):
        post.speaks(language)
        for text in ("NEW theek karein", "99", "bijli"):
            reply = post.text(f"{text}" if text != "NEW theek karein" else f"NEW theek karein {language}")
            if reply is not None:
                assert gsm.parts(reply.body) <= 2, reply.body


def test_a_filing_waits_in_the_database_and_goes_on_by_another_process(post: Post) -> None:
    post.text("NEW bijli nahi hai")
    other = Post.__new__(Post)
    other.__dict__.update(post.__dict__)
    other.texting = type(post.texting)(
        post.database,
        post.shelf,
        SmsEnvironment(SHIPPED_POLICY, lambda most: 48271930 % most, post.shelf.revision),
        wake=post.woken.extend,
        short_code="8484",
    )
    assert other.event("Multan") == "received"


def test_an_answer_that_comes_after_a_day_answers_nothing(post: Post) -> None:
    post.text("NEW bijli nahi hai")
    post.wait(hours=25)
    assert post.event("Multan") == "unknown"
    assert filed(post) == [("nrg01", None, "bijli nahi hai")]


def test_a_second_complaint_between_does_not_get_the_answer_of_the_first(post: Post) -> None:
    assert post.event("NEW bijli nahi hai") == "filing_ask"
    assert post.event("NEW gutter band hai") == "filing_ask"
    assert post.event("Multan") == "received"
    assert filed(post) == [("nrg01", None, "bijli nahi hai"), ("mun03", "multan", "gutter band hai")]
    assert post.event("Lahore") == "received"
    assert filed(post)[0] == ("nrg01", "lahore", "bijli nahi hai")


def test_a_prompt_between_takes_the_key_and_leaves_the_filing_open(post: Post) -> None:
    post.text("NEW gutter band hai Lahore")
    assert post.event("NEW bijli nahi hai") == "filing_ask"
    post.move(post.complaints()[0], "in_progress", "resolved_pending")
    assert post.event("1") == "closed_confirmed"
    again = post.text("1")
    assert again is not None
    assert again.event == "filing_ask"
    assert post.event("1") == "received"
    assert [each.status for each in post.complaints()] == ["closed_confirmed", "received"]


def test_two_phones_never_mix(post: Post) -> None:
    post.text("NEW bijli nahi hai")
    post.text("NEW gutter band hai", AMIR)
    post.text("Multan")
    post.text("Lahore", AMIR)
    assert filed(post) == [("nrg01", "multan", "bijli nahi hai")]
    assert filed(post, AMIR) == [("mun03", "lahore", "gutter band hai")]


def test_the_same_problem_twice_a_day_keeps_the_words_of_both(post: Post) -> None:
    post.text("NEW gutter band hai Shah Alam Lahore")
    assert tracking_number.format_number(post.complaints()[0].number) in post.says(
        "NEW gutter band hai Model Town Lahore"
    )
    assert filed(post) == [("mun03", "lahore", "gutter band hai Shah Alam Lahore\ngutter band hai Model Town Lahore")]
    post.text("NEW gutter band hai Model Town Lahore")
    assert len(filed(post)) == 1


def test_two_unclear_complaints_a_day_are_two(post: Post) -> None:
    for words in ("NEW abc", "x", "y", "NEW def", "x", "y"):
        post.text(words)
    assert [(each[2] or "").splitlines()[0] for each in filed(post)] == ["abc", "def"]


def test_a_private_complaint_by_text_is_answered_without_subject_or_office(post: Post) -> None:
    body = post.says("KHUFIA rishwat maang rahe hain Lahore")
    complaint = post.complaints()[0] if post.complaints() else None
    if complaint is None:
        body = post.says("1")
        complaint = post.complaints()[0]
    assert complaint.private is True
    assert "rishwat" not in body.casefold()
    assert "office" not in body.casefold()


def test_who_stopped_texts_may_still_file_and_gets_the_number(post: Post) -> None:
    post.text("STOP")
    reply = post.text("NEW gutter band hai Lahore")
    assert reply is not None
    assert reply.kind == "answer"
    assert post.contact().texts is False


def test_original_words_are_kept_letter_by_letter(post: Post) -> None:
    words = "گٹر بند ہے — “شاہ عالم” لاہور 😀"
    post.text(f"شکایت {words}")
    asked = 0
    while not post.complaints() and asked < 2:
        post.text("3")
        asked += 1
    assert post.complaints()[0].details == words


def test_a_filing_whose_revision_cannot_be_read_begins_again_with_its_words(post: Post) -> None:
    post.text("NEW bijli nahi hai")
    with post.database.write.begin() as db:
        db.query(Question).update({"revision_id": None})
    assert post.event("Multan") == "filing_ask"
    assert post.event("Multan") == "received"
    assert filed(post) == [("nrg01", "multan", "bijli nahi hai")]
