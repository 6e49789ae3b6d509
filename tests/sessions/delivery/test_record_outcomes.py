"""What becomes of a text that was sent, or was not: every outcome has its policy, and only its holder writes it."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from sessions.delivery import match_reports, outbox_admin, record_outcomes
from sessions.delivery.claim_batch import ClaimedMessage
from sessions.delivery.match_reports import PATIENCE
from sessions.delivery.outcome_types import Acceptance, Rejection, SendFailure, SendOutcome, TemporaryRejection, Unknown
from sessions.delivery.route_breaker import FAILURES, REST, STOPPED
from sessions.operations import active_alarms
from storage.connection.database import Database
from storage.messages import outbox_claims
from tests.keys import open_database
from tests.sessions.posting import (
    AMIR,
    NAME,
    SARA,
    Aggregator,
    look,
    owe,
    phone,
    report,
    send,
    states,
    swept,
    take,
    write,
)

pytestmark = pytest.mark.both_databases

SECOND, MINUTE, HOUR = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(hours=1)


def test_a_text_is_sent_once_and_its_acceptance_kept(database: Database, now: dt.datetime) -> None:
    owed, aggregator = owe(database, now), Aggregator()
    send(database, now, aggregator)
    send(database, now, aggregator)
    send(database, now + dt.timedelta(days=2), aggregator)
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
    send(database, now, Aggregator(during=meanwhile))
    assert seen == ["sending"]


@pytest.mark.parametrize(
    ("outcome", "state", "waits"),
    [
        (SendFailure("connection_refused"), "ready", 5 * SECOND),
        (TemporaryRejection(600, "http_402"), "ready", 600 * SECOND),
        (TemporaryRejection(600, "no_balance", account=True), "ready", 600 * SECOND),
        (TemporaryRejection(1e9, "http_429"), "ready", HOUR),
        (TemporaryRejection(-5, "http_429"), "ready", SECOND),
        (Rejection("UserInBlacklist"), "failed", None),
        (Unknown("read_timeout"), "unknown", PATIENCE),
    ],
)
def test_each_outcome_has_its_policy(
    database: Database, now: dt.datetime, outcome: SendOutcome, state: str, waits: dt.timedelta | None
) -> None:
    """B11, from the outcome on: what each answer of an aggregator means is in tests/gateway/aggregators."""
    owed = owe(database, now)
    send(database, now, Aggregator(outcome))
    text = look(database, owed)
    assert text.state == state
    assert text.reason == outcome.why  # type: ignore[union-attr]  # all of these have it
    assert (text.ambiguous, text.lease) == (state == "unknown", None)
    assert waits is None or text.next_at == now + waits
    assert (text.settled_at is not None) == (state == "failed")


def test_a_refusal_is_spread_so_that_not_all_come_back_at_once(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    write(database, now, (take(database, now)[0], TemporaryRejection(100, "http_429")), jitter=0.8)
    assert look(database, owed).next_at == now + 120 * SECOND


def test_a_text_that_was_not_sent_is_tried_again_later_and_later(database: Database, now: dt.datetime) -> None:
    owed, aggregator = owe(database, now), Aggregator(*[SendFailure("connection_refused")] * 3)
    waits = []
    for _ in range(3):
        send(database, now, aggregator)
        send(database, now, aggregator)  # not due yet
        text = look(database, owed)
        waits.append(text.next_at - now)
        now = text.next_at
    assert waits == sorted(waits)
    assert waits[0] >= 5 * SECOND
    assert len(aggregator.got) == 3
    send(database, now, aggregator)
    assert look(database, owed).state == "sent"


def test_a_receipt_nobody_takes_for_three_days_is_given_up(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    send(database, now + 72 * HOUR, Aggregator(SendFailure("no_recipients")))
    text = look(database, owed)
    assert (text.state, text.reason) == ("failed", "gave_up: no_recipients")


@pytest.mark.parametrize(("ambiguous", "state"), [(False, "expired"), (True, "unconfirmed")])
def test_a_text_whose_next_try_would_come_too_late_is_given_up_now(
    database: Database, now: dt.datetime, ambiguous: bool, state: str
) -> None:
    owed = owe(database, now, event="unknown")  # has sense for an hour
    later = now + MINUTE
    if ambiguous:
        send(database, now, Aggregator(Unknown("read_timeout")))
        later = now + PATIENCE
        swept(database, later)
    send(database, later, Aggregator(TemporaryRejection(3600, "http_503")))
    text = look(database, owed)
    assert (text.state, text.reason, text.settled_at) == (state, "expired: http_503", later)


def test_a_text_that_may_have_arrived_and_is_then_refused_for_three_days_is_for_a_person_to_look_at(
    database: Database, now: dt.datetime
) -> None:
    owed, behind = owe(database, now, order="complaint:1"), owe(database, now, order="complaint:1")
    send(database, now, Aggregator(Unknown("read_timeout")))
    swept(database, now + PATIENCE)
    later = now + 72 * HOUR
    send(database, later, Aggregator(TemporaryRejection(60, "no_balance")))
    text = look(database, owed)
    assert (text.state, text.reason) == ("unconfirmed", "gave_up: no_balance")
    assert send(database, later, Aggregator()) == [behind]


@pytest.mark.parametrize(
    ("outcome", "ambiguous"),
    [
        (Unknown("read_timeout"), 1),
        (SendFailure("refused"), 0),
        (TemporaryRejection(5, "busy"), 0),
        (Acceptance("ATXid_1"), 0),
    ],
)
def test_an_attempt_that_the_sweep_doubted_before_it_ended_counts_as_what_it_was(
    database: Database, now: dt.datetime, outcome: SendOutcome, ambiguous: int
) -> None:
    owed, (post,) = owe(database, now), take(database, now)
    swept(database, now + outbox_claims.LEASE)
    assert look(database, owed).ambiguous == 1
    write(database, now + outbox_claims.LEASE + SECOND, (post, outcome))
    assert look(database, owed).ambiguous == ambiguous


def test_an_answer_that_comes_after_the_lease_is_truer_than_none(database: Database, now: dt.datetime) -> None:
    owed, (post,) = owe(database, now), take(database, now)
    later = now + outbox_claims.LEASE
    swept(database, later)
    assert look(database, owed).state == "unknown"
    write(database, later + SECOND, (post, Acceptance("ATXid_late", 1, None)))
    text = look(database, owed)
    assert (text.state, text.provider_id, text.ambiguous, text.lease) == ("sent", "ATXid_late", 0, None)


def test_an_answer_after_the_lease_leaves_no_doubt_that_hides_whose_a_report_is(
    database: Database, now: dt.datetime
) -> None:
    """Another text to the same phone is in doubt then, and its report must not look like one of the first."""
    owe(database, now)
    (slow,) = take(database, now)
    later = now + outbox_claims.LEASE
    swept(database, later)
    write(database, later, (slow, Acceptance("ATXid_late")))
    second, aggregator = owe(database, later), Aggregator(Unknown("read_timeout"))
    send(database, later, aggregator)
    report(database, later, "ATXid_second")
    swept(database, later + PATIENCE)
    send(database, later + PATIENCE, aggregator)
    assert (look(database, second).state, len(aggregator.got)) == ("delivered", 1)


def test_an_answer_that_comes_after_another_took_the_text_over_changes_nothing(
    database: Database, now: dt.datetime
) -> None:
    owed, (slow,) = owe(database, now), take(database, now)
    later = now + outbox_claims.LEASE
    swept(database, later)
    later += PATIENCE
    swept(database, later)
    (quick,) = take(database, later)
    assert (quick.id, quick.lease != slow.lease, quick.ambiguous) == (owed, True, 1)
    write(database, later, (slow, Rejection("TooLate")))
    assert look(database, owed).state == "sending"
    write(database, later, (quick, Acceptance("ATXid_quick")))
    write(database, later, (slow, Acceptance("ATXid_slow")))
    text = look(database, owed)
    assert (text.state, text.provider_id) == ("sent", "ATXid_quick")


def test_an_outcome_written_twice_changes_nothing_the_second_time(database: Database, now: dt.datetime) -> None:
    owed, (post,) = owe(database, now), take(database, now)
    for outcome in (Acceptance("ATXid_a"), SendFailure("x"), Unknown("x")):
        write(database, now, (post, outcome))
    assert (look(database, owed).state, look(database, owed).provider_id) == ("sent", "ATXid_a")
    assert outbox_admin.list_failing_routes(database) == []


def test_a_batch_with_every_outcome_is_written_at_once(database: Database, now: dt.datetime) -> None:
    owed = [owe(database, now, to=phone(n)) for n in range(6)]
    posts = take(database, now, 9)
    report(database, now, "ATXid_b", "Success", phone=phone(1))
    outcomes: list[SendOutcome] = [
        Acceptance("ATXid_a"),
        Acceptance("ATXid_b"),
        SendFailure("x"),
        TemporaryRejection(9, "x"),
        Rejection("x"),
        Unknown("x"),
    ]
    write(database, now, *zip(posts, outcomes, strict=True))
    assert states(database, owed) == ["sent", "delivered", "ready", "ready", "failed", "unknown"]


def test_outcomes_of_posts_that_are_gone_hurt_nobody(database: Database, now: dt.datetime) -> None:
    owed, (post,) = owe(database, now), take(database, now)
    stranger = ClaimedMessage(999_999, "x", NAME, SARA, "b", 1, 0, "k", "received", now, post.contact_id, now)
    write(database, now, (stranger, Acceptance("ATXid_x")), (post, Acceptance("ATXid_y")))
    write(database, now)
    assert look(database, owed).provider_id == "ATXid_y"


def test_a_database_that_stumbles_is_asked_again(
    database: Database, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_outcomes, "PAUSES", (0.0, 0.0, 0.0))
    owed, (post,) = owe(database, now), take(database, now)
    left = [3]

    def stumbles(connection: object) -> None:
        if left[0]:
            left[0] -= 1
            raise OperationalError("COMMIT", {}, Exception("the connection is gone"))

    event.listen(database.engine, "commit", stumbles)
    write(database, now, (post, Acceptance("ATXid_kept")))
    event.remove(database.engine, "commit", stumbles)
    assert (left, look(database, owed).state) == ([0], "sent")


def test_one_text_that_cannot_be_written_costs_no_other(
    postgresql_url: str, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody holds its contact for longer than anybody waits; on SQLite there is one lock for everything."""
    monkeypatch.setattr(record_outcomes, "PAUSES", (0.0,))
    database = open_database(postgresql_url)
    owed = [owe(database, now, to=each) for each in (SARA, AMIR)]
    posts = take(database, now, 9)
    with database.write.begin() as db:
        match_reports.lock(db, posts[0].contact_id)
        with pytest.raises(OperationalError):
            write(database, now, *[(post, Acceptance(f"id{post.id}")) for post in posts])
    assert states(database, owed) == ["sending", "sent"]
    database.close()


# ---- Routes rest ----


def test_a_route_rests_after_five_failures_in_a_row(database: Database, now: dt.datetime) -> None:
    for n in range(FAILURES):
        assert outbox_admin.list_failing_routes(database) == [] or n
        owe(database, now, to=phone(n))
        send(database, now, Aggregator(SendFailure("http_503")))
    (route,) = outbox_admin.list_failing_routes(database)
    assert (route.name, route.failures, route.rests_until, route.reason) == (NAME, FAILURES, now + REST, "http_503")
    assert route.stopped_at is None


def test_a_success_between_failures_begins_the_count_anew(database: Database, now: dt.datetime) -> None:
    for n in range(9):
        owe(database, now, to=phone(n))
    outcomes = [SendFailure("x")] * 4 + [Acceptance("a")] + [Unknown("x")] * 4
    send(database, now, Aggregator(*outcomes), 9)
    (route,) = outbox_admin.list_failing_routes(database)
    assert (route.failures, route.rests_until) == (4, None)


def test_a_route_rests_as_long_as_it_asks_but_not_for_ever(database: Database, now: dt.datetime) -> None:
    for seconds, rest in ((120, 120 * SECOND), (1e6, STOPPED)):
        for n in range(FAILURES):
            owe(database, now, to=phone(n))
        send(database, now, Aggregator(*[TemporaryRejection(seconds, "http_429")] * FAILURES), FAILURES)
        assert outbox_admin.list_failing_routes(database)[0].rests_until == now + rest
        assert outbox_admin.reset_route(database, now, NAME)
    assert outbox_admin.list_failing_routes(database) == []
    assert not outbox_admin.reset_route(database, now, NAME)


def test_a_route_without_money_stops_at_the_first_text_with_an_alarm_until_one_is_taken(
    database: Database, now: dt.datetime
) -> None:
    owe(database, now)
    owe(database, now, to=AMIR)
    send(database, now, Aggregator(TemporaryRejection(600, "no_balance", account=True)))
    (route,) = outbox_admin.list_failing_routes(database)
    assert (route.stopped_at, route.rests_until) == (now, now + STOPPED)
    assert [each.name for each in active_alarms.find_active_alarms(database, now, 100)] == ["road_stopped"]
    send(database, now + STOPPED, Aggregator(SendFailure("connection_refused")))
    assert (
        outbox_admin.list_failing_routes(database)[0].rests_until == now + 2 * STOPPED
    )  # still stopped: no quicker for that
    send(database, now + 2 * STOPPED, Aggregator())
    assert outbox_admin.list_failing_routes(database) == []
    assert [each.name for each in active_alarms.find_active_alarms(database, now + 2 * STOPPED, 100)] == []
