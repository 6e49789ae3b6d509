"""Requests that nobody could read wait for a person, who files or discards each once."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import Actor, operator
from sessions.operations import quarantine_review
from sessions.operations.quarantine_review import QuarantineReview
from sessions.sms import inbound_transaction
from storage.connection.database import Database
from storage.messages.quarantine import UnreadableRequest
from storage.schema.tables import AuditRow, Inbound, OutboxMessage, UnreadableForm
from tests.sessions.patience import patiently
from tests.sessions.texter import SARA, Post

pytestmark = pytest.mark.both_databases
DAY = dt.timedelta(days=1)
RAW = b"id=1&coding=%xy&content=\xff\x00bijli nahi"


def keep(post: Post, *, door: str = "sms", phone: str = SARA, raw: bytes = RAW) -> None:
    """One request in the quarantine."""
    request = UnreadableRequest(
        aggregator="jasmin", door=door, problem="coding", shape={}, method="POST", raw=raw, phone=phone
    )
    assert inbound_transaction.set_aside(post.database, post.now, request)


@pytest.fixture
def post(database: Database) -> Post:
    post = Post(database)
    keep(post)
    return post


def review(post: Post, actor: Actor | None = None) -> QuarantineReview:
    return QuarantineReview(post.database, post.now, actor or operator("Sara"), (), post.texting.answer)


def rows(post: Post, table: type) -> list[UnreadableForm]:
    with post.database.read() as db:
        return list(db.scalars(select(table)))


def test_two_people_who_file_the_same_request_make_one_sms_with_one_reply(post: Post) -> None:
    def file(words: str) -> object:
        return patiently(lambda: quarantine_review.file_unreadable(review(post), 1, words, "8484"))

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(file, ["bijli nahi Lahore", "bijli band Lahore"] * 2))
    assert [isinstance(each, Refusal) for each in done].count(False) == 1
    assert (len(rows(post, Inbound)), len(rows(post, OutboxMessage))) == (1, 1)
    [kept] = rows(post, UnreadableForm)
    assert (kept.state, kept.settled_by, kept.raw) == ("filed", "Sara", RAW)


def test_only_an_operator_and_triage_settle_requests(post: Post) -> None:
    officer = review(post, Actor("Amir", "officer", 7, "wasa"))
    assert isinstance(quarantine_review.file_unreadable(officer, 1, "bijli nahi", "8484"), Refusal)
    assert isinstance(quarantine_review.discard_unreadable(officer, 1, "nothing in it"), Refusal)
    assert rows(post, Inbound) == []


@pytest.mark.parametrize(("words", "reason"), [("a", "Write 3 to 2000"), ("x" * 2001, "Write 3 to 2000")])
def test_words_that_are_no_sms_are_refused(post: Post, words: str, reason: str) -> None:
    refused = quarantine_review.file_unreadable(review(post), 1, words, "8484")
    assert isinstance(refused, Refusal)
    assert reason in refused.message


def test_what_was_settled_is_emptied_after_its_days_and_what_waits_never(post: Post) -> None:
    for raw in (b"one", b"two", b"three"):
        keep(post, raw=raw)
    assert not isinstance(quarantine_review.file_unreadable(review(post), 1, "bijli nahi", "8484"), Refusal)
    assert not isinstance(quarantine_review.discard_unreadable(review(post), 2, "a test of ours"), Refusal)
    settled = post.now
    post.wait(days=20)
    assert not isinstance(quarantine_review.discard_unreadable(review(post), 3, "another test"), Refusal)

    def look(now: dt.datetime) -> int:
        return quarantine_review.empty_settled_requests(post.database, now, 30)

    assert look(settled + 30 * DAY) == 0
    assert [look(settled + 31 * DAY) for _ in range(2)] == [2, 0]
    first, second, third, fourth = sorted(rows(post, UnreadableForm), key=lambda each: each.id)
    for emptied in (first, second):
        assert (emptied.raw, emptied.phone, emptied.digest) == (None, "", None)
    assert (first.state, first.settled_by, first.inbound_id) == ("filed", "Sara", 1)
    assert (second.state, second.note) == ("discarded", "a test of ours")
    assert (third.raw, third.phone, fourth.raw, fourth.phone) == (b"two", SARA, b"three", SARA)
    with post.database.read() as db:
        entries = [each for each in db.scalars(select(AuditRow)) if each.event == "requests_emptied"]
    assert [(each.actor_kind, each.detail) for each in entries] == [("service", {"rows": "2"})]
    keep(post, raw=RAW)  # the same request again waits anew
    assert len(quarantine_review.list_unreadable(post.database, 9)) == 2


def test_a_report_can_only_be_discarded_and_needs_a_reason(post: Post) -> None:
    keep(post, door="delivery")
    refused = quarantine_review.file_unreadable(review(post), 2, "bijli nahi", "8484")
    assert isinstance(refused, Refusal)
    assert isinstance(quarantine_review.discard_unreadable(review(post), 2, " "), Refusal)
    assert not isinstance(quarantine_review.discard_unreadable(review(post), 2, "no text of ours"), Refusal)
    assert [each.id for each in quarantine_review.list_unreadable(post.database, 9)] == [1]
    assert isinstance(quarantine_review.find_unreadable(post.database, 99), Refusal)
