"""Forged officers: a sender's number alone moves no case, and who has the phone is told and never locked out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import select

from flows.cases.officer_code import DIGITS, PLACE, CodeHolder, OfficerCodes, split_code
from flows.text import gsm
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.delivery.claim_batch import Rules, claim_messages
from sessions.messages import render_text
from sessions.messages.enqueue import NewMessage, enqueue_message
from sessions.messages.sms_context import Reply
from storage.cases import contacts
from storage.connection.database import Database
from storage.schema.tables import Complaint, OfficerCode, OutboxMessage
from tests.examples import examples
from tests.sessions.officer_sms.officers import (
    CLEANED,
    FARZANA,
    IMRAN,
    again,
    rows,
    to,
)
from tests.sessions.texter import SARA, Post

RULES = Rules(routes=("road",), routes_for=lambda phone, network: ("road",), codes=OfficerCodes(()))  # noqa: ARG005


def sent(post: Post, phone: str) -> str:
    """The last text to this phone, as its owner reads it."""
    with post.database.write.begin() as db:
        contact = contacts.find_or_add(db, phone, post.now)
        query = select(OutboxMessage).where(OutboxMessage.contact_id == contact.id).order_by(OutboxMessage.id.desc())
        text = db.scalars(query.limit(1)).one()
        text.state, text.next_at, text.expires_at = "ready", post.now, None
    claimed = claim_messages(post.database, post.now, 50, RULES, lambda: "lease")
    return next(each.body for each in claimed.posts if each.id == text.id)


def wrong(post: Post, case: Complaint) -> str:
    """A code that is not Imran's."""
    right = post.code(case.number, IMRAN)
    return right[:-1] + str((int(right[-1]) + 1) % 10)


def test_three_forged_texts_close_nothing(post: Post, case: Complaint) -> None:
    for text in (f"ACK {case.number}", f"DONE {case.number} {CLEANED}", "1"):
        post.text(text, SARA if text == "1" else IMRAN)
    assert again(post, case).status == "assigned"
    assert [row.act for row in rows(post, case)] == ["filed", "assigned"]


@pytest.mark.parametrize("word", ["ACK", "DONE", "PART", "ASK", "LATE", "PASS"])
@pytest.mark.parametrize("code", ["", "wrong"])
def test_no_word_that_changes_a_case_works_without_the_code(
    post: Post,
    case: Complaint,
    word: str,
    code: str,
) -> None:
    given = wrong(post, case) if code else ""
    reply = post.text(f"{word} {case.number} {given} police-lahore {CLEANED}", IMRAN)
    assert reply is not None
    assert reply.event == ("officer_code_wrong" if code else "officer_code_missing")
    assert [row.act for row in rows(post, case)] == ["filed", "assigned"]
    assert post.code(case.number, IMRAN) in sent(post, IMRAN)  # who has the phone reads what to write


def test_reading_needs_no_code(post: Post, case: Complaint) -> None:
    assert post.event("CASES", IMRAN) == "officer_cases"
    assert post.event(case.number, IMRAN) == "officer_case"
    assert post.event("HELP", IMRAN) == "officer_help"


def test_the_code_stands_in_the_text_that_was_sent_and_nowhere_else(post: Post, case: Complaint) -> None:
    code = post.code(case.number, IMRAN)
    assert f"{PLACE * 4} to" in to(post, IMRAN)[0]
    assert f"ACK {case.number[:3]}-{case.number[3:6]}-{case.number[6:]} {code} to" in sent(post, IMRAN)
    assert post.event(f"ACK {case.number} {code}", IMRAN) == "officer_taken"
    with post.database.read() as db:
        kept = [str(column) for row in db.execute(select(OfficerCode.__table__)) for column in row]
        bodies = [each.body for each in db.scalars(select(OutboxMessage))]
    assert code not in kept
    assert not any(code in body for body in bodies)


def test_a_code_is_of_one_case_and_one_phone_and_new_with_each_assignment() -> None:
    codes = OfficerCodes(["a secret of sixteen letters"])
    holders = [CodeHolder(of, phone, generation, 0) for of in (1, 2) for phone in (1, 2) for generation in (1, 2)]
    assert len({codes.code(each) for each in holders}) == len(holders)
    assert not any(codes.proves(each, codes.code(other)) for each in holders for other in holders if each != other)
    assert codes.code(holders[0]) != OfficerCodes(["another secret, as long"]).code(holders[0])


def test_a_secret_is_replaced_in_two_steps() -> None:
    old, new, holder = "the old secret, long enough", "the new secret, long enough", CodeHolder(1, 2, 3, 0)
    assert OfficerCodes([new, old]).proves(holder, OfficerCodes([old]).code(holder))
    assert not OfficerCodes([new]).proves(holder, OfficerCodes([old]).code(holder))


def test_wrong_codes_are_told_and_renew_it_longer_each_time_and_lock_nobody_out(
    post: Post,
    case: Complaint,
) -> None:
    for digits in DIGITS:
        assert len(post.code(case.number, IMRAN)) == digits
        for tried in range(1, SHIPPED_POLICY.life.guesses.codes + 1):
            event = post.event(f"ACK {case.number} {wrong(post, case)}", IMRAN)
            renewed = tried == SHIPPED_POLICY.life.guesses.codes and digits != DIGITS[-1]
            assert event == ("officer_code_new" if renewed else "officer_code_wrong")
            post.wait(hours=2)
    assert again(post, case).status == "assigned"
    assert any("wrong codes" in body and "Imran" in body for body in to(post, FARZANA))
    assert post.event(f"ACK {case.number} {PLACE}", IMRAN) == "officer_taken"


def test_a_code_is_asked_for_and_comes_to_the_phone_that_is_registered(post: Post, case: Complaint) -> None:
    assert post.event(f"CODE {case.number}", IMRAN) == "officer_code"
    assert post.code(case.number, IMRAN) in sent(post, IMRAN)
    assert post.event(f"CODE {case.number}", FARZANA) == "officer_code"
    assert post.code(case.number, FARZANA) != post.code(case.number, IMRAN)
    assert post.event(f"ACK {case.number} {post.code(case.number, IMRAN)}", FARZANA) == "officer_code_wrong"
    assert post.event("CODE", IMRAN) == "officer_how"


def test_a_renewed_code_is_sent_even_to_who_asks_often(post: Post, case: Complaint) -> None:
    bad = wrong(post, case)
    events = [post.event(f"ACK {case.number} {bad}", IMRAN) for _ in range(SHIPPED_POLICY.life.guesses.codes)]
    assert events[-1] == "officer_code_new"


@pytest.mark.parametrize("language", ["en", "ur-Latn", "ur"])
@pytest.mark.parametrize("renewals", range(len(DIGITS)))
def test_texts_with_a_code_cost_no_more_than_before(post: Post, language: str, renewals: int) -> None:
    for event in ("officer_taken", "officer_took_over", "officer_code", "officer_code_missing", "officer_code_wrong"):
        body = render_text.render_sms(post.words, event, language, ref="482-719-300", code=PLACE * DIGITS[renewals])
        assert body is not None
        assert gsm.parts(body) <= (2 if language == "ur" else 1)


def test_a_text_without_a_place_for_the_code_gets_it_at_its_end(post: Post) -> None:
    body = render_text.render_sms(post.words, "officer_elsewhere", "en", ref="482-719-300", code=PLACE * 4)
    assert body is not None
    assert body.endswith(f" CODE {PLACE * 4}")


def test_only_the_officers_own_text_is_filled(post: Post, case: Complaint) -> None:
    """A citizen who writes the letter that holds the place reads no code."""
    with post.database.write.begin() as db:
        sara = contacts.find_or_add(db, SARA, post.now)
        text = NewMessage(
            contact_id=sara.id, complaint_id=case.id, event="status_is", dedupe="x", order_key="x", body=PLACE * 4
        )
        enqueue_message(db, post.now, text)
    assert sent(post, SARA) == PLACE * 4


@settings(max_examples=examples(300), deadline=None)
@given(st.text(max_size=30))
def test_words_are_kept_whole_where_no_code_is_before_them(words: str) -> None:
    code, rest = split_code(words)
    assert (code == "" and rest == words) or words.endswith(rest)


def test_a_text_of_ours_that_comes_back_is_known_although_the_code_is_not_kept(
    post: Post,
    case: Complaint,
) -> None:
    assert post.text(sent(post, IMRAN), IMRAN) is None
    assert again(post, case).status == "assigned"


def test_an_open_case_from_before_has_a_code_without_a_new_assignment(
    post: Post,
    case: Complaint,
    database: Database,
) -> None:
    with database.write.begin() as db:
        db.query(OfficerCode).delete()
    assert post.event(f"ACK {case.number}", IMRAN) == "officer_code_missing"
    assert post.event(f"ACK {case.number} {PLACE}", IMRAN) == "officer_taken"


def test_a_flow_published_before_there_were_codes_asks_for_them_all_the_same(post: Post) -> None:
    old = replace(post.words, texts={name: text for name, text in post.words.texts.items() if "code" not in name})
    said = render_text.render_reply(old, Reply("officer_code_missing", ref="482-719-300", code=PLACE * 4), "en")
    assert said == render_text.render_reply(
        post.words, Reply("officer_code_missing", ref="482-719-300", code=PLACE * 4), "en"
    )
