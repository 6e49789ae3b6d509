"""Words that leave a question are a case at once; the answer completes it, and no answer loses nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from flows.text import tracking_number
from storage.cases import complaints
from storage.connection.database import Database
from storage.schema.tables import Complaint, OutboxMessage, Unheard
from tests.sessions.texter import SARA, Post

pytestmark = pytest.mark.both_databases


@pytest.fixture
def post(database: Database) -> Post:
    post = Post(database)
    post.speaks("en")
    return post


def history(post: Post, complaint: Complaint) -> list[tuple[str, str]]:
    with post.database.read() as db:
        return [(row.act, row.status) for row in complaints.history(db, complaint.id)]


def test_it_is_a_case_while_its_question_is_open_and_the_question_tells_its_number(post: Post) -> None:
    reply = post.text("NEW theek karein")
    (case,) = post.complaints()
    assert (case.category, case.district, case.office, case.status) == (None, None, "triage", "received")
    assert reply is not None
    assert (reply.event, reply.complaint_id) == ("filing_ask", case.id)
    assert reply.body.startswith(f"{tracking_number.format_number(case.number)}: ")
    assert post.count(OutboxMessage) == 1  # a text is answered once: the question is its receipt


def test_the_answers_complete_it_as_an_act_of_its_own(post: Post) -> None:
    for words in ("NEW theek karein", "3", "lahor"):
        post.text(words)
    (case,) = post.complaints()
    assert (case.category, case.district, case.office) == ("mun03", "lahore", "water")
    assert history(post, case) == [("filed", "received"), ("completed", "received")]
    with post.database.read() as db:
        assert complaints.data_of_act(complaints.history(db, case.id)[1]) == {"category": "mun03", "district": "lahore"}


def test_without_an_answer_it_stays_with_triage_and_the_receipt_comes_a_day_later(post: Post) -> None:
    post.text("NEW theek karein")
    before = post.complaints()[0]
    post.wait(hours=25)
    assert post.texting.left_over(post.now) == 1
    (case,) = post.complaints()
    assert (case.id, case.office, history(post, case)) == (before.id, "triage", [("filed", "received")])


def test_what_was_hidden_stays_hidden_when_it_is_completed(post: Post) -> None:
    post.text("KHUFIA theek karein")
    assert post.complaints()[0].private
    post.text("3")
    assert "WASA" not in post.says("lahore")
    assert [each.private for each in post.complaints()] == [True]


def test_what_turns_out_to_be_of_a_sensitive_kind_is_hidden_from_then_on(post: Post) -> None:
    sensitive = next(row for row in post.words.lists["category"] if row.columns.get("sensitive") == "yes")
    post.text("NEW theek karein")
    post.text(sensitive.text["en"])
    post.text("Lahore")
    assert [(each.category, each.private) for each in post.complaints()] == [(sensitive.code, True)]


def test_one_that_turns_out_to_repeat_another_of_the_day_is_merged_with_it(post: Post) -> None:
    assert post.event("NEW gutter band hai Lahore") == "received"
    post.text("NEW theek karein")
    post.text("3")
    assert "already filed" in post.says("Lahore")
    first, second = post.complaints()
    assert (second.status, second.parent_id) == ("merged", first.id)
    assert (first.details or "").splitlines() == ["gutter band hai Lahore", "theek karein"]


def test_two_halves_of_one_complaint_are_one_case_with_all_of_its_words(post: Post) -> None:
    post.text("NEW main subah se likhne ki koshish kar raha hun hamare")
    post.text("ilaqe mein teen din se gutter band hai aur koi nahi sunta")
    assert post.event("Lahore") == "received"
    (case,) = post.complaints()
    assert (case.category, case.district) == ("mun03", "lahore")
    assert "koi nahi sunta" in (case.details or "")


def test_an_answer_after_triage_moved_it_keeps_what_triage_did(post: Post) -> None:
    post.text("NEW theek karein")
    post.move(post.complaints()[0], "screening")
    post.text("3")
    assert post.event("Lahore") == "received"
    (case,) = post.complaints()
    assert (case.status, case.category, case.district) == ("screening", "mun03", "lahore")


def test_an_answer_after_it_was_withdrawn_opens_nothing(post: Post) -> None:
    post.text("NEW theek karein")
    (case,) = post.complaints()
    post.text(f"WITHDRAW {case.number}")
    post.text(f"{case.number} {post.key}")
    post.text("3")
    post.text("Lahore")
    assert [(each.status, each.category) for each in post.complaints(SARA)] == [("withdrawn", None)]


def test_a_problem_minutes_after_words_that_nobody_understood_is_one_case_with_them(post: Post) -> None:
    assert post.event("xyzzy plugh") == "unknown"
    post.wait(minutes=3)
    assert post.event("hamari gali ka gutter band hai Lahore") == "received"
    (case,) = post.complaints()
    assert (case.details or "").splitlines() == ["hamari gali ka gutter band hai Lahore", "xyzzy plugh"]
    with post.database.read() as db:
        row = db.scalars(select(Unheard)).one()
    assert (row.state, row.settled_by, row.complaint_id) == ("filed", "system", case.id)
