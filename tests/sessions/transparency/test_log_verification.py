"""The log and the database: what was signed can be checked, and nothing that was changed goes unseen."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import text
from sqlalchemy.orm import Session

from sessions.transparency.log_publication import DatabaseBehindLogError
from sessions.transparency.log_verification import LogFilesError, verify_log
from storage.connection.database import Database
from storage.schema.tables import AuditRow, History
from storage.transparency import log_leaves, log_marks
from storage.transparency.log_entry import audit_event, words_digest
from storage.transparency.signed_note import NoteError, new_key
from storage.transparency.tile_files import TileFiles
from tests.sessions.transparency.logged import NAMES, fill, owner, publication, some_change, verified

pytestmark = pytest.mark.both_databases

LONG = dt.timedelta(hours=1)


@pytest.fixture
def end(database: Database, now: dt.datetime, folder: Path) -> dt.datetime:
    """When the last of 60 cases with 5 steps each happened: all are in the log."""
    last = fill(database, now, 60, 5)
    publication(database, folder).extend(last + LONG)
    return last


def test_a_database_that_nobody_changed_is_as_it_was_signed(database: Database, folder: Path, end: dt.datetime) -> None:
    found = verified(database, folder, end)
    assert (found.checkpoint.size, found.bad, found.mismatches) == (360, 0, ())


def test_the_log_grows_in_the_order_of_what_happened_and_each_row_stands_there_once(
    database: Database, folder: Path, end: dt.datetime
) -> None:
    log = publication(database, folder)
    for _ in range(3):
        end = fill(database, end + LONG, 3, 2)
        log.extend(end + LONG)
        log.extend(end + LONG)
    assert verified(database, folder, end).checkpoint.size == 360 + 3 * 9
    assert verified(database, folder, end).bad == 0


def test_a_checkpoint_is_signed_once_a_minute_at_most(
    database: Database, folder: Path, now: dt.datetime, end: dt.datetime
) -> None:
    log = publication(database, folder)
    at = fill(database, end, 1, 1)
    assert log.extend(at) == 362
    fill(database, at + dt.timedelta(seconds=1), 1, 1)
    assert log.extend(at + dt.timedelta(seconds=30)) == 362
    assert log.extend(at + dt.timedelta(seconds=61)) == 364


HISTORY = "SELECT id FROM history ORDER BY id LIMIT 1 OFFSET "
CHANGES = [
    ("UPDATE history SET status = 'closed' WHERE id = :row", "altered"),
    ("UPDATE history SET note = 'Solved' WHERE id = :row", "altered"),
    ("UPDATE history SET staff_id = NULL WHERE id = :row", "altered"),
    ("UPDATE history SET actor = 'Somebody else' WHERE id = :row", "altered"),
    ("UPDATE history SET data = '{}' WHERE id = :row", "altered"),
    ("UPDATE history SET at = :past WHERE id = :row", "altered"),
    ("UPDATE log_leaves SET salt = words_salt WHERE source = 'history' AND row_id = :row", "altered"),
    (
        "UPDATE complaints SET number = '000000000' WHERE id = (SELECT complaint_id FROM history WHERE id = :row)",
        "altered",
    ),
    ("DELETE FROM history WHERE id = :row", "missing"),
    ("DELETE FROM log_leaves WHERE source = 'history' AND row_id = :row", "missing"),
    ("DELETE FROM audit WHERE id = 1 + :row % 60", "missing"),
    ("UPDATE audit SET actor = 'nobody' WHERE id = 1 + :row % 60", "altered"),
    ("UPDATE audit SET event = 'exported' WHERE id = 1 + :row % 60", "altered"),
]


@pytest.mark.parametrize(("change", "what"), CHANGES)
def test_a_row_that_the_owner_of_the_database_changes_is_named(
    database: Database, folder: Path, end: dt.datetime, change: str, what: str
) -> None:
    with owner(database) as db:
        db.execute(
            text(change),
            {"row": 17, "past": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)} if ":past" in change else {"row": 17},
        )
    found = verified(database, folder, end)
    assert found.mismatches[0].what == what, found.mismatches
    named = "audit 18" if "audit" in change else "history 17" if "number" not in change else "history 16"
    gone = "its place is gone" if "DELETE FROM log_leaves" in change else named
    assert gone in found.mismatches[0].sentence, found.mismatches


def test_two_rows_that_changed_places_are_told_with_the_place_where_each_stood(
    database: Database, folder: Path, end: dt.datetime
) -> None:
    with owner(database) as db:
        for old, new in ((9, -1), (40, 9), (-1, 40)):
            db.execute(text("UPDATE log_leaves SET seq = :new WHERE seq = :old"), {"old": old, "new": new})
    found = verified(database, folder, end)
    assert [(each.what, each.seq) for each in found.mismatches] == [("moved", 9), ("moved", 40)]
    assert "was logged as entry 40" in found.mismatches[0].sentence


def test_a_step_that_is_put_in_afterwards_is_found_before_and_after_the_log_went_on(
    database: Database, folder: Path, end: dt.datetime
) -> None:
    with owner(database) as db:
        _insert(db, end - dt.timedelta(hours=2))
    found = verified(database, folder, end)
    assert {each.what for each in found.mismatches} == {"added", "state"}
    publication(database, folder).extend(end + LONG)
    found = verified(database, folder, end)
    assert {each.what for each in found.mismatches} == {"late", "state"}


def _insert(db: Session, at: dt.datetime) -> None:
    columns = "complaint_id, version, act, actor, role, staff_id, data, status, note, at"
    taken = "complaint_id, 99, act, actor, role, staff_id, data, 'closed', note, :at"
    db.execute(text(f"INSERT INTO history ({columns}) SELECT {taken} FROM history WHERE id = 17"), {"at": at})


def test_a_case_that_is_closed_without_a_step_is_named(database: Database, folder: Path, end: dt.datetime) -> None:
    with database.write.begin() as db:
        number = db.scalar(text("SELECT number FROM complaints WHERE id = 3"))
        db.execute(text("UPDATE complaints SET status = 'closed' WHERE id = 3"))
    found = verified(database, folder, end)
    assert [each.what for each in found.mismatches] == ["state"]
    assert f"complaint {number}: it is closed" in found.mismatches[0].sentence


def test_words_that_are_erased_with_their_salt_leave_a_log_that_holds(
    database: Database, folder: Path, end: dt.datetime
) -> None:
    with owner(database) as db:
        db.execute(text("UPDATE history SET note = NULL, data = NULL WHERE id <= 20"))
        db.execute(text("UPDATE log_leaves SET words_salt = NULL WHERE source = 'history' AND row_id <= 20"))
    found = verified(database, folder, end)
    assert (found.bad, found.erased) == (0, 20)


def test_words_that_were_replaced_after_their_salt_was_removed_are_named(
    database: Database, folder: Path, end: dt.datetime
) -> None:
    with owner(database) as db:
        db.execute(text("UPDATE history SET note = 'Never said', data = NULL WHERE id = 17"))
        db.execute(text("UPDATE log_leaves SET words_salt = NULL WHERE source = 'history' AND row_id = 17"))
    assert [each.what for each in verified(database, folder, end).mismatches] == ["altered"]


def test_a_mark_that_was_put_beyond_the_rows_does_not_keep_later_rows_out(
    database: Database, folder: Path, end: dt.datetime
) -> None:
    with database.write.begin() as db:
        db.execute(text("UPDATE log_marks SET row_id = 2000000000"))
    last = fill(database, end + LONG, 3, 2)
    assert publication(database, folder).extend(last + LONG) == 369


def test_a_row_of_the_quiet_hours_of_the_other_table_is_found_without_a_place(
    database: Database, folder: Path, end: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_leaves, "LOOK_BACK", 10)
    log = publication(database, folder)
    with owner(database) as db:  # no audit entries for a day
        _insert(db, end + LONG)
    log.extend(end + LONG)
    with owner(database) as db:
        taken = "complaint_id, 98, act, actor, role, staff_id, data, status, note, :at"
        columns = "id, complaint_id, version, act, actor, role, staff_id, data, status, note, at"
        db.execute(
            text(f"INSERT INTO history ({columns}) SELECT -5, {taken} FROM history WHERE id = 17"),
            {"at": end + dt.timedelta(minutes=30)},
        )
    log.extend(end + 2 * LONG)
    said = [each.sentence for each in verified(database, folder, end + LONG).mismatches if each.what == "added"]
    assert said == ["history -5 is not in the log."]


def test_a_clock_that_was_wrong_for_one_row_does_not_make_all_later_rows_late(
    database: Database, folder: Path, end: dt.datetime
) -> None:
    with owner(database) as db:
        _insert(db, end + dt.timedelta(days=365))
    log = publication(database, folder)
    log.extend(end + LONG)
    log.extend(fill(database, end + LONG, 10, 5) + LONG)
    found = verified(database, folder, end + 3 * LONG)
    assert [each.what for each in found.mismatches] == ["late"] * 9 + ["state"]


def test_a_clock_that_is_put_back_does_not_stop_the_signing(
    database: Database, folder: Path, now: dt.datetime, end: dt.datetime
) -> None:
    log = publication(database, folder)
    fill(database, end, 1, 1)
    assert log.extend(end + dt.timedelta(days=365)) == 362
    fill(database, end + dt.timedelta(minutes=2), 1, 1)
    assert log.extend(end + dt.timedelta(minutes=3)) == 364


def test_a_process_that_finds_the_marks_held_does_not_wait(database: Database, folder: Path, end: dt.datetime) -> None:
    if database.engine.dialect.name != "postgresql":
        return  # on SQLite one process writes at a time anyway
    fill(database, end, 1, 1)
    with database.write.begin() as held, database.write.begin() as db:
        assert log_leaves.add_new_rows(held, end, 10) == 2
        assert log_leaves.add_new_rows(db, end, 10) == 0


def test_half_a_character_in_the_data_of_a_step_holds_nothing_up() -> None:
    halves = [words_digest(History(note=None, data={"reason": half}), b"salt") for half in ("\ud83d", "\ude00")]
    assert halves[0] != halves[1]
    audit = dict.fromkeys(("event", "actor_kind", "actor", "role", "subject_kind", "subject", "network"), "")
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert audit_event(AuditRow(id=1, at=at, detail={"act": "\ud83d"}, **audit))[1]


def test_nothing_is_signed_and_no_row_has_a_place_over_a_database_that_was_restored(
    database: Database, folder: Path, end: dt.datetime
) -> None:
    with owner(database) as db:
        db.execute(text("DELETE FROM log_leaves WHERE seq >= 300"))
        db.execute(text("DELETE FROM audit WHERE id > 30"))
    before = (folder / "checkpoint").read_bytes()
    later = end + LONG
    for _ in range(2):  # and it goes on, beyond what was signed
        with pytest.raises(DatabaseBehindLogError, match="an older copy was restored"):
            publication(database, folder).extend(later + LONG)
        later = fill(database, later + LONG, 60, 5)
    with database.read() as db:
        assert log_leaves.size(db) == 300
        assert log_marks.unsigned_since(db) is not None
    assert (folder / "checkpoint").read_bytes() == before


def test_a_database_that_lost_its_newest_rows_is_told_to_be_behind_and_no_row_to_be_altered(
    database: Database, folder: Path, end: dt.datetime
) -> None:
    later = fill(database, end + LONG, 4, 3)
    publication(database, folder).extend(later + LONG)
    with owner(database) as db:
        db.execute(text("DELETE FROM log_leaves WHERE seq >= 360"))
        db.execute(text("DELETE FROM history WHERE id > 300"))
        db.execute(text("DELETE FROM audit WHERE id > 60"))
        db.execute(text("DELETE FROM complaints WHERE id > 60"))
    fill(database, later + LONG, 3, 2)
    with pytest.raises(DatabaseBehindLogError):
        publication(database, folder).extend(later + 2 * LONG)
    found = verified(database, folder, later + 2 * LONG)
    assert (found.behind, found.bad, {each.what for each in found.mismatches}) == (16, 16, {"missing"})


def test_a_database_that_an_earlier_release_gave_places_after_a_restore_is_refused_too(
    database: Database, folder: Path, end: dt.datetime
) -> None:
    with owner(database) as db:
        db.execute(text("DELETE FROM log_leaves WHERE seq >= 300"))
    later = fill(database, end + LONG, 60, 5)
    with database.write.begin() as db:
        log_leaves.add_new_rows(db, later + LONG, 2_000)
    with pytest.raises(DatabaseBehindLogError, match="another one"):
        publication(database, folder).extend(later + LONG)
    assert verified(database, folder, end).behind == 60


def test_files_that_were_changed_and_checkpoints_of_others_are_refused(
    database: Database, folder: Path, end: dt.datetime
) -> None:
    with pytest.raises(NoteError, match=r"No signature of sunwai\.example\.org/other"):
        verify_log(database, TileFiles(folder), [new_key("sunwai.example.org/other").verify_key], end)
    note = (folder / "checkpoint").read_text()
    (folder / "checkpoint").write_text(note.replace("\n360\n", "\n359\n"))
    with pytest.raises(NoteError, match="was changed"):
        verified(database, folder, end)
    (folder / "checkpoint").write_text(note)
    bundle = folder / "tile/entries/000"
    bundle.write_bytes(bundle.read_bytes().replace(b"seen", b"case", 1))
    with pytest.raises(LogFilesError, match="were changed"):
        verified(database, folder, end)


@pytest.mark.parametrize("seed", range(10))
def test_each_random_change_by_the_owner_of_the_database_is_found_and_the_first_bad_entry_named(
    database: Database, folder: Path, now: dt.datetime, seed: int
) -> None:
    """In a record of more than a tile, and in shorter ones, where a change costs a fifth to look for."""
    end = fill(database, now, 60 if seed < 2 else 12, 5)
    publication(database, folder).extend(end + LONG)
    drawn = random.Random(seed)
    on_both = settings().max_examples // 5  # the first of the very changes that SQLite has
    for _ in range(on_both if database.engine.dialect.name == "postgresql" else settings().max_examples):
        with some_change(database, drawn, end) as (kind, place):
            found = verified(database, folder, end)
            assert found.bad, (kind, place)
            assert found.mismatches[0].seq == place, (kind, place, found.mismatches[0])
            assert found.mismatches[0].what in NAMES[kind], (kind, found.mismatches[0])
            assert found.behind == 0 or kind in ("truncate", "delete"), (kind, found.behind)
    assert verified(database, folder, end).bad == 0
