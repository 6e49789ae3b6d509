"""Whoever changes texts locks their contact first: acts that cross wait for each other, and nobody is thrown out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from sessions.delivery import match_reports, outbox_admin
from sessions.delivery.claim_batch import release_claims
from sessions.delivery.outcome_types import Acceptance, Rejection, SendFailure, TemporaryRejection
from storage.connection.database import Database
from storage.messages import delivery_reports, outbox
from tests.faults.post_office import until
from tests.keys import open_database
from tests.sessions.posting import (
    NAME,
    SARA,
    Aggregator,
    contact_of,
    look,
    owe,
    rules,
    send,
    states,
    swept,
    take,
    write,
)

SECOND, HOUR = dt.timedelta(seconds=1), dt.timedelta(hours=1)
SOON = 0.9  # seconds: a lock is waited for no longer than one

Act = Callable[[], object]
Scene = Callable[[Database, dt.datetime, list[int]], Act]


@pytest.fixture
def postgresql(postgresql_url: str) -> Iterator[Database]:
    """SQLite has one lock for everything: there is no order to be kept."""
    database = open_database(postgresql_url)
    yield database
    database.close()


def retry(database: Database, now: dt.datetime, owed: list[int]) -> Act:
    send(database, now, Aggregator(Rejection("x"), Rejection("x")), 2)
    return lambda: outbox_admin.retry(database, now, owed)


def cancel(database: Database, now: dt.datetime, owed: list[int]) -> Act:
    return lambda: outbox_admin.cancel(database, now, owed)


def release(database: Database, now: dt.datetime, owed: list[int]) -> Act:
    outbox_admin.declare_restore(database, now + SECOND)
    return lambda: outbox_admin.release(database, now + SECOND)


def restored(database: Database, now: dt.datetime, owed: list[int]) -> Act:
    """They are owed after the restore: they belong to the new epoch."""
    return lambda: outbox_admin.declare_restore(database, now - HOUR)


def reopened(database: Database, now: dt.datetime, owed: list[int]) -> Act:
    """They wait for their route."""
    send(database, now, Aggregator(TemporaryRejection(600, "no_balance", account=True), SendFailure("x")), 2)
    with database.write.begin() as db:
        outbox.change(db, owed, reason="road_rests", next_at=now + SECOND)
    return lambda: outbox_admin.reset_route(database, now, NAME)


def given_back(database: Database, now: dt.datetime, owed: list[int]) -> Act:
    posts = take(database, now, 2)
    return lambda: release_claims(database, posts)


def told_late(database: Database, now: dt.datetime, owed: list[int]) -> Act:
    """Their reports came before anybody knew the ids they name."""
    send(database, now, Aggregator(Acceptance("ATXid_1"), Acceptance("ATXid_2")), 2)
    with database.write.begin() as db:
        for n in range(1, len(owed) + 1):
            delivery_reports.add(
                db, now, aggregator=NAME, provider_id=f"ATXid_{n}", status="Success", reason="", phone=""
            )
    return lambda: swept(database, now)


@pytest.mark.parametrize("scene", [retry, cancel, release, restored, reopened, given_back, told_late])
def test_an_act_on_texts_and_an_outcome_that_cross_wait_for_each_other(
    postgresql: Database, now: dt.datetime, scene: Scene
) -> None:
    """An outcome locks the contact, then its text, and then the contact's other texts when it must look at them."""
    owed = [owe(postgresql, now) for _ in range(2)]
    act = scene(postgresql, now, owed)
    contact = contact_of(postgresql, SARA)
    with ThreadPoolExecutor(1) as other:
        with postgresql.write.begin() as db:
            match_reports.lock(db, contact.id)
            outbox.lock_message(db, owed[1])
            crossing = other.submit(act)
            until(lambda: waits_for_a_lock(postgresql), SOON)
            assert outbox.lock_message(db, owed[0]) is not None
        crossing.result()


def waits_for_a_lock(database: Database) -> bool:
    """Somebody does."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with database.engine.connect() as connection:
        return bool(connection.execute(text(waiting)).scalar_one())


def test_a_claim_waits_for_nobody_who_acts_on_a_text(postgresql: Database, now: dt.datetime) -> None:
    """Nor does it for one that waits behind another whose route rests."""
    owed = [owe(postgresql, now, order="complaint:1") for _ in range(2)]
    under = rules("jazz", NAME, routes_for=lambda *_: ("jazz",))
    posts = take(postgresql, now, 9, under)
    write(postgresql, now, (posts[0], TemporaryRejection(0, "no_balance", account=True)))
    with postgresql.write.begin() as db:
        outbox.lock_message(db, owed[1])
        assert take(postgresql, now + SECOND, 9, under) == []
    assert [look(postgresql, each).reason for each in owed] == ["road_rests", None]
    assert states(postgresql, owed) == ["ready", "ready"]


def test_a_text_that_an_outcome_moved_on_meanwhile_is_not_cancelled(postgresql: Database, now: dt.datetime) -> None:
    owed = owe(postgresql, now)
    (post,) = take(postgresql, now)
    write(postgresql, now, (post, SendFailure("x")))
    with ThreadPoolExecutor(1) as other:
        with postgresql.write.begin() as db:
            match_reports.lock(db, post.contact_id)
            held = outbox.lock_message(db, owed)
            assert held is not None
            cancelling = other.submit(outbox_admin.cancel, postgresql, now, [owed])
            until(lambda: waits_for_a_lock(postgresql), SOON)
            outbox.forward(db, held, "sent", now)
        assert cancelling.result() == []
    assert look(postgresql, owed).state == "sent"
