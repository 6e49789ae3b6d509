"""What was lost is found again, and what nobody knows is not guessed."""

from __future__ import annotations

import datetime as dt
import threading

import pytest

from sessions.delivery.outcome_types import Acceptance, Unknown
from sessions.operations.service_status import read_service_status
from sessions.operations.sweep import SweepCounts, beat
from storage.connection.database import Database
from storage.messages import delivery_reports
from storage.schema.tables import Heartbeat, Report
from tests.sessions.posting import NAME, Aggregator, look, owe, phone, report, send, swept, take

pytestmark = pytest.mark.both_databases

SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)


def dies_in_mid_send(database: Database, now: dt.datetime, outbox_id: int) -> None:
    """A worker claims the text and is never heard of again."""
    assert [post.id for post in take(database, now)] == [outbox_id]


def test_due_texts_are_offered_oldest_first_and_those_behind_another_are_not(
    database: Database, now: dt.datetime
) -> None:
    young = owe(database, now)
    old = owe(database, now - MINUTE, order="complaint:9")
    behind = owe(database, now - MINUTE, order="complaint:9")
    owe(database, now + MINUTE)
    woken: list[int] = []
    assert swept(database, now, woken).offered == 2
    assert woken == [old, young]
    assert look(database, behind).state == "ready"


def test_a_sweep_of_nothing_wakes_nobody(database: Database, now: dt.datetime) -> None:
    woken: list[int] = []
    assert swept(database, now, woken) == SweepCounts(0, 0, 0, 0, 0, 0)
    assert woken == []


def test_how_much_waits_and_for_how_long_can_be_asked(database: Database, now: dt.datetime) -> None:
    nothing = read_service_status(database, now, 1000).texts
    assert (nothing.due, nothing.oldest) == (0, dt.timedelta())
    for minutes in (3, 5, 0):
        owe(database, now - minutes * MINUTE)
    owe(database, now + MINUTE)
    texts = read_service_status(database, now, 1000).texts
    assert (texts.due, texts.oldest) == (3, 5 * MINUTE)


def test_a_text_whose_worker_died_waits_for_a_report_and_then_goes_again(database: Database, now: dt.datetime) -> None:
    owed, aggregator = owe(database, now), Aggregator()
    dies_in_mid_send(database, now, owed)
    assert swept(database, now + 59 * SECOND).doubted == 0
    assert swept(database, now + 60 * SECOND).doubted == 1
    text = look(database, owed)
    assert (text.state, text.ambiguous, text.reason) == ("unknown", 1, "lease_expired")
    woken: list[int] = []
    swept(database, now + 179 * SECOND, woken)
    assert woken == []
    assert swept(database, now + 180 * SECOND, woken).again == 1
    assert woken == [owed]
    send(database, now + 180 * SECOND, aggregator)
    assert (look(database, owed).state, len(aggregator.got)) == ("sent", 1)


def test_a_text_whose_worker_died_adopts_the_report_that_came_meanwhile(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    dies_in_mid_send(database, now, owed)
    report(database, now + SECOND, "ATXid_dead", "Success")
    assert look(database, owed).state == "sending"  # its worker may only be slow, and know better
    assert swept(database, now + 60 * SECOND).adopted == 1
    assert (look(database, owed).state, look(database, owed).provider_id) == ("delivered", "ATXid_dead")


def test_a_text_whose_worker_died_adopts_a_report_that_comes_later(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    dies_in_mid_send(database, now, owed)
    swept(database, now + MINUTE)
    report(database, now + 2 * MINUTE, "ATXid_dead", "Success")
    assert look(database, owed).state == "delivered"
    woken: list[int] = []
    swept(database, now + dt.timedelta(days=1), woken)
    assert woken == []


def test_a_text_due_again_still_adopts_a_late_report_before_it_is_sent(database: Database, now: dt.datetime) -> None:
    owed, aggregator = owe(database, now), Aggregator()
    dies_in_mid_send(database, now, owed)
    swept(database, now + MINUTE)
    swept(database, now + 3 * MINUTE)
    assert look(database, owed).state == "ready"
    report(database, now + 3 * MINUTE, "ATXid_late", "Success")
    send(database, now + 3 * MINUTE, aggregator)
    assert (look(database, owed).state, aggregator.got) == ("delivered", [])


def test_a_worker_that_was_only_slow_still_says_what_it_got_done(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    slow = Aggregator(Acceptance("ATXid_slow"), during=lambda: swept(database, now + MINUTE) and None)
    send(database, now, slow)
    text = look(database, owed)
    assert (text.state, text.provider_id, text.ambiguous) == ("sent", "ATXid_slow", 0)


def test_after_three_attempts_nobody_can_explain_a_person_must_look(database: Database, now: dt.datetime) -> None:
    owed, aggregator = owe(database, now), Aggregator(*[Unknown("read_timeout")] * 9)
    for _ in range(9):
        send(database, now, aggregator)
        now += 2 * MINUTE
        done = swept(database, now)
    text = look(database, owed)
    assert (text.state, text.ambiguous, len(aggregator.got)) == ("unconfirmed", 3, 3)
    assert text.settled_at is not None
    assert done.unconfirmed == 0
    report(database, now, "ATXid_at_last", "Success")
    assert look(database, owed).state == "delivered"


def test_an_unconfirmed_text_holds_up_no_other(database: Database, now: dt.datetime) -> None:
    owe(database, now, order="complaint:3")
    second = owe(database, now, order="complaint:3")
    for _ in range(3):
        send(database, now, Aggregator(Unknown("read_timeout")))
        now += 2 * MINUTE
        woken: list[int] = []
        swept(database, now, woken)
    assert woken == [second]


def test_a_text_recorded_as_sent_is_never_offered_again(database: Database, now: dt.datetime) -> None:
    owe(database, now)
    send(database, now, Aggregator())
    woken: list[int] = []
    for hours in range(0, 100, 7):
        swept(database, now + dt.timedelta(hours=hours), woken)
    assert woken == []


def test_a_report_that_crossed_with_the_answer_is_found(database: Database, now: dt.datetime) -> None:
    """Its number could not be read, so it could not wait for the text's lock, and was kept as an orphan."""
    owed = owe(database, now)
    send(database, now, Aggregator(Acceptance("ATXid_x")))
    with database.write.begin() as db:
        delivery_reports.add(db, now, aggregator=NAME, provider_id="ATXid_x", status="Success", reason="", phone="")
    swept(database, now)
    assert look(database, owed).state == "delivered"
    with database.read() as db:
        assert [each.outbox_id for each in db.query(Report)] == [owed]


def test_sms_that_were_left_over_are_answered_last(database: Database, now: dt.datetime) -> None:
    owed, asked = owe(database, now), []
    woken: list[int] = []

    def answer(at: dt.datetime) -> int:
        asked.append((at, list(woken)))
        return 3

    assert swept(database, now, woken, answer_left_over=answer).answered == 3
    assert asked == [(now, [owed])]


def test_a_sweep_shows_that_it_lives_and_forgets_the_dead(database: Database, now: dt.datetime) -> None:
    beat(database, "worker-old-1", now - dt.timedelta(days=2))
    beat(database, "worker-here-2", now)
    beat(database, "worker-here-2", now + SECOND)
    swept(database, now + MINUTE)
    with database.read() as db:
        seen = {each.name: each.seen_at for each in db.query(Heartbeat)}
    assert seen == {"worker-here-2": now + SECOND, "sweep": now + MINUTE}


def test_two_sweeps_at_once_count_each_doubt_once(database: Database, now: dt.datetime) -> None:
    owed = [owe(database, now, to=phone(n)) for n in range(12)]
    assert len(take(database, now, 12)) == 12
    sweeps = [threading.Thread(target=swept, args=(database, now + MINUTE)) for _ in range(3)]
    for each_sweep in sweeps:
        each_sweep.start()
    for each_sweep in sweeps:
        each_sweep.join()
    swept(database, now + MINUTE)
    assert [(look(database, each).state, look(database, each).ambiguous) for each in owed] == [("unknown", 1)] * 12
