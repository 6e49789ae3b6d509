"""What KHUFIA hides: the case, its repetition on the same day, and texts that had not left yet."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from flows.text import tracking_number
from sessions.delivery import outbox_admin
from storage.cases import complaints
from storage.connection.database import Database
from storage.schema.tables import Complaint, OutboxMessage, Question
from tests.sessions.filing import file_one
from tests.sessions.texter import Post

TELLING = ("WASA", "Sewer", "gutter", "Received", "Meter")


@pytest.fixture
def post(database: Database) -> Post:
    post = Post(database)
    post.speaks("en")
    return post


def bodies(post: Post, *states: str) -> list[str]:
    with post.database.read() as db:
        query = select(OutboxMessage).where(OutboxMessage.state.in_(states)).order_by(OutboxMessage.id)
        return [each.body for each in db.scalars(query)]


def tells_nothing(body: str) -> bool:
    return not [word for word in TELLING if word in body]


def test_a_private_repetition_on_the_same_day_hides_the_case(post: Post) -> None:
    assert post.event("NEW gutter band hai Shah Alam Lahore") == "received"
    body = post.says("KHUFIA gutter band hai Model Town Lahore")
    (complaint,) = post.complaints()
    assert complaint.private is True
    assert "Model Town" in (complaint.details or "")
    assert tracking_number.format_number(complaint.number) in body
    assert tells_nothing(body)
    with post.database.read() as db:
        assert [row.act for row in complaints.history(db, complaint.id)] == ["filed", "hidden", "details_added"]


def test_a_repetition_of_a_private_complaint_is_answered_without_its_status(post: Post) -> None:
    post.text("KHUFIA gutter band hai Lahore")
    body = post.says("NEW gutter band hai Lahore")
    (complaint,) = post.complaints()
    assert tracking_number.format_number(complaint.number) in body
    assert tells_nothing(body)


def test_a_private_filing_whose_revision_is_gone_stays_private(post: Post) -> None:
    assert post.event("KHUFIA gutter band hai") == "filing_ask"
    with post.database.write.begin() as db:
        db.query(Question).update({"revision_id": None})
    assert post.event("Lahore") == "filing_ask"
    post.text("Lahore")
    assert [each.private for each in post.complaints()] == [True]


@pytest.mark.parametrize("state", ["ready", "sending", "unknown"])
@pytest.mark.parametrize("hide", ["KHUFIA {}", "{} KHUFIA", "KHUFIA"])
def test_texts_that_had_not_left_tell_nothing_once_the_case_is_hidden(post: Post, state: str, hide: str) -> None:
    complaint, _ = file_one(post.database)
    post.left = False
    post.text(complaint.number)
    post.move(complaint, "in_progress", "waiting_citizen", note="Meter number kya hai?", left=False)
    with post.database.write.begin() as db:
        db.query(OutboxMessage).update({"state": state})
    assert [body for body in bodies(post, state) if not tells_nothing(body)]
    assert post.event(hide.format(complaint.number)) == "private_ok"
    left = bodies(post, "ready", "sending", "unknown")
    assert len(left) == 4
    assert [body for body in left if not tells_nothing(body)] == []
    assert all(tracking_number.format_number(complaint.number) in body for body in left)


@pytest.mark.parametrize("state", outbox_admin.OVER)
def test_a_text_given_up_before_the_case_was_hidden_tells_nothing_when_a_person_tries_it_again(
    post: Post, state: str
) -> None:
    complaint, _ = file_one(post.database)
    post.left = False
    post.move(complaint, "in_progress", "waiting_citizen", note="Meter number kya hai?", left=False)
    with post.database.write.begin() as db:
        given_up = list(db.scalars(select(OutboxMessage.id).order_by(OutboxMessage.id)))
        db.query(OutboxMessage).update({"state": state})
    assert post.event(f"KHUFIA {complaint.number}") == "private_ok"
    assert sorted(outbox_admin.retry(post.database, post.now, given_up)) == given_up
    assert [body for body in bodies(post, "ready") if not tells_nothing(body)] == []


def test_what_has_left_and_what_is_about_another_case_stays_as_it_is(post: Post) -> None:
    complaint, other = file_one(post.database)[0], file_one(post.database, category="mun02")[0]
    post.text(complaint.number)
    post.left = False
    post.text(other.number)
    before = bodies(post, "sent", "ready")
    post.text(f"KHUFIA {complaint.number}")
    assert bodies(post, "sent", "ready")[:2] == before


def test_a_case_is_hidden_once(post: Post) -> None:
    complaint: Complaint = file_one(post.database)[0]
    for _ in range(2):
        assert post.event(f"KHUFIA {complaint.number}") == "private_ok"
    with post.database.read() as db:
        assert [row.act for row in complaints.history(db, complaint.id)] == ["filed", "hidden"]
