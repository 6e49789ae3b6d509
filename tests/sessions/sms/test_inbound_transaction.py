from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from flows.text import gsm, tracking_number
from sessions.messages.inbound_types import SessionEndNotice, Sms
from sessions.sms import inbound_transaction
from storage.cases import contacts
from storage.connection.database import Database
from storage.messages.quarantine import UnreadableRequest
from storage.schema.tables import CallEnd, Inbound, OutboxMessage, Question, UnreadableForm
from tests.sessions.filing import file_one
from tests.sessions.patience import patiently
from tests.sessions.texter import AMIR, CODE, NOW, SARA, Post

pytestmark = pytest.mark.both_databases

URDU_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


def sms(text: str, phone: str = SARA, sms_id: str = "sms-1") -> Sms:
    return Sms("africastalking", sms_id, phone, CODE, text, NOW)


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
def test_a_number_however_it_is_written_is_answered_with_its_status(post: Post, written: str) -> None:
    complaint, _ = file_one(post.database)
    bare, shown = complaint.number, tracking_number.format_number(complaint.number)
    text = written.format(
        bare=bare, shown=shown, urdu=bare.translate(URDU_DIGITS), arabic=bare.translate(ARABIC_DIGITS)
    )
    body = post.says(text)
    assert body.startswith(f"{shown}: Received. No/low water, Lahore. WASA Lahore:")
    assert "30 Jun" in body
    assert gsm.parts(body) == 1


def test_the_status_is_told_in_the_language_of_the_phone(post: Post) -> None:
    complaint, _ = file_one(post.database, language="ur-Latn")
    assert post.says(complaint.number).startswith(f"{tracking_number.format_number(complaint.number)}: Mil gayi.")


def test_another_phones_number_and_a_number_nobody_has_get_the_same_words(post: Post) -> None:
    complaint, _ = file_one(post.database, AMIR)
    post.speaks("en")
    assert post.says(complaint.number) == post.says(tracking_number.make(99_999_999))


def test_a_mistyped_digit_is_pointed_out(post: Post) -> None:
    complaint, _ = file_one(post.database)
    wrong = complaint.number[:-1] + str((int(complaint.number[-1]) + 1) % 10)
    assert post.event(f"STATUS {wrong}") == "status_mistyped"


def test_status_without_a_number_tells_of_the_only_open_complaint_or_lists_them(post: Post) -> None:
    assert "koi shikayat nahi" in post.says("STATUS")
    file_one(post.database)
    latest, _ = file_one(post.database, category="mun02")
    listed = post.says("STATUS")
    assert [tracking_number.format_number(each.number) in listed for each in post.complaints()] == [True, True]
    post.move(post.complaints()[0], "in_progress", "resolved_pending")
    post.event("1")
    assert post.says("STATUS").startswith(tracking_number.format_number(latest.number))


def test_a_private_complaint_is_answered_without_office_or_subject(post: Post) -> None:
    complaint, _ = file_one(post.database, private=True)
    body = post.says(complaint.number)
    assert tracking_number.format_number(complaint.number) in body
    assert "WASA" not in body


def test_stop_ends_texts_start_brings_them_back_and_both_are_answered(post: Post) -> None:
    for text, wanted, event in (("Stop.", False, "stop_ok"), ("START", True, "start_ok"), ("بند", False, "stop_ok")):
        assert post.event(text) == event
        assert post.contact().texts is wanted


def test_who_sent_stop_is_still_answered_and_the_case_goes_on(post: Post) -> None:
    complaint, _ = file_one(post.database)
    post.text("STOP")
    reply = post.text(complaint.number)
    assert reply is not None
    assert reply.kind == "answer"
    post.move(complaint, "in_progress", left=False)
    assert post.complaints()[0].status == "in_progress"


@pytest.mark.parametrize(
    ("text", "event"), [("MADAD", "help"), ("?", "help"), ("bijli nahi", "filing_ask"), ("", "unknown")]
)
def test_help_and_what_is_not_understood_are_answered(post: Post, text: str, event: str) -> None:
    assert post.event(text) == event


def test_the_same_sms_delivered_twice_is_stored_and_answered_once(post: Post) -> None:
    assert post.text("HELP", sms_id="same") is not None
    assert post.text("HELP", sms_id="same") is None
    assert post.count(Inbound) == post.count(OutboxMessage) == 1


def test_an_sms_handled_twenty_times_at_once_is_answered_once(post: Post) -> None:
    with ThreadPoolExecutor(20) as threads:
        for _ in range(20):
            threads.submit(lambda: patiently(lambda: post.texting.take(NOW, sms("NEW gutter band hai lahore"))))
    post.wait(minutes=2)
    post.texting.left_over(post.now)  # what had to wait too long for its turn
    assert post.count(OutboxMessage) == len(post.complaints()) == 1


def test_two_texts_of_one_phone_at_once_are_answered_one_after_the_other(post: Post) -> None:
    post.text("NEW kuch theek nahi")
    fives = [sms("5", sms_id=f"at-{at}") for at in range(8)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda five: patiently(lambda: post.texting.take(post.now, five)), fives))
    assert all(isinstance(failure, OperationalError) for failure in post.failures), post.failures  # a busy machine
    assert len(post.complaints()) <= 1


@pytest.mark.parametrize("sender", ["JAZZ", "8171", "8484", "+12", "", "+92300123456\n", "+923000008484"])
def test_names_short_codes_and_our_own_numbers_are_kept_and_never_answered(post: Post, sender: str) -> None:
    assert post.text("HELP", sender) is None
    with post.database.read.begin() as db:
        assert db.scalars(select(Inbound.state)).all() == ["ignored"]
    assert post.count(OutboxMessage) == 0


def test_an_sms_from_the_code_it_was_sent_to_is_a_loop(database: Database) -> None:
    loop = Sms("africastalking", "1", "+923458484000", "923458484000", "HELP", NOW)
    assert inbound_transaction.receive(database, NOW, loop) is None


def test_equal_texts_within_an_hour_are_answered_three_times(post: Post) -> None:
    events = [post.event(text) for text in ("HELP", "help", " Help! ", "HELP", "hElp")]
    assert events == ["help"] * 3 + ["", ""]
    assert post.event("HELP", AMIR) == "help"
    post.wait(minutes=61)
    assert post.event("HELP") == "help"


def test_stop_counts_and_is_confirmed_however_often_it_came(post: Post) -> None:
    """Whoever forged it, the phone's owner reads how to undo it."""
    for _ in range(3):
        post.text("STOP")
    post.text("START")
    assert "START" in post.says("STOP")
    assert post.contact().texts is False


def test_not_understood_is_said_twice_an_hour_and_the_second_time_in_other_words(post: Post) -> None:
    first, second = post.says("bla"), post.says("bla bla")
    assert (len(second) < len(first), first != second) == (True, True)
    assert [post.event(text) for text in ("bla bla bla", "bla 4")] == ["", ""]
    post.wait(minutes=61)
    assert post.event("bla") == "unknown"


def test_a_real_answer_comes_whatever_was_not_understood_before(post: Post) -> None:
    for words in ("bla", "bla bla", "bla bla bla"):
        post.text(words)
    said = [post.event(words) for words in ("1", "HELP", "STATUS", "shukriya", "bijli nahi", "Multan")]
    assert said == ["nothing_asked", "help", "status_none", "thanks", "filing_ask", "received"]


def test_a_reply_that_only_says_that_a_key_was_not_clear_comes_twice_an_hour(post: Post) -> None:
    assert [post.event(words) for words in ("1", "77", "3")] == ["nothing_asked", "nothing_asked", ""]


@pytest.mark.parametrize("text", ["a*b{ref}%s😀" * 20, "گلی", "x" * 10_000])
def test_any_words_are_kept_as_they_came(post: Post, text: str) -> None:
    post.text(text)
    with post.database.read.begin() as db:
        assert [each.text for each in db.scalars(select(Inbound))] == [text]


def test_an_sms_nobody_handled_is_left_over_after_a_while_and_then_answered(post: Post) -> None:
    stored = inbound_transaction.receive(post.database, NOW, sms("HELP"))
    assert stored is not None
    assert inbound_transaction.find_unhandled_sms(post.database, NOW + dt.timedelta(seconds=10)) == []
    assert inbound_transaction.find_unhandled_sms(post.database, NOW + dt.timedelta(seconds=40)) == [(stored.id, CODE)]
    assert post.texting.left_over(NOW + dt.timedelta(seconds=40)) == 1
    assert post.texting.left_over(NOW + dt.timedelta(seconds=40)) == 0
    assert post.count(OutboxMessage) == len(post.woken) == 1


def test_an_sms_that_cannot_be_handled_holds_up_no_other_and_is_left_to_a_person(post: Post) -> None:
    post.text("NEW bijli nahi hai")
    with post.database.write.begin() as db:
        db.scalars(select(Question)).one().state = b"\xc1 is never valid"
    inbound_transaction.receive(post.database, post.now, sms("Multan", sms_id="broken"))
    inbound_transaction.receive(post.database, post.now, sms("HELP", AMIR, "whole"))
    assert post.texting.left_over(post.now + dt.timedelta(minutes=1)) == 1
    assert [type(error) for error in post.failures] == [msgspec.DecodeError]
    with post.database.read.begin() as db:
        assert db.scalars(select(Inbound.state).order_by(Inbound.id)).all() == ["done", "failed", "done"]


def test_an_opt_out_by_the_aggregator_is_stop_without_an_answer(database: Database) -> None:
    inbound_transaction.opt_out(database, NOW, SARA)
    with database.read.begin() as db:
        contact = contacts.find(db, SARA)
        assert contact is not None
        assert contact.texts is False
        assert db.scalars(select(func.count()).select_from(OutboxMessage)).one() == 0


def test_the_end_of_a_call_is_noted_once(database: Database) -> None:
    for _ in range(2):
        inbound_transaction.record_session_end(
            database, NOW, SessionEndNotice("s1", "Success", hops=4, milliseconds=52_000)
        )
    with database.read.begin() as db:
        assert [(end.session, end.hops) for end in db.scalars(select(CallEnd))] == [("s1", 4)]


def test_the_end_of_a_call_told_many_times_at_once_is_noted_once(database: Database) -> None:
    def tell(n: int) -> None:
        end = SessionEndNotice(f"s{n // 8}", "Success")
        patiently(lambda: inbound_transaction.record_session_end(database, NOW, end))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(tell, range(40)))
    with database.read.begin() as db:
        assert db.scalars(select(func.count()).select_from(CallEnd)).one() == 5


def test_an_unreadable_form_is_noted_by_its_shape(database: Database) -> None:
    request = UnreadableRequest(aggregator="africastalking", door="sms", problem="no id", shape={"text": 12})
    assert inbound_transaction.set_aside(database, NOW, request)
    with database.read.begin() as db:
        assert [each.shape for each in db.scalars(select(UnreadableForm))] == [{"text": 12}]
