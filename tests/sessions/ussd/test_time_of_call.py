"""A call keeps the time at which it began, also when Redis has forgotten it."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select

from storage.connection.database import Database
from storage.menus.revisions import route
from storage.schema.tables import ActionOutcome
from tests.servers import Valkey
from tests.sessions import tiny
from tests.sessions.calls import Line, Phone

pytestmark = pytest.mark.both_databases

CLOSING = dt.datetime(2026, 6, 17, 11, 59, 50, tzinfo=dt.UTC)  # 16:59:50 in Karachi
CODE = "*700#"
TEXT = tiny.TEXT.replace("{en: Water, go: water}", "{en: Water, go: water, when: time between 09:00 and 17:00}")


@pytest.fixture
def timed(line: Line) -> Line:
    """A line whose menu depends on the time."""
    tiny.publish(line.database, TEXT)
    with line.database.write.begin() as db:
        route(db, CODE, "line")
    line.shelf.refresh()
    return line


def written(database: Database) -> int:
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(ActionOutcome)) or 0


@pytest.mark.parametrize("lost", [False, True])
def test_a_choice_that_was_offered_is_taken_although_its_time_has_passed(
    timed: Line, valkey: Valkey, lost: bool
) -> None:
    phone = Phone(timed, now=CLOSING, code=CODE)
    assert "1 Water" in phone.dial()
    assert written(timed.database) == 1
    phone.now = CLOSING + dt.timedelta(seconds=20)
    if lost:
        valkey.client().flushall()
        timed.hops = timed.process()
        assert "1 Water" in phone.again()
    assert "about water" in phone.type("1")
    assert "1 Water" not in Phone(timed, "+923001234568", now=phone.now, code=CODE).dial()
