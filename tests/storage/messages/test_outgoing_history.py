"""What a phone was owed is counted at the same cost, however many texts it ever got."""

from __future__ import annotations

import datetime as dt

import pytest
from msgspec.structs import replace
from sqlalchemy import select, text, update

from storage.cases import contacts
from storage.connection.database import Database
from storage.connection.insert_once import FEW
from storage.messages import outbox, outgoing_history
from storage.messages.outbox import NewMessage
from storage.messages.outgoing_history import ReplyCounts
from storage.schema.tables import OutboxMessage
from tests.work import Work, measured

pytestmark = pytest.mark.both_databases

PHONE, MOST = "sms:1", 20


def reply(database: Database, now: dt.datetime, begin: int, end: int) -> None:
    """As many replies to one phone, every other one unclear; and as many to others."""
    with database.write.begin() as db:
        contact = contacts.find_or_add(db, "+923001234567", now)
        outbox.add_first(
            db,
            now,
            [
                NewMessage(contact.id, None, "status_is" if at % 2 else "unknown", f"{key}:{at}", f"{key}", "x")
                for at in range(begin, end)
                for key in (PHONE, f"sms:{2 + at}")
            ],
        )
    with database.write.begin() as db:
        db.execute(text("ANALYZE outbox"))


def counted(database: Database, since: dt.datetime, most: int = MOST) -> tuple[ReplyCounts, Work]:
    with measured(database) as work, database.read() as db:
        found = outgoing_history.replies_since(db, PHONE, since, most, {"unknown"})
    return found, work


def test_counting_the_replies_to_a_phone_costs_the_same_after_ten_times_as_many(
    database: Database, now: dt.datetime
) -> None:
    reply(database, now, 0, 200)
    found, few = counted(database, now)
    assert found == (MOST, MOST // 2)
    reply(database, now, 200, 2000)
    found, many = counted(database, now)
    assert found == (MOST, MOST // 2)
    assert many.cost <= few.cost * 1.2, many.dearest


def test_replies_of_an_earlier_hour_and_to_others_are_not_counted(database: Database, now: dt.datetime) -> None:
    hour = dt.timedelta(hours=1)
    reply(database, now, 0, 7)
    reply(database, now + hour, 7, 10)
    assert counted(database, now + hour)[0] == (3, 1)
    assert counted(database, now, 100)[0] == (10, 5)
    assert counted(database, now + 2 * hour)[0] == (0, 0)


def test_what_may_come_back_costs_the_same_after_ten_times_as_many_texts(database: Database, now: dt.datetime) -> None:
    day = dt.timedelta(days=1)

    def sent(begin: int, end: int) -> Work:
        reply(database, now, begin, end)
        with database.write.begin() as db:
            contact = contacts.find_or_add(db, "+923001234567", now)
            for text_ in db.scalars(select(OutboxMessage).where(OutboxMessage.claimed_at.is_(None))):
                text_.claimed_at = now - 30 * day + text_.id * dt.timedelta(seconds=1)
            db.flush()
            db.execute(update(OutboxMessage).where(OutboxMessage.dedupe == f"{PHONE}:0").values(claimed_at=now))
        with measured(database) as work, database.read() as db:
            found = outgoing_history.texted_since(db, contact.id, now - day, now)
        assert found.bodies[:1] == ["x"] and not found.is_asked
        return work

    few, many = sent(0, 100), sent(100, 1000)
    assert many.cost <= few.cost * 1.3, many.dearest


@pytest.mark.parametrize("count", [1, FEW + 1])
def test_an_answer_beside_the_texts_of_a_new_case_is_put_off_with_an_earlier_one(
    database: Database, now: dt.datetime, count: int
) -> None:
    """As if it had been added by itself: a reply does not pass one that waits."""
    later = now + dt.timedelta(minutes=5)
    with database.write.begin() as db:
        contact = contacts.find_or_add(db, "+923001234567", now)
        first = NewMessage(contact.id, None, "help", "a", "replies:1", "x", kind="answer")
        outbox.change(db, [outbox.add(db, now, first) or 0], next_at=later, reason="budget")
        news = [NewMessage(contact.id, None, "officer_new", f"b{at}", f"officer:{at}", "x") for at in range(count)]
        outbox.add_with_answer(db, now, news, replace(first, dedupe="c"), ["budget"])
        outbox.add(db, now, replace(first, dedupe="d"), ["budget"])
        rows = db.execute(select(OutboxMessage.dedupe, OutboxMessage.next_at, OutboxMessage.reason))
        found = {row.dedupe: (row.next_at, row.reason) for row in rows}
    assert {found[f"b{at}"] for at in range(count)} == {(now, None)}
    assert found["c"] == found["d"] == (later, "budget")
