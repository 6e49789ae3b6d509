"""An answer goes to the question asked last, or to the case whose number it names; two questions never mix."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from flows.text import tracking_number
from sessions.messages import open_questions
from storage.cases import complaints
from storage.cases.complaints import HistoryEntry
from storage.connection.database import Database
from storage.schema.tables import Complaint, OutboxMessage
from tests.sessions.filing import file_one
from tests.sessions.texter import AMIR, Post


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


@pytest.fixture
def one(post: Post) -> Complaint:
    return file_one(post.database)[0]


@pytest.fixture
def other(post: Post) -> Complaint:
    return file_one(post.database, category="mun02")[0]


def statuses(post: Post) -> list[str]:
    return [each.status for each in post.complaints()]


def acts(post: Post, complaint: Complaint) -> list[tuple[str, str | None]]:
    with post.database.read() as db:
        return [(row.act, row.note) for row in complaints.history(db, complaint.id)]


def solved(post: Post, complaint: Complaint, *, left: bool = True) -> None:
    post.move(complaint, "in_progress", left=left)
    post.move(complaint, "resolved_pending", left=left)


@pytest.mark.parametrize("yes", ["1", "YES", "haan", "Ji", "۱", "ہاں", " 1. "])
def test_yes_in_any_writing_closes_what_was_said_to_be_solved(post: Post, one: Complaint, yes: str) -> None:
    solved(post, one)
    assert post.event(yes) == "closed_confirmed"
    assert statuses(post) == ["closed_confirmed"]


@pytest.mark.parametrize("no", ["2", "NO", "nahi", "3", "KUCH", "نہیں"])
def test_no_or_partly_opens_it_again_and_asks_why_with_one_key(post: Post, one: Complaint, no: str) -> None:
    solved(post, one)
    assert post.event(no) == "reason_ask"
    assert statuses(post) == ["reopened"]
    assert post.event("4") == "reopened"
    assert acts(post, one)[-2:] == [("reason_given", "asked_for_money"), ("copied", None)]  # oversight hears of money


def test_no_with_words_is_its_own_reason(post: Post, one: Complaint) -> None:
    solved(post, one)
    assert post.event("nahi, abhi bhi pani nahi aata") == "reopened"
    assert acts(post, one)[-1] == ("reopened", "abhi bhi pani nahi aata")


def test_a_reason_may_be_given_in_words_and_a_key_there_is_not_asks_again(post: Post, one: Complaint) -> None:
    solved(post, one)
    post.text("2")
    assert post.event("7") == "choose_again"
    assert post.event("afsar aaya hi nahi") == "reopened"
    assert acts(post, one)[-1] == ("reason_given", "afsar aaya hi nahi")


def test_yes_with_more_words_closes_nothing(post: Post, one: Complaint) -> None:
    solved(post, one)
    assert post.event("haan lekin abhi bhi kharab hai") == "choose_again"
    assert statuses(post) == ["resolved_pending"]


def lapsed(db: Session, post: Post, one: Complaint) -> None:
    entry = HistoryEntry(act="lapsed", status="closed_unanswered", at=post.now, actor="system", role="system")
    assert complaints.record_act(db, db.get_one(Complaint, one.id), entry, {})


def test_a_late_no_within_thirty_days_opens_what_was_closed_without_an_answer(post: Post, one: Complaint) -> None:
    solved(post, one)
    with post.database.write.begin() as db:
        lapsed(db, post, one)
    post.wait(days=20)
    assert post.event("2") == "reason_ask"
    assert statuses(post) == ["reopened"]


def test_a_late_yes_changes_nothing(post: Post, one: Complaint) -> None:
    solved(post, one)
    with post.database.write.begin() as db:
        lapsed(db, post, one)
    assert post.event("1") == "status_is"
    assert statuses(post) == ["closed_unanswered"]


@pytest.mark.parametrize(
    ("key", "event", "status"),
    [("1", "refusal_accepted", "closed_confirmed"), ("2", "appealed", "appealed")],
)
def test_a_refusal_is_accepted_or_appealed(post: Post, one: Complaint, key: str, event: str, status: str) -> None:
    post.move(one, "in_progress", "refused_pending")
    assert post.event(key) == event
    assert statuses(post) == [status]


def test_an_officers_question_is_answered_in_words_or_with_yes(post: Post, one: Complaint) -> None:
    post.move(one, "in_progress", "waiting_citizen", note="Kya bijli aa gayi?")
    assert post.event("haan") == "details_added"
    post.move(one, "waiting_citizen", note="Meter number?")
    assert post.event("Meter 44 55 66") == "details_added"
    assert statuses(post) == ["in_progress"]
    assert (post.complaints()[0].details or "").splitlines()[1:] == ["haan", "Meter 44 55 66"]


def test_of_two_questions_a_key_answers_the_one_asked_last(post: Post, one: Complaint, other: Complaint) -> None:
    solved(post, one)
    solved(post, other)
    assert post.event("1") == "closed_confirmed"
    assert statuses(post) == ["resolved_pending", "closed_confirmed"]


def test_a_number_in_front_answers_for_that_case(post: Post, one: Complaint, other: Complaint) -> None:
    solved(post, one)
    solved(post, other)
    assert post.event(f"{tracking_number.format_number(one.number)} 1") == "closed_confirmed"
    assert statuses(post) == ["closed_confirmed", "resolved_pending"]


def test_the_same_key_twice_never_answers_the_older_question(post: Post, one: Complaint, other: Complaint) -> None:
    solved(post, one)
    solved(post, other)
    post.text("1")
    again = post.text("1")
    assert again is not None
    assert again.event == "resolved_pending"
    assert again.complaint_id == one.id
    assert statuses(post) == ["resolved_pending", "closed_confirmed"]
    assert post.event("1") == "closed_confirmed"  # now it was asked last
    assert statuses(post) == ["closed_confirmed", "closed_confirmed"]


def test_a_question_that_has_not_left_yet_was_not_asked(post: Post, one: Complaint) -> None:
    """It waits for the morning, while the citizen answers what they were asked at night."""
    assert post.event("NEW kuch theek nahi") == "filing_ask"
    post.move(one, "in_progress")
    post.move(one, "resolved_pending", left=False)
    with post.database.write.begin() as db:
        db.query(OutboxMessage).filter(OutboxMessage.state == "ready").update(
            {"next_at": post.now + dt.timedelta(hours=8)}
        )
    post.left = False
    assert post.event("1") in ("filing_ask", "received")
    assert statuses(post)[0] == "resolved_pending"


def test_a_question_held_back_over_night_is_the_last_one_asked_when_it_leaves(post: Post, one: Complaint) -> None:
    post.left = False
    solved(post, one, left=False)
    assert post.event("NEW kuch theek nahi") == "filing_ask"
    with post.database.write.begin() as db:
        for text in db.query(OutboxMessage).order_by(OutboxMessage.event == "resolved_pending"):
            post.now += dt.timedelta(hours=1)
            text.state, text.settled_at = "sent", post.now
    assert post.event("1") == "closed_confirmed"


def unsent(post: Post, reply: OutboxMessage | None, state: str = "expired") -> None:
    """The time of a reply is over, and it has not left."""
    assert reply is not None
    with post.database.write.begin() as db:
        db.get_one(OutboxMessage, reply.id).state = state


def test_a_question_whose_text_never_left_is_over_and_the_older_one_is_asked_again(
    post: Post, one: Complaint, other: Complaint
) -> None:
    solved(post, one)
    post.left = False
    unsent(post, post.text(f"WITHDRAW {other.number}"))
    assert [
        each.question.kind for each in open_questions.list_open_questions(post.database, post.now, 9, post.policy)
    ] == ["resolved"]
    post.left = True
    again = post.text("1")
    assert again is not None
    assert (again.event, again.complaint_id) == ("resolved_pending", one.id)
    assert statuses(post) == ["resolved_pending", "received"]
    assert post.event("1") == "closed_confirmed"  # now it was asked last


@pytest.mark.parametrize("state", ["expired", "skipped", "cancelled"])
def test_a_key_is_not_taken_for_a_question_whose_text_never_left(post: Post, one: Complaint, state: str) -> None:
    post.left = False
    unsent(post, post.text(f"WITHDRAW {one.number}"), state)
    assert post.event("1") == "nothing_asked"
    assert post.event(f"{one.number} 1") == "status_is"
    assert statuses(post) == ["received"]


def test_a_filing_whose_prompt_never_left_is_asked_again_and_not_lost(post: Post) -> None:
    post.left = False
    unsent(post, post.text("NEW kuch theek nahi"))
    assert post.event("1") == "filing_ask"
    [case] = post.complaints()  # kept at once, and the key of a question that nobody read said nothing about it
    assert (case.category, case.details) == (None, "kuch theek nahi")
    assert [
        each.question.kind for each in open_questions.list_open_questions(post.database, post.now, 9, post.policy)
    ] == ["filing"]


def test_words_where_a_key_is_waited_for_are_told_so(post: Post, one: Complaint) -> None:
    solved(post, one)
    assert post.event("mohallay walay bhi pareshan hain") == "choose_again"
    assert statuses(post) == ["resolved_pending"]


def test_nobody_guesses_between_questions_that_nobody_can_have_read(
    post: Post, one: Complaint, other: Complaint
) -> None:
    solved(post, one, left=False)
    solved(post, other, left=False)
    assert post.event("1") == "which_number"
    assert statuses(post) == ["resolved_pending", "resolved_pending"]


def test_a_question_is_over_when_the_case_went_on_without_its_answer(post: Post, one: Complaint) -> None:
    post.move(one, "in_progress", "waiting_citizen", note="Meter number?")
    post.move(one, "in_progress")
    assert post.event("haan") == "nothing_asked"


def test_an_answer_after_its_time_answers_nothing(post: Post, one: Complaint) -> None:
    solved(post, one)
    post.wait(days=31)
    assert post.event("1") == "nothing_asked"


def test_a_key_of_another_phone_answers_nothing(post: Post, one: Complaint) -> None:
    solved(post, one)
    assert post.event("1", AMIR) == "nothing_asked"
    assert post.event(f"{one.number} 1", AMIR) == "status_missing"
    assert statuses(post) == ["resolved_pending"]


def test_a_private_case_is_asked_about_in_neutral_words_and_can_be_answered(post: Post) -> None:
    hidden, _ = file_one(post.database, private=True)
    post.move(hidden, "in_progress", "resolved_pending", note="Tafteesh mukammal ho gayi")
    with post.database.read() as db:
        bodies = [each.body for each in db.query(OutboxMessage)]
    assert not [body for body in bodies if "Tafteesh" in body or "WASA" in body]
    assert post.event("1") in ("closed_confirmed",)
    assert statuses(post) == ["closed_confirmed"]


def test_words_of_a_keyword_answer_an_open_question_when_more_follows(post: Post, one: Complaint) -> None:
    post.move(one, "in_progress", "waiting_citizen", note="Kya haal hai?")
    assert post.event("haal bura hai") == "details_added"
    assert post.event("HAAL") == "status_is"
