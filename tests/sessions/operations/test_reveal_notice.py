"""Oversight hears once a month how many numbers were seen, whatever processes sweep, and nothing if there were none."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.operations.reveal_notice import EVENT, RevealNotices
from storage.audit import audit_log
from storage.audit.entry import AuditActor, AuditEntry
from storage.connection.database import Database
from storage.schema.tables import OutboxMessage
from tests.sessions.filing import NOW, shipped
from tests.sessions.roster import hire

pytestmark = pytest.mark.both_databases

JULY = dt.datetime(2026, 6, 30, 19, 0, tzinfo=dt.UTC)  # midnight in Karachi


def notices(database: Database) -> RevealNotices:
    return RevealNotices(database, lambda: {"complaints": shipped()}, SHIPPED_POLICY)


def test_oversight_is_texted_once_about_the_month_before(database: Database) -> None:
    hire(database, "Rehana", office=None, role="oversight", phone="+923332220001")
    hire(database, "Nadia", office=None, role="oversight")  # has no phone here
    hire(database, "Tariq", office=None, role="triage", phone="+923332220002")
    with database.write.begin() as db:
        for event, at in (("revealed", NOW), ("revealed", JULY), ("reveal_refused", NOW), ("reveal_refused", NOW)):
            audit_log.record(db, AuditEntry(event, AuditActor("command", "root"), at, "case", "482719300"))
    assert notices(database).look(JULY - dt.timedelta(seconds=1)) == []  # there were none in May
    first, second = notices(database), notices(database)
    assert len(first.look(JULY)) == 1
    assert (first.look(JULY), second.look(JULY + dt.timedelta(days=20))) == ([], [])
    with database.read.begin() as db:
        [text] = db.scalars(select(OutboxMessage).where(OutboxMessage.event == EVENT)).all()
    assert "1 / 2" in text.body
    assert len(first.look(JULY + dt.timedelta(days=31))) == 1  # about July
