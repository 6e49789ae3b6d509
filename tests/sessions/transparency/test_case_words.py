"""The words of a complaint and the log: whoever replaces them is told by the step that left others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from storage.cases import complaints
from storage.cases.complaints import DETAILS_DIGEST, HistoryEntry, details_digest
from storage.connection.database import Database
from storage.retention import due_rows
from storage.schema.tables import Complaint
from tests.sessions.transparency.logged import fill, owner, publication, verified

pytestmark = pytest.mark.both_databases

HOUR = dt.timedelta(hours=1)
MORE = "No water\nSince Monday"


@pytest.fixture
def end(database: Database, now: dt.datetime, folder: Path) -> dt.datetime:
    """When the last of 20 cases with 3 steps each happened: all are in the log, and the first says what it held."""
    last = fill(database, now, 20, 3)
    publication(database, folder).extend(last + HOUR)
    return last


def add_words(database: Database, at: dt.datetime, details: str | None = MORE) -> None:
    """An act of the seventh case with which its words change."""
    entry = HistoryEntry(act="details_added", status="in_progress", at=at, actor="citizen", note="Since Monday")
    with database.write.begin() as db:
        assert complaints.record_act(db, db.get_one(Complaint, 7), entry, {"details": details})


def _other_words(db: Session) -> None:
    db.get_one(Complaint, 7).details = "All is well"


def _sql(statement: str) -> Callable[[Session], None]:
    def change(db: Session) -> None:
        db.execute(text(f"UPDATE complaints SET details = {statement} WHERE id = 7"))

    return change


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_other_words, id="by somebody with the keys"),
        pytest.param(_sql("'All is well'"), id="in clear"),
        pytest.param(_sql("NULL"), id="removed"),
        pytest.param(_sql("(SELECT other.details FROM complaints other WHERE other.id = 8)"), id="of another case"),
    ],
)
def test_words_that_were_replaced_are_named_with_the_step_that_left_others(
    database: Database, folder: Path, end: dt.datetime, change: Callable[[Session], None]
) -> None:
    with database.write.begin() as db:
        number = db.get_one(Complaint, 7).number
        change(db)
    found = verified(database, folder, end)
    assert [each.what for each in found.mismatches] == ["words"]
    assert f"complaint {number}: its words are not those of history" in found.mismatches[0].sentence
    assert f"step 1 of {number}" in found.mismatches[0].sentence


def test_words_that_an_act_added_are_right_before_and_after_it_is_signed_and_the_earlier_ones_are_not(
    database: Database, folder: Path, end: dt.datetime
) -> None:
    with database.read() as db:
        earlier = db.execute(text("SELECT details FROM complaints WHERE id = 7")).scalar_one()
    add_words(database, end + dt.timedelta(minutes=1))
    assert verified(database, folder, end).bad == 0
    publication(database, folder).extend(end + HOUR)
    assert verified(database, folder, end).bad == 0
    with database.write.begin() as db:
        db.execute(text("UPDATE complaints SET details = :earlier WHERE id = 7"), {"earlier": earlier})
    found = verified(database, folder, end)
    assert [each.what for each in found.mismatches] == ["words"]
    assert "step 4 of" in found.mismatches[0].sentence


def test_an_act_that_leaves_the_words_as_they_are_commits_to_none(database: Database, end: dt.datetime) -> None:
    add_words(database, end, "No water")
    add_words(database, end)
    with database.read() as db:
        steps = complaints.history(db, 7)
        assert [(step.data or {}).get(DETAILS_DIGEST) for step in steps[-2:]] == [None, details_digest(MORE)]


def test_words_that_are_erased_are_no_others(database: Database, folder: Path, end: dt.datetime) -> None:
    with database.write.begin() as db:
        due_rows.empty_complaints(db, [7, 8], end)
    found = verified(database, folder, end)
    assert (found.bad, found.erased) == (0, 6)


def test_a_case_of_an_earlier_release_whose_steps_commit_to_no_words_is_as_it_was_signed(
    database: Database, folder: Path, end: dt.datetime
) -> None:
    with owner(database) as db:
        db.execute(text("UPDATE history SET data = NULL WHERE complaint_id = 7"))
        db.execute(text("DELETE FROM log_leaves"))
    other = folder.with_name("other")
    publication(database, other).extend(end + HOUR)
    with database.write.begin() as db:
        _other_words(db)
    assert verified(database, other, end).bad == 0
