"""Officers' words by SMS reach only what is theirs: not other offices' cases, and each text once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from flows.text import tracking_number
from storage.schema.tables import Complaint, Contact, OutboxMessage
from tests.keys import phone_ix
from tests.sessions.filing import file_one
from tests.sessions.officer_sms.officers import (
    AKBAR,
    BUSHRA,
    CLEANED,
    FARZANA,
    HINA,
    IMRAN,
    TANVIR,
    again,
    late,
    to,
)
from tests.sessions.roster import hire
from tests.sessions.texter import SARA, Post


def test_another_offices_case_and_a_number_nobody_has_get_one_answer(post: Post, case: Complaint) -> None:
    nobodys = tracking_number.make(98_765_432)
    for text in (
        "ACK {} ¤",
        f"DONE {{}} ¤ {CLEANED}",
        "ASK {} ¤ where?",
        "LATE {} ¤ soon",
        "PASS {} ¤ water-lahore no",
    ):
        theirs = post.text(text.format(case.number), AKBAR)
        post.wait(hours=2)
        unknown = post.text(text.format(nobodys), AKBAR)
        post.wait(hours=2)
        assert theirs is not None
        assert unknown is not None
        assert (theirs.event, theirs.body, theirs.complaint_id) == (unknown.event, unknown.body, unknown.complaint_id)
        assert theirs.event == "officer_missing"
    assert again(post, case).version == case.version


def test_the_number_of_another_offices_case_alone_is_unknown_too(post: Post, case: Complaint) -> None:
    assert post.says(case.number, AKBAR) == post.says(tracking_number.make(98_765_432), AKBAR)


def test_numbers_cannot_be_tried(post: Post, case: Complaint) -> None:
    events = [post.event(f"ACK {tracking_number.make(90_000_000 + at)}", AKBAR) for at in range(7)]
    assert events == ["officer_missing"] * 5 + ["status_too_many"] * 2
    assert post.event(f"ACK {case.number} ¤", AKBAR) == "status_too_many"
    assert post.event(f"ACK {case.number} ¤", IMRAN) == "officer_taken"


def test_oversight_sees_every_case_and_triage_those_of_no_office(post: Post, case: Complaint) -> None:
    assert post.event(case.number, HINA) == "officer_case"
    assert post.event(case.number, TANVIR) == "officer_missing"
    assert post.event(f"ACK {case.number} ¤", HINA) == "officer_taken"


def test_an_oversight_office_sees_what_its_offices_have_and_works_on_its_own(post: Post, case: Complaint) -> None:
    hire(post.database, "Rabia", "desk", "oversight", BUSHRA)
    assert post.event(case.number, BUSHRA) == "officer_case"
    assert post.event(f"ACK {case.number} ¤", BUSHRA) == "officer_elsewhere"
    assert again(post, case).version == case.version


@pytest.mark.parametrize("private", [True, False])
def test_no_answer_holds_what_a_case_is_about(post: Post, private: bool) -> None:
    case = file_one(post.database, private=private, details="Rishwat mangi Ghulam Rasool ne")[0]
    for text in (
        "ACK {} ¤",
        "{}",
        "ACK {} ¤",
        "ASK {} ¤ where?",
        "DONE {} ¤",
        f"DONE {{}} ¤ {CLEANED}",
        "CASES",
        "PASS {} ¤ x y",
    ):
        post.text(text.format(case.number), IMRAN)
    for body in to(post, IMRAN)[1:]:
        said = body.casefold()
        telling = ["rishwat", "rasool", "ghulam", SARA.lstrip("+"), SARA[3:], "wasa", "lahore"]
        telling += ["work has started", "no water", "pani"] if private else []
        assert not [each for each in telling if each in said], body
    if private:
        assert "pani" not in to(post, IMRAN)[0].casefold()


def test_who_complained_works_on_nothing_of_their_own_and_is_a_citizen_otherwise(post: Post) -> None:
    own = file_one(post.database, FARZANA)[0]
    for text in (
        "ACK {} ¤",
        f"DONE {{}} ¤ {CLEANED}",
        "LATE {} ¤ soon",
        "ASK {} ¤ where?",
        "PASS {} ¤ police-lahore theirs",
    ):
        assert post.event(text.format(own.number), FARZANA) == "officer_own", text
    assert again(post, own).version == own.version
    assert post.event(own.number, FARZANA) == "status_is"
    assert post.event("STATUS", FARZANA) == "status_is"
    assert post.event(f"{own.number} and the street stinks", FARZANA) == "details_added"
    post.text(f"ACK {own.number} ¤", IMRAN)
    post.text(f"DONE {own.number} ¤ {CLEANED}", IMRAN)
    assert post.event("DONE", FARZANA) == "closed_confirmed"
    assert post.event("NEW gutter band hai Shah Alam Lahore", FARZANA) == "received"


@pytest.mark.parametrize(
    "text",
    [
        "ACK {} ¤",
        "ASK {} ¤ where is it?",
        "LATE {} ¤ pump broken",
        f"DONE {{}} ¤ {CLEANED}",
        "PASS {} ¤ police-lahore x",
    ],
)
def test_the_same_words_again_are_done_once_and_told_so(post: Post, case: Complaint, text: str) -> None:
    if "ACK" not in text:
        post.text(f"ACK {case.number} ¤", IMRAN)
    if "LATE" in text:
        late(post, case, 1)
    assert post.event(text.format(case.number), IMRAN) not in {"officer_already", "officer_refused", "officer_cannot"}
    after = again(post, case)
    assert post.event(text.format(case.number).lower(), IMRAN) == "officer_already"
    assert again(post, case).version == after.version


def test_the_same_sms_delivered_twice_is_one(post: Post, case: Complaint) -> None:
    assert post.text(f"ACK {case.number} ¤", IMRAN, "same") is not None
    count = post.count(OutboxMessage)
    assert post.text(f"ACK {case.number} ¤", IMRAN, "same") is None
    assert (post.count(OutboxMessage), again(post, case).version) == (count, case.version + 1)


def test_our_own_text_that_comes_back_writes_to_nobody(post: Post, case: Complaint) -> None:
    post.text(f"ACK {case.number} ¤", IMRAN)
    late(post, case, 1)
    before = again(post, case).version
    with post.database.write.begin() as db:
        contact = db.scalars(select(Contact).where(Contact.phone_ix == phone_ix("contacts", IMRAN))).one()
        text = db.scalars(
            select(OutboxMessage).where(OutboxMessage.contact_id == contact.id).order_by(OutboxMessage.id)
        ).first()
        assert text is not None
        text.body = (
            f"{tracking_number.format_number(case.number)}: late, the reply was due 3 Jul. It is yours now. Sewer"
        )
        text.state = "delivered"
        text.settled_at = post.now
        body = text.body
    assert post.event(body, IMRAN) == ""
    assert again(post, case).version == before
