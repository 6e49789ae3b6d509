"""A flow that is checked becomes a numbered revision."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from sqlalchemy import select, update

from flows.menu.model import Flow
from sessions.publishing import flow_files_and_hash, publication
from sessions.publishing.publication import PublishedRevision, PublishFailure
from storage.connection.database import Database
from storage.menus import revisions
from storage.schema.tables import Revision
from tests.sessions.filing import NOW, file_one, shipped
from tests.sessions.patience import patiently
from tests.sessions.revising import FILES, MAIN, publish, retitled, revision

pytestmark = pytest.mark.both_databases

MINE = flow_files_and_hash.select_flow_files(FILES, MAIN, "complaints")
UNREACHED = """
  island:
    end: {en: "Nobody comes here.", ur-Latn: "Yahan koi nahi.", ur: یہاں کوئی نہیں}
"""


def test_a_published_flow_is_a_numbered_revision_that_compiles_to_the_flow(database: Database) -> None:
    assert publish(database) == PublishedRevision("complaints", 1, changed=True)
    with database.read.begin() as db:
        revision = revisions.live_of(db, "complaints")
        assert revision is not None
        assert msgspec.msgpack.decode(revision.compiled, type=Flow) == shipped()
        assert (revision.source, revision.author, revision.message) == (MINE, "Bilal", "first words")
        assert revision.digest == flow_files_and_hash.digest_of(MINE, MAIN)
        assert revision.base is None
        assert revision.checks["E"] == 0
        assert revision.checks["scripts"] > 90


def test_publishing_the_same_again_changes_nothing(database: Database) -> None:
    publish(database)
    with database.read.begin() as db:
        before = revisions.marker(db)
    assert publish(database) == PublishedRevision("complaints", 1, changed=False)
    with database.read.begin() as db:
        assert revisions.marker(db) == before


def test_a_changed_flow_is_a_new_revision_and_the_old_one_stays_as_it_was(database: Database) -> None:
    publish(database)
    assert publish(database, complaints_yaml=retitled("Line two")) == PublishedRevision("complaints", 2, changed=True)
    with database.read.begin() as db:
        rows = db.scalars(select(Revision).order_by(Revision.number)).all()
        titles = [msgspec.msgpack.decode(row.compiled, type=Flow).title for row in rows]
        live = revisions.live_of(db, "complaints")
    assert titles == ["Citizen complaint line 8484", "Line two"]
    assert live is not None
    assert live.number == 2


def test_the_old_words_published_again_are_a_new_revision(database: Database) -> None:
    publish(database)
    publish(database, complaints_yaml=retitled("Line two"))
    assert publish(database) == PublishedRevision("complaints", 3, changed=True)


def test_a_source_that_compiles_to_something_else_today_is_published_anew(database: Database) -> None:
    publish(database)
    with database.write.begin() as db:
        db.execute(update(Revision).values(compiled=b"as an older release compiled it"))
    assert publish(database) == PublishedRevision("complaints", 2, changed=True)


def test_a_flow_with_errors_is_not_published(database: Database) -> None:
    broken = FILES[MAIN].replace("go: menu", "go: nowhere", 1)
    done = publish(database, complaints_yaml=broken)
    assert isinstance(done, PublishFailure)
    assert any(problem.severity == "E" for problem in done.problems)
    assert publication.list_published_flows(database) == []


def test_two_who_publish_at_once_get_a_revision_each(database: Database) -> None:
    def one(at: int) -> PublishedRevision | PublishFailure:
        return patiently(lambda: publish(database, complaints_yaml=retitled(f"Line {at}")))

    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(one, range(4)))
    assert sorted(each.number for each in done if isinstance(each, PublishedRevision)) == [1, 2, 3, 4]


def test_the_files_of_another_flow_in_the_same_folder_are_not_this_flows(database: Database) -> None:
    publish(database)
    files = FILES | {"other.yaml": "flow: other", "transcripts/o.yaml": "test: o\nflow: other\nsteps: [{see: x}]\n"}
    done = publication.publish(database, NOW, files, MAIN, publication.RevisionNote("Bilal", "first words"))
    assert done == PublishedRevision("complaints", 1, changed=False)


def test_warnings_ask_for_a_reason_and_it_is_kept(database: Database) -> None:
    odd = FILES[MAIN] + UNREACHED
    refused = publish(database, reason="", complaints_yaml=odd)
    assert isinstance(refused, PublishFailure)
    assert refused.why == "warnings"
    assert publication.list_published_flows(database) == []
    assert isinstance(publish(database, reason="It is for next month", complaints_yaml=odd), PublishedRevision)
    kept = revision(database, 1)
    assert kept.reason == "It is for next month"
    assert kept.checks["W"] == len(kept.checks["warnings"]) > 0
    assert any("F102" in each for each in kept.checks["warnings"])


def test_what_ships_is_not_asked_for_a_reason(database: Database) -> None:
    assert isinstance(publish(database, complaints_yaml=FILES[MAIN] + UNREACHED), PublishedRevision)


def test_a_scripted_call_that_fails_blocks_publishing(database: Database) -> None:
    name = "transcripts/file_typed_district_en.yaml"
    files = FILES | {name: FILES[name].replace("What is it about", "Who are you")}
    done = publication.publish(database, NOW, files, MAIN, publication.RevisionNote("Bilal", "x"))
    assert isinstance(done, PublishFailure)
    [problem] = [each for each in done.problems if each.severity == "E"]
    assert (problem.code, problem.file, problem.line) == ("F901", name, 7)
    assert publication.list_published_flows(database) == []


def test_a_code_that_complaints_use_cannot_be_published_away(database: Database) -> None:
    publish(database)
    file_one(database, category="mun01")
    lists = FILES["lists/category.csv"].replace("mun01,", "mun99,", 1)
    files = {name: text for name, text in FILES.items() if not name.startswith("transcripts/")}
    done = publication.publish(
        database, NOW, files | {"lists/category.csv": lists}, MAIN, publication.RevisionNote("Bilal", "x")
    )
    assert isinstance(done, PublishFailure)
    assert "F605" in {each.code for each in done.problems if each.severity == "E"}


def test_a_file_that_is_only_spoken_of_is_not_the_flows(database: Database) -> None:
    publish(database)
    text = FILES[MAIN] + "# as in survey.yaml and old-texts.yaml\n"
    others = {"survey.yaml": "flow: x", "old-texts.yaml": "a: {en: b}", "s.yaml": "a: {en: b}"}
    done = publication.publish(
        database, NOW, FILES | others | {MAIN: text}, MAIN, publication.RevisionNote("Bilal", "x")
    )
    assert done == PublishedRevision("complaints", 2, changed=True)
    assert revision(database, 2).source.keys() == MINE.keys()


def test_numbers_are_compared_with_a_revision_that_another_release_compiled(database: Database) -> None:
    publish(database)
    with database.write.begin() as db:
        db.execute(update(Revision).values(compiled=b"as an older release compiled it"))
    files = {name: text for name, text in FILES.items() if not name.startswith("transcripts/")}
    text = FILES[MAIN].replace("      track:    {en:", '      track:    {key: "7", en:')
    done = publication.publish(
        database, NOW, files | {MAIN: text}, MAIN, publication.RevisionNote("Bilal", "x", reason="")
    )
    assert isinstance(done, PublishFailure)
    assert "F506" in {each.code for each in done.problems}
