"""A tracking number in the middle of a sentence says which case is meant; one that cannot be used stops everything."""

from __future__ import annotations

import pytest

from flows.text import tracking_number
from storage.connection.database import Database
from storage.schema.tables import Complaint
from tests.sessions.filing import file_one
from tests.sessions.texter import AMIR, SARA, Post


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


@pytest.fixture
def one(post: Post) -> Complaint:
    return file_one(post.database)[0]


@pytest.fixture
def other(post: Post) -> Complaint:
    return file_one(post.database, category="mun02")[0]


def again(post: Post, complaint: Complaint, phone: str = SARA) -> Complaint:
    return next(each for each in post.complaints(phone) if each.id == complaint.id)


def mistyped(number: str) -> str:
    return number[:-1] + str((int(number[-1]) + 1) % 10)


def solved(post: Post, *cases: Complaint) -> None:
    for each in cases:
        post.move(each, "in_progress", "resolved_pending")


def test_a_keyword_acts_on_the_number_in_the_middle_of_its_words(post: Post, one: Complaint, other: Complaint) -> None:
    solved(post, one)
    reply = post.text(f"REOPEN shikayat {tracking_number.format_number(other.number)} jaldi")
    assert reply is not None
    assert (reply.event, reply.complaint_id) == ("reopen_closed", other.id)
    assert again(post, one).status == "resolved_pending"
    solved(post, other)
    assert post.event(f"REOPEN shikayat {other.number} jaldi") == "reopened"
    assert [again(post, each).status for each in (one, other)] == ["resolved_pending", "reopened"]


@pytest.mark.parametrize("text", ["WITHDRAW meri {}", "CALL ME for {} please", "KHUFIA meri wali {}", "meri {} wapis"])
def test_nothing_but_the_case_that_is_named_is_meant(post: Post, one: Complaint, other: Complaint, text: str) -> None:
    reply = post.text(text.format(one.number))
    assert reply is not None
    assert reply.complaint_id == one.id
    assert again(post, other).version == 1


def test_new_with_the_number_of_a_case_adds_to_it_and_files_nothing_again(post: Post, one: Complaint) -> None:
    assert post.event(f"NEW shikayat {one.number} phir se pani band Lahore") == "details_added"
    assert [each.id for each in post.complaints()] == [one.id]
    assert (again(post, one).details or "").splitlines()[1:] == ["shikayat phir se pani band Lahore"]


@pytest.mark.parametrize("number", [tracking_number.make(90_000_000), "123456789"])
def test_a_new_complaint_may_tell_any_other_number(post: Post, one: Complaint, number: str) -> None:
    assert post.event(f"NEW gutter band hai meter {number} Lahore") == "received"
    assert len(post.complaints()) == 2
    assert post.event("NEW bijli nahi hai") == "filing_ask"
    assert post.event(f"meter {number} Multan") == "received"
    assert len(post.complaints()) == 3


def test_words_around_a_number_are_kept_with_its_case_and_answer_no_other(
    post: Post, one: Complaint, other: Complaint
) -> None:
    post.move(other, "in_progress", "waiting_citizen", note="Meter number?")
    reply = post.text(f"pani {one.number} ab bhi ganda hai")
    assert reply is not None
    assert (reply.event, reply.complaint_id) == ("details_added", one.id)
    assert (again(post, one).details or "").endswith("pani ab bhi ganda hai")
    assert again(post, other).status == "waiting_citizen"


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("REOPEN shikayat {bad} jaldi", "status_mistyped"),
        ("REOPEN shikayat {theirs} jaldi", "status_missing"),
        ("REOPEN shikayat {short}", "status_nearly"),
        ("REOPEN {both}", "which_number"),
        ("nahi hua {bad} abhi tak", "status_mistyped"),
        ("nahi hua {theirs}", "status_missing"),
        ("nahi {short}", "status_nearly"),
        ("2 meri {bad}", "status_mistyped"),
        ("STATUS meri {short}", "status_nearly"),
        ("meri shikayat {bad} kharab", "status_mistyped"),
        ("meri shikayat {theirs} kharab", "status_missing"),
    ],
)
def test_a_number_that_cannot_be_used_moves_no_case(
    post: Post, one: Complaint, other: Complaint, text: str, event: str
) -> None:
    theirs, _ = file_one(post.database, AMIR)
    solved(post, one)
    before = [each.version for each in (again(post, one), again(post, other), again(post, theirs, AMIR))]
    filled = text.format(
        bad=mistyped(other.number),
        theirs=theirs.number,
        short=other.number[:8],
        both=f"meri {one.number} aur {other.number}",
    )
    assert post.event(filled) == event
    assert [each.version for each in (again(post, one), again(post, other), again(post, theirs, AMIR))] == before


def test_a_number_of_somebody_elses_in_the_middle_counts_among_the_wrong_ones(post: Post, one: Complaint) -> None:
    theirs, _ = file_one(post.database, AMIR)
    events = [post.event(f"dekho meri {theirs.number} baar {at}") for at in range(6)]
    assert events == ["status_missing"] * 5 + ["status_too_many"]


def test_an_eight_digit_meter_number_is_an_answer_to_who_asked_for_it(post: Post, one: Complaint) -> None:
    post.move(one, "in_progress", "waiting_citizen", note="Meter number?")
    assert post.event("haan, meter 44556612") == "details_added"
    assert "44556612" in (again(post, one).details or "")
