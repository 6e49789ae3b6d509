"""A forged STOP: the phone is told, START undoes it, and what it asks for later is sent."""

from __future__ import annotations

import pytest

from sessions.delivery.claim_batch import Rules, claim_messages
from storage.connection.database import Database
from tests.sessions.filing import file_one
from tests.sessions.texter import SARA, Post

pytestmark = pytest.mark.both_databases
RULES = Rules(routes=("road",), routes_for=lambda phone, network: ("road",), per_number=100)  # noqa: ARG005


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database, left=False)


def leaving(post: Post) -> list[str]:
    """The events of the texts that leave now."""
    found: list[str] = []
    while texts := claim_messages(post.database, post.now, 50, RULES, lambda: "lease").posts:
        found += [each.event for each in texts]
        with post.database.write.begin() as db:
            db.connection().exec_driver_sql("UPDATE outbox SET state = 'sent' WHERE state = 'sending'")
    return found


def test_it_is_told_and_undone_in_one_text(post: Post) -> None:
    one, _ = file_one(post.database, SARA)
    leaving(post)
    post.text("STOP")
    assert leaving(post) == ["stop_ok"]
    post.move(one, "in_progress", left=False)
    assert leaving(post) == []
    assert "START" in post.says("STOP")
    post.text("START")
    post.move(one, "resolved_pending", left=False)
    assert {"start_ok", "resolved_pending"} <= set(leaving(post))


def test_what_is_filed_by_sms_later_is_texted_about_and_nothing_earlier(post: Post) -> None:
    one, _ = file_one(post.database, SARA)
    post.text("STOP")
    assert post.event("NEW bijli nahi hai Lahore") == "received"
    leaving(post)
    two = post.complaints()[-1]
    post.move(one, "in_progress", left=False)
    post.move(two, "in_progress", left=False)
    assert leaving(post) == ["in_progress"]
    assert post.event(two.number) == "status_is"
    assert leaving(post) == ["status_is"]


def test_a_flood_before_it_does_not_keep_its_reply_back(post: Post) -> None:
    for number in range(30):
        post.text(f"STATUS {number}")
    assert post.event("HELP") == ""
    assert post.event("STOP") == "stop_ok"
    assert post.event("STOP") == ""  # nothing was changed: two machines do not talk all night
    assert post.event("START") == "start_ok"
