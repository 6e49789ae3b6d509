"""Which texts need somebody is found in order, at the same cost among however many that were settled."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, text

from storage.cases import contacts
from storage.connection.database import Database
from storage.messages import outbox_admin
from storage.schema.tables import OutboxMessage
from tests.examples import examples
from tests.work import measured

pytestmark = pytest.mark.both_databases

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
EPOCH, LATE, HELD = 2, dt.timedelta(minutes=10), dt.timedelta(hours=1)
STATES = ("ready", "sending", "unknown", "unconfirmed", "sent", "delivered", "failed", "cancelled")
TEXTS = st.fixed_dictionaries(
    {
        "state": st.sampled_from(STATES),
        "reason": st.sampled_from((None, "number_budget", "no_road", "by_hand")),
        "epoch": st.sampled_from((EPOCH, EPOCH, EPOCH - 1)),
        "next_at": st.sampled_from((NOW - LATE, NOW - LATE + dt.timedelta(seconds=1))),
        "created_at": st.sampled_from((NOW - HELD, NOW - HELD + dt.timedelta(seconds=1))),
    }
)


def store(database: Database, rows: list[dict[str, Any]]) -> None:
    """Texts with the ids 1, 2, …, each with its row over one that was sent."""
    with database.write.begin() as db:
        db.execute(delete(OutboxMessage))
        contact = contacts.find_or_add(db, "+923001234567", NOW).id
        same = {"contact_id": contact, "event": "received", "body_": "", "kind": "status", "urgent": False}
        same |= {"state": "sent", "reason": None, "epoch": EPOCH, "next_at": NOW, "created_at": NOW}
        texts = [
            same | row | {"id": each, "dedupe": f"text:{each}", "order_key": f"case:{each}"}
            for each, row in enumerate(rows, 1)
        ]
        if texts:
            db.execute(insert(OutboxMessage), texts)
    with database.write.begin() as db:
        db.execute(text("ANALYZE outbox"))


def listed(database: Database, limit: int) -> list[int]:
    with database.read.begin() as db:
        rows = outbox_admin.list_stuck_messages(db, EPOCH, NOW - LATE, limit, owed_before=NOW - HELD)
    return [row.id for row in rows]


def is_stuck(row: dict[str, Any]) -> bool:
    """What the list is for, row by row."""
    if row["state"] != "ready":
        return row["state"] == "unconfirmed" or (row["state"], row["reason"]) == ("failed", "no_road")
    waits = row["reason"] == "number_budget" and row["created_at"] <= NOW - HELD
    return row["epoch"] < EPOCH or row["next_at"] <= NOW - LATE or waits


@settings(
    max_examples=examples(200, quick=15),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(st.lists(TEXTS, max_size=20), st.integers(1, 8))
def test_the_first_stuck_texts_are_listed_each_once(database: Database, rows: list[dict[str, Any]], limit: int) -> None:
    store(database, rows)
    assert listed(database, limit) == [each for each, row in enumerate(rows, 1) if is_stuck(row)][:limit]


def test_listing_them_costs_the_same_among_ten_times_as_many(database: Database) -> None:
    def cost(settled: int) -> int:
        store(database, [{}] * settled + [{"state": "unconfirmed"}, {"next_at": NOW - LATE, "state": "ready"}])
        with measured(database) as work:
            assert listed(database, 50) == [settled + 1, settled + 2]
        return work.cost

    few = cost(400)
    assert cost(4000) <= few * 1.2
