"""Who reads a complaint, who works on it and by when, and the log: whoever changes that without a step is told."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from storage.cases import complaints, contact_complaints
from storage.cases.case_custody import CUSTODY, CUSTODY_DIGEST, custody_digest, custody_of
from storage.cases.complaints import ComplaintChanges, HistoryEntry
from storage.connection.database import Database
from storage.retention import due_rows
from storage.schema.tables import Complaint, Contact
from tests.sessions.transparency.logged import CASES, fill, other_value, owner, publication, verified

pytestmark = pytest.mark.both_databases

HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def end(database: Database, now: dt.datetime, folder: Path) -> dt.datetime:
    """When the last of 10 cases with 3 steps each happened, and somebody took it with the third; all are in the log."""
    last = fill(database, now, 10, 3)
    publication(database, folder).extend(last + HOUR)
    return last


def act(database: Database, at: dt.datetime, changes: ComplaintChanges) -> str | None:
    """An act of the seventh case; returns the digest in its step."""
    entry = HistoryEntry(act="noted", status="in_progress", at=at, actor="officer")
    with database.write.begin() as db:
        case = db.get_one(Complaint, 7)
        assert complaints.record_act(db, case, entry, changes)
        return (complaints.history(db, 7)[-1].data or {}).get(CUSTODY_DIGEST)


def test_a_column_that_decides_who_has_a_complaint_is_named_and_not_its_value(
    database: Database, folder: Path, end: dt.datetime
) -> None:
    drawn = random.Random(7)
    for name in CUSTODY:
        with database.write.begin() as db:
            number = db.get_one(Complaint, 7).number
            was = db.execute(select(CASES.c[name]).where(CASES.c.id == 7)).scalar_one()
            other = other_value(drawn, name, was)
            db.execute(update(CASES).where(CASES.c.id == 7).values({name: other}))
        found = verified(database, folder, end)
        with database.write.begin() as db:
            db.execute(update(CASES).where(CASES.c.id == 7).values({name: was}))
        assert [each.what for each in found.mismatches] == ["custody"], name
        said = found.mismatches[0].sentence
        assert f"complaint {number}: its {name} are not those of history 21: step 3 of {number}, " in said
    assert verified(database, folder, end).bad == 0


def test_a_step_commits_to_what_it_changes_and_one_that_changes_nothing_grows_by_nothing(
    database: Database, folder: Path, end: dt.datetime
) -> None:
    assert act(database, end, {"office": "wasa"}) is None
    assert act(database, end, {}) is None
    changed = act(database, end + MINUTE, {"office": "lda", "due_on": dt.date(2027, 1, 1), "waiting_since": end})
    with database.read() as db:
        assert changed == custody_digest(custody_of(db.get_one(Complaint, 7)))
    for at in (end, end + HOUR):  # before and after it is signed
        assert verified(database, folder, at).bad == 0
        publication(database, folder).extend(end + HOUR)
    with database.write.begin() as db:
        db.execute(text("UPDATE complaints SET office = 'wasa', private = NOT private WHERE id = 7"))
    found = verified(database, folder, end + HOUR)
    assert [each.what for each in found.mismatches] == ["custody"]
    assert "its office, private are not those of" in found.mismatches[0].sentence


def test_what_was_set_before_a_step_of_the_same_transaction_is_in_its_digest(
    database: Database, folder: Path, end: dt.datetime
) -> None:
    with database.write.begin() as db:
        of = db.get_one(Complaint, 7).contact_id
        other = Contact(phone="+923009999999", created_at=end)
        db.add(other)
        db.flush()
        given = contact_complaints.give(db, of, other.id)
        assert list(given) == list(range(1, 11))
        entry = HistoryEntry(act="contact_changed", status="in_progress", at=end, actor="citizen")
        for each in given:
            assert complaints.record_act(db, db.get_one(Complaint, each), entry, {})
    assert verified(database, folder, end).bad == 0


def test_a_case_that_is_erased_or_of_an_earlier_release_is_as_it_was_signed(
    database: Database, folder: Path, end: dt.datetime
) -> None:
    with owner(database) as db:
        db.execute(text("UPDATE history SET data = NULL WHERE complaint_id = 7"))
        db.execute(text("DELETE FROM log_leaves"))
    other = folder.with_name("other")
    publication(database, other).extend(end + HOUR)
    with database.write.begin() as db:
        due_rows.empty_complaints(db, [8], end)
        db.execute(text("UPDATE complaints SET office = 'lda' WHERE id IN (7, 8)"))
    assert verified(database, other, end).bad == 0
    act(database, end + MINUTE, {"level": 1})  # and from its next change on it is covered
    publication(database, other).extend(end + HOUR)
    with database.write.begin() as db:
        db.execute(text("UPDATE complaints SET office = 'wasa' WHERE id = 7"))
    assert [each.what for each in verified(database, other, end + HOUR).mismatches] == ["custody"]
