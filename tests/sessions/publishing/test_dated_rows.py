"""The day a call begins on, in the time of the place, decides which rows of a list are offered."""

from __future__ import annotations

import datetime as dt

import pytest

from sessions.publishing.publication import PublishedRevision, RevisionNote, publish
from storage.connection.database import Database
from tests.flows.library import shipped_files
from tests.servers import Valkey
from tests.sessions.calls import NOW, Line, Phone

pytestmark = pytest.mark.both_databases

LIST = "lists/group.csv"


@pytest.fixture
def line(database: Database, valkey: Valkey) -> Line:
    made = Line(database, valkey.url)
    header, first, *rows = shipped_files()[LIST].splitlines()
    dated = "\n".join([f"{header},active_until", f"{first},2026-06-17", *(f"{row}," for row in rows)])
    done = publish(
        database,
        NOW - dt.timedelta(hours=1),
        {**shipped_files(), LIST: dated},
        "complaints.yaml",
        RevisionNote("t", "d"),
    )
    assert isinstance(done, PublishedRevision), done
    made.hops = made.process()
    return made


@pytest.mark.parametrize(
    ("now", "offered"),
    [
        (dt.datetime(2026, 6, 17, 18, 59, tzinfo=dt.UTC), True),  # 23:59 in Karachi
        (dt.datetime(2026, 6, 17, 19, 0, tzinfo=dt.UTC), False),  # midnight there
    ],
)
def test_a_row_is_offered_until_midnight_of_its_last_day(line: Line, now: dt.datetime, offered: bool) -> None:
    *_, groups = Phone(line, now=now).walk(["1", "1"])
    assert ("1 Pani, safai" in groups) is offered
    assert "2 Bijli, gas" in groups
