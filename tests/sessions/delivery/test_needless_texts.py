"""What is due and is not sent all the same: nobody wants it, a later one tells more, or its sense is gone."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from sessions.delivery.match_reports import PATIENCE
from sessions.delivery.outcome_types import Acceptance, SendFailure, SendOutcome, Unknown
from storage.connection.database import Database
from storage.messages import outbox_claims
from tests.sessions.posting import SARA, Aggregator, look, owe, rules, send, states, swept, take, wants_no_texts, write

SECOND, MINUTE, HOUR = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(hours=1)
ANSWERS = ("stop_ok", "start_ok", "help", "status_is", "status_missing", "status_mistyped", "unknown", "filing_ask")


def test_who_said_stop_gets_answers_only(database: Database, now: dt.datetime) -> None:
    wants_no_texts(database, SARA, now)
    news = [owe(database, now, event=event) for event in ("received", "resolved_pending", "in_progress")]
    answers = [owe(database, now, event=event) for event in ANSWERS]
    send(database, now, Aggregator(), 99, rules(per_number=99))
    assert states(database, news) == ["cancelled"] * 3
    assert look(database, news[0]).reason == "opted_out"
    assert states(database, answers) == ["sent"] * len(ANSWERS)


def test_numbers_of_other_countries_are_never_texted(database: Database, now: dt.datetime) -> None:
    foreign, ours = owe(database, now, to="+447700900123"), owe(database, now)
    aggregator = Aggregator()
    send(database, now, aggregator, 9, rules(may_be_texted=lambda phone: phone.startswith("+92")))
    assert [to for to, _ in aggregator.got] == [SARA]
    text = look(database, foreign)
    assert (text.state, text.reason, text.attempts) == ("failed", "country_not_served", 0)
    assert look(database, ours).state == "sent"


def test_a_status_that_a_later_one_overtook_is_skipped_and_recorded(database: Database, now: dt.datetime) -> None:
    moves = ["assigned", "in_progress", "resolved_pending"]
    receipt = owe(database, now, order="complaint:1")
    news = [owe(database, now, event=move, order="complaint:1", version=n) for n, move in enumerate(moves, 2)]
    aggregator = Aggregator()
    assert send(database, now, aggregator, 9) == [receipt]  # never skipped, and first
    assert send(database, now, aggregator, 9) == [news[-1]]
    assert states(database, news) == ["skipped", "skipped", "sent"]
    text = look(database, news[0])
    assert (text.reason, text.settled_at, text.attempts) == ("superseded", now, 0)


def test_a_status_of_another_complaint_overtakes_nothing(database: Database, now: dt.datetime) -> None:
    first = owe(database, now, event="assigned", order="complaint:1", version=2)
    second = owe(database, now, event="assigned", order="complaint:2", version=3)
    assert sorted(send(database, now, Aggregator(), 9)) == [first, second]


def test_a_later_status_that_will_not_be_sent_overtakes_nothing(database: Database, now: dt.datetime) -> None:
    early = owe(database, now, event="assigned", order="complaint:1", version=2)
    late = owe(database, now, event="in_progress", order="complaint:1", version=3)
    with database.write.begin() as db:
        outbox_claims.drop(db, [late], "cancelled", "by_hand", now)
    assert send(database, now, Aggregator(), 9) == [early]


@pytest.mark.parametrize("first_fails", [True, False])
@pytest.mark.parametrize("failure", [SendFailure("http_503"), Unknown("http_500")])
def test_five_moves_in_two_seconds_are_told_in_order_though_every_other_attempt_fails(
    database: Database, now: dt.datetime, first_fails: bool, failure: SendOutcome
) -> None:
    """B7: what arrives is in the order of versions and ends with the last; what was overtaken says so."""
    moves = ["assigned", "in_progress", "waiting_citizen", "in_progress", "resolved_pending"]
    owed: list[int] = []
    taken: list[int] = []
    fails = itertools.cycle([first_fails, not first_fails])
    for tick in range(5 + 60):
        if tick < len(moves):
            owed.append(owe(database, now, event=moves[tick], order="complaint:5", version=tick + 2))
        for post in take(database, now, 5):
            if next(fails):
                write(database, now, (post, failure))
            else:
                taken.append(post.id)
                write(database, now, (post, Acceptance(f"id{post.id}")))
        now += SECOND / 2 if tick < len(moves) else 20 * SECOND
        swept(database, now)
    assert taken == sorted(taken)
    assert taken[-1] == owed[-1]
    became = dict(zip(owed, states(database, owed), strict=True))
    assert all(became[each] == "sent" for each in taken)
    assert {became[each] for each in owed if each not in taken} <= {"skipped"}


def test_an_overtaken_status_that_may_have_arrived_keeps_its_place_until_its_patience_is_over(
    database: Database, now: dt.datetime
) -> None:
    early = owe(database, now, event="assigned", order="complaint:1", version=2)
    send(database, now, Aggregator(Unknown("read_timeout")))
    late = owe(database, now, event="in_progress", order="complaint:1", version=3)
    assert send(database, now + MINUTE, Aggregator()) == []
    swept(database, now + PATIENCE)
    assert send(database, now + PATIENCE, Aggregator(), 9) == [late]
    text = look(database, early)
    assert (text.state, text.ambiguous) == ("skipped", 1)


def test_a_text_whose_sense_is_gone_is_not_sent(database: Database, now: dt.datetime) -> None:
    owed, lasting = owe(database, now, event="unknown"), owe(database, now)
    assert send(database, now + HOUR, Aggregator(), 9) == [lasting]
    text = look(database, owed)
    assert (text.state, text.reason, text.settled_at) == ("expired", "expired", now + HOUR)


def test_a_text_whose_sense_is_gone_but_that_may_have_arrived_is_for_a_person_to_look_at(
    database: Database, now: dt.datetime
) -> None:
    owed = owe(database, now, event="unknown")
    send(database, now, Aggregator(Unknown("read_timeout")))
    swept(database, now + HOUR)
    assert send(database, now + HOUR, Aggregator()) == []
    assert look(database, owed).state == "unconfirmed"
