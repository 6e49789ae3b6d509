"""Which code leads to which flow."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.flow_folder.files import read_flow
from sessions.publishing import publication, short_codes
from sessions.publishing.publication import PublishedRevision, PublishFailure
from sessions.publishing.short_codes import LeadsElsewhere, MadeForTexts
from storage.connection.database import Database
from storage.menus import revisions
from tests.sessions.filing import LIBRARY, NOW

pytestmark = pytest.mark.both_databases

FILES, MAIN = read_flow(LIBRARY)
TEXTED = """
flow: word
channel: sms
languages: {en: English}
screens:
  thanks: {end: {en: Thank you}}
"""


def publish(
    database: Database, main: str = MAIN, files: dict[str, str] | None = None
) -> PublishedRevision | PublishFailure:
    return publication.publish(database, NOW, files or FILES, main, publication.RevisionNote("Bilal", "first words"))


def codes(database: Database) -> dict[str, tuple[str, ...]]:
    return {each.flow: each.codes for each in publication.list_published_flows(database)}


def test_codes_lead_to_published_flows_only(database: Database) -> None:
    assert not short_codes.assign_code(database, "*8484#", "complaints")
    publish(database)
    with database.read.begin() as db:
        before = revisions.marker(db)
    assert short_codes.assign_code(database, "*8484#", "complaints")
    assert short_codes.assign_code(database, "8484", "complaints")
    assert short_codes.assign_code(database, "8484", "complaints")
    with database.read.begin() as db:
        assert revisions.marker(db) != before
        assert [(code, row.number) for code, row in revisions.live(db)] == [("*8484#", 1), ("8484", 1)]
    [listed] = publication.list_published_flows(database)
    assert listed.codes == ("*8484#", "8484")


@pytest.mark.parametrize(
    ("code", "fit"),
    [
        ("*8484#", True),
        ("*8484*1#", True),
        ("8484", True),
        ("8484#", False),
        ("", False),
        ("*8484#\n", False),
        (f"*{'8' * 39}#", False),
    ],
)
def test_a_code_is_what_can_be_dialled_or_texted(code: str, fit: bool) -> None:
    assert short_codes.is_code(code) is fit


def test_two_who_route_the_same_new_code_at_once_both_succeed(database: Database) -> None:
    publish(database)
    with ThreadPoolExecutor(1) as threads:
        with database.write.begin() as db:
            revisions.route(db, "*8484#", "complaints")
            other = threads.submit(short_codes.assign_code, database, "*8484#", "complaints")
            with pytest.raises(TimeoutError):  # it waits for this transaction
                other.result(0.3)
        assert other.result(5)
    [listed] = publication.list_published_flows(database)
    assert listed.codes == ("*8484#",)


def test_of_two_who_give_a_new_code_to_two_flows_at_once_one_is_told(database: Database) -> None:
    publish(database)
    publish(database, "power_cut.yaml")
    with ThreadPoolExecutor(1) as threads:
        with database.write.begin() as db:
            assert revisions.reserve_code(db, "*99#", "complaints") == "complaints"
            other = threads.submit(short_codes.assign_code, database, "*99#", "power_cut", instead=False)
            with pytest.raises(TimeoutError):  # it waits for this transaction
                other.result(0.3)
        with pytest.raises(LeadsElsewhere):
            other.result(5)
    assert codes(database) == {"complaints": ("*99#",), "power_cut": ()}


def test_a_code_that_people_dial_does_not_lead_to_a_flow_made_for_texts(database: Database) -> None:
    assert publish(database, "by_text.yaml") == PublishedRevision("by_text", 1, changed=True)
    for instead in (True, False):
        with pytest.raises(MadeForTexts):
            short_codes.assign_code(database, "*8484#", "by_text", instead=instead)
    assert short_codes.assign_code(database, "8484", "by_text")
    assert codes(database) == {"by_text": ("8484",)}


def test_a_flow_that_people_dial_is_not_published_as_one_made_for_texts(database: Database) -> None:
    texted = {"word.yaml": TEXTED}
    dialled = {"word.yaml": TEXTED.replace("channel: sms\n", "")}
    assert publish(database, "word.yaml", texted) == PublishedRevision("word", 1, changed=True)
    assert publish(database, "word.yaml", dialled) == PublishedRevision("word", 2, changed=True)
    for code in ("*8484#", "*8485#", "8484"):
        assert short_codes.assign_code(database, code, "word")
    refused = PublishFailure(why="dialled", live=2, codes=("*8484#", "*8485#"))
    assert publish(database, "word.yaml", texted) == refused
    assert publication.roll_back(database, NOW, "word", 1, publication.RevisionNote("Sara", "x")) == refused
    for code in refused.codes:
        assert short_codes.unassign_code(database, code) == "word"
    assert publish(database, "word.yaml", texted) == PublishedRevision("word", 3, changed=True)


def test_who_routes_a_code_waits_for_those_who_publish_its_flow(database: Database) -> None:
    publish(database, "word.yaml", {"word.yaml": TEXTED.replace("channel: sms\n", "")})
    with ThreadPoolExecutor(1) as threads:
        with database.write.begin() as db:
            revisions.lock_live(db, "word")  # as publishing does before it looks which codes lead to the flow
            other = threads.submit(short_codes.assign_code, database, "*8484#", "word")
            with pytest.raises(TimeoutError):
                other.result(0.3)
        assert other.result(5)
