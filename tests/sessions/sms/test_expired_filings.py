"""A filing whose question is never answered is filed all the same: nothing is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from flows.text import tracking_number
from storage.connection.database import Database
from storage.schema.tables import OutboxMessage, Question
from tests.sessions.patience import patiently
from tests.sessions.texter import SARA, Post

pytestmark = pytest.mark.both_databases


@pytest.fixture
def post(database: Database) -> Post:
    post = Post(database)
    post.speaks("en")
    return post


def receipts(post: Post) -> list[OutboxMessage]:
    with post.database.read() as db:
        return list(db.scalars(select(OutboxMessage).where(OutboxMessage.dedupe.like("unanswered:%"))))


def a_day_later(post: Post) -> int:
    post.wait(hours=25)
    return post.texting.left_over(post.now)


def test_what_was_not_answered_within_a_day_goes_to_the_office_that_sorts_with_a_receipt(post: Post) -> None:
    post.text("NEW bijli nahi hai do din se")
    assert a_day_later(post) == 1
    (complaint,) = post.complaints()
    assert (complaint.category, complaint.district, complaint.office) == ("nrg01", None, "triage")
    assert complaint.details == "bijli nahi hai do din se"
    (receipt,) = receipts(post)
    assert tracking_number.format_number(complaint.number) in receipt.body
    assert (receipt.kind, receipt.complaint_id, receipt.state) == ("receipt", complaint.id, "ready")
    assert receipt.id in post.woken


def test_neither_subject_nor_district_need_be_known(post: Post) -> None:
    post.text("NEW theek karein")
    post.text("xyzzy")
    a_day_later(post)
    (complaint,) = post.complaints()
    assert (complaint.category, complaint.district, complaint.office) == (None, None, "triage")
    assert (complaint.details or "").splitlines() == ["theek karein", "xyzzy"]


def test_it_is_filed_once_however_often_and_by_how_many_it_is_looked_for(post: Post) -> None:
    post.text("NEW bijli nahi hai")
    post.wait(hours=25)
    with ThreadPoolExecutor(4) as sweeps:
        list(sweeps.map(lambda _: patiently(lambda: post.texting.left_over(post.now)), range(8)))
    assert a_day_later(post) == 0
    assert len(post.complaints()) == len(receipts(post)) == 1
    assert [each.closed_as for each in post.questions()] == ["unanswered"]
    assert [each.words for each in post.questions()] == [None]


def test_what_can_still_be_answered_is_left_alone(post: Post) -> None:
    post.text("NEW bijli nahi hai")
    post.wait(hours=23)
    assert post.texting.left_over(post.now) == 0
    assert post.event("Multan") == "received"
    assert a_day_later(post) == 0
    assert len(post.complaints()) == 1


def test_a_private_filing_stays_private_and_its_receipt_tells_nothing(post: Post) -> None:
    post.text("KHUFIA gutter band hai")
    a_day_later(post)
    assert [each.private for each in post.complaints()] == [True]
    (receipt,) = receipts(post)
    assert "ewer" not in receipt.body
    assert "WASA" not in receipt.body


def test_where_nobody_can_read_any_more_that_its_name_was_to_be_hidden_it_is_hidden(post: Post) -> None:
    post.text("KHUFIA gutter band hai")
    with post.database.write.begin() as db:
        db.query(Question).one().state = b"\xc1 is never valid"
    a_day_later(post)
    assert [each.private for each in post.complaints()] == [True]
    (receipt,) = receipts(post)
    assert "ewer" not in receipt.body


@pytest.mark.parametrize("spoilt", [{"revision_id": None}, {"state": b"\xc1 is never valid"}, {"state": None}])
def test_what_cannot_be_gone_on_with_is_filed_with_its_first_words(post: Post, spoilt: dict[str, object]) -> None:
    post.text("NEW bijli nahi hai")
    with post.database.write.begin() as db:
        for name, value in spoilt.items():
            setattr(db.query(Question).one(), name, value)
    a_day_later(post)
    assert not post.failures
    assert [each.details for each in post.complaints()] == ["bijli nahi hai"]
    assert len(receipts(post)) == 1


def test_one_that_is_said_twice_on_a_day_is_one_case(post: Post) -> None:
    post.text("NEW bijli nahi hai")
    post.text("NEW bijli nahi hai abhi tak")
    assert a_day_later(post) == 1
    (complaint,) = post.complaints()
    assert (complaint.details or "").splitlines() == ["bijli nahi hai", "bijli nahi hai abhi tak"]


def test_who_stopped_texts_gets_no_receipt_and_the_complaint_is_there(post: Post) -> None:
    post.text("NEW bijli nahi hai")
    post.text("STOP", SARA)
    a_day_later(post)
    assert len(post.complaints()) == 1
    assert [each.kind for each in receipts(post)] == ["receipt"]  # which is not sent after STOP


def test_where_texts_lead_to_a_menu_by_now_the_words_are_filed_all_the_same(post: Post) -> None:
    post.text("NEW bijli nahi hai")
    menu = Post(post.database, flow="complaints", now=post.now)
    with post.database.write.begin() as db:
        db.query(Question).update({"revision_id": None})
    a_day_later(menu)
    (complaint,) = post.complaints()
    assert (complaint.details, complaint.office) == ("bijli nahi hai", "triage")
    assert len(receipts(post)) == 1
