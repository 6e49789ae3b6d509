"""Made months: like real ones in every table, the same for the same seed, and never among real complaints."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from gateway.development.processes.launcher import ROOT
from sessions.drafts import draft_editing
from storage.connection.database import Database
from storage.schema.tables import (
    CallEnd,
    Complaint,
    Contact,
    Draft,
    History,
    Login,
    OutboxMessage,
    Revision,
    ScreenCount,
    WrongEntry,
)
from tests.keys import KEYS_FILE, open_database

CALLS = 110
USUAL = ("--sessions", str(CALLS), "--days", "16", "--until", "2026-11-25T12:00")


def run(folder: Path, *more: str, database: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gateway.development.demodata", "--var", str(folder), *USUAL, *more],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "300", "KEYS_FILE": KEYS_FILE}
        | ({"DATABASE_URL": database} if database else {}),
    )  # fmt: skip


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder of `make run` with demo data, and what was said."""
    folder = tmp_path_factory.mktemp("var")
    done = run(folder)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


@pytest.fixture
def made(filled: tuple[Path, str]) -> Iterator[Database]:
    database = open_database(f"sqlite:///{filled[0] / 'sunwai.db'}")
    yield database
    database.close()


def counted(database: Database, column: object) -> dict[str, int]:
    with database.read() as db:
        return {row[0]: row[1] for row in db.execute(select(column, func.count()).group_by(column))}  # type: ignore[call-overload]


def test_the_made_months_have_something_of_everything(made: Database) -> None:
    with made.read() as db:
        saw, answered, timed_out = db.execute(
            select(func.sum(ScreenCount.saw), func.sum(ScreenCount.answered), func.sum(ScreenCount.timed_out))
        ).one()
        networks = set(db.scalars(select(ScreenCount.network).distinct()))
        days = db.scalar(select(func.count(func.distinct(ScreenCount.day))))
        wrong = set(db.scalars(select(WrongEntry.typed)))
        ends = db.scalar(select(func.count()).select_from(CallEnd))
    assert saw - answered == CALLS  # every call ends on one screen
    assert answered > CALLS
    assert timed_out > 0
    assert ends > 0
    assert {"41001", "41004", "41006"} <= networks
    assert days > 8
    assert {"11", "pani"} & wrong
    assert set(counted(made, Contact.language)) >= {"en", "ur", "ur-Latn"}
    assert sum(counted(made, Complaint.status).values()) >= 15
    assert len(counted(made, Complaint.status)) >= 5
    assert {"filed", "acknowledged", "resolved", "nudged", "late_1"} <= set(counted(made, History.act))
    assert counted(made, OutboxMessage.state)["delivered"] > 15


def test_the_console_has_people_revisions_and_drafts_to_show(made: Database) -> None:
    assert counted(made, Draft.state) == {"open": 2, "review": 1}
    assert counted(made, Revision.flow)["complaints"] == 3
    with made.read() as db:
        going = db.scalars(select(Draft).where(Draft.state.in_(("open", "review"))).order_by(Draft.id)).all()
    errors = [
        {
            each.code
            for each in draft_editing.check_draft(made, it.flow, it.files, it.main).problems
            if each.severity == "E"
        }
        for it in going
    ]
    assert errors == [{"F301"}, set(), set()]  # a text that is too long, one to look at, and a new flow
    with made.read() as db:
        assert db.scalar(select(func.count()).select_from(Login).where(Login.invited.is_not(None))) == 4


def test_every_number_is_of_a_range_that_no_network_has(made: Database) -> None:
    with made.read() as db:
        assert all(each.phone.startswith("+9239") for each in db.scalars(select(Contact)))


def test_it_says_how_to_get_in_and_a_second_time_that_it_is_there(filled: tuple[Path, str], made: Database) -> None:
    folder, said = filled
    assert "/console/join/" in said
    before = sum(counted(made, Complaint.status).values())
    again = run(folder)
    assert again.returncode == 0
    assert "there already" in again.stdout
    assert "/console/join/" in again.stdout
    assert sum(counted(made, Complaint.status).values()) == before


def test_the_same_seed_makes_the_same_months(made: Database, tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 0, done.stderr
    other = open_database(f"sqlite:///{tmp_path / 'sunwai.db'}")

    def life(database: Database) -> list[tuple[object, ...]]:
        with database.read() as db:
            rows = db.execute(select(Complaint.number, Complaint.status, Complaint.district, Complaint.due_on))
            steps = db.execute(select(History.complaint_id, History.act, History.at).order_by(History.id))
            return [*map(tuple, rows), *map(tuple, steps)]

    assert life(other) == life(made)
    other.close()


def test_real_complaints_are_never_mixed_with_made_ones(
    sqlite_database: Database, sqlite_url: str, tmp_path: Path
) -> None:
    with sqlite_database.write.begin() as db:
        db.add(Contact(phone="+923001234567", created_at=dt.datetime.now(dt.UTC)))
    for more in ((), ("--again",)):
        refused = run(tmp_path, *more, database=sqlite_url)
        assert refused.returncode == 1
        assert "Nothing was changed" in refused.stderr
        assert "make demo-data" in refused.stderr
    with sqlite_database.read() as db:
        assert [each.phone for each in db.scalars(select(Contact))] == ["+923001234567"]


@pytest.mark.long
def test_it_fills_postgresql_too(postgresql_url: str, tmp_path: Path) -> None:
    url = postgresql_url.replace("postgresql+psycopg://", "postgresql://")
    done = run(tmp_path, "--sessions", "12", "--days", "2", database=url)
    assert done.returncode == 0, done.stderr
    done = run(tmp_path, "--sessions", "8", "--days", "2", "--again", database=url)
    assert done.returncode == 0, done.stderr
    database = open_database(postgresql_url)
    with database.read() as db:
        assert db.scalar(select(func.sum(ScreenCount.saw - ScreenCount.answered))) == 8
    database.close()
