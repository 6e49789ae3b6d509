"""Danger that no officer has is an alarm after some minutes, until somebody has it."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import event

from sessions.cases.access import staff_listing
from sessions.cases.acts import assignment
from sessions.cases.core.actors import operator
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.operations import active_alarms
from storage.cases import due_clocks
from storage.connection.database import Database
from storage.schema.tables import Complaint
from tests.gateway.limits.town import FILED, Town
from tests.plan_ways import plan_by_indexes
from tests.sessions.filing import AMIR
from tests.sessions.roster import DESK, WATER, hire, import_
from tests.sessions.texter import Post

pytestmark = pytest.mark.both_databases

MINUTE = dt.timedelta(minutes=1)


def alarms(database: Database, now: dt.datetime) -> list[str]:
    return [
        each.words for each in active_alarms.find_active_alarms(database, now, 1000) if each.name == "danger_unheld"
    ]


def unheld(database: Database) -> list[int]:
    found = staff_listing.list_complaints(database, policy=SHIPPED_POLICY, unheld=True)
    assert isinstance(found, list)
    return [each.id for each in found]


def test_a_fire_that_nobody_has_rings_after_ten_minutes_and_until_somebody_has_it(database: Database) -> None:
    town, post = Town(database), Post(database)
    import_(database, WATER, DESK)
    town.file("mun01", post.now, phone=AMIR)  # nobody has it either, and nobody is in danger
    assert post.event("ghar mein aag lagi hai Lahore") == "emergency"
    (fire,) = post.complaints()
    start = fire.filed_at
    assert (fire.urgent, fire.officer_id, unheld(database)) == (True, None, [fire.id])
    assert alarms(database, start + 9 * MINUTE) == []
    (words,) = alarms(database, start + 11 * MINUTE)
    assert words.startswith(
        "1 danger case has no officer, the first for 11 minutes: see `flask complaints list --unheld`"
    )
    hire(database, "Sara", "water-lahore")
    town.do(assignment.assign, fire, operator("operator"), start + 12 * MINUTE, office="water-lahore")
    with database.read() as db:
        assert db.get_one(Complaint, fire.id).officer_id is not None
    assert (alarms(database, start + 30 * MINUTE), unheld(database)) == ([], [])


def test_danger_that_is_over_rings_no_more(database: Database) -> None:
    post = Post(database)
    assert post.event("ghar mein aag lagi hai Lahore") == "emergency"
    (fire,) = post.complaints()
    with database.write.begin() as db:
        db.get_one(Complaint, fire.id).status = "withdrawn"
    assert alarms(database, fire.filed_at + 60 * MINUTE) == []


def test_the_alarm_reads_its_index_alone(database: Database) -> None:
    asked: list[tuple[str, object]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append(given[2:4]))
    with database.read.begin() as db:
        due_clocks.count_unheld(db, SHIPPED_POLICY.running_statuses, FILED)
    ((statement, given),) = [each for each in asked if "FROM complaints" in each[0]]
    assert "complaints_unheld" in plan_by_indexes(database, statement, given)
