"""Words without a number, with a key in front or right behind an answer: which question and which case they are for."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from sqlalchemy import select

from flows.text import tracking_number
from storage.cases import complaints
from storage.connection.database import Database
from storage.schema.tables import Complaint, OutboxMessage
from tests.sessions.filing import file_one
from tests.sessions.texter import Post


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


@pytest.fixture
def one(post: Post) -> Complaint:
    return file_one(post.database)[0]


@pytest.fixture
def other(post: Post) -> Complaint:
    return file_one(post.database, category="mun02")[0]


def again(post: Post, complaint: Complaint) -> Complaint:
    return next(each for each in post.complaints() if each.id == complaint.id)


def acts(post: Post, complaint: Complaint) -> list[tuple[str, str | None]]:
    with post.database.read() as db:
        return [(row.act, row.note) for row in complaints.history(db, complaint.id)]


def waits_for_words(post: Post, complaint: Complaint) -> None:
    post.move(complaint, "in_progress", "waiting_citizen", note="Meter number?")


def solved(post: Post, complaint: Complaint) -> None:
    post.move(complaint, "in_progress", "resolved_pending")


# ---- words, and which question was asked last ----


def test_words_behind_a_key_answer_the_question_asked_last_and_not_an_older_one(
    post: Post, one: Complaint, other: Complaint
) -> None:
    waits_for_words(post, one)
    solved(post, other)
    assert post.event("2 bijli abhi bhi nahi hai") == "reopened"
    assert acts(post, other)[-1] == ("reopened", "bijli abhi bhi nahi hai")
    assert again(post, one).status == "waiting_citizen"
    assert again(post, one).details == one.details


def test_words_are_not_given_to_an_older_question_when_the_last_one_waits_for_a_key(
    post: Post, one: Complaint, other: Complaint
) -> None:
    waits_for_words(post, one)
    solved(post, other)
    reply = post.text("bijli wale aaye aur chale gaye")
    assert reply is not None
    assert (reply.event, reply.complaint_id) == ("choose_again", other.id)
    assert again(post, one).details == one.details
    assert "chale gaye" in (again(post, other).details or "")
    assert post.event("bijli abhi bhi nahi hai") == "reopened"
    assert [again(post, each).status for each in (one, other)] == ["waiting_citizen", "reopened"]


def test_words_right_behind_an_answer_belong_to_its_case(post: Post, one: Complaint, other: Complaint) -> None:
    waits_for_words(post, one)
    solved(post, other)
    assert post.event("1") == "closed_confirmed"
    reply = post.text("lekin pani ab bhi ganda hai")
    assert reply is not None
    assert (reply.event, reply.complaint_id) == ("details_added", other.id)
    assert "ganda" in (again(post, other).details or "")
    assert again(post, one).status == "waiting_citizen"


def test_words_behind_a_no_are_its_reason_even_before_we_asked_for_it(
    post: Post, one: Complaint, other: Complaint
) -> None:
    waits_for_words(post, one)
    solved(post, other)
    post.left = False
    assert post.event("2") == "reason_ask"
    assert post.event("pani ab bhi ganda hai") == "reopened"
    assert acts(post, other)[-1] == ("reason_given", "pani ab bhi ganda hai")


def test_some_time_after_an_answer_words_are_for_the_older_question_again(
    post: Post, one: Complaint, other: Complaint
) -> None:
    waits_for_words(post, one)
    solved(post, other)
    post.text("1")
    post.wait(minutes=11)
    reply = post.text("Meter 44 55 66")
    assert reply is not None
    assert reply.complaint_id == one.id
    assert again(post, one).status == "in_progress"


# ---- a key with words behind it ----


@pytest.mark.parametrize(
    "text", ["1 ghanta se bijli nahi hai", "1 lekin abhi bhi kharab", "haan lekin kharab", "2.5 din"]
)
def test_a_yes_with_more_words_closes_nothing_and_takes_nothing_back(post: Post, one: Complaint, text: str) -> None:
    solved(post, one)
    assert post.event(text) == "choose_again"
    assert again(post, one).status == "resolved_pending"
    post.wait(minutes=61)
    post.text(f"WITHDRAW {one.number}")
    assert post.event("1 ghanta se bijli nahi hai") == "choose_again"
    assert again(post, one).status == "resolved_pending"


@pytest.mark.parametrize(
    ("text", "status"), [("1 haan", "closed_confirmed"), ("2. nahi", "reopened"), ("1. Ji!", "closed_confirmed")]
)
def test_a_key_and_the_word_for_it_are_the_key(post: Post, one: Complaint, text: str, status: str) -> None:
    solved(post, one)
    post.text(text)
    assert again(post, one).status == status


def test_an_appeal_keeps_the_words_behind_its_key(post: Post, one: Complaint) -> None:
    post.move(one, "in_progress", "refused_pending")
    assert post.event("2 yeh ghalat faisla hai") == "appealed"
    assert again(post, one).status == "appealed"
    assert "yeh ghalat faisla hai" in (again(post, one).details or "")


def test_who_was_pressed_may_say_more(post: Post, one: Complaint) -> None:
    assert not re.search(r"\b9\b", post.says(f"WITHDRAW {one.number}"))
    assert post.event("9 daftar se phone aaya") == "withdrawn"
    assert ("pressed", None) in acts(post, one)
    assert "daftar se phone aaya" in (again(post, one).details or "")


@pytest.mark.parametrize("text", ["{} 2 pani abhi bhi ganda", "{}: 2, pani abhi bhi ganda", "2 {} pani abhi bhi ganda"])
def test_a_key_behind_a_number_is_the_answer_and_its_words_are_kept(
    post: Post, one: Complaint, other: Complaint, text: str
) -> None:
    solved(post, one)
    solved(post, other)
    assert post.event(text.format(tracking_number.format_number(one.number))) == "reopened"
    assert acts(post, one)[-1] == ("reopened", "pani abhi bhi ganda")
    assert again(post, other).status == "resolved_pending"


def test_a_key_that_says_no_in_words_too_is_not_thanked_for_but_done(post: Post, one: Complaint) -> None:
    solved(post, one)
    assert post.event(f"{one.number} 2 nahi hua") in ("reopened", "reason_ask")
    assert again(post, one).status == "reopened"


def test_a_key_there_is_not_behind_a_number_is_asked_again_and_its_words_are_kept(post: Post, one: Complaint) -> None:
    solved(post, one)
    assert post.event(f"{one.number} 5 din se band hai") == "choose_again"
    assert "5 din se band hai" in (again(post, one).details or "")
    assert again(post, one).status == "resolved_pending"


def test_a_number_and_days_are_words_where_nothing_is_asked(post: Post, one: Complaint) -> None:
    assert post.event(f"{one.number} 2 din se pani nahi") == "details_added"
    assert "2 din se pani nahi" in (again(post, one).details or "")


def test_a_reason_in_words_is_kept_whole_though_it_begins_with_a_number(post: Post, one: Complaint) -> None:
    solved(post, one)
    post.text("2")
    assert post.event("2 din se koi nahi aaya") == "reopened"
    assert acts(post, one)[-1] == ("reason_given", "2 din se koi nahi aaya")


# ---- since when a question counts as asked ----


def test_a_question_on_its_way_was_asked_when_it_was_sent_and_not_when_it_was_owed(
    post: Post, one: Complaint, other: Complaint
) -> None:
    """It was held until the morning; what was asked in between is older than it."""
    solved(post, one)
    owed_at = post.now
    post.left = False
    assert post.event(f"WITHDRAW {other.number}") == "withdraw_ask"
    _became(post, "withdraw_ask", "sent", claimed_at=owed_at + dt.timedelta(hours=1), settled_at=owed_at)
    for state in ("sending", "unknown"):
        _became(post, "resolved_pending", state, claimed_at=owed_at + dt.timedelta(hours=2), settled_at=None)
    post.wait(hours=3)
    assert post.event("1") == "resolved_sure"  # nothing shows that the question reached this phone
    post.post()
    assert post.event(post.key) == "closed_confirmed"
    assert [each.status for each in post.complaints()] == ["closed_confirmed", "received"]


def test_a_delivery_report_that_comes_late_does_not_ask_again(post: Post, one: Complaint, other: Complaint) -> None:
    solved(post, one)
    at = post.now
    solved(post, other)
    _became(post, "resolved_pending", "sent", claimed_at=at, settled_at=at, complaint=one)
    _became(post, "resolved_pending", "sent", claimed_at=post.now, settled_at=post.now, complaint=other)
    _became(
        post, "resolved_pending", "delivered", claimed_at=at, settled_at=post.now + dt.timedelta(hours=1), complaint=one
    )
    post.wait(hours=2)
    assert post.event("1") == "closed_confirmed"
    assert [each.status for each in post.complaints()] == ["resolved_pending", "closed_confirmed"]


def _became(
    post: Post,
    event: str,
    state: str,
    *,
    claimed_at: dt.datetime,
    settled_at: dt.datetime | None,
    complaint: Complaint | None = None,
) -> None:
    """What the worker and the reports write of the last text of an event."""
    with post.database.write.begin() as db:
        query = select(OutboxMessage).where(OutboxMessage.event == event)
        if complaint is not None:
            query = query.where(OutboxMessage.complaint_id == complaint.id)
        text = db.scalars(query.order_by(OutboxMessage.id.desc()).limit(1)).one()
        text.state, text.claimed_at, text.settled_at = state, claimed_at, settled_at
