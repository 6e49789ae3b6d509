"""What delivery reports make of a text: however they come, it moves on and never back."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from sessions.delivery import outbox_admin
from sessions.delivery.outcome_types import Acceptance, Unknown
from storage.connection.database import Database
from storage.messages import outbox
from storage.schema.tables import OutboxMessage, Report
from tests.examples import examples
from tests.keys import open_database
from tests.sessions.posting import AMIR, NAME, Aggregator, look, owe, phone, report, send, states, swept, take, write

pytestmark = pytest.mark.both_databases

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
REPORTS = ("Sent", "Submitted", "Buffered", "Success", "Failed", "Expired", "Unheard")
ORDER = {"sent": 3, "buffered": 4, "delivered": 5, "failed": 5}
MEANT = {"Sent": "sent", "Submitted": "sent", "Buffered": "buffered", "Success": "delivered", "Unheard": "sent"}
_examples = itertools.count(1)


@pytest.fixture
def quick_database(sqlite_url: str) -> Iterator[Database]:
    """SQLite that does not wait for the disk: thousands of examples need no power cut."""
    database = open_database(sqlite_url)

    @event.listens_for(database.engine, "connect")
    def hurried(connection: Any, record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    yield database
    database.close()


def test_a_report_moves_a_text_on_and_never_back(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    send(database, now, Aggregator())
    seen = []
    for status in ("Submitted", "Buffered", "Sent", "Success", "Failed", "Success", "SomethingNew"):
        report(database, now, "ATXid_1", status)
        seen.append(look(database, owed).state)
    assert seen == ["sent", "buffered", "buffered", "delivered", "delivered", "delivered", "delivered"]


@pytest.mark.parametrize(
    ("came", "stored"),
    [
        ("", ""), ("UserInBlackList", "UserInBlackList"), ("30005", "30005"), ("EC_ABSENT_SUBSCRIBER",) * 2,
        ("NACK/11/Invalid Destination", "NACK/11/Invalid"), ("+923001234567", "other"), ("tel:923001234567", "other"),
        ("id:7 sub:001 stat:UNDELIV err:012 text:Sara, aap ki shikayat", "other"), ("Sara Khan", "other"),
        ("\u067e\u0627\u0646\u06cc", "other"),
    ],
)  # fmt: skip
def test_a_reason_is_stored_as_a_code_and_never_in_words_or_with_a_number(
    database: Database, now: dt.datetime, came: str, stored: str
) -> None:
    owed = owe(database, now)
    send(database, now, Aggregator())
    for _ in range(2):  # a repeat is known
        report(database, now, "ATXid_1", "Failed", reason=came)
    with database.read() as db:
        assert db.scalars(select(Report.reason)).all() == [stored]
    assert look(database, owed).reason == (stored or "Failed")


def test_why_a_text_failed_is_kept(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    send(database, now, Aggregator())
    report(database, now, "ATXid_1", "Failed", reason="UserInBlackList")
    text = look(database, owed)
    assert (text.state, text.reason) == ("failed", "UserInBlackList")


def test_a_report_before_the_answer_is_matched_when_the_answer_comes(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    early = Aggregator(Acceptance("ATXid_e", 2, None), during=lambda: report(database, now, "ATXid_e", "Success"))
    send(database, now, early)
    text = look(database, owed)
    assert (text.state, text.provider_id, text.parts) == ("delivered", "ATXid_e", 2)


def test_a_report_with_an_unreadable_number_before_the_answer_is_matched_too(
    database: Database, now: dt.datetime
) -> None:
    owed = owe(database, now)
    early = Aggregator(Acceptance("ATXid_e"), during=lambda: report(database, now, "ATXid_e", "Success", phone=""))
    send(database, now, early)
    assert look(database, owed).state == "delivered"


def test_a_report_of_an_unknown_id_is_kept_and_makes_no_text(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    send(database, now, Aggregator())
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
    send(database, now, Aggregator())
    report(database, now, "ATXid_1", "Failed", phone=AMIR)
    report(database, now, "ATXid_1", "Rejected", phone="+923009999999")
    assert look(database, owed).state == "sent"
    swept(database, now)  # looks at what was kept once more
    assert look(database, owed).state == "sent"
    report(database, now, "ATXid_1", "Buffered")
    assert look(database, owed).state == "buffered"


def test_a_report_of_another_phone_before_the_answer_changes_nothing(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    early = Aggregator(Acceptance("ATXid_e"), during=lambda: report(database, now, "ATXid_e", "Failed", phone=AMIR))
    send(database, now, early)
    assert look(database, owed).state == "sent"


def test_an_unknown_text_adopts_the_report_of_its_phone(database: Database, now: dt.datetime) -> None:
    owed, aggregator = owe(database, now), Aggregator(Unknown("read_timeout"))
    send(database, now, aggregator)
    report(database, now + MINUTE, "ATXid_lost", "Buffered")
    text = look(database, owed)
    assert (text.state, text.provider_id, text.reason) == ("buffered", "ATXid_lost", "adopted")
    report(database, now + MINUTE, "ATXid_lost", "Success")
    send(database, now + 60 * MINUTE, aggregator)
    assert look(database, owed).state == "delivered"
    assert len(aggregator.got) == 1


def test_an_unknown_text_adopts_a_report_that_was_faster_than_the_time_out(
    database: Database, now: dt.datetime
) -> None:
    owed = owe(database, now)
    hangs = Aggregator(Unknown("read_timeout"), during=lambda: report(database, now, "ATXid_fast", "Success"))
    send(database, now, hangs)
    assert look(database, owed).state == "delivered"


def test_a_text_accepted_without_an_id_adopts_its_report(database: Database, now: dt.datetime) -> None:
    owed = owe(database, now)
    send(database, now, Aggregator(Acceptance("")))
    assert look(database, owed).provider_id is None
    report(database, now + MINUTE, "ATXid_named", "Success")
    assert look(database, owed).state == "delivered"


def test_a_report_that_could_mean_two_texts_is_given_to_neither(database: Database, now: dt.datetime) -> None:
    owed = [owe(database, now), owe(database, now)]
    for _ in owed:
        send(database, now, Aggregator(Unknown("read_timeout")))
    report(database, now, "ATXid_either", "Success")
    assert states(database, owed) == ["unknown", "unknown"]


def test_a_text_being_sent_is_given_no_report_and_lets_no_other_take_one(database: Database, now: dt.datetime) -> None:
    first, second = owe(database, now), owe(database, now)
    send(database, now, Aggregator(Unknown("read_timeout")))
    meanwhile = Aggregator(Acceptance("ATXid_second"), during=lambda: report(database, now, "ATXid_second", "Success"))
    send(database, now, meanwhile)
    assert states(database, [first, second]) == ["unknown", "delivered"]


def test_a_late_report_of_a_lost_attempt_is_not_taken_for_the_next_text(database: Database, now: dt.datetime) -> None:
    """The first text went twice: the report of its first attempt must not say that the second text arrived."""
    first = owe(database, now)
    send(database, now, Aggregator(Unknown("read_timeout")))
    with database.write.begin() as db:
        text = outbox.lock_message(db, first)
        assert text is not None
        text.state = "ready"
    send(database, now + 2 * MINUTE, Aggregator(Acceptance("ATXid_again")))
    second = owe(database, now + 2 * MINUTE)
    send(database, now + 2 * MINUTE, Aggregator(Unknown("read_timeout")))
    report(database, now + 3 * MINUTE, "ATXid_first", "Success")
    assert states(database, [first, second]) == ["sent", "unknown"]


ANSWERS = ("sent", "unknown", "died")
KNOWN = st.tuples(st.just("own"), st.sampled_from(REPORTS), st.sampled_from((0, 1, 48)))
STRANGE = st.tuples(st.sampled_from(("another phone", "another id")), st.sampled_from(REPORTS), st.just(0))


def check_any_order(
    database: Database, now: dt.datetime, answer: str, place: int, told: list[tuple[str, str, int]]
) -> None:
    """B8: the furthest state wins, of two ends the first; nothing is sent twice, and no row comes of a report."""
    example = next(_examples)
    number, provider_id = phone(example), f"ATXid_p{example}"
    outbox_admin.reset_route(database, now, NAME)  # earlier examples may have let it rest
    owed = owe(database, now, to=number)
    (post,) = take(database, now)
    happened: list[tuple[str, str, int]] = [*told[:place], (answer, "", 0), *told[place:]]
    for what, status, hours in happened:
        at = now + hours * HOUR
        if what == "own":
            report(database, at, provider_id, status, phone=number)
        elif what == "another phone":
            report(database, at, provider_id, status, phone=f"+92311{example:07}")
        elif what == "another id":
            report(database, at, f"{provider_id}x", status, phone=number if answer == "sent" else "")
        elif what == "sent":
            write(database, at, (post, Acceptance(provider_id)))
        elif what == "unknown":
            write(database, at, (post, Unknown("read_timeout")))
        else:
            swept(database, now + MINUTE)
    own = [MEANT.get(status, "failed") for what, status, _ in happened if what == "own"]
    expected = "sent" if own or answer == "sent" else "unknown"
    for state in own:
        expected = state if ORDER[state] > ORDER.get(expected, 0) else expected
    with database.read() as db:
        text = db.get_one(OutboxMessage, owed)
        assert (text.state, text.attempts) == (expected, 1)
        texts, reports = db.scalar(select(func.count(OutboxMessage.id))), db.scalar(select(func.count(Report.id)))
    assert texts == owed
    assert reports >= len({(what, status) for what, status, _ in told})


@settings(
    max_examples=examples(1000, quick=100),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sampled_from(ANSWERS), st.integers(0, 6), st.lists(KNOWN | STRANGE, max_size=6))
def test_reports_in_any_order_and_number_end_in_the_same_state(
    quick_database: Database, now: dt.datetime, answer: str, place: int, told: list[tuple[str, str, int]]
) -> None:
    check_any_order(quick_database, now, answer, place, told)


@settings(
    max_examples=examples(30),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sampled_from(ANSWERS), st.integers(0, 6), st.lists(KNOWN | STRANGE, max_size=6))
def test_reports_in_any_order_end_in_the_same_state_on_postgresql(
    postgresql_url: str, now: dt.datetime, answer: str, place: int, told: list[tuple[str, str, int]]
) -> None:
    database = open_database(postgresql_url)
    check_any_order(database, now, answer, place, told)
    database.close()
