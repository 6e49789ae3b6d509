"""`flask offices`: one file in, everything shown before it is done, and what if."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from gateway.app import create_app
from gateway.development.processes.prepare_database import LIBRARY
from gateway.endpoints.application import Sunwai
from gateway.settings.config import DEVELOPMENT, Config
from tests.gateway.operating import run
from tests.sessions.filing import file_one
from tests.sessions.roster import DESK, HEAD, WATER, WATER_PUNJAB

SPLIT = (
    WATER.replace(",\n", ",2099-07-01\n"),
    WATER.replace("water-lahore,WASA Lahore", "water-east,WASA East").replace("2026-01-01", "2099-07-01"),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of two offices."""
    return written(tmp_path / "offices.csv", WATER, DESK)


def written(path: Path, *rows: str) -> Path:
    path.write_text(HEAD + "".join(rows), encoding="utf-8")
    return path


def test_a_dry_run_shows_every_change_and_makes_none(doors: Sunwai, file: Path) -> None:
    before = run(doors, "offices", "show").output
    result = run(doors, "offices", "import", file, "--dry-run")
    assert result.exit_code == 0
    assert "+ office desk (Our desk, oversight_desk)" in result.output
    assert "- office lesco (LESCO) takes nothing new" in result.output
    assert "Nothing was changed (--dry-run)." in result.output
    assert run(doors, "offices", "show").output == before


def test_an_import_shows_what_it_does_and_a_second_one_does_nothing(doors: Sunwai, file: Path) -> None:
    first = run(doors, "offices", "import", file)
    assert "Done: 2 new offices" not in first.output  # the shipped ones ended, too
    assert "+ office desk (Our desk, oversight_desk)" in first.output
    assert "more (--dry-run: all)" in first.output
    assert "closed offices" in first.output.splitlines()[-1]
    assert (
        f"{file}: the same as the current offices. Nothing to change." in run(doors, "offices", "import", file).output
    )
    assert run(doors, "offices", "show").output.splitlines() == [
        "office  kind  has  name",
        "desk  oversight_desk  0 rules, 0 staff  Our desk",
        "water-lahore  water  1 rule, 0 staff  WASA Lahore",
    ]


def test_faults_are_told_with_their_lines_and_nothing_is_changed(doors: Sunwai, tmp_path: Path) -> None:
    before = run(doors, "offices", "show").output
    file = written(tmp_path / "bad.csv", WATER.replace("lahore,2026", "lahor,2026"), WATER.replace("desk", "dask"))
    for command in ("import", "whatif"):
        result = run(doors, "offices", command, file)
        assert result.exit_code == 1
        assert f"{file}:2: no live flow has a district 'lahor' (did you mean 'lahore'?)" in result.output
        assert f"{file}:3: " in result.output
        assert "to fix. Nothing was changed." in result.output
    assert run(doors, "offices", "show").output == before


@pytest.mark.parametrize("command", ["import", "whatif"])
def test_a_file_that_is_not_there_is_one_line(doors: Sunwai, tmp_path: Path, command: str) -> None:
    result = run(doors, "offices", command, tmp_path / "none.csv")
    assert result.exit_code == 2
    assert len(result.output.splitlines()) == 1


def test_one_office_is_shown_with_its_rules_and_its_people(doors: Sunwai, file: Path) -> None:
    run(doors, "offices", "import", file)
    run(doors, "staff", "add", "Bilal", "--role", "officer", "--office", "water-lahore")
    assert run(doors, "offices", "show", "water-lahore").output.splitlines() == [
        "water-lahore  water  WASA Lahore; over it: desk",
        "has:",
        "  water-lahore has water of lahore from 2026-01-01",
        "staff:",
        "  Bilal, officer, 0 open cases",
    ]
    assert "did you mean 'water-lahore'?" in run(doors, "offices", "show", "water-lahor").output


def test_a_district_is_shown_with_the_offices_that_serve_it(doors: Sunwai, tmp_path: Path) -> None:
    run(doors, "offices", "import", written(tmp_path / "all.csv", WATER, WATER_PUNJAB, DESK))
    heading = "office  kind  name"
    assert run(doors, "offices", "show", "lahore").output.splitlines() == [
        "Offices that serve the district lahore:",
        heading,
        "water-lahore  water  WASA Lahore",
    ]
    assert run(doors, "offices", "show", "kasur").output.splitlines()[1:] == [
        heading,
        "water-punjab  water  Water Punjab",
    ]


def test_what_if_shows_where_cases_would_go_and_which_have_no_owner(doors: Sunwai, tmp_path: Path) -> None:
    old = written(tmp_path / "old.csv", WATER, WATER_PUNJAB, DESK)
    run(doors, "offices", "import", old)
    now = dt.datetime.now(dt.UTC)
    file_one(doors.database, now=now)
    kasur, _ = file_one(doors.database, district="kasur", now=now)
    new = written(tmp_path / "new.csv", *SPLIT, DESK)
    today = run(doors, "offices", "whatif", new).output
    assert "   1  water, mun01, kasur: water-punjab -> nobody" in today
    assert "2 complaints on " in today
    assert ": 1 would go elsewhere." in today
    assert "1 would have no office: triage handles them." in today
    assert f"{kasur.number[:3]}-{kasur.number[3:6]}-{kasur.number[6:]}  water, mun01, kasur: no rule covers it" in today
    assert "Some rules of the file start later: --on 2099-07-01 shows them." in today
    later = run(doors, "offices", "whatif", new, "--on", "2099-07-01").output
    assert "water, mun01, lahore: water-lahore -> water-east" in later
    assert "1 complaint on " in run(doors, "offices", "whatif", new, "--last", "1").output


def test_what_ships_is_what_a_new_line_has(doors: Sunwai) -> None:
    shipped = LIBRARY / "offices.csv"
    assert "the same as the current offices" in run(doors, "offices", "import", shipped).output
    assert "k-electric has disco of karachi_south" in run(doors, "offices", "show", "k-electric").output


def test_without_a_live_flow_no_place_is_known(sqlite_url: str, file: Path, tmp_path: Path) -> None:
    app = create_app(Config(environment=DEVELOPMENT, database_url=sqlite_url))
    result = run(app, "offices", "import", file)
    assert "There are no offices yet" in run(app, "offices", "show").output
    app.close()
    assert result.exit_code == 1
    assert "No flow is published yet" in result.output
