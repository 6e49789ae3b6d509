"""The outbox: owed once, due in order."""

from __future__ import annotations

import datetime as dt

from storage import contacts, outbox
from storage.database import Database


def add(database: Database, now: dt.datetime, dedupe: str, order_key: str = "complaint:1") -> int | None:
    with database.write.begin() as db:
        contact = contacts.find_or_add(db, "+923001234567", now)
        return outbox.add(
            db,
            contact_id=contact.id,
            complaint_id=None,
            event="received",
            dedupe=dedupe,
            order_key=order_key,
            body="سیور بند ہے {x} 100% 😀",
            now=now,
        )


def test_a_text_is_owed_once(database: Database, now: dt.datetime) -> None:
    first = add(database, now, "hop:1:5")
    assert first is not None
    assert add(database, now, "hop:1:5") is None
    with database.read() as db:
        assert outbox.due(db, now) == [first]


def test_words_and_times_come_back_as_they_were(database: Database, now: dt.datetime) -> None:
    karachi = now.astimezone(dt.timezone(dt.timedelta(hours=5)))
    owed = add(database, karachi, "a")
    with database.write.begin() as db:
        text = outbox.claim(db, owed, now, "lease", aggregator="africastalking")
        assert text is not None
        assert text.body == "سیور بند ہے {x} 100% 😀"
        assert (text.created_at, text.created_at.tzinfo) == (now, dt.UTC)
        assert text.lease_until == now + dt.timedelta(seconds=60)


def test_the_text_due_longest_is_claimed_when_none_is_named(database: Database, now: dt.datetime) -> None:
    later = add(database, now, "b", "complaint:2")
    earlier = add(database, now - dt.timedelta(hours=1), "c", "complaint:3")
    for lease, expected in (("1", earlier), ("2", later), ("3", None)):
        with database.write.begin() as db:
            text = outbox.claim(db, None, now, lease, aggregator="africastalking")
            assert (text.id if text else None) == expected


def test_a_text_is_not_claimed_before_it_is_due(database: Database, now: dt.datetime) -> None:
    owed = add(database, now + dt.timedelta(seconds=1), "d")
    with database.write.begin() as db:
        assert outbox.claim(db, owed, now, "1", aggregator="africastalking") is None
        assert outbox.due(db, now) == []


def test_a_write_that_fails_leaves_no_text_owed(database: Database, now: dt.datetime) -> None:
    with database.write() as db:
        contact = contacts.find_or_add(db, "+923001234567", now)
        told = {"contact_id": contact.id, "complaint_id": None, "event": "received", "body": "x", "now": now}
        assert outbox.add(db, dedupe="e", order_key="k", **told) is not None
        db.rollback()
    with database.read() as db:
        assert outbox.due(db, now) == []
    assert add(database, now, "e") is not None
