"""The outbox: owed once, found through indexes however much of it is settled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, event, text

from storage.cases import contacts
from storage.connection.database import Database
from storage.messages import outbox, outbox_claims
from storage.messages.outbox import NewMessage

pytestmark = pytest.mark.both_databases

MANY = 4000


def add(database: Database, now: dt.datetime, dedupe: str, order_key: str = "complaint:1") -> int | None:
    with database.write.begin() as db:
        contact = contacts.find_or_add(db, "+923001234567", now)
        return outbox.add(db, now, NewMessage(contact.id, None, "received", dedupe, order_key, "x"))


def due(database: Database, now: dt.datetime) -> list[int]:
    with database.read() as db:
        return outbox_claims.due_ids(db, 0, now, 99)


def test_a_text_is_owed_once(database: Database, now: dt.datetime) -> None:
    first = add(database, now, "hop:1:5")
    assert first is not None
    assert add(database, now, "hop:1:5") is None
    assert due(database, now) == [first]


def test_a_write_that_fails_leaves_no_text_owed(database: Database, now: dt.datetime) -> None:
    with database.write() as db:
        contact = contacts.find_or_add(db, "+923001234567", now)
        assert outbox.add(db, now, NewMessage(contact.id, None, "received", "e", "k", "x")) is not None
        db.rollback()
    assert due(database, now) == []
    assert add(database, now, "e") is not None


def fill(database: Database, now: dt.datetime) -> None:
    """Many texts, one of a hundred still to send; the planner knows it."""
    with database.write.begin() as db:
        contact = contacts.find_or_add(db, "+923001234567", now)
        for n in range(MANY):
            outbox.add(db, now, NewMessage(contact.id, None, "received", f"d{n}", f"complaint:{n}", "x"))
        db.execute(text("UPDATE outbox SET state = 'delivered' WHERE id % 100 <> 0"))
        db.execute(text("UPDATE outbox SET state = 'sending', lease_until = next_at WHERE id % 1000 = 0"))
        db.execute(text("UPDATE outbox SET state = 'unknown' WHERE id % 1000 = 100"))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


@contextmanager
def plans(database: Database) -> Iterator[list[str]]:
    """How the database finds the rows of each SELECT from the outbox."""
    seen: list[str] = []
    explain = "EXPLAIN " if database.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "

    def look(
        connection: Connection, cursor: object, statement: str, given: object, context: object, many: bool
    ) -> None:
        if statement.startswith(("SELECT outbox.", "SELECT DISTINCT outbox.")):
            rows = connection.exec_driver_sql(explain + statement, given).all()  # type: ignore[arg-type]
            seen.append("\n".join(str(row[-1]) for row in rows))

    event.listen(database.engine, "before_cursor_execute", look)
    yield seen
    event.remove(database.engine, "before_cursor_execute", look)


def test_what_is_due_is_found_through_an_index_over_what_is_not_sent_yet(database: Database, now: dt.datetime) -> None:
    """So a claim costs the same whether a thousand texts were settled before, or a million."""
    fill(database, now)
    with plans(database) as seen, database.write.begin() as db:
        assert len(outbox_claims.candidates(db, 0, now, 20).texts) == 20
        assert outbox_claims.is_due(db, 0, now)
        assert len(outbox_claims.due_ids(db, 0, now, 20)) == 20
    assert len(seen) == 3
    for plan in seen:
        assert "outbox_due" in plan
        assert not set(plan.split()) & {"Sort", "B-TREE"}  # found in their order, so that the first few are enough


def test_what_the_sweep_looks_for_is_found_through_indexes_too(database: Database, now: dt.datetime) -> None:
    fill(database, now)
    with plans(database) as seen, database.read() as db:
        assert len(outbox.list_expired_leases(db, now)) == MANY // 1000
        assert len(outbox.list_overdue_unknown(db, now)) == MANY // 1000
    assert "outbox_leases" in seen[0]
    assert "outbox_doubts" in seen[1]


def test_a_claim_that_nobody_heard_of_is_found_by_when_its_lease_ends(database: Database, now: dt.datetime) -> None:
    fill(database, now)
    with plans(database) as seen, database.write.begin() as db:
        db.execute(text("UPDATE outbox SET lease = 'unheard' WHERE state = 'sending'"))
        assert outbox_claims.release_lease(db, "unheard", now - outbox_claims.LEASE) == MANY // 1000
    assert ["outbox_leases" in plan for plan in seen] == [True, True]
