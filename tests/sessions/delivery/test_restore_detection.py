"""A restored backup sends nothing again by itself."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from sessions.delivery import outbox_admin, restore_detection
from sessions.delivery.claim_batch import claim_messages
from sessions.delivery.outbox_admin import MessageFilter
from sessions.operations import active_alarms
from storage.connection.database import Database
from storage.schema.tables import DatabaseMark, OutboxMessage
from tests.sessions.patience import patiently
from tests.sessions.posting import AMIR, Aggregator, look, owe, phone, rules, send, states, swept, take

pytestmark = pytest.mark.both_databases

SECOND, MINUTE, HOUR = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(hours=1)


class Outside:
    """Where marks are copied to."""

    def __init__(self) -> None:
        self.marks: dict[str, int] = {}
        self.away = False

    @property
    def mark(self) -> int:
        """The only one."""
        (mark,) = self.marks.values()
        return mark

    def get(self, name: str) -> int | None:
        return None if self.away else self.marks.get(name, 0)

    def lift(self, name: str, mark: int) -> None:
        if not self.away:
            self.marks[name] = max(mark, self.marks.get(name, 0))


@pytest.fixture
def marks() -> Outside:
    return Outside()


def ago(database: Database, mark: int, at: dt.datetime) -> None:
    """The database goes back to when its mark was this: what a restore does to it."""
    with database.write.begin() as db:
        db.execute(update(DatabaseMark).values(mark=mark, marked_at=at))


def mark_of(database: Database) -> tuple[int, int]:
    with database.read() as db:
        row = db.get_one(DatabaseMark, 1)
        return row.mark, row.epoch


def test_the_mark_rises_every_ten_seconds_and_is_copied_outside(
    database: Database, now: dt.datetime, marks: Outside
) -> None:
    seen = []
    for second in (0, 2, 9, 10, 12, 25):
        assert not swept(database, now + second * SECOND, marks=marks).restored
        seen.append(mark_of(database)[0])
    assert seen == [1, 1, 1, 2, 2, 3]
    assert marks.mark == 3


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
    assert [each.name for each in active_alarms.find_active_alarms(database, later, 100)] == ["restored"]
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
    assert marks.mark == 9
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
    outbox_admin.declare_restore(database, now + MINUTE)
    new = owe(database, now + MINUTE, order="complaint:1", event="in_progress", version=3)
    assert send(database, now + MINUTE, Aggregator(), 9) == [new]
    assert [line.id for line in outbox_admin.list_messages(database, MessageFilter(held=True))] == old[::-1]
    assert outbox_admin.release(database, now, old[1:2]) == old[1:2]
    assert send(database, now + MINUTE, Aggregator(), 9) == old[1:2]
    assert outbox_admin.release(database, now) == [old[0], old[2]]
    assert send(database, now + MINUTE, Aggregator(), 9) == [old[2]]
    assert look(database, old[0]).state == "skipped"  # the later status was told meanwhile
    assert active_alarms.find_active_alarms(database, now + MINUTE, 100) == []


def test_a_text_that_was_on_its_way_at_the_backup_waits_for_a_person_too(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    take(database, now)
    outbox_admin.declare_restore(database, now + SECOND)
    for minute in range(1, 20):
        swept(database, now + minute * MINUTE)
        assert send(database, now + minute * MINUTE, Aggregator()) == []
    assert (look(database, owed).state, look(database, owed).ambiguous) == ("ready", 1)
    assert [line.held for line in outbox_admin.list_stuck_messages(database, now + HOUR)] == [True]


def test_no_mark_outside_and_those_of_other_databases_mean_nothing(
    database: Database, now: dt.datetime, marks: Outside
) -> None:
    swept(database, now, marks=marks)
    marks.marks = {"another": 900}
    owed = owe(database, now)
    assert send(database, now, Aggregator(), 9, rules(marks=marks)) == [owed]
    assert mark_of(database)[1] == 0
    assert marks.marks["another"] == 900


def test_a_restore_is_noticed_although_nobody_could_read_the_mark_outside_for_long(
    database: Database, now: dt.datetime, marks: Outside
) -> None:
    """The mark of the older database must not catch up meanwhile."""
    for minute in range(8):
        swept(database, now + minute * MINUTE, marks=marks)
    ago(database, 2, now + MINUTE)
    marks.away = True
    for minute in range(60):
        later = now + HOUR + minute * MINUTE
        owe(database, later, to=phone(minute))
        send(database, later, Aggregator(), 9, rules(marks=marks))
        assert not swept(database, later, marks=marks).restored
    marks.away = False
    assert marks.mark == 8
    assert swept(database, now + 2 * HOUR, marks=marks).restored


def test_a_claim_raises_the_mark_and_a_copy_is_outside_before_anything_is_sent(
    database: Database, now: dt.datetime, marks: Outside
) -> None:
    swept(database, now, marks=marks)
    owe(database, now)
    (_,) = take(database, now, under=rules(marks=marks))
    assert mark_of(database) == (2, 0)
    assert marks.mark == 2


def test_a_replica_that_lacks_only_the_last_claim_sends_nothing_of_it_again(
    database: Database, now: dt.datetime, marks: Outside
) -> None:
    """The first server is gone a second after the claim, and the second one had not heard of it yet."""
    under = rules(marks=marks)
    swept(database, now, marks=marks)
    owed = owe(database, now)
    assert send(database, now + SECOND, Aggregator(), 1, under) == [owed]
    ago(database, 1, now)
    with database.write.begin() as db:
        db.execute(
            update(OutboxMessage).values(state="ready", lease=None, lease_until=None, claimed_at=None, attempts=0)
        )
    assert send(database, now + 2 * SECOND, Aggregator(), 9, under) == []
    assert [line.id for line in outbox_admin.list_messages(database, MessageFilter(held=True))] == [owed]


def test_a_claim_that_does_not_come_about_leaves_both_marks_as_they_were(
    database: Database, now: dt.datetime, marks: Outside
) -> None:
    swept(database, now, marks=marks)
    owe(database, now)
    with pytest.raises(ZeroDivisionError):
        claim_messages(database, now, 1, rules(marks=marks), lambda: str(1 // 0))
    assert (mark_of(database), marks.mark) == ((1, 0), 1)


def test_a_copy_of_a_database_under_a_name_of_its_own_has_a_mark_of_its_own(
    database: Database, now: dt.datetime, marks: Outside
) -> None:
    for minute in range(8):
        swept(database, now + minute * MINUTE, marks=marks)
    with database.write.begin() as db:
        db.execute(update(DatabaseMark).values(mark=2, name="staging"))
    assert not swept(database, now + HOUR, marks=marks).restored
    assert sorted(marks.marks.values()) == [3, 8]


def test_claims_and_somebody_who_begins_an_epoch_never_wait_for_each_other_in_a_ring(
    database: Database, now: dt.datetime, marks: Outside
) -> None:
    under = rules(marks=marks, answers_per_number=999)
    swept(database, now, marks=marks)
    for n in range(40):
        owe(database, now, to=phone(n))

    def claim_all(_: int) -> None:
        for _round in range(10):
            patiently(lambda: take(database, now, 4, under))

    def restore(_: int) -> None:
        for _round in range(5):
            patiently(lambda: restore_detection.begin_epoch(database, now))

    with ThreadPoolExecutor(4) as threads:
        claiming = [threads.submit(claim_all, n) for n in range(2)]
        restoring = [threads.submit(restore, n) for n in range(2)]
        for each in claiming + restoring:
            each.result()
    assert mark_of(database)[1] >= 10


def test_a_mark_raised_while_another_process_looks_is_no_restore(
    database: Database, now: dt.datetime, marks: Outside
) -> None:
    class Meanwhile(Outside):
        def get(self, name: str) -> int | None:
            held = marks.get(name)
            restore_detection.update_mark(database, now + MINUTE, marks)
            return held

    swept(database, now, marks=marks)
    assert not restore_detection.detect_restore(database, now + MINUTE, Meanwhile())
    assert mark_of(database)[1] == 0


def test_two_who_notice_at_once_begin_one_epoch(database: Database, now: dt.datetime, marks: Outside) -> None:
    for minute in range(8):
        swept(database, now + minute * MINUTE, marks=marks)
    ago(database, 2, now + MINUTE)
    assert restore_detection.detect_restore(database, now + HOUR, marks)
    assert not restore_detection.detect_restore(database, now + HOUR, marks)
    assert mark_of(database) == (8, 1)


@pytest.mark.parametrize(("owed", "words"), [(1, "1 text is from before"), (2, "2 texts are from before")])
def test_the_alarm_of_a_restore_counts_one_text_as_one(
    database: Database, now: dt.datetime, owed: int, words: str
) -> None:
    for _ in range(owed):
        owe(database, now)
    outbox_admin.declare_restore(database, now + SECOND)
    (alarm,) = active_alarms.find_active_alarms(database, now + SECOND, 100)
    assert alarm.words.startswith(words)
