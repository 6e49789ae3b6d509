"""What was done to a complaint can be added to, and never taken back: not even by somebody at the database."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from storage.cases import complaints, contacts
from storage.cases.case_custody import CUSTODY_DIGEST, custody_digest, custody_of
from storage.cases.complaints import ComplaintChanges, HistoryEntry, NewComplaint, NextStep
from storage.connection.database import Database
from storage.schema.tables import Complaint

pytestmark = pytest.mark.both_databases

NOW = dt.datetime(2026, 6, 17, 9, 0, tzinfo=dt.UTC)


FILED = HistoryEntry(act="filed", status="received", at=NOW, actor="citizen", role="citizen")


def columns(db: Session) -> NewComplaint:
    return {
        "kind": "complaint",
        "contact_id": contacts.find_or_add(db, "+923001234567", NOW).id,
        "flow": "complaints",
        "revision": 1,
        "category": "mun01",
        "district": "lahore",
        "office": "water",
        "details": None,
        "private": False,
        "call_back": False,
        "urgent": False,
        "against": None,
        "limit_days": 7,
        "due_on": NOW.date(),
    }


@pytest.fixture
def filed(database: Database) -> int:
    """A complaint, with the row of its history that says so."""
    with database.write.begin() as db:
        added = complaints.add(db, "482719300", "s:1:0", FILED, columns(db))
        assert added is not None
        return added.id


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET note = 'solved'",
        "UPDATE history SET at = '2020-01-01 00:00:00'",
        "DELETE FROM history",
        "DELETE FROM history WHERE version = 1",
    ],
)
def test_a_step_cannot_be_changed_or_deleted(database: Database, filed: int, statement: str) -> None:
    with pytest.raises(DBAPIError, match="history only grows"), database.write.begin() as db:
        db.execute(text(statement))
    with database.read.begin() as db:
        assert [(row.version, row.act, row.note) for row in complaints.history(db, filed)] == [(1, "filed", None)]


def test_history_cannot_be_emptied_at_once(database: Database, filed: int) -> None:
    statement = "TRUNCATE history" if database.engine.dialect.name == "postgresql" else "DELETE FROM history"
    with pytest.raises(DBAPIError, match="history only grows"), database.write.begin() as db:
        db.execute(text(statement))
    with database.read.begin() as db:
        assert len(complaints.history(db, filed)) == 1


def test_the_clock_of_a_complaint_begins_when_it_is_filed(database: Database, filed: int) -> None:
    with database.read.begin() as db:
        complaint = complaints.by_number(db, "482719300")
        assert complaint is not None and complaint.clock_from == complaint.filed_at == NOW


def test_the_step_that_filed_commits_to_its_words_and_its_custody(database: Database, filed: int) -> None:
    with database.read.begin() as db:
        assert complaints.history(db, filed)[0].data == {
            complaints.DETAILS_DIGEST: complaints.details_digest(None),
            CUSTODY_DIGEST: custody_digest(custody_of(db.get_one(Complaint, filed))),
        }


def test_steps_that_follow_a_filing_at_once_are_written_as_if_one_came_after_the_other(database: Database) -> None:
    steps: list[tuple[HistoryEntry, ComplaintChanges]] = [
        (HistoryEntry(act="screened", status="screening", at=NOW, actor="system"), {"against": "police"}),
        (HistoryEntry(act="noted", status="screening", at=NOW, actor="system", data={"why": "seen"}), {}),
        (HistoryEntry(act="assigned", status="assigned", at=NOW, actor="system"), {"desk": "wasa", "officer_id": 7}),
    ]
    with database.write.begin() as db:
        following = [NextStep(*each) for each in steps]
        at_once = complaints.add(db, "482719300", "s:1:0", FILED, columns(db), following)
        one_by_one = complaints.add(db, "482719310", "s:2:0", FILED, columns(db))
        assert at_once is not None and one_by_one is not None
        for entry, changes in steps:
            assert complaints.record_act(db, one_by_one, entry, changes)
        ids = at_once.id, one_by_one.id

    def kept(complaint_id: int) -> list[dict[str, object]]:
        own = {"id", "number", "filed_in", "key_id", "complaint_id"}  # no two have the same
        rows = [db.get_one(Complaint, complaint_id), *complaints.history(db, complaint_id)]
        return [{name: getattr(row, name) for name in {*row.__table__.columns.keys()} - own} for row in rows]

    with database.read.begin() as db:
        assert kept(ids[0]) == kept(ids[1])
        digests = [CUSTODY_DIGEST in (row.data or {}) for row in complaints.history(db, ids[0])]
    assert digests == [True, True, False, True]
