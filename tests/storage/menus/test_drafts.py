"""Drafts are kept with who did what, and let go of when they have been over for long."""

from __future__ import annotations

import datetime as dt

import pytest

from storage.connection.database import Database
from storage.menus import drafts
from storage.schema.tables import Draft

pytestmark = pytest.mark.both_databases

FILES = {"a.yaml": "flow: a\n"}


def begun(database: Database, now: dt.datetime, flow: str = "a") -> Draft:
    with database.write.begin() as db:
        return drafts.start(db, now, flow=flow, base=1, main="a.yaml", files=FILES, who="Sara")


def found(database: Database, draft_id: int) -> Draft:
    with database.read.begin() as db:
        there = drafts.find(db, draft_id)
        assert there is not None
        return there


def test_a_save_counts_the_version_up_and_only_from_the_one_that_was_looked_at(
    database: Database, now: dt.datetime
) -> None:
    draft = begun(database, now)
    with database.write.begin() as db:
        assert drafts.save(db, now, draft.id, 1, {"a.yaml": "two"}, who="Bilal", what="menu")
        assert not drafts.save(db, now, draft.id, 1, {"a.yaml": "late"}, who="Sara", what="menu")
    there = found(database, draft.id)
    assert (there.version, there.files, there.changed_by) == (2, {"a.yaml": "two"}, "Bilal")
    with database.read.begin() as db:
        assert [(each.version, each.who, each.what) for each in drafts.edits(db, draft.id)] == [(2, "Bilal", "menu")]


def test_what_is_saved_is_no_longer_what_was_to_be_looked_at(database: Database, now: dt.datetime) -> None:
    draft = begun(database, now)
    with database.write.begin() as db:
        there = drafts.lock_draft(db, draft.id)
        assert there is not None
        there.state, there.asked_by, there.asked_at = "review", "Sara", now
    with database.write.begin() as db:
        drafts.save(db, now, draft.id, 1, {"a.yaml": "two"}, who="Bilal", what="menu", onto=(4, "b.yaml"))
    there = found(database, draft.id)
    assert (there.state, there.asked_by, there.base, there.main) == ("open", None, 4, "b.yaml")


def test_a_draft_that_is_over_is_not_saved_any_more(database: Database, now: dt.datetime) -> None:
    draft = begun(database, now)
    with database.write.begin() as db:
        there = drafts.lock_draft(db, draft.id)
        assert there is not None
        there.state = "dropped"
    with database.write.begin() as db:
        assert not drafts.save(db, now, draft.id, 1, {"a.yaml": "two"}, who="Bilal", what="menu")
    with database.read.begin() as db:
        assert drafts.list_open_drafts(db) == []
        assert [each.id for each in drafts.list_dropped_drafts(db, "a")] == [draft.id]


def test_the_files_of_drafts_over_for_long_are_forgotten_and_who_did_what_is_not(
    database: Database, now: dt.datetime
) -> None:
    old, fresh, going = (begun(database, now) for _ in range(3))
    with database.write.begin() as db:
        for draft, at in ((old, now - drafts.KEPT - dt.timedelta(hours=1)), (fresh, now)):
            there = drafts.lock_draft(db, draft.id)
            assert there is not None
            there.state, there.changed_at = "dropped", at
            drafts.note(db, at, there, who="Sara", what="dropped")
    with database.write.begin() as db:
        drafts.forget(db, now)
        drafts.forget(db, now)
    assert (found(database, old.id).files, found(database, old.id).main) == ({}, "")
    assert found(database, fresh.id).files == FILES
    assert found(database, going.id).files == FILES
    with database.read.begin() as db:
        assert [each.what for each in drafts.edits(db, old.id)] == ["dropped"]
        assert [each.id for each in drafts.list_dropped_drafts(db)] == [fresh.id]
