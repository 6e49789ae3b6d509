"""What a person can see of texts, and do with them."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from sessions.delivery import outbox_admin
from sessions.delivery.match_reports import PATIENCE
from sessions.delivery.outbox_admin import MessageFilter
from sessions.delivery.outcome_types import Acceptance, Rejection, SendFailure, SendOutcome, Unknown
from sessions.operations import active_alarms
from storage.connection.database import Database
from storage.schema.tables import Report
from tests.sessions.posting import AMIR, NAME, SARA, Aggregator, look, owe, phone, report, rules, send, states, swept

pytestmark = pytest.mark.both_databases

SECOND, MINUTE, HOUR = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(hours=1)


def unconfirmed(database: Database, now: dt.datetime) -> tuple[int, dt.datetime]:
    """A text that three attempts left in doubt, and when that was."""
    owed = owe(database, now)
    for _ in range(3):
        send(database, now, Aggregator(Unknown("read_timeout")))
        now += PATIENCE
        swept(database, now)
    return owed, now


def test_texts_are_listed_by_what_became_of_them_and_name_nobody(database: Database, now: dt.datetime) -> None:
    owed = [owe(database, now, to=phone(n), body="gutter band hai") for n in range(3)]
    send(database, now, Aggregator(Acceptance("a"), Rejection("InvalidPhoneNumber")), 2)
    assert [line.id for line in outbox_admin.list_messages(database)] == owed[::-1]
    (line,) = outbox_admin.list_messages(database, MessageFilter(states=["failed"]))
    assert (line.id, line.event, line.reason, line.route) == (owed[1], "received", "InvalidPhoneNumber", NAME)
    assert (line.attempts, line.ambiguous, line.held, line.settled_at) == (1, 0, False, now)
    assert [line.id for line in outbox_admin.list_messages(database, MessageFilter(ids=owed[:2]), limit=1)] == owed[1:2]
    both = MessageFilter(states=["ready", "failed"])
    assert [line.id for line in outbox_admin.list_messages(database, both)] == [owed[2], owed[1]]
    first = MessageFilter(states=["sent", "ready"], ids=owed[:1])
    assert [line.id for line in outbox_admin.list_messages(database, first, limit=1)] == owed[:1], "not the latest"
    shown = repr(outbox_admin.list_messages(database))
    assert "gutter" not in shown
    assert phone(1) not in shown


def test_a_state_that_is_none_is_said_to_be_none(database: Database) -> None:
    with pytest.raises(ValueError, match="lost: use ready"):
        outbox_admin.list_messages(database, MessageFilter(states=["lost"]))


def test_what_is_stuck_is_what_nobody_will_send_or_should_have_gone_long_ago(
    database: Database, now: dt.datetime
) -> None:
    doubtful, later = unconfirmed(database, now)
    late, _fresh = owe(database, later - HOUR, to=AMIR), owe(database, later)
    waiting = owe(database, later, to=AMIR)
    send(database, later - HOUR, Aggregator(SendFailure("x")))
    assert [line.id for line in outbox_admin.list_stuck_messages(database, later)] == [doubtful, late]
    assert waiting not in [line.id for line in outbox_admin.list_stuck_messages(database, later)]
    names = [each.name for each in active_alarms.find_active_alarms(database, later, 100)]
    assert names == ["unconfirmed", "late"]


def test_an_unconfirmed_text_tried_again_by_hand_goes_once_more_by_its_old_route(
    database: Database, now: dt.datetime
) -> None:
    owed, later = unconfirmed(database, now)
    assert outbox_admin.retry(database, later, [owed]) == [owed]
    aggregator = Aggregator(Unknown("read_timeout"))
    assert send(database, later, aggregator, 9, rules("jazz", NAME)) == [owed]
    assert look(database, owed).aggregator == NAME
    swept(database, later + PATIENCE)
    assert look(database, owed).state == "unconfirmed"  # and no more by itself
    report(database, later + PATIENCE, "ATXid_z", "Success")
    assert look(database, owed).state == "delivered"


def test_a_failed_text_tried_again_by_hand_has_a_day(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now, event="help")
    send(database, now, Aggregator(Rejection("x")))
    later = now + dt.timedelta(days=5)
    assert outbox_admin.retry(database, later, [owed, 999]) == [owed]
    send(database, later, Aggregator(SendFailure("busy")))
    assert look(database, owed).state == "ready"
    assert send(database, later + MINUTE, Aggregator()) == [owed]


def failed_by_its_report(database: Database, now: dt.datetime) -> int:
    """A text that was taken as ATXid_1, and did not arrive."""
    owed = owe(database, now)
    send(database, now, Aggregator(Acceptance("ATXid_1", 2, "PKR 2.0")))
    report(database, now, "ATXid_1", "Failed", reason="AbsentSubscriber")
    assert look(database, owed).state == "failed"
    return owed


def test_a_text_tried_again_by_hand_begins_without_the_traces_of_the_attempt_that_failed(
    database: Database, now: dt.datetime
) -> None:
    owed = failed_by_its_report(database, now)
    assert outbox_admin.retry(database, now, [owed]) == [owed]
    text = look(database, owed)
    assert (text.state, text.provider_id, text.parts, text.cost) == ("ready", None, None, None)


def test_a_report_of_the_attempt_that_failed_is_kept_and_does_not_touch_the_one_made_by_hand(
    database: Database, now: dt.datetime
) -> None:
    owed, aggregator = failed_by_its_report(database, now), Aggregator(Acceptance("ATXid_2"))
    outbox_admin.retry(database, now, [owed])
    report(database, now, "ATXid_1", "Failed", reason="AbsentSubscriber")  # the very same once more
    report(database, now, "ATXid_1", "Expired")
    swept(database, now)
    assert look(database, owed).state == "ready"
    assert send(database, now, aggregator) == [owed]
    report(database, now, "ATXid_1", "Rejected")
    swept(database, now)
    assert (look(database, owed).state, look(database, owed).provider_id) == ("sent", "ATXid_2")
    with database.read() as db:
        assert db.scalars(select(Report.status).order_by(Report.id)).all() == ["Failed", "Expired", "Rejected"]
    report(database, now, "ATXid_2", "Success")
    assert look(database, owed).state == "delivered"


@pytest.mark.parametrize("outcome", [Unknown("read_timeout"), Acceptance("")])
def test_an_attempt_made_by_hand_that_nobody_knows_about_is_not_explained_by_a_report_of_the_one_before(
    database: Database, now: dt.datetime, outcome: SendOutcome
) -> None:
    owed = failed_by_its_report(database, now)
    outbox_admin.retry(database, now, [owed])
    send(database, now, Aggregator(outcome))
    before = look(database, owed).state
    report(database, now, "ATXid_1", "Expired")
    swept(database, now)
    assert look(database, owed).state == before
    report(database, now, "ATXid_2", "Success")
    assert (look(database, owed).state, look(database, owed).provider_id) == ("delivered", "ATXid_2")


def test_what_was_sent_or_is_on_its_way_is_neither_tried_again_nor_cancelled(
    database: Database, now: dt.datetime
) -> None:
    owed = [owe(database, now), owe(database, now), owe(database, now)]
    during = Aggregator(
        during=lambda: seen.append(
            (outbox_admin.retry(database, now, owed), outbox_admin.cancel(database, now, owed[:2]))
        )
    )
    seen: list[tuple[list[int], list[int]]] = []
    send(database, now, during)
    assert seen == [([], [owed[1]])]
    assert outbox_admin.retry(database, now, owed[:1]) == []
    assert states(database, owed) == ["sent", "cancelled", "ready"]


def test_a_cancelled_text_is_not_sent_and_a_report_of_an_earlier_attempt_is_still_heard(
    database: Database, now: dt.datetime
) -> None:
    owed = owe(database, now)
    send(database, now, Aggregator(Unknown("read_timeout")))
    assert outbox_admin.cancel(database, now, [owed]) == [owed]
    swept(database, now + HOUR)
    assert send(database, now + HOUR, Aggregator()) == []
    assert (look(database, owed).state, look(database, owed).reason) == ("cancelled", "by_hand")
    report(database, now + MINUTE, "ATXid_1", "Success", phone=SARA)
    assert look(database, owed).state == "delivered"


def test_the_report_of_a_skipped_text_is_not_taken_for_the_one_that_overtook_it(
    database: Database, now: dt.datetime
) -> None:
    early = owe(database, now, event="assigned", order="complaint:1", version=2)
    send(database, now, Aggregator(Unknown("read_timeout")))
    late = owe(database, now, event="in_progress", order="complaint:1", version=3)
    swept(database, now + PATIENCE)
    send(database, now + PATIENCE, Aggregator(Unknown("read_timeout")))
    assert states(database, [early, late]) == ["skipped", "unknown"]
    report(database, now + PATIENCE, "ATXid_1", "Success")
    assert states(database, [early, late]) == ["skipped", "unknown"]  # it may be about either


def test_the_budget_of_an_hour_that_is_gone_is_an_alarm(database: Database, now: dt.datetime) -> None:
    owe(database, now)
    send(database, now, Aggregator(), 9, rules(per_hour=1))
    assert [each.name for each in active_alarms.find_active_alarms(database, now, 1)] == ["budget_spent"]
    assert active_alarms.find_active_alarms(database, now + HOUR, 1) == []


def test_a_text_in_doubt_is_settled_as_the_aggregator_says_and_a_later_report_still_counts(
    database: Database, now: dt.datetime
) -> None:
    owed, later = unconfirmed(database, now)
    assert outbox_admin.settle(database, later, [owed], sent=True) == [owed]
    assert outbox_admin.settle(database, later, [owed], sent=False) == []
    assert (look(database, owed).state, look(database, owed).reason) == ("sent", "by_hand")
    other = owe(database, later, to=AMIR)
    send(database, later, Aggregator(Unknown("read_timeout")))
    assert outbox_admin.settle(database, later, [other], sent=False, seen={other: 0}) == []  # it was sent again since
    assert outbox_admin.settle(database, later, [other], sent=False, seen={other: 1}) == [other]
    assert look(database, other).state == "failed"
    assert outbox_admin.retry(database, later, [other], seen={other: 2}) == []
    assert outbox_admin.retry(database, later, [other], seen={other: 1}) == [other]
