from __future__ import annotations

import datetime as dt
import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from flows import gsm, reference
from sessions import inbox
from sessions.inbox import CallEnded, Sms
from storage import contacts
from storage.database import Database
from storage.tables import CallEnd, Inbound, OutboxText, Unreadable
from tests.sessions.filing import AMIR, NOW, SARA, file_one, shipped
from tests.sessions.patience import patiently

_ids = itertools.count()
URDU_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def sms(text: str, phone: str = SARA, sms_id: str | None = None) -> Sms:
    return Sms("africastalking", sms_id or f"sms-{next(_ids)}", phone, "8484", text, NOW)


def text_in(database: Database, text: str, phone: str = SARA, now: dt.datetime = NOW) -> OutboxText | None:
    """The reply owed to an SMS."""
    stored = inbox.receive(database, now, sms(text, phone))
    assert stored is not None
    owed = inbox.handle(database, now, stored, shipped())
    assert len(owed) <= 1
    with database.read.begin() as db:
        return db.get(OutboxText, owed[0]) if owed else None


def body_of(database: Database, text: str, phone: str = SARA) -> str:
    reply = text_in(database, text, phone)
    assert reply is not None
    return reply.body


def count(database: Database, table: type[Inbound] | type[OutboxText]) -> int:
    with database.read.begin() as db:
        return db.scalars(select(func.count()).select_from(table)).one()


@pytest.mark.parametrize(
    "written",
    [
        "{bare}",
        "{shown}",
        "  STATUS {bare} ",
        "status {shown}",
        "HaAl {bare}?",
        "STATUS {urdu}",
        "{arabic}",
        "حال {urdu}",
        "{shown}.",
    ],
)
def test_a_number_however_it_is_written_is_answered_with_its_status(database: Database, written: str) -> None:
    complaint, _ = file_one(database)
    bare, shown = complaint.number, reference.show(complaint.number)
    text = written.format(
        bare=bare, shown=shown, urdu=bare.translate(URDU_DIGITS), arabic=bare.translate(ARABIC_DIGITS)
    )
    body = body_of(database, text)
    assert body.startswith(f"{shown}: Received. Water office (WASA).")
    assert "24 Jun" in body
    assert gsm.parts(body) == 1


def test_the_status_is_told_in_the_language_of_the_phone(database: Database) -> None:
    complaint, _ = file_one(database, language="ur-Latn")
    assert body_of(database, complaint.number).startswith(f"{reference.show(complaint.number)}: Mil gayi.")


def test_another_phones_number_and_a_number_nobody_has_get_the_same_words(database: Database) -> None:
    complaint, _ = file_one(database, AMIR)
    with database.write.begin() as db:
        contacts.find_or_add(db, SARA, NOW).language = "en"
    unknown = reference.make(99_999_999)
    assert body_of(database, complaint.number) == body_of(database, unknown)


def test_a_mistyped_digit_is_pointed_out(database: Database) -> None:
    complaint, _ = file_one(database)
    wrong = complaint.number[:-1] + str((int(complaint.number[-1]) + 1) % 10)
    reply = text_in(database, f"STATUS {wrong}")
    assert reply is not None
    assert reply.event == "status_mistyped"


def test_status_without_a_number_tells_of_the_latest_complaint(database: Database) -> None:
    assert "No complaint" in body_of(database, "STATUS")
    file_one(database)
    latest, _ = file_one(database, category="mun02")
    assert body_of(database, "STATUS").startswith(reference.show(latest.number))


def test_a_private_complaint_is_answered_without_office_or_subject(database: Database) -> None:
    complaint, _ = file_one(database, private=True)
    body = body_of(database, complaint.number)
    assert reference.show(complaint.number) in body
    assert "WASA" not in body


def test_stop_ends_texts_start_brings_them_back_and_both_are_answered(database: Database) -> None:
    for text, wanted, event in (("Stop.", False, "stop_ok"), ("START", True, "start_ok"), ("بند", False, "stop_ok")):
        reply = text_in(database, text)
        assert reply is not None
        assert reply.event == event
        with database.read.begin() as db:
            contact = contacts.find(db, SARA)
            assert contact is not None
            assert contact.texts is wanted


@pytest.mark.parametrize(
    ("text", "event"), [("MADAD", "help"), ("?", "help"), ("bijli nahi", "unknown"), ("", "unknown")]
)
def test_help_and_what_is_not_understood_are_answered(database: Database, text: str, event: str) -> None:
    reply = text_in(database, text)
    assert reply is not None
    assert reply.event == event


def test_the_same_sms_delivered_twice_is_stored_once(database: Database) -> None:
    first = inbox.receive(database, NOW, sms("HELP", sms_id="same"))
    assert first is not None
    assert inbox.receive(database, NOW, sms("HELP", sms_id="same")) is None
    assert count(database, Inbound) == 1


def test_an_sms_handled_twenty_times_at_once_is_answered_once(database: Database) -> None:
    stored = inbox.receive(database, NOW, sms("HELP"))
    assert stored is not None
    with ThreadPoolExecutor(20) as threads:
        owed = list(threads.map(lambda _: patiently(lambda: inbox.handle(database, NOW, stored, shipped())), range(20)))
    assert sum(map(len, owed)) == 1
    assert count(database, OutboxText) == 1


@pytest.mark.parametrize("sender", ["JAZZ", "8171", "+12", "", "+92300123456\n"])
def test_senders_that_are_no_phones_are_kept_and_never_answered(database: Database, sender: str) -> None:
    assert inbox.receive(database, NOW, sms("HELP", sender)) is None
    with database.read.begin() as db:
        assert db.scalars(select(Inbound.state)).all() == ["ignored"]


def test_equal_texts_within_an_hour_are_answered_three_times(database: Database) -> None:
    replies = [text_in(database, "HELP", now=NOW + dt.timedelta(minutes=at)) for at in range(5)]
    assert [reply is not None for reply in replies] == [True, True, True, False, False]
    assert text_in(database, "HELP", now=NOW + dt.timedelta(minutes=90)) is not None
    assert text_in(database, "HELP", AMIR) is not None


def test_stop_counts_even_when_it_is_not_answered(database: Database) -> None:
    for _ in range(3):
        text_in(database, "STOP")
    text_in(database, "START")
    assert text_in(database, "STOP") is None
    with database.read.begin() as db:
        contact = contacts.find(db, SARA)
        assert contact is not None
        assert contact.texts is False


def test_not_understood_is_said_once_an_hour(database: Database) -> None:
    assert text_in(database, "bla") is not None
    assert text_in(database, "bla bla") is None
    assert text_in(database, "bla", now=NOW + dt.timedelta(minutes=61)) is not None


@pytest.mark.parametrize("text", ["a*b{ref}%s😀" * 20, "گلی", "x" * 10_000])
def test_any_words_are_kept_as_they_came(database: Database, text: str) -> None:
    text_in(database, text)
    with database.read.begin() as db:
        assert db.scalars(select(Inbound.text)).all() == [text]


def test_an_sms_nobody_handled_is_left_over_after_a_while(database: Database) -> None:
    stored = inbox.receive(database, NOW, sms("HELP"))
    assert inbox.left_over(database, NOW + dt.timedelta(seconds=10)) == []
    assert inbox.left_over(database, NOW + dt.timedelta(seconds=40)) == [(stored, "8484")]
    inbox.handle(database, NOW, stored or 0, shipped())
    assert inbox.left_over(database, NOW + dt.timedelta(seconds=40)) == []


def test_an_opt_out_by_the_aggregator_is_stop_without_an_answer(database: Database) -> None:
    inbox.opt_out(database, NOW, SARA)
    with database.read.begin() as db:
        contact = contacts.find(db, SARA)
        assert contact is not None
        assert contact.texts is False
    assert count(database, OutboxText) == 0


def test_the_end_of_a_call_is_noted_once(database: Database) -> None:
    for _ in range(2):
        inbox.call_ended(database, NOW, CallEnded("s1", "Success", hops=4, milliseconds=52_000))
    with database.read.begin() as db:
        assert [(end.session, end.hops) for end in db.scalars(select(CallEnd))] == [("s1", 4)]


def test_the_end_of_a_call_told_many_times_at_once_is_noted_once(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        ends = [pool.submit(inbox.call_ended, database, NOW, CallEnded(f"s{n // 8}", "Success")) for n in range(40)]
    assert [end.exception() for end in ends] == [None] * 40
    assert count(database, CallEnd) == 5


def test_an_unreadable_form_is_noted_by_its_shape(database: Database) -> None:
    inbox.set_aside(database, NOW, aggregator="africastalking", door="sms", problem="no id", shape={"text": 12})
    with database.read.begin() as db:
        assert [each.shape for each in db.scalars(select(Unreadable))] == [{"text": 12}]
