"""No text of anybody who is no officer of the case changes it, whatever it says."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from flows.text import tracking_number
from sessions.cases.core.actors import operator
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.messages.inbound_types import Sms
from sessions.officer_sms.officer_handlers import REFUSED
from sessions.offices.case_reassignment import StaffManager
from sessions.staff import staff_and_their_cases
from storage.schema.tables import Complaint, Inbound, OutboxMessage
from tests.examples import examples
from tests.sessions.filing import NOW, file_one
from tests.sessions.officer_sms.officers import (
    AKBAR,
    CLEANED,
    FARZANA,
    IMRAN,
    again,
    rows,
)
from tests.sessions.texter import AMIR, SARA, Post


@pytest.mark.parametrize("phone", [SARA, AMIR])
def test_from_any_other_phone_nothing_happens_to_the_case_and_it_is_counted(
    post: Post, case: Complaint, phone: str
) -> None:
    assert post.event(f"ACK {case.number} ¤", phone) == ""
    assert post.event("ACK", phone) == ""
    assert post.refused == [1, 2]
    assert again(post, case).version == case.version


def test_officers_words_about_what_is_not_their_own_are_answered_as_any_citizens(post: Post, case: Complaint) -> None:
    for text in (f"DONE {{}} ¤ {CLEANED}", "PASS {} ¤ police-lahore no", "LATE {} ¤ soon", "ASK {} ¤ where?"):
        post.wait(hours=2)
        assert post.event(text.format(case.number), AMIR) == "status_missing", text
    assert again(post, case).version == case.version
    with post.database.read.begin() as db:
        kept = db.scalars(select(func.count()).select_from(Inbound).where(Inbound.intent == REFUSED)).one()
    assert kept == 4


def test_a_citizens_done_about_their_own_case_stays_an_answer(post: Post, case: Complaint) -> None:
    post.text(f"ACK {case.number} ¤", IMRAN)
    post.text(f"DONE {case.number} ¤ {CLEANED}", IMRAN)
    assert post.event(f"DONE {case.number} ¤") == "closed_confirmed"
    with post.database.read.begin() as db:
        assert not db.scalars(select(Inbound).where(Inbound.intent == REFUSED)).all()


def test_who_works_here_no_more_is_anybody(post: Post, case: Complaint) -> None:
    staff_and_their_cases.remove(
        post.database,
        StaffManager(NOW + dt.timedelta(minutes=1), operator("Rehana"), SHIPPED_POLICY, {"complaints": post.words}),
        "Imran",
    )
    before = again(post, case)
    assert post.event(f"ACK {case.number} ¤", IMRAN) == ""
    assert post.event("CASES", IMRAN) == "unknown"
    assert post.event("HELP", IMRAN) == "help"
    assert again(post, case).version == before.version


NUMBERS = st.sampled_from(["{}", "{} ", "#{}", "({})", ": {}", "{}."])
ORDERS = st.sampled_from(
    [
        *(
            "ACK",
            "ack",
            "DONE",
            "PART",
            "ASK",
            "LATE",
            "PASS",
            "CASES",
            "HELP",
            "MUKAMMAL",
            "TRANSFER",
            "1",
            "2",
            "3",
            "",
        ),
        *("STATUS", "REOPEN", "APPEAL", "WITHDRAW", "KHUFIA", "CALL ME", "HAAN", "NAHI", "NEW", "مکمل", "دیر", "سوال"),
    ]
)
BEHIND = st.sampled_from([CLEANED, "police-lahore theirs", "TRIAGE no", "visited it, all done now", "", "2", "yes"])


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_text_of_anybody_else_ever_changes_a_case(post: Post, data: st.DataObject) -> None:
    if not post.complaints():
        _, taken, solved = (file_one(post.database, category=f"mun0{at}")[0] for at in (1, 2, 3))
        for each in (taken, solved):
            post.text(f"ACK {each.number} ¤", FARZANA)
        post.text(f"DONE {solved.number} ¤ {CLEANED}", FARZANA)
        staff_and_their_cases.remove(
            post.database,
            StaffManager(post.now, operator("Rehana"), SHIPPED_POLICY, {"complaints": post.words}),
            "Imran",
        )
        assert {each.status for each in post.complaints()} == {"assigned", "in_progress", "resolved_pending"}
    cases = [(each.id, each.version, each.status, each.note) for each in post.complaints()]
    case = data.draw(st.sampled_from(post.complaints()))
    named = data.draw(NUMBERS).format(
        data.draw(st.sampled_from([case.number, tracking_number.format_number(case.number)]))
    )
    parts = [data.draw(ORDERS), named, data.draw(BEHIND | st.text(max_size=30))]
    text = " ".join(data.draw(st.permutations(parts))).replace("\x00", "")
    phone = data.draw(st.sampled_from([AMIR, IMRAN, AKBAR, "+923009998877"]))  # a citizen, gone, another office, nobody
    reply = post.text(text, phone)
    assert [(each.id, each.version, each.status, each.note) for each in post.complaints()] == cases
    assert reply is None or tracking_number.format_number(case.number) not in reply.body


def test_the_same_order_from_many_at_once_is_carried_out_once(post: Post, case: Complaint) -> None:
    code = post.code(case.number, IMRAN)

    def send(at: int) -> str:
        sms = Sms("africastalking", f"at-once-{at}", IMRAN, "8484", f"ACK {case.number} {code}", post.now)
        stored = post.texting.take(post.now, sms)
        with post.database.read.begin() as db:
            return (
                db.scalars(select(OutboxMessage.event).where(OutboxMessage.dedupe == f"reply:{stored}")).one_or_none()
                or ""
            )

    with ThreadPoolExecutor(8) as pool:
        events = list(pool.map(send, range(8)))
    post.texting.left_over(post.now + dt.timedelta(minutes=1))  # what had to wait too long for its turn
    assert events.count("officer_taken") <= 1
    assert [row.act for row in rows(post, case)].count("acknowledged") == 1
