"""A restored backup sends nothing again by itself."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import update

from sessions import alarms, byhand, restored
from storage.database import Database
from storage.tables import System
from tests.sessions.posting import AMIR, Aggregator, look, owe, phone, rules, send, states, swept, take

SECOND, MINUTE, HOUR = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(hours=1)


class Outside:
    """Where marks are copied to."""

    def __init__(self) -> None:
        self.mark: str | None = None

    def get(self) -> str | None:
        return self.mark

    def set(self, mark: str) -> None:
        self.mark = mark


@pytest.fixture
def marks() -> Outside:
    return Outside()


def ago(database: Database, mark: int, at: dt.datetime) -> None:
    """The database goes back to when its mark was this: what a restore does to it."""
    with database.write.begin() as db:
        db.execute(update(System).values(mark=mark, marked_at=at))


def mark_of(database: Database) -> tuple[int, int]:
    with database.read() as db:
        row = db.get_one(System, 1)
        return row.mark, row.epoch


def test_the_mark_rises_every_ten_seconds_and_is_copied_outside(
    database: Database, now: dt.datetime, marks: Outside
) -> None:
    seen = []
    for second in (0, 2, 9, 10, 12, 25):
        assert not swept(database, now + second * SECOND, marks=marks).restored
        seen.append(mark_of(database)[0])
    assert seen == [1, 1, 1, 2, 2, 3]
    assert marks.mark is not None
    assert marks.mark.endswith(":3")


def test_a_restored_database_sends_nothing_it_owed_before(database: Database, now: dt.datetime, marks: Outside) -> None:
    """Between the backup and now these texts were sent: the restored rows only look as if they were due."""
    under = rules(marks=marks)
    for minute in range(30):
        swept(database, now + minute * MINUTE, marks=marks)
    owed = [owe(database, now, to=phone(n)) for n in range(3)]
    ago(database, 5, now + 5 * MINUTE)
    later = now + HOUR
    aggregator = Aggregator()
    assert send(database, later, aggregator, 9, under) == []  # even before the sweep has noticed
    assert aggregator.got == []
    assert states(database, owed) == ["ready"] * 3
    assert [each.name for each in alarms.standing(database, later, 100)] == ["restored"]
    new = owe(database, later, to=AMIR)
    assert send(database, later, aggregator, 9, under) == [new]
    assert not swept(database, later, marks=marks).restored  # it is known already
    assert send(database, later, aggregator, 9, under) == []


def test_the_sweep_notices_a_restore_too_and_goes_on_from_the_mark_outside(
    database: Database, now: dt.datetime, marks: Outside
) -> None:
    for minute in range(8):
        swept(database, now + minute * MINUTE, marks=marks)
    ago(database, 2, now + MINUTE)
    later = now + HOUR
    woken: list[int] = []
    owe(database, now)
    assert swept(database, later, woken, marks=marks).restored
    assert woken == []
    assert mark_of(database) == (9, 1)
    assert marks.mark is not None
    assert marks.mark.endswith(":9")
    assert not swept(database, later + MINUTE, marks=marks).restored


def test_what_was_owed_after_the_restore_is_sent(database: Database, now: dt.datetime, marks: Outside) -> None:
    """The web files before anybody has noticed."""
    for minute in range(8):
        swept(database, now + minute * MINUTE, marks=marks)
    before = owe(database, now + MINUTE)
    ago(database, 2, now + MINUTE)
    after = owe(database, now + HOUR, to=AMIR)
    assert send(database, now + HOUR, Aggregator(), 9, rules(marks=marks)) == [after]
    assert look(database, before).state == "ready"


def test_texts_from_before_a_restore_hold_up_no_later_one_and_go_when_a_person_says_so(
    database: Database, now: dt.datetime
) -> None:
    old = [owe(database, now, order="complaint:1", event="assigned", version=2), owe(database, now), owe(database, now)]
    byhand.restore_noticed(database, now + MINUTE)
    new = owe(database, now + MINUTE, order="complaint:1", event="in_progress", version=3)
    assert send(database, now + MINUTE, Aggregator(), 9) == [new]
    assert [line.id for line in byhand.listed(database, held=True)] == old[::-1]
    assert byhand.release(database, old[1:2]) == old[1:2]
    assert send(database, now + MINUTE, Aggregator(), 9) == old[1:2]
    assert byhand.release(database) == [old[0], old[2]]
    assert send(database, now + MINUTE, Aggregator(), 9) == [old[2]]
    assert look(database, old[0]).state == "skipped"  # the later status was told meanwhile
    assert alarms.standing(database, now + MINUTE, 100) == []


def test_a_text_that_was_on_its_way_at_the_backup_waits_for_a_person_too(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    take(database, now)
    byhand.restore_noticed(database, now + SECOND)
    for minute in range(1, 20):
        swept(database, now + minute * MINUTE)
        assert send(database, now + minute * MINUTE, Aggregator()) == []
    assert (look(database, owed).state, look(database, owed).ambiguous) == ("ready", 1)
    assert [line.held for line in byhand.stuck(database, now + HOUR)] == [True]


@pytest.mark.parametrize("mark", [None, "", "nonsense", "another-database:900", "another:x", "{name}:٩٩", "{name}:-9"])
def test_a_mark_that_is_missing_or_of_another_database_means_nothing(
    database: Database, now: dt.datetime, marks: Outside, mark: str | None
) -> None:
    swept(database, now, marks=marks)
    assert marks.mark is not None
    marks.mark = None if mark is None else mark.replace("{name}", marks.mark.partition(":")[0])
    owed = owe(database, now)
    assert send(database, now, Aggregator(), 9, rules(marks=marks)) == [owed]
    assert mark_of(database) == (1, 0)


def test_a_mark_raised_while_another_process_looks_is_no_restore(
    database: Database, now: dt.datetime, marks: Outside
) -> None:
    class Meanwhile(Outside):
        def get(self) -> str | None:
            held = marks.mark
            restored.keep(database, now + MINUTE, marks)
            return held

    swept(database, now, marks=marks)
    assert not restored.notice(database, now + MINUTE, Meanwhile())
    assert mark_of(database)[1] == 0


def test_two_who_notice_at_once_begin_one_epoch(database: Database, now: dt.datetime, marks: Outside) -> None:
    for minute in range(8):
        swept(database, now + minute * MINUTE, marks=marks)
    ago(database, 2, now + MINUTE)
    assert restored.notice(database, now + HOUR, marks)
    assert not restored.notice(database, now + HOUR, marks)
    assert mark_of(database) == (8, 1)
