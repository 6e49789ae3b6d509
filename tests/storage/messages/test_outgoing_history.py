"""What a phone was owed is counted at the same cost, however many texts it ever got."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text

from storage.cases import contacts
from storage.connection.database import Database
from storage.messages import outbox, outgoing_history
from storage.messages.outbox import NewMessage
from storage.messages.outgoing_history import ReplyCounts
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
