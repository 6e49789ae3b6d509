"""A flow that comes in from elsewhere becomes a draft once, on the revision that it was made from."""

from __future__ import annotations

import pytest

from sessions.drafts import draft_editing, flow_import
from sessions.drafts.draft_editing import Edit, NewDraft
from sessions.drafts.flow_copy import CopyFailure
from sessions.publishing.base_revision import BaseRevision
from sessions.publishing.flow_files_and_hash import digest_of
from storage.connection.database import Database
from storage.schema.tables import Draft
from tests.sessions.filing import NOW
from tests.sessions.tiny import FILES, MAIN, TEXT, publish


def taken_in(database: Database, flow: str = "line", base: int = 0) -> Draft | CopyFailure:
    return flow_import.import_flow(
        database, Edit("Sana", NOW, "taken in from line.zip"), NewDraft(flow, base, MAIN, FILES)
    )


def test_a_new_flow_is_drafted_once_and_only_by_a_name_that_flows_have(database: Database) -> None:
    first = taken_in(database)
    assert isinstance(first, Draft)
    assert (first.base, first.files) == (0, FILES)
    assert [each.what for each in draft_editing.edits(database, first.id)] == ["taken in from line.zip"]
    assert taken_in(database) == CopyFailure("drafted", first.id)
    assert taken_in(database, "Bad name") == CopyFailure("name")


def test_what_was_published_meanwhile_is_no_new_flow(database: Database) -> None:
    publish(database)
    assert taken_in(database) == CopyFailure("live")
    again = taken_in(database, base=1)
    assert isinstance(again, Draft) and again.base == 1


@pytest.mark.parametrize("noted", [True, False])
def test_files_of_an_earlier_revision_are_drafted_on_that_one(database: Database, noted: bool) -> None:
    assert flow_import.base_number_of(database, FILES, "line", None) == 0
    publish(database)
    publish(database, TEXT.replace("What do you want", "What is it"))
    taken = BaseRevision(1, digest_of(FILES, MAIN)) if noted else None
    mine = {MAIN: TEXT.replace("about roads", "about the roads")}
    assert flow_import.base_number_of(database, mine, "line", taken) == 1
