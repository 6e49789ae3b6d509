"""A clock that nobody looked at for weeks, and cases that an older release left: one step, one text, nobody overrun."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from flows.menu.model import Flow
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.operations import case_clock_sweep
from sessions.operations.case_clock_sweep import ClockSweepCounts
from storage.connection.database import Database
from storage.schema.tables import Complaint, OutboxMessage
from tests.sessions.filing import file_one, shipped
from tests.sessions.operations.test_case_clock_sweep import (
    DAY,
    FILED,
    HOUR,
    acts,
    filed,
    look,
    owed,
    resolved,
    run,
    staffed,
    tick,
)

pytestmark = pytest.mark.both_databases


def told(database: Database, complaint: Complaint) -> list[str]:
    """The texts its citizen is owed."""
    with database.read.begin() as db:
        mine = (
            select(OutboxMessage.event)
            .where(OutboxMessage.contact_id == complaint.contact_id)
            .order_by(OutboxMessage.id)
        )
        return list(db.scalars(mine))


def test_what_went_late_while_nobody_looked_takes_one_step_to_the_highest_level_due_and_one_text(
    database: Database,
) -> None:
    staff, complaint = staffed(database), filed(database)
    late = FILED + 60 * DAY
    assert [tick(database, late + at * HOUR).made for at in range(5)] == [1, 0, 0, 0, 0]
    assert acts(database, complaint) == ["filed", "assigned", "late_3"]
    seen = look(database, complaint)
    assert (seen.level, seen.desk, seen.officer_id) == (3, "desk", staff["oversight"].staff_id)
    assert told(database, complaint) == ["escalated"]


@pytest.mark.parametrize(("days", "act", "level"), [(7, "late_1", 1), (12, "late_2", 2)])
def test_the_step_is_to_the_level_that_is_due_and_the_next_ones_follow_in_their_time(
    database: Database, days: int, act: str, level: int
) -> None:
    staffed(database)
    complaint, back = filed(database), FILED + days * DAY + 8 * HOUR
    run(database, back, 0)
    assert acts(database, complaint)[2:] == [act]
    assert look(database, complaint).level == level
    run(database, back, 20, 6 * HOUR)
    assert acts(database, complaint)[2:] == ["late_1", "late_2", "late_3"][level - 1 :]


def test_a_citizen_who_was_not_reminded_in_time_is_reminded_and_then_has_the_days_to_answer(database: Database) -> None:
    done = FILED + 2 * HOUR
    complaint, back = resolved(database, done, delivered=True), done + 30 * DAY
    run(database, back, 3)
    assert acts(database, complaint)[-1] == "reminded_citizen"
    assert look(database, complaint).status == "resolved_pending"
    run(database, back + 4 * DAY, 0)
    assert acts(database, complaint)[-1] == "lapsed"


def test_cases_of_an_older_release_are_made_up_for_in_one_step_each(database: Database) -> None:
    """Their clock is at the moment of their filing, so that it is looked at first."""
    waiting = resolved(database, FILED + HOUR, delivered=True)
    cases = [filed(database, category=f"mun0{at}") for at in range(2, 5)]
    with database.write.begin() as db:
        for each in db.scalars(select(Complaint)):
            each.clock_at = each.filed_at
    back = FILED + 90 * DAY
    for at in range(6):
        tick(database, back + at * dt.timedelta(seconds=2))
    assert [acts(database, each)[2:] for each in cases] == [["late_3"]] * 3
    assert acts(database, waiting)[-1] == "reminded_citizen"
    assert (len(owed(database, "escalated")), len(owed(database, "reminder_confirm"))) == (3, 1)


def test_cases_that_fail_do_not_fill_every_round(database: Database) -> None:
    for at in range(1, 4):
        filed(database, flow="spoilt", category=f"mun0{at}")
    sound, late = file_one(database, now=FILED + HOUR, columns={"days": "5"}, category="mun05")[0], FILED + 6 * DAY

    def texts(flow: str) -> Flow:
        return {"complaints": shipped()}[flow]

    with pytest.raises(KeyError):
        case_clock_sweep.sweep_case_clocks(database, late, texts, policy=SHIPPED_POLICY, at_once=3)
    assert case_clock_sweep.sweep_case_clocks(
        database, late + dt.timedelta(seconds=2), texts, policy=SHIPPED_POLICY, at_once=3
    ) == ClockSweepCounts(made=1)
    assert acts(database, sound)[-1] == "nudged"
    with pytest.raises(KeyError):
        case_clock_sweep.sweep_case_clocks(
            database, late + dt.timedelta(minutes=2), texts, policy=SHIPPED_POLICY, at_once=3
        )
