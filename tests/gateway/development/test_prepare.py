"""What `make run` puts into the database: every shipped flow, and the codes that lead to each."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from gateway.development.processes.prepare_database import LIBRARY, prepare
from gateway.flow_folder.files import read_flow
from gateway.settings.config import Config
from sessions.publishing.publication import PublishedRevision, RevisionNote, list_published_flows, publish
from sessions.publishing.short_codes import assign_code
from storage.connection.database import Database
from storage.migrations.runner import is_current, migrate
from tests.keys import open_database


@pytest.fixture
def empty(tmp_path: Path) -> Database:
    return open_database(f"sqlite:///{tmp_path / 'new.db'}")


def codes(database: Database) -> dict[str, tuple[int, tuple[str, ...]]]:
    return {each.flow: (each.number, each.codes) for each in list_published_flows(database)}


def test_an_empty_database_gets_its_tables_four_flows_and_their_codes(empty: Database, now: dt.datetime) -> None:
    assert prepare(empty, Config(), now) == ""
    assert is_current(empty)
    assert codes(empty) == {
        "by_text": (1, ("8484",)),
        "complaints": (1, ("*8484#",)),
        "power_cut": (1, ("*8485#",)),
        "survey": (1, ("*8486#",)),
    }


def test_a_second_time_publishes_nothing(empty: Database, now: dt.datetime, capsys: pytest.CaptureFixture[str]) -> None:
    prepare(empty, Config(), now)
    capsys.readouterr()
    assert prepare(empty, Config(), now) == ""
    assert capsys.readouterr().out.splitlines() == [
        "complaints revision 1, unchanged",
        "by_text revision 1, unchanged",
        "power_cut revision 1, unchanged",
        "survey revision 1, unchanged",
    ]


def test_the_codes_of_the_settings_lead_to_the_complaint_line_whatever_they_are(
    empty: Database, now: dt.datetime
) -> None:
    assert prepare(empty, Config(service_code="*8485#", short_code="9090"), now) == ""
    assert codes(empty)["complaints"] == (1, ("*8485#",))
    assert codes(empty)["by_text"] == (1, ("9090",))
    assert codes(empty)["power_cut"] == (1, ())


def test_what_people_published_and_routed_themselves_stays(
    empty: Database, now: dt.datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(empty, Config(), now)
    files, main = read_flow(LIBRARY / "survey.yaml")
    mine = files | {main: files[main] + "# mine\n"}
    assert publish(empty, now, mine, main, RevisionNote("Sara", "Other words")) == PublishedRevision(
        "survey", 2, changed=True
    )
    assert assign_code(empty, "*8486#", "complaints")
    assert assign_code(empty, "*8484#", "survey")
    capsys.readouterr()
    assert prepare(empty, Config(), now) == ""
    assert "survey revision 2 of Sara stays; to compare it with ours: flask flows diff live " in capsys.readouterr().out
    assert codes(empty)["survey"] == (2, ("*8484#",))
    assert codes(empty)["complaints"] == (1, ("*8486#",))


def test_a_code_of_the_settings_is_taken_from_the_flow_that_ships_with_it(empty: Database, now: dt.datetime) -> None:
    prepare(empty, Config(), now)
    assert prepare(empty, Config(service_code="*8485#"), now) == ""
    assert codes(empty)["complaints"] == (1, ("*8484#", "*8485#"))
    assert codes(empty)["power_cut"] == (1, ())


def test_the_short_code_of_an_older_release_goes_over_to_the_flow_for_texts_once(
    empty: Database, now: dt.datetime
) -> None:
    migrate(empty)
    files, main = read_flow(LIBRARY / "complaints.yaml")
    publish(empty, now, files, main, RevisionNote("make run", "The flow that ships"))
    assert assign_code(empty, "8484", "complaints")
    prepare(empty, Config(), now)
    assert codes(empty)["by_text"] == (1, ("8484",))
    assert assign_code(empty, "8484", "complaints")
    prepare(empty, Config(), now)
    assert codes(empty)["by_text"] == (1, ())
