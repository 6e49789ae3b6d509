"""Sending one text, and what reports make of it."""

from __future__ import annotations

import datetime as dt
import itertools
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions.delivery import ANSWERS, NotSent, Outage, Outcome, RefusedUntil, Rejected, Sent, Unknown, deliver
from storage import outbox, reports
from storage.database import Database
from tests.sessions.posting import AMIR, NAME, SARA, Aggregator, look, owe, report, send, states, wants_no_texts

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


def test_a_report_moves_a_text_on_and_never_back(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    send(database, now, Aggregator(), owed)
    seen = []
    for status in ("Submitted", "Buffered", "Sent", "Success", "Failed", "Success", "SomethingNew"):
        report(database, now, "ATXid_1", status)
        seen.append(look(database, owed).state)
    assert seen == ["sent", "buffered", "buffered", "delivered", "delivered", "delivered", "delivered"]


def test_why_a_text_failed_is_kept(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    send(database, now, Aggregator(), owed)
    report(database, now, "ATXid_1", "Failed", reason="UserInBlackList")
    text = look(database, owed)
    assert (text.state, text.reason) == ("failed", "UserInBlackList")


def test_a_report_before_the_answer_is_matched_when_the_answer_comes(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    early = Aggregator(Sent("ATXid_e", 2, None), during=lambda: report(database, now, "ATXid_e", "Success"))
    send(database, now, early, owed)
    text = look(database, owed)
    assert (text.state, text.provider_id, text.parts) == ("delivered", "ATXid_e", 2)


def test_a_report_with_an_unreadable_number_before_the_answer_is_matched_too(
    database: Database, now: dt.datetime
) -> None:
    owed = owe(database, now)
    early = Aggregator(Sent("ATXid_e"), during=lambda: report(database, now, "ATXid_e", "Success", phone=""))
    send(database, now, early, owed)
    assert look(database, owed).state == "delivered"


def test_a_report_of_an_unknown_id_is_kept_and_makes_no_text(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    send(database, now, Aggregator(), owed)
    report(database, now, "ATXid_strange", "Failed")
    report(database, now, "ATXid_strange", "Failed")
    report(database, now, "ATXid_nobody", "Success", phone=AMIR)
    assert look(database, owed).state == "sent"
    with database.read() as db:
        assert len(reports.of_provider(db, NAME, "ATXid_strange")) == 1
        assert [each.outbox_id for each in reports.of_provider(db, NAME, "ATXid_nobody")] == [None]


def test_a_report_that_names_another_phone_changes_nothing(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    owe(database, now, to=AMIR)
    send(database, now, Aggregator(), owed)
    report(database, now, "ATXid_1", "Failed", phone=AMIR)
    report(database, now, "ATXid_1", "Rejected", phone="+923009999999")
    assert look(database, owed).state == "sent"


def test_an_unknown_text_adopts_the_report_of_its_phone(database: Database, now: dt.datetime) -> None:
    owed, aggregator = owe(database, now), Aggregator(Unknown("read_timeout"))
    send(database, now, aggregator, owed)
    report(database, now + MINUTE, "ATXid_lost", "Buffered")
    text = look(database, owed)
    assert (text.state, text.provider_id, text.reason) == ("buffered", "ATXid_lost", "adopted")
    report(database, now + MINUTE, "ATXid_lost", "Success")
    send(database, now + 60 * MINUTE, aggregator, owed)
    assert look(database, owed).state == "delivered"
    assert len(aggregator.got) == 1


def test_an_unknown_text_adopts_a_report_that_was_faster_than_the_time_out(
    database: Database, now: dt.datetime
) -> None:
    owed = owe(database, now)
    hangs = Aggregator(Unknown("read_timeout"), during=lambda: report(database, now, "ATXid_fast", "Success"))
    send(database, now, hangs, owed)
    assert look(database, owed).state == "delivered"


def test_a_text_accepted_without_an_id_adopts_its_report(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    send(database, now, Aggregator(Sent("")), owed)
    assert look(database, owed).provider_id is None
    report(database, now + MINUTE, "ATXid_named", "Success")
    assert look(database, owed).state == "delivered"


def test_a_report_that_could_mean_two_texts_is_given_to_neither(database: Database, now: dt.datetime) -> None:
    owed = [owe(database, now), owe(database, now)]
    for each in owed:
        send(database, now, Aggregator(Unknown("read_timeout")), each)
    report(database, now, "ATXid_either", "Success")
    assert states(database, owed) == ["unknown", "unknown"]


def test_a_text_being_sent_is_given_no_report_and_lets_no_other_take_one(database: Database, now: dt.datetime) -> None:
    first, second = owe(database, now), owe(database, now)
    send(database, now, Aggregator(Unknown("read_timeout")), first)
    meanwhile = Aggregator(Sent("ATXid_second"), during=lambda: report(database, now, "ATXid_second", "Success"))
    send(database, now, meanwhile, second)
    assert states(database, [first, second]) == ["unknown", "delivered"]


def test_a_late_report_of_a_lost_attempt_is_not_taken_for_the_next_text(database: Database, now: dt.datetime) -> None:
    """The first text went twice: the report of its first attempt must not say that the second text arrived."""
    first = owe(database, now)
    send(database, now, Aggregator(Unknown("read_timeout")), first)
    with database.write.begin() as db:
        text = outbox.held(db, first)
        assert text is not None
        text.state = "ready"
    send(database, now + 2 * MINUTE, Aggregator(Sent("ATXid_again")), first)
    second = owe(database, now + 2 * MINUTE)
    send(database, now + 2 * MINUTE, Aggregator(Unknown("read_timeout")), second)
    report(database, now + 3 * MINUTE, "ATXid_first", "Success")
    assert states(database, [first, second]) == ["sent", "unknown"]


REPORTS = ("Sent", "Submitted", "Buffered", "Success", "Failed", "Expired", "Unheard")
ORDER = {"sent": 3, "buffered": 4, "delivered": 5, "failed": 5}
MEANT = {"Sent": "sent", "Submitted": "sent", "Buffered": "buffered", "Success": "delivered", "Unheard": "sent"}
_examples = itertools.count(1)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(before=st.lists(st.sampled_from(REPORTS), max_size=4), after=st.lists(st.sampled_from(REPORTS), max_size=4))
def test_reports_in_any_order_and_number_end_in_the_same_state(
    database: Database, now: dt.datetime, before: list[str], after: list[str]
) -> None:
    """The furthest state wins, and of two ends the first; nothing is sent twice and no row comes of a report."""
    example = next(_examples)
    phone, provider_id = f"+9230{example:08}", f"ATXid_p{example}"
    owed = owe(database, now, to=phone)

    def early() -> None:
        for status in before:
            report(database, now, provider_id, status, phone=phone)

    send(database, now, Aggregator(Sent(provider_id), during=early), owed)
    for status in after:
        report(database, now, provider_id, status, phone=phone)
    expected = "sent"
    for status in (*before, *after):
        meant = MEANT.get(status, "failed")
        expected = meant if ORDER[meant] > ORDER[expected] else expected
    assert look(database, owed).state == expected


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
