"""What comes after a first text, as people send it: the place by itself, a yes, more danger, the same again later."""

import datetime as dt

import pytest

from storage.connection.database import Database
from tests.sessions.texter import Post


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


def test_a_place_sent_by_itself_belongs_to_the_case_that_lacks_it(post: Post) -> None:
    assert post.event("ghar me aag lagi hai") == "emergency_place"
    post.text("haan")
    post.text("Lahore")
    (filed,) = post.complaints()
    assert (filed.district, filed.urgent) == ("lahore", True)


def test_a_place_that_answers_what_it_is_about_is_kept_and_the_kind_asked_again(post: Post) -> None:
    post.text("hamari gali ka bura haal dekh lein sahib")
    (filed,) = post.complaints()
    assert filed.category is None
    assert "Masla kya hai?" in post.says("Faisalabad")
    post.text("1")
    (filed,) = post.complaints()
    assert (filed.district, filed.category) == ("faisalabad", "mun01")


@pytest.mark.parametrize("words", ["haan", "ji haan", "theek hai", "nahi", "kyun", "ہاں", "کوئی ہے"])
def test_a_yes_or_a_no_is_no_place(post: Post, words: str) -> None:
    post.text("bijli nahi")
    post.text(words)
    (filed,) = post.complaints()
    assert filed.district is None and "?" not in post.says("pata nahi").replace("Kis zilay mein hai?", "")


def test_what_is_said_again_after_a_case_is_over_is_a_new_case(post: Post) -> None:
    post.text("gutter band hai gali mein")
    (first,) = post.complaints()
    post.text(f"WITHDRAW {first.number}")
    post.text("1")
    post.wait(hours=3)
    post.text("SHIKAYAT gutter phir se band hai Lahore")
    over, new = post.complaints()
    assert over.status == "withdrawn" and new.status != "withdrawn"
    assert new.details == "gutter phir se band hai Lahore"


def test_danger_that_goes_on_with_a_case_makes_it_urgent_and_hidden_at_once(post: Post) -> None:
    post.text("SHIKAYAT meri koi nahi sunta bahut pareshan hoon")
    post.text("mera shohar mujhe marta hai")
    case = post.complaints()[-1]
    assert case.private and case.urgent


def test_danger_of_another_kind_does_not_stand_in_a_case_that_its_office_reads(post: Post) -> None:
    post.text("SHIKAYAT bijli band hai Lahore")
    (power,) = post.complaints()
    post.text(f"{power.number} mera shohar mujhe marta hai")
    power, danger = post.complaints()
    assert "shohar" not in (power.details or "") and danger.private and danger.urgent


def test_words_that_nobody_claimed_stay_hidden_and_are_not_filed_twice(post: Post, database: Database) -> None:
    from sessions.sms import expired_filings

    post.text("KHUFIA bijli band hai Lahore")
    (hidden,) = post.complaints()
    assert post.event("log bahut pareshan hain") == "join_ask"
    post.text(f"{hidden.number} log bahut pareshan hain")
    post.wait(days=2)
    for question, contact in expired_filings.find_expired_filings(database, post.now):
        published = post.texting.published("8484")
        assert published is not None
        environment = post.texting._environment
        expired_filings.file_from_expired_question(database, post.now, question, contact, published, environment)
    assert len(post.complaints()) == 1


def test_a_late_answer_leaves_a_due_date_that_was_moved(post: Post) -> None:
    post.text("gutter band hai gali mein")
    (case,) = post.complaints()
    post.move(case, "in_progress", "waiting_citizen")
    post.wait(hours=20)
    post.text(f"{case.number} ghar number 5 hai")
    (case,) = post.complaints()
    moved = case.due_on
    assert moved > case.filed_at.date() + dt.timedelta(days=1)
    post.text("Lahore")
    (case,) = post.complaints()
    assert case.due_on == moved
