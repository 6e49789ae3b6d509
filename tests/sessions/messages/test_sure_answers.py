"""Forged citizens: no SMS ends a case unless its question reached the phone, or it has the number that only it read."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from msgspec.structs import replace
from sqlalchemy import update

from flows.text import gsm
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.delivery import match_reports
from sessions.delivery.outcome_types import DeliveryReport
from sessions.messages import render_text
from sessions.messages.enqueue import NewMessage, enqueue_message
from sessions.messages.sms_context import Reply
from sessions.messages.sure_answers import TEXTS
from storage.cases import contacts
from storage.connection.database import Database
from storage.schema.tables import Complaint, OutboxMessage, RouteHealth
from tests.sessions.filing import file_one
from tests.sessions.texter import SARA, Post


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


@pytest.fixture
def one(post: Post) -> Complaint:
    return file_one(post.database, SARA, category="mun01")[0]


def status(post: Post) -> str:
    return post.complaints()[0].status


def became(post: Post, event: str, **columns: object) -> None:
    """What the text of an event has become."""
    with post.database.write.begin() as db:
        db.execute(update(OutboxMessage).where(OutboxMessage.event == event).values(**columns))


def reported(post: Post, provider_id: str = "earlier") -> None:
    """The route says that a text has arrived: so it would say it of others."""
    with post.database.write.begin() as db:
        sara = contacts.find_or_add(db, SARA, post.now).id
        owed = NewMessage(
            contact_id=sara,
            complaint_id=None,
            event="received",
            dedupe=provider_id,
            order_key=provider_id,
            body="Hello",
        )
        text = db.get_one(OutboxMessage, enqueue_message(db, post.now, owed))
        text.aggregator, text.provider_id, text.state = "road", provider_id, "sent"
    match_reports.record_delivery_report(
        post.database, post.now, DeliveryReport("road", provider_id, "Delivered", "", SARA)
    )


ASKED = {"resolved": ("resolved_pending", "closed_confirmed"), "refused": ("refused_pending", "refusal_accepted")}


@pytest.mark.parametrize("kind", ASKED)
@pytest.mark.parametrize("state", ["delivered", "sent"])
def test_a_key_is_enough_where_the_question_arrived_or_its_route_tells_nothing(
    post: Post, one: Complaint, kind: str, state: str
) -> None:
    asked, told = ASKED[kind]
    post.move(one, "in_progress", asked)
    became(post, asked, state=state, aggregator="road")
    assert post.event("1") == told
    assert status(post) == "closed_confirmed"


@pytest.mark.parametrize("kind", ASKED)
@pytest.mark.parametrize("state", ["sending", "unknown", "sent", "buffered"])
def test_where_a_route_reports_and_has_not_yet_a_key_is_asked_for_once_more_with_a_number(
    post: Post, one: Complaint, kind: str, state: str
) -> None:
    asked, told = ASKED[kind]
    reported(post)
    post.move(one, "in_progress", asked)
    became(post, asked, state=state, aggregator="road")
    assert post.event("1") == TEXTS[kind]
    assert status(post) == asked
    assert post.event("1") == TEXTS[kind]  # the key of the first question says nothing any more
    assert post.event(post.key) == told
    assert status(post) == "closed_confirmed"


def test_a_route_that_has_long_stopped_reporting_is_one_that_tells_nothing(post: Post, one: Complaint) -> None:
    reported(post)
    post.wait(days=8)
    post.move(one, "in_progress", "resolved_pending")
    became(post, "resolved_pending", aggregator="road")
    assert post.event("1") == "closed_confirmed"


@pytest.mark.parametrize("words", ["1", "haan", "bijli aa gayi, masla hal ho gaya", "{} 1", "{} masla hal ho gaya"])
def test_no_words_close_what_was_asked_and_did_not_arrive(post: Post, one: Complaint, words: str) -> None:
    reported(post)
    post.move(one, "in_progress", "resolved_pending")
    became(post, "resolved_pending", state="buffered", aggregator="road")
    post.text(words.format(one.number))
    assert status(post) == "resolved_pending"


@pytest.mark.parametrize("no", ["2", "3", "nahi hua"])
def test_a_no_needs_no_number(post: Post, one: Complaint, no: str) -> None:
    reported(post)
    post.move(one, "in_progress", "resolved_pending")
    became(post, "resolved_pending", state="buffered", aggregator="road")
    post.text(no)
    assert status(post) in ("reopened", "assigned")


@pytest.mark.parametrize("begin", ["WITHDRAW {}", "{} masla hal ho gaya", "CANCEL", "masla hal ho gaya"])
def test_what_an_sms_began_is_never_ended_without_the_number(post: Post, one: Complaint, begin: str) -> None:
    post.text(begin.format(one.number))
    for forged in ("1", "haan", "ji", f"{one.number} 1", "masla hal ho gaya"):
        post.text(forged)
        became(post, "withdraw_ask", state="delivered")  # the forger may wait until it has arrived
        became(post, "done_ask", state="delivered")
    assert status(post) == "received"
    assert post.event(post.key) == "withdrawn"


def test_the_number_is_new_each_time_and_an_old_one_ends_nothing(post: Post, one: Complaint) -> None:
    keys = []
    for _ in range(4):
        post.text(f"WITHDRAW {one.number}")
        keys.append(post.key)
    assert len(set(keys)) == 4
    assert post.event(keys[0]) == "withdraw_ask"
    assert status(post) == "received"


@pytest.mark.parametrize("form", ["{}", "{} haan", "{}. yes"])
def test_guessing_ends_in_a_call(post: Post, one: Complaint, form: str) -> None:
    events = []
    for guess in itertools.islice(itertools.count(100), 20):
        events.append(post.event(f"WITHDRAW {one.number}"))
        if str(guess) != post.key:
            key = post.key
            events.append(post.event(form.format(guess)))
            assert post.key != key or not key
        post.wait(minutes=20)
    assert events.count("withdraw_ask") == SHIPPED_POLICY.life.guesses.numbers
    assert "end_by_call" in events
    assert status(post) == "received"
    post.wait(days=1)
    post.text(f"WITHDRAW {one.number}")
    assert post.event(post.key) == "withdrawn"


@pytest.mark.parametrize("first", ["masla hal ho gaya", "WITHDRAW {}"])
def test_the_last_number_is_void_after_one_wrong_guess_as_every_other_is(
    post: Post, one: Complaint, first: str
) -> None:
    post.text(first.format(one.number))
    sent = {post.key}
    for _ in range(SHIPPED_POLICY.life.guesses.numbers - 1):
        post.wait(minutes=20)
        post.text(f"WITHDRAW {one.number}")
        sent.add(post.key)
    post.text("999" if post.key != "999" else "998")
    for guess in sorted(sent):  # a forger would try them all
        post.wait(minutes=20)
        assert post.event(guess) == "end_by_call"
        assert post.event(f"{guess} haan") == "end_by_call"
    assert len(sent) == SHIPPED_POLICY.life.guesses.numbers
    assert status(post) == "received"


@pytest.mark.parametrize("left", [1, SHIPPED_POLICY.life.guesses.numbers - 1])
def test_a_new_number_about_a_case_voids_those_that_other_questions_about_it_named(
    post: Post, one: Complaint, left: int
) -> None:
    post.text("masla hal ho gaya")
    sent = [post.key]
    for _ in range(left):
        post.text(f"WITHDRAW {one.number}")
        sent.append(post.key)
    assert post.event(sent[0]) in (*TEXTS.values(), "end_by_call")
    assert status(post) == "received"


def test_an_honest_citizen_sends_and_gets_as_many_texts_as_before(post: Post, one: Complaint) -> None:
    before = post.count(OutboxMessage)
    post.text(f"WITHDRAW {one.number}")
    post.text(post.key)
    assert post.count(OutboxMessage) == before + 2


@pytest.mark.parametrize("language", ["en", "ur-Latn", "ur"])
def test_the_question_names_its_number_in_one_part(post: Post, language: str) -> None:
    for event in (*TEXTS.values(), "end_by_call"):
        body = render_text.render_sms(post.words, event, language, ref="482-719-300", code="473")
        assert body is not None
        assert gsm.parts(body) <= (2 if language == "ur" else 1)
        assert event == "end_by_call" or "473" in body


def test_a_flow_published_before_there_were_numbers_names_them_all_the_same(post: Post) -> None:
    kept = {name: text for name, text in post.words.texts.items() if name not in TEXTS.values()}
    old = replace(post.words, texts={**kept, "withdraw_ask": {"en": ("cancel it? Reply 1 Yes 2 No.",)}})
    for event in TEXTS.values():
        _, body = render_text.render_reply(old, Reply(event, ref="482-719-300", code="473"), "en")
        assert body is not None and "473" in body


def test_a_route_is_written_to_once_in_an_hour_however_many_reports_come(post: Post, one: Complaint) -> None:
    seen = []
    for number in range(3):
        reported(post, f"text-{number}")
        post.wait(minutes=25)
        with post.database.read() as db:
            seen.append(db.get_one(RouteHealth, "road").reported_at or post.now)
    assert seen == [seen[0], seen[0], seen[0]]
    post.wait(minutes=1)
    reported(post, "text-4")
    with post.database.read() as db:
        assert db.get_one(RouteHealth, "road").reported_at == seen[0] + dt.timedelta(minutes=76)
