"""A call keeps the time at which it began, also when Redis has forgotten it."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select

from storage.connection.database import Database
from storage.schema.tables import ActionOutcome
from tests.servers import Valkey
from tests.sessions import tiny
from tests.sessions.calls import Line, Phone

pytestmark = pytest.mark.both_databases

CLOSING = dt.datetime(2026, 6, 17, 11, 59, 50, tzinfo=dt.UTC)  # 16:59:50 in Karachi
TEXT = tiny.TEXT.replace("{en: Water, go: water}", "{en: Water, go: water, when: time between 09:00 and 17:00}")


@pytest.fixture
def line(database: Database, valkey: Valkey) -> Line:
    made = Line(database, valkey.url)
    tiny.publish(database, TEXT)
    made.hops = made.process()
    return made


def written(database: Database) -> int:
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(ActionOutcome)) or 0


@pytest.mark.parametrize("lost", [False, True])
def test_a_choice_that_was_offered_is_taken_although_its_time_has_passed(
    line: Line, valkey: Valkey, database: Database, lost: bool
) -> None:
    phone = Phone(line, now=CLOSING)
    assert "1 Water" in phone.dial()
    assert written(database) == 1
    phone.now = CLOSING + dt.timedelta(seconds=20)
    if lost:
        valkey.client().flushall()
        line.hops = line.process()
        assert "1 Water" in phone.again()
    assert "about water" in phone.type("1")
    assert "1 Water" not in Phone(line, "+923001234568", now=phone.now).dial()
