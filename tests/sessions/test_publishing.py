from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from sqlalchemy import select, update

from flows.model import Flow
from gateway.flowfiles import read_flow
from sessions import publishing
from sessions.publishing import Published, Unfit
from storage import revisions
from storage.database import Database
from storage.tables import Revision
from tests.sessions.filing import LIBRARY, NOW, shipped
from tests.sessions.patience import patiently

FILES, MAIN = read_flow(LIBRARY)


def publish(database: Database, **replaced: str) -> Published | Unfit:
    files = FILES | {name.replace("_", "."): text for name, text in replaced.items()}
    return publishing.publish(database, NOW, files, MAIN, "Bilal", "first words")


def retitled(title: str) -> str:
    return FILES[MAIN].replace("title: Citizen complaint line 8484", f"title: {title}")


def test_a_published_flow_is_a_numbered_revision_that_compiles_to_the_flow(database: Database) -> None:
    assert publish(database) == Published("complaints", 1, changed=True)
    with database.read.begin() as db:
        revision = revisions.live_of(db, "complaints")
        assert revision is not None
        assert msgspec.msgpack.decode(revision.compiled, type=Flow) == shipped()
        assert (revision.source, revision.author, revision.message) == (FILES, "Bilal", "first words")


def test_publishing_the_same_again_changes_nothing(database: Database) -> None:
    publish(database)
    with database.read.begin() as db:
        before = revisions.marker(db)
    assert publish(database) == Published("complaints", 1, changed=False)
    with database.read.begin() as db:
        assert revisions.marker(db) == before


def test_a_changed_flow_is_a_new_revision_and_the_old_one_stays_as_it_was(database: Database) -> None:
    publish(database)
    assert publish(database, complaints_yaml=retitled("Line two")) == Published("complaints", 2, changed=True)
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
    assert publish(database) == Published("complaints", 3, changed=True)


def test_a_source_that_compiles_to_something_else_today_is_published_anew(database: Database) -> None:
    publish(database)
    with database.write.begin() as db:
        db.execute(update(Revision).values(compiled=b"as an older release compiled it"))
    assert publish(database) == Published("complaints", 2, changed=True)


def test_a_flow_with_errors_is_not_published(database: Database) -> None:
    broken = FILES[MAIN].replace("go: menu", "go: nowhere", 1)
    done = publish(database, complaints_yaml=broken)
    assert isinstance(done, Unfit)
    assert any(problem.severity == "E" for problem in done.problems)
    assert publishing.listing(database) == []


def test_two_who_publish_at_once_get_a_revision_each(database: Database) -> None:
    def one(at: int) -> Published | Unfit:
        return patiently(lambda: publish(database, complaints_yaml=retitled(f"Line {at}")))

    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(one, range(4)))
    assert sorted(each.number for each in done if isinstance(each, Published)) == [1, 2, 3, 4]


def test_codes_lead_to_published_flows_only(database: Database) -> None:
    assert not publishing.route(database, "*8484#", "complaints")
    publish(database)
    with database.read.begin() as db:
        before = revisions.marker(db)
    assert publishing.route(database, "*8484#", "complaints")
    assert publishing.route(database, "8484", "complaints")
    assert publishing.route(database, "8484", "complaints")
    with database.read.begin() as db:
        assert revisions.marker(db) != before
        assert [(code, row.number) for code, row in revisions.live(db)] == [("*8484#", 1), ("8484", 1)]
    [listed] = publishing.listing(database)
    assert listed.codes == ("*8484#", "8484")


@pytest.mark.parametrize(
    ("code", "fit"),
    [("*8484#", True), ("*8484*1#", True), ("8484", True), ("8484#", False), ("", False), ("*8484#\n", False)],
)
def test_a_code_is_what_can_be_dialled_or_texted(code: str, fit: bool) -> None:
    assert publishing.is_code(code) is fit
