"""What was lost is found again, and what nobody knows is not guessed."""

from __future__ import annotations

import datetime as dt
import threading

from gateway.flowfiles import read_flow
from sessions import inbox, publishing
from sessions.delivery import Sent, Unknown
from sessions.inbox import Sms
from sessions.shelf import Shelf
from sessions.sweep import Swept, beat
from storage import outbox
from storage.database import Database
from storage.tables import Heartbeat, Inbound, OutboxText, Report
from tests.sessions.filing import LIBRARY
from tests.sessions.posting import NAME, SARA, Aggregator, look, owe, report, send, states, swept, wants_no_texts

SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)


def dies_in_mid_send(database: Database, now: dt.datetime, outbox_id: int) -> None:
    """A worker claims the text and is never heard of again."""
    with database.write.begin() as db:
        assert outbox.claim(db, outbox_id, now, f"died{now:%H%M%S}", aggregator=NAME) is not None


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
    assert swept(database, now, woken) == Swept(0, 0, 0, 0, 0, 0, 0)
    assert woken == []


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
    send(database, now + 180 * SECOND, aggregator, owed)
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
    send(database, now + 3 * MINUTE, aggregator, owed)
    assert (look(database, owed).state, aggregator.got) == ("delivered", [])


def test_a_worker_that_was_only_slow_still_says_what_it_got_done(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    slow = Aggregator(Sent("ATXid_slow"), during=lambda: swept(database, now + MINUTE) and None)
    send(database, now, slow, owed)
    text = look(database, owed)
    assert (text.state, text.provider_id, text.ambiguous) == ("sent", "ATXid_slow", 1)


def test_after_three_attempts_nobody_can_explain_a_person_must_look(database: Database, now: dt.datetime) -> None:
    owed, aggregator = owe(database, now), Aggregator(*[Unknown("read_timeout")] * 9)
    for _ in range(9):
        send(database, now, aggregator, owed)
        now += 2 * MINUTE
        done = swept(database, now)
    text = look(database, owed)
    assert (text.state, text.ambiguous, len(aggregator.got)) == ("unconfirmed", 3, 3)
    assert text.settled_at is not None
    assert done.unconfirmed == 0
    report(database, now, "ATXid_at_last", "Success")
    assert look(database, owed).state == "delivered"


def test_an_unconfirmed_text_holds_up_no_other(database: Database, now: dt.datetime) -> None:
    first, second = owe(database, now, order="complaint:3"), owe(database, now, order="complaint:3")
    for _ in range(3):
        send(database, now, Aggregator(Unknown("read_timeout")), first)
        now += 2 * MINUTE
        woken: list[int] = []
        swept(database, now, woken)
    assert woken == [second]


def test_a_text_recorded_as_sent_is_never_offered_again(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    send(database, now, Aggregator(), owed)
    woken: list[int] = []
    for hours in range(0, 100, 7):
        swept(database, now + dt.timedelta(hours=hours), woken)
    assert woken == []


def test_texts_of_who_said_stop_are_cancelled_and_their_answers_go(database: Database, now: dt.datetime) -> None:
    news, answer = owe(database, now, event="resolved"), owe(database, now, event="stop_ok")
    wants_no_texts(database, SARA, now)
    woken: list[int] = []
    assert swept(database, now, woken).cancelled == 1
    assert states(database, [news, answer]) == ["cancelled", "ready"]
    assert woken == [answer]


def test_a_report_that_crossed_with_the_answer_is_found(database: Database, now: dt.datetime) -> None:
    """Its number could not be read, so it could not wait for the text's lock, and was kept as an orphan."""
    owed = owe(database, now)
    send(database, now, Aggregator(Sent("ATXid_x")), owed)
    with database.write.begin() as db:
        db.add(Report(aggregator=NAME, provider_id="ATXid_x", status="Success", reason="", phone="", at=now))
    swept(database, now)
    assert look(database, owed).state == "delivered"
    with database.read() as db:
        assert [each.outbox_id for each in db.query(Report)] == [owed]


def test_an_sms_whose_process_died_is_answered(database: Database, now: dt.datetime) -> None:
    publishing.publish(database, now, *read_flow(LIBRARY), "test", "first")
    assert publishing.route(database, "8484", "complaints")
    shelf = Shelf(database)
    shelf.refresh()
    inbox.receive(database, now, Sms(NAME, "15071", SARA, "8484", "HELP"))
    woken: list[int] = []
    assert swept(database, now + SECOND, woken, shelf).answered == 0  # whoever stored it is still at it
    assert swept(database, now + MINUTE, woken, shelf).answered == 1
    assert swept(database, now + MINUTE, shelf=shelf).answered == 0
    with database.read() as db:
        owed = db.query(OutboxText).one()
        assert (owed.event, db.query(Inbound).one().state) == ("help", "done")
    assert woken == [owed.id]


def test_a_sweep_shows_that_it_lives_and_forgets_the_dead(database: Database, now: dt.datetime) -> None:
    beat(database, "worker-old-1", now - dt.timedelta(days=2))
    beat(database, "worker-here-2", now)
    beat(database, "worker-here-2", now + SECOND)
    swept(database, now + MINUTE)
    with database.read() as db:
        seen = {each.name: each.seen_at for each in db.query(Heartbeat)}
    assert seen == {"worker-here-2": now + SECOND, "sweep": now + MINUTE}


def test_two_sweeps_at_once_count_each_doubt_once(database: Database, now: dt.datetime) -> None:
    owed = [owe(database, now) for _ in range(12)]
    for each in owed:
        dies_in_mid_send(database, now, each)
    sweeps = [threading.Thread(target=swept, args=(database, now + MINUTE)) for _ in range(3)]
    for each_sweep in sweeps:
        each_sweep.start()
    for each_sweep in sweeps:
        each_sweep.join()
    swept(database, now + MINUTE)
    assert [(look(database, each).state, look(database, each).ambiguous) for each in owed] == [("unknown", 1)] * 12
