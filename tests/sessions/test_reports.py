"""What delivery reports make of a text: however they come, it moves on and never back."""

from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from sessions.delivery import Sent, Unknown
from storage import outbox
from storage.database import Database
from storage.tables import Report
from tests.sessions.posting import AMIR, Aggregator, look, owe, report, send, states, swept

MINUTE = dt.timedelta(minutes=1)
REPORTS = ("Sent", "Submitted", "Buffered", "Success", "Failed", "Expired", "Unheard")
ORDER = {"sent": 3, "buffered": 4, "delivered": 5, "failed": 5}
MEANT = {"Sent": "sent", "Submitted": "sent", "Buffered": "buffered", "Success": "delivered", "Unheard": "sent"}
_examples = itertools.count(1)


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
        kept = db.execute(select(Report.provider_id, Report.outbox_id).order_by(Report.id)).all()
    assert [tuple(each) for each in kept] == [("ATXid_strange", None), ("ATXid_nobody", None)]


def test_a_report_that_names_another_phone_changes_nothing(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    owe(database, now, to=AMIR)
    send(database, now, Aggregator(), owed)
    report(database, now, "ATXid_1", "Failed", phone=AMIR)
    report(database, now, "ATXid_1", "Rejected", phone="+923009999999")
    assert look(database, owed).state == "sent"
    swept(database, now)  # looks at what was kept once more
    assert look(database, owed).state == "sent"
    report(database, now, "ATXid_1", "Buffered")
    assert look(database, owed).state == "buffered"


def test_a_report_of_another_phone_before_the_answer_changes_nothing(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    early = Aggregator(Sent("ATXid_e"), during=lambda: report(database, now, "ATXid_e", "Failed", phone=AMIR))
    send(database, now, early, owed)
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
