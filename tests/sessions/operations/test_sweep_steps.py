"""A step of the sweep that fails stops no other one and is told by its name; one that goes on failing is an alarm."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text

from sessions.operations import active_alarms, sweep_steps
from sessions.operations.sweep import SweepCounts, sweep
from sessions.operations.sweep_steps import SweepSteps
from storage.connection.database import Database
from storage.operations import service_figures
from tests.sessions.posting import look, owe, phone, report, take

pytestmark = pytest.mark.both_databases

SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)
ONLY = {  # a table that is gone, and the steps that cannot do without it
    "heartbeats": {"heartbeat", "old_heartbeats"},
    "data_keys": {"month_keys"},
    "reports": {"early_reports"},
    "effects": {"old_offers"},
    "drafts": {"old_drafts"},
    "console_sessions": {"old_browsers"},
    "outbox": {"expired_leases", "overdue_texts", "early_reports", "due_texts"},
}


class Rounds:
    """Rounds of one process, at times that the test sets."""

    def __init__(self, database: Database, now: dt.datetime) -> None:
        self.database, self.now = database, now
        self.failed: list[str] = []
        self.woken: list[int] = []
        self.answered = 0
        self._steps = SweepSteps(database, lambda: self.now, lambda name, _: self.failed.append(name))

    def run(self, now: dt.datetime) -> SweepCounts:
        self.now = now
        self.failed.clear()
        self.woken.clear()
        return sweep(self.database, now, self.woken.extend, answer_left_over=self._answer, run=self._steps.run)

    def _answer(self, _: dt.datetime) -> int:
        self.answered += 1
        return 1


def rename(database: Database, table: str, name: str) -> None:
    with database.write.begin() as db:
        db.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))


def alarms(database: Database, now: dt.datetime) -> list[tuple[str, str]]:
    return [(each.step, each.words) for each in active_alarms.find_active_alarms(database, now, 1000) if each.step]


@pytest.mark.parametrize("table", ONLY)
def test_a_step_that_fails_is_told_by_its_name_and_every_other_has_its_turn(
    database: Database, now: dt.datetime, table: str
) -> None:
    owed = owe(database, now)
    rounds = Rounds(database, now)
    rename(database, table, "away")
    assert rounds.run(now).answered == 1
    assert set(rounds.failed) == ONLY[table]
    assert rounds.woken == ([owed] if table != "outbox" else [])
    if table != "heartbeats":
        with database.read() as db:
            assert service_figures.heartbeats(db)["sweep"] == now
    rename(database, "away", table)
    rounds.run(now + 2 * SECOND)
    assert (rounds.failed, rounds.woken, rounds.answered) == ([], [owed], 2)


def test_a_step_that_fails_for_a_minute_is_an_alarm_until_it_works_again(database: Database, now: dt.datetime) -> None:
    rounds = Rounds(database, now)
    rename(database, "reports", "away")
    for seconds in (0, 30, 59):
        rounds.run(now + seconds * SECOND)
        assert alarms(database, rounds.now) == []
    rounds.run(now + 3 * MINUTE)
    [(step, words)] = alarms(database, rounds.now)
    assert step == "early_reports"
    assert "has failed for 3 minutes (" in words
    rename(database, "away", "reports")
    rounds.run(rounds.now + 2 * SECOND)
    assert alarms(database, rounds.now) == []


def test_what_failed_in_a_sweep_that_is_gone_is_no_alarm_for_ever(database: Database, now: dt.datetime) -> None:
    rounds = Rounds(database, now)
    rename(database, "reports", "away")
    rounds.run(now)
    rounds.run(now + MINUTE)
    assert alarms(database, now + MINUTE)
    assert alarms(database, now + MINUTE + sweep_steps.STALE) == []
    rename(database, "away", "reports")
    Rounds(database, now).run(now + 2 * MINUTE)  # another process, which never saw it fail
    rename(database, "reports", "away")
    rounds.run(now + 2 * MINUTE)
    assert alarms(database, now + 2 * MINUTE) == []  # it failed just once since then


def test_no_step_begins_once_the_process_is_to_stop(database: Database, now: dt.datetime) -> None:
    owe(database, now)
    woken: list[int] = []
    stopping = SweepSteps(database, lambda: now, stopping=lambda: True)
    assert sweep(database, now, woken.extend, run=stopping.run) == SweepCounts(0, 0, 0, 0, 0, 0)
    assert woken == []


def test_a_text_that_cannot_be_written_holds_no_other_back(database: Database, now: dt.datetime) -> None:
    spoilt, sound = owe(database, now), owe(database, now, to=phone(2))
    assert len(take(database, now, 2)) == 2
    report(database, now, "ATXid_2", phone=phone(2))
    with database.write.begin() as db:
        if database.engine.dialect.name == "sqlite":
            body = "BEGIN SELECT RAISE(ABORT, 'a damaged page'); END"
        else:
            words = "BEGIN RAISE EXCEPTION 'a damaged page'; END"
            db.execute(text(f"CREATE FUNCTION damaged() RETURNS trigger LANGUAGE plpgsql AS $$ {words} $$"))
            body = "EXECUTE FUNCTION damaged()"
        each_row = "" if database.engine.dialect.name == "sqlite" else "FOR EACH ROW"
        db.execute(text(f"CREATE TRIGGER spoilt BEFORE UPDATE ON outbox {each_row} WHEN (OLD.id = {spoilt}) {body}"))
    rounds = Rounds(database, now)
    rounds.run(now + MINUTE)
    assert rounds.failed == ["expired_leases"]
    assert (look(database, spoilt).state, look(database, sound).state) == ("sending", "delivered")
