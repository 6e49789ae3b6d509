"""Sending one text, and what reports make of it."""

from __future__ import annotations

import datetime as dt
import itertools
import threading

import pytest

from sessions import receipts
from sessions.delivery import ANSWERS, NotSent, Outage, Outcome, RefusedUntil, Rejected, Sent, Unknown, deliver
from storage import outbox
from storage.database import Database
from tests.sessions.posting import AMIR, NAME, SARA, Aggregator, look, owe, report, send, states, swept, wants_no_texts

SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)


def test_a_text_is_sent_once_and_its_acceptance_kept(database: Database, now: dt.datetime) -> None:
    owed, aggregator = owe(database, now), Aggregator()
    send(database, now, aggregator, owed)
    send(database, now, aggregator, owed)
    send(database, now + dt.timedelta(days=2), aggregator, None)
    text = look(database, owed)
    assert aggregator.got == [(SARA, text.body)]
    assert (text.state, text.provider_id, text.parts, text.cost) == ("sent", "ATXid_1", 1, "PKR 1.0")
    assert (text.attempts, text.ambiguous, text.lease, text.settled_at) == (1, 0, None, now)


def test_nothing_is_sent_inside_a_transaction(database: Database, now: dt.datetime) -> None:
    """While the aggregator thinks, anybody may write, and sees that the text is being sent."""
    seen: list[str] = []

    def meanwhile() -> None:
        owe(database, now, to=AMIR)
        seen.append(look(database, owed).state)

    owed = owe(database, now)
    send(database, now, Aggregator(during=meanwhile), owed)
    assert seen == ["sending"]


@pytest.mark.parametrize(
    ("outcome", "state", "waits"),
    [
        (NotSent("connection_refused"), "ready", 5 * SECOND),
        (RefusedUntil(600, "http_402"), "ready", 600 * SECOND),
        (RefusedUntil(1e9, "http_429"), "ready", 3600 * SECOND),
        (RefusedUntil(-5, "http_429"), "ready", 1 * SECOND),
        (Rejected("UserInBlacklist"), "failed", None),
        (Unknown("read_timeout"), "unknown", 120 * SECOND),
    ],
)
def test_each_outcome_has_its_policy(
    database: Database, now: dt.datetime, outcome: Outcome, state: str, waits: dt.timedelta | None
) -> None:
    owed = owe(database, now)
    deliver(database, lambda: now, Aggregator(outcome), owed, "a", 0.0)
    text = look(database, owed)
    assert text.state == state
    assert text.reason == outcome.why  # type: ignore[union-attr]  # all of these have it
    assert text.ambiguous == (state == "unknown")
    assert waits is None or text.next_at == now + waits
    assert (text.settled_at is not None) == (state == "failed")


def test_a_text_that_was_not_sent_is_tried_again_later_and_later(database: Database, now: dt.datetime) -> None:
    owed, aggregator = owe(database, now), Aggregator(*[NotSent("connection_refused")] * 3)
    waits = []
    for _ in range(3):
        send(database, now, aggregator, owed)
        send(database, now, aggregator, owed)  # not due yet
        text = look(database, owed)
        waits.append(text.next_at - now)
        now = text.next_at
    assert waits == sorted(waits)
    assert waits[0] >= 5 * SECOND
    assert len(aggregator.got) == 3
    send(database, now, aggregator, owed)
    assert look(database, owed).state == "sent"


def test_a_text_nobody_takes_for_three_days_is_given_up(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    send(database, now + dt.timedelta(hours=72), Aggregator(NotSent("no_recipients")), owed)
    text = look(database, owed)
    assert (text.state, text.reason) == ("failed", "gave_up: no_recipients")


def test_a_text_that_may_have_arrived_and_is_then_refused_for_three_days_is_for_a_person_to_look_at(
    database: Database, now: dt.datetime
) -> None:
    owed = owe(database, now, order="complaint:1")
    behind = owe(database, now, order="complaint:1")
    send(database, now, Aggregator(Unknown("read_timeout")), owed)
    swept(database, now + receipts.PATIENCE)
    freed = send(database, now + dt.timedelta(hours=72), Aggregator(RefusedUntil(60, "no_balance")), owed)
    text = look(database, owed)
    assert (text.state, text.reason) == ("unconfirmed", "gave_up: no_balance")
    assert freed == [behind]


@pytest.mark.parametrize(
    ("outcome", "ambiguous"), [(Unknown("read_timeout"), 1), (NotSent("refused"), 0), (RefusedUntil(5, "busy"), 0)]
)
def test_an_attempt_that_the_sweep_doubted_before_it_ended_counts_as_what_it_was(
    database: Database, now: dt.datetime, outcome: Outcome, ambiguous: int
) -> None:
    later = now + dt.timedelta(seconds=outbox.LEASE)
    slow = Aggregator(outcome, during=lambda: swept(database, later))
    owed = owe(database, now)
    send(database, now, slow, owed)
    assert look(database, owed).ambiguous == ambiguous


def test_a_sender_that_breaks_leaves_the_text_unknown(database: Database, now: dt.datetime) -> None:
    def breaks() -> None:
        raise KeyError("of its own")

    owed = owe(database, now)
    send(database, now, Aggregator(during=breaks), owed)
    text = look(database, owed)
    assert (text.state, text.reason) == ("unknown", "KeyError")


def test_texts_of_one_complaint_leave_in_order(database: Database, now: dt.datetime) -> None:
    first, second, third = (owe(database, now, order="complaint:7", body=word) for word in ("one", "two", "three"))
    aggregator = Aggregator(NotSent("connection_refused"), Unknown("read_timeout"))
    for each in (third, second):
        assert send(database, now, aggregator, each) == []
    assert send(database, now, aggregator, first) == []  # not sent: still first
    send(database, now, aggregator, second)
    later = now + MINUTE
    assert send(database, later, aggregator, first) == []  # unknown: still first
    send(database, later, aggregator, second)
    report(database, later, "ATXid_x", "Success")
    assert send(database, later, aggregator, third) == []
    assert send(database, later, aggregator, second) == [third]  # and says who may go now
    assert send(database, later, aggregator, third) == []
    assert [body for _, body in aggregator.got] == ["one", "one", "two", "three"]
    assert states(database, [first, second, third]) == ["delivered", "sent", "sent"]


def test_another_complaint_does_not_wait(database: Database, now: dt.datetime) -> None:
    owe(database, now, order="complaint:1")
    other, aggregator = owe(database, now, order="complaint:2"), Aggregator()
    send(database, now, aggregator, other)
    assert look(database, other).state == "sent"


def test_who_said_stop_gets_answers_only(database: Database, now: dt.datetime) -> None:
    wants_no_texts(database, SARA, now)
    news = [owe(database, now, event=event) for event in ("received", "resolved", "in_progress")]
    answers = [owe(database, now, event=event) for event in sorted(ANSWERS)]
    aggregator = Aggregator()
    for each in (*news, *answers):
        send(database, now, aggregator, each)
    assert states(database, news) == ["ready"] * 3
    assert states(database, answers) == ["sent"] * len(ANSWERS)


def test_many_workers_send_each_text_once(database: Database, now: dt.datetime) -> None:
    owed = [owe(database, now, order=f"complaint:{n % 7}") for n in range(40)]
    aggregator, lock = Aggregator(), threading.Lock()
    turns = itertools.count()

    def one_worker() -> None:
        while True:
            with lock:
                turn = next(turns)
            if turn >= 160:
                return
            send(database, now, aggregator, owed[turn % 40])

    workers = [threading.Thread(target=one_worker) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    while set(states(database, owed)) != {"sent"}:
        for each in owed:
            send(database, now, aggregator, each)
    assert len(aggregator.got) == 40


def test_only_the_holder_of_the_lease_settles(database: Database, now: dt.datetime) -> None:
    """A worker that slept through its lease finds the text taken over, and leaves it."""
    owed = owe(database, now)
    with database.write.begin() as db:
        assert outbox.claim(db, owed, now, "late", aggregator=NAME) is not None
    with database.write.begin() as db:
        text = outbox.held(db, owed)
        assert text is not None
        text.state, text.lease = "ready", None
    with database.write.begin() as db:
        assert outbox.claim(db, owed, now, "new", aggregator=NAME) is not None
    with database.write.begin() as db:
        assert not outbox.settle(db, owed, "late", state="failed")
        assert outbox.settle(db, owed, "new", state="sent")


def test_a_claim_that_was_not_settled_is_not_claimed_again(database: Database, now: dt.datetime) -> None:
    owed, aggregator = owe(database, now), Aggregator()
    with database.write.begin() as db:
        outbox.claim(db, owed, now, "died", aggregator=NAME)
    send(database, now + dt.timedelta(days=1), aggregator, owed)
    assert aggregator.got == []


def test_an_outage_is_left_alone_and_looked_at_again(database: Database, now: dt.datetime) -> None:
    outage, aggregator = Outage(failures=3, rest=60), Aggregator(*[NotSent("connection_refused")] * 9)
    owed = [owe(database, now) for _ in range(9)]
    for number, each in enumerate(owed):
        deliver(database, lambda: now, aggregator, each, f"o{number}", 0.0, outage)
    assert len(aggregator.got) == 3
    assert outage.resting
    assert [look(database, each).attempts for each in owed[3:]] == [0] * 6


def test_an_outage_ends_with_the_first_text_taken() -> None:
    outage = Outage(failures=2, rest=0.0)
    for outcome in (NotSent("x"), NotSent("x"), Sent("1"), NotSent("x")):
        outage.saw(outcome)
    assert not outage.resting
    patient = Outage(failures=2, rest=60)
    for outcome in (NotSent("x"), Rejected("y"), NotSent("x")):
        patient.saw(outcome)
    assert not patient.resting
