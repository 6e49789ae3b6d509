"""Machines that answer our answers are met with silence; what people ask is done all the same."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from flows.text import tracking_number
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from storage.cases import complaints
from storage.connection.database import Database
from storage.schema.tables import Complaint, Inbound, OutboxMessage
from tests.sessions.filing import file_one
from tests.sessions.texter import AMIR, Post


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


@pytest.fixture
def complaint(post: Post) -> Complaint:
    return file_one(post.database, language="ur-Latn")[0]


def intents(post: Post) -> list[str | None]:
    with post.database.read() as db:
        return list(db.scalars(select(Inbound.intent).order_by(Inbound.id)))


def details(post: Post) -> list[str]:
    return (post.complaints()[0].details or "").splitlines()


@pytest.mark.parametrize("frame", ["{}", "Re: {}", "Auto reply: {} --", "{} Sent by Operator"])
def test_our_own_words_that_come_back_get_no_reply_and_change_nothing(
    post: Post, complaint: Complaint, frame: str
) -> None:
    ours = post.says(f"{complaint.number} meter bhi kharab hai")
    assert "aap ki baat likh di" in ours
    assert [post.event(frame.format(ours)) for _ in range(30)] == [""] * 30
    assert details(post) == ["No water in street 4", "meter bhi kharab hai"]
    assert intents(post)[1:] == ["echo"] * 30


def test_our_words_cut_off_are_ours_too(post: Post, complaint: Complaint) -> None:
    ours = post.says(f"{complaint.number} meter bhi kharab hai")
    assert post.event(ours[: len(ours) * 3 // 4]) == ""


def test_our_words_are_ours_for_a_day_after_they_were_sent_whenever_they_were_owed(
    post: Post, complaint: Complaint
) -> None:
    post.left = False
    ours = post.says(f"{complaint.number} meter bhi kharab hai")
    post.wait(days=3)
    post.post()
    assert post.event(ours) == ""
    post.wait(hours=25)
    assert post.event(ours) != ""


def test_an_echo_in_a_different_letter_each_time_ends_all_the_same(post: Post, complaint: Complaint) -> None:
    replies = [post.text(f"{complaint.number} Thank you for message {at}, we will call you") for at in range(60)]
    assert len([each for each in replies if each is not None]) == SHIPPED_POLICY.life.robots.replies
    assert len(details(post)) == 61
    post.wait(minutes=61)
    assert post.event(f"{complaint.number} haal") == "status_is"


def test_words_that_a_case_holds_already_are_not_added_again(post: Post, complaint: Complaint) -> None:
    for words in ("meter bhi kharab hai", "Meter bhi kharab hai!", "meter bhi kharab hai"):
        assert post.event(f"{complaint.number} {words}") == "details_added"
    assert details(post) == ["No water in street 4", "meter bhi kharab hai"]
    with post.database.read() as db:
        assert [row.act for row in complaints.history(db, complaint.id)] == ["filed", "details_added"]


def test_adding_equal_words_is_answered_three_times_in_an_hour(post: Post, complaint: Complaint) -> None:
    events = [post.event(f"{complaint.number} jaldi karein") for _ in range(5)]
    assert events == ["details_added"] * 3 + ["", ""]


def test_an_answer_an_office_waits_for_counts_though_its_words_are_held_already(
    post: Post, complaint: Complaint
) -> None:
    post.text(f"{complaint.number} haan ji")
    post.move(complaint, "in_progress", "waiting_citizen", note="Kya bijli aa gayi?")
    assert post.event(f"{complaint.number} haan ji") == "details_added"
    assert post.complaints()[0].status == "in_progress"


def test_stop_counts_however_many_replies_a_phone_had(post: Post, complaint: Complaint) -> None:
    for at in range(SHIPPED_POLICY.life.robots.replies + 1):
        post.text(f"{complaint.number} message {at}")
    assert post.event("STOP") == "stop_ok"  # somebody else may have sent it, and it says how to undo it
    assert post.contact().texts is False
    assert post.event("STOP") == ""


def test_who_files_is_told_the_number_however_many_replies_the_phone_had(post: Post, complaint: Complaint) -> None:
    for at in range(SHIPPED_POLICY.life.robots.replies + 1):
        post.text(f"{complaint.number} message {at}")
    assert tracking_number.format_number(complaint.number) not in post.says("NEW gutter band hai Multan")


def test_what_a_text_of_ours_tells_people_to_send_is_no_echo(post: Post, complaint: Complaint) -> None:
    post.speaks("en")
    post.move(complaint, "in_progress", "resolved_pending")
    assert "REOPEN" in post.says("1")
    assert post.event(f"REOPEN {tracking_number.format_number(complaint.number)}") == "reopened"
    assert "NEW gutter blocked Shah Alam Lahore" in post.says("NEW")
    assert post.event("NEW gutter blocked Shah Alam Lahore") == "received"


def test_the_words_of_one_phone_are_no_echo_from_another(post: Post, complaint: Complaint) -> None:
    ours = post.says(f"{complaint.number} meter bhi kharab hai")
    assert post.event(ours, AMIR) == "status_missing"


def test_our_words_with_a_citizens_behind_them_are_read(post: Post, complaint: Complaint) -> None:
    ours = post.says(f"{complaint.number} meter bhi kharab hai")
    post.text(f"{ours} lekin gali number char mein bhi pani nahi")
    assert "gali number char" in details(post)[-1]
    with post.database.read() as db:
        assert db.query(OutboxMessage).count() == 2
