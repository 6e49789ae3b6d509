"""Reports that came before their text was known are found, at the same cost among however many others."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import insert, text

from storage.connection.database import Database
from storage.messages import delivery_reports
from storage.schema.tables import Report
from tests.sessions.posting import NAME, Aggregator, owe, report, send
from tests.work import Work, measured

pytestmark = pytest.mark.both_databases


def store_reports(database: Database, now: dt.datetime, begin: int, end: int) -> None:
    """Orphans, all of them: of each, the database must ask whether a text is known by now."""
    same = {"aggregator": NAME, "status": "Success", "reason": "", "phone_": "", "phone_ix": b"", "at": now}
    rows = [same | {"provider_id": f"other_{number}"} for number in range(begin, end)]
    with database.write.begin() as db:
        db.execute(insert(Report), rows)
    with database.write.begin() as db:  # autovacuum does this when it comes round: the plan is not to hang on when
        db.execute(text("ANALYZE reports"))


def asked(database: Database, latest: int = 50) -> Work:
    with measured(database) as work, database.read() as db:
        assert delivery_reports.list_late_matches(db, latest) == []
    return work


def test_looking_for_reports_that_came_early_costs_the_same_among_ten_times_as_many(
    database: Database, now: dt.datetime
) -> None:
    store_reports(database, now, 0, 500)
    few = asked(database)
    store_reports(database, now, 500, 5000)
    many = asked(database)
    assert many.cost <= few.cost * 1.2, many.dearest


def test_only_the_latest_reports_are_looked_at(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    report(database, now, "ATXid_1", "Success")
    send(database, now, Aggregator())
    with database.write.begin() as db:  # as it is when the report and the answer cross: neither sees the other
        for each in db.query(Report):
            each.outbox_id = None
    store_reports(database, now, 0, 10)
    with database.read() as db:
        assert [text for text, _ in delivery_reports.list_late_matches(db, 11)] == [owed]
        assert delivery_reports.list_late_matches(db, 10) == []
