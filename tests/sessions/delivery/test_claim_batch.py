"""Claiming what is due: in order, once, and given back as it was."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sessions.delivery.claim_batch import release_claims, release_lease
from sessions.delivery.dispatch_policy import DAY
from sessions.delivery.outcome_types import Acceptance, SendFailure, Unknown
from storage.connection.database import Database
from storage.messages import outbox_claims
from storage.schema.tables import HourlyClaims
from tests.sessions.posting import NAME, SARA, Aggregator, look, owe, phone, report, rules, send, states, take, write

pytestmark = pytest.mark.both_databases

SECOND, MINUTE, HOUR = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(hours=1)


def test_a_claimed_text_says_all_that_sending_needs(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now, order="complaint:9", body="سیور بند ہے {x} 100% 😀")
    (post,) = take(database, now + SECOND)
    assert (post.id, post.phone, post.body, post.route) == (owed, SARA, "سیور بند ہے {x} 100% 😀", NAME)
    assert (post.attempts, post.ambiguous, post.order_key, post.event) == (1, 0, "complaint:9", "received")
    assert (post.created_at, post.created_at.tzinfo) == (now, dt.UTC)
    text = look(database, owed)
    assert (text.state, text.lease, text.lease_until) == ("sending", post.lease, now + SECOND + outbox_claims.LEASE)


def test_texts_are_claimed_in_the_order_they_became_due(database: Database, now: dt.datetime) -> None:
    later, early = owe(database, now), owe(database, now - HOUR)
    owe(database, now + SECOND)
    assert [post.id for post in take(database, now, 10)] == [early, later]
    assert take(database, now, 10) == []


def test_a_claim_takes_no_more_than_it_is_asked_for(database: Database, now: dt.datetime) -> None:
    owed = [owe(database, now) for _ in range(5)]
    assert [post.id for post in take(database, now, 3)] == owed[:3]
    assert [post.id for post in take(database, now, 3)] == owed[3:]


def test_a_claim_takes_one_text_of_each_complaint(database: Database, now: dt.datetime) -> None:
    first, other = owe(database, now, order="complaint:1"), owe(database, now, order="complaint:2")
    behind = owe(database, now, order="complaint:1")
    assert [post.id for post in take(database, now, 10)] == [first, other]
    assert states(database, [behind]) == ["ready"]


def test_texts_of_one_complaint_leave_in_order(database: Database, now: dt.datetime) -> None:
    owed = [owe(database, now, order="complaint:7", body=word) for word in ("one", "two", "three")]
    aggregator = Aggregator(SendFailure("connection_refused"), Unknown("read_timeout"))
    assert send(database, now, aggregator, 9) == owed[:1]
    assert send(database, now, aggregator, 9) == []  # not sent: still first
    later = now + MINUTE
    assert send(database, later, aggregator, 9) == owed[:1]
    assert send(database, later, aggregator, 9) == []  # unknown: still first
    report(database, later, "ATXid_x", "Success")
    assert send(database, later, aggregator, 9) == owed[1:2]
    assert send(database, later, aggregator, 9) == owed[2:]
    assert [body for _, body in aggregator.got] == ["one", "one", "two", "three"]
    assert states(database, owed) == ["delivered", "sent", "sent"]


def test_a_claim_that_was_not_settled_is_not_claimed_again(database: Database, now: dt.datetime) -> None:
    owe(database, now)
    assert len(take(database, now)) == 1
    assert take(database, now + DAY) == []


def test_many_workers_claim_each_text_once_and_in_order(database: Database, now: dt.datetime) -> None:
    owed = [owe(database, now, to=phone(n % 20), order=f"complaint:{n % 7}") for n in range(40)]
    got: list[int] = []

    def one_worker(_: int) -> None:
        while set(states(database, owed)) & {"ready", "sending"}:
            posts = take(database, now, 5)
            got.extend(post.id for post in posts)
            write(database, now, *[(post, Acceptance(f"id{post.id}")) for post in posts])

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(one_worker, range(4)))
    assert sorted(got) == sorted(owed)
    for order in range(7):
        of_key = [each for each in got if owed.index(each) % 7 == order]
        assert of_key == sorted(of_key)


def test_two_claims_at_once_overdraw_no_budget(database: Database, now: dt.datetime) -> None:
    for _ in range(30):
        owe(database, now, event="assigned")
    barrier = threading.Barrier(4)

    def one_worker(_: int) -> int:
        barrier.wait()
        return len(take(database, now, 8))

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(one_worker, range(4))) == 10


def test_what_was_claimed_and_never_begun_is_given_back_to_its_old_place(database: Database, now: dt.datetime) -> None:
    owed = [owe(database, now, to=phone(n)) for n in range(3)]
    posts = take(database, now, 2)
    release_claims(database, posts[:1])
    assert [(each.state, each.attempts, each.lease) for each in (look(database, owed[0]),)] == [("ready", 0, None)]
    write(database, now, (posts[0], Acceptance("ATXid_ghost")))  # whoever gave it back may not settle it
    assert [post.id for post in take(database, now, 9)] == [owed[0], owed[2]]


def test_what_is_given_back_was_never_counted(database: Database, now: dt.datetime) -> None:
    owe(database, now, event="assigned")
    release_claims(database, take(database, now))
    under = rules(per_number=1, per_complaint=1, per_hour=1)
    later = now + HOUR
    (post,) = take(database, later, 9, under)
    assert take(database, later, 9, under) == []
    release_claims(database, [post])
    assert look(database, post.id).claimed_at is None
    with database.read() as db:
        assert [each.texts for each in db.query(HourlyClaims).order_by(HourlyClaims.hour)] == [0, 0]
    assert [post.id for post in take(database, later, 9, under)] == [post.id]


def test_a_text_that_was_tried_before_and_is_given_back_still_counts_for_that_try(
    database: Database, now: dt.datetime
) -> None:
    owed = owe(database, now)
    send(database, now, Aggregator(SendFailure("connection_refused")))
    later = now + HOUR
    release_claims(database, take(database, later))
    text = look(database, owed)
    assert (text.claimed_at, text.attempts) == (now, 1)
    with database.read() as db:
        assert [each.texts for each in db.query(HourlyClaims).order_by(HourlyClaims.hour)] == [1, 0]


def test_a_claim_nobody_heard_of_is_undone_but_a_text_that_was_tried_before_still_counts_for_a_try(
    database: Database, now: dt.datetime
) -> None:
    """By the time of the claim that is undone, because the one before was overwritten."""
    tried = owe(database, now)
    send(database, now, Aggregator(SendFailure("connection_refused")))
    later = now + HOUR
    new, other = (owe(database, later, to=phone(n)) for n in range(2))
    posts = take(database, later, 2)
    take(database, later)  # under another lease, which ends at the same time
    assert release_lease(database, posts[0].lease, later) == 2
    texts = [look(database, each) for each in (tried, new, other)]
    assert [(each.state, each.attempts, each.claimed_at) for each in texts] == [
        ("ready", 1, later),
        ("ready", 0, None),
        ("sending", 1, later),
    ]
    assert release_lease(database, posts[0].lease, later) == 0
    with database.read() as db:
        assert [each.texts for each in db.query(HourlyClaims).order_by(HourlyClaims.hour)] == [1, 1]


def test_what_is_given_back_twice_or_was_settled_meanwhile_is_not_undone(database: Database, now: dt.datetime) -> None:
    owed = [owe(database, now, to=phone(n)) for n in range(2)]
    posts = take(database, now, 2)
    write(database, now, (posts[0], Acceptance("ATXid_a")))
    for _ in range(2):
        release_claims(database, posts)
    assert states(database, owed) == ["sent", "ready"]
    assert look(database, owed[0]).claimed_at == now
    with database.read() as db:
        assert [each.texts for each in db.query(HourlyClaims)] == [1]
