"""What villagers text, from the SMS to what becomes of it: badly spelt, without keywords, in danger."""

from __future__ import annotations

import re

import pytest

from flows.text import tracking_number
from sessions.messages import render_text
from storage.cases import complaints
from storage.connection.database import Database
from storage.schema.tables import Complaint
from tests.sessions.filing import file_one
from tests.sessions.texter import SARA, Post


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


@pytest.fixture
def one(post: Post) -> Complaint:
    return file_one(post.database)[0]


def statuses(post: Post) -> list[str]:
    return [each.status for each in post.complaints()]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("masla hal ni hua paani abi b ganda", "reopened"),
        ("mera masla abhi hal nai hoa", "reopened"),
        ("masla hal ni hua", "reopened"),
        ("masla abhi b wesa hi he", "reopened"),
        ("SHIKAYAT kuch nahi hua sirf photo li", "reopened"),
        ("SHIKAYAT abhi tak koi nahi aya", "reopened"),
        ("SHIKAYAT hal ho gayi", "closed_confirmed"),
    ],
)
def test_an_open_question_wins_over_a_word_that_files(post: Post, one: Complaint, answer: str, status: str) -> None:
    post.move(one, "in_progress", "resolved_pending")
    post.text(answer)
    assert statuses(post) == [status]


def test_the_words_behind_a_no_are_its_reason(post: Post, one: Complaint) -> None:
    post.move(one, "in_progress", "resolved_pending")
    post.text("masla hal ni hua paani abi b ganda")
    with post.database.read() as db:
        notes = [row.note for row in complaints.history(db, one.id)]
    assert "paani abi b ganda" in notes


@pytest.mark.parametrize("words", ["SHIKAYAT gutter band hai lahore", "MASLA nahi aata pani lahore"])
def test_a_new_problem_is_filed_though_a_question_is_open(post: Post, one: Complaint, words: str) -> None:
    post.move(one, "in_progress", "resolved_pending")
    assert post.event(words) == "received"
    assert statuses(post)[0] == "resolved_pending"


@pytest.mark.parametrize(
    "words",
    ["shikayat wapis leni hai", "shikayat wapis leta hun", "shikayat wapas lena chahta hun", "{} wapis leni hai"],
)
def test_a_complaint_is_taken_back_only_after_a_question(post: Post, one: Complaint, words: str) -> None:
    assert post.event(words.format(one.number)) == "withdraw_ask"
    assert [(each.status, each.details) for each in post.complaints()] == [("received", "No water in street 4")]


CRIES = {
    "aag lag gai": ["1122"],
    "goli": ["15"],
    "khudkushi": ["0311", "7786264", "1122"],
    "utha lia": ["15"],
    "bachao": ["15", "1122"],
    "shohar marta hai": ["15", "1099"],
    "آگ لگ گئی": ["1122"],
    "NEW aag lag gai": ["1122"],
    "help me please he is going to kill me": ["15"],
}


@pytest.mark.parametrize("words", CRIES)
@pytest.mark.parametrize("asked", ["nothing", "solved", "words", "after unknown"])
def test_a_cry_for_help_is_told_whom_to_call_whatever_is_open(
    post: Post, one: Complaint, asked: str, words: str
) -> None:
    if asked == "solved":
        post.move(one, "in_progress", "resolved_pending")
    elif asked != "nothing":
        post.text("NEW" if asked == "words" else "bla")
    says = post.says(words)
    assert re.findall(r"[0-9]+", says)[: len(CRIES[words])] == CRIES[words]


def test_a_cry_that_fits_no_kind_is_filed_for_the_office_that_sorts(post: Post) -> None:
    assert post.event("aag lag gai") == "emergency_place"
    filed = post.complaints()[0]
    assert (filed.office, filed.category, filed.details) == ("triage", None, "aag lag gai")
    assert post.says("aag lag gai").count("1122") == 1
    assert len(post.complaints()) == 1


def test_a_cry_that_fits_an_urgent_kind_is_filed_as_urgent(post: Post) -> None:
    assert "15 (" in post.says("shohar marta hai lahore")
    filed = post.complaints()[0]
    assert (filed.category, filed.urgent, filed.private) == ("rgt01", True, True)
    assert "1122" in post.says("shohar marta hai lahore bachao")


@pytest.mark.parametrize("words", ["{} aag lag gai", "jaldi karo aag lag gai {} transformer mein"])
def test_a_cry_beside_a_number_is_kept_with_that_case(post: Post, one: Complaint, words: str) -> None:
    assert post.event(words.format(one.number)) == "emergency"
    assert "aag lag gai" in (post.complaints()[0].details or "")
    assert len(post.complaints()) == 1


def test_a_cry_is_answered_however_often_it_is_repeated(post: Post) -> None:
    assert all("1122" in post.says("aag lag gai") for _ in range(8))


@pytest.mark.parametrize(
    "words", ["shikayat ka jawab nahi aya", "shikayat number bhool gaya", "shikayat ka number batao"]
)
def test_who_asks_for_a_number_gets_those_of_their_own_cases(post: Post, words: str) -> None:
    assert post.event(words) == "status_none"
    first, _ = file_one(post.database)
    assert post.event(words) == "status_is"
    second, _ = file_one(post.database, category="mun02")
    digits = re.sub(r"\D", "", post.says(words))
    assert first.number in digits
    assert second.number in digits
    assert len(post.complaints()) == 2


def test_the_list_of_numbers_tells_nothing_of_a_private_case(post: Post) -> None:
    file_one(post.database)
    file_one(post.database, category="rgt01", private=True)
    said = post.says("shikayat ka number batao")
    status = render_text.render_sms(post.words, "number_line", "en", post.complaints()[0]) or ""
    assert said.count(status[12:]) == 1


@pytest.mark.parametrize("words", ["4827193", "48271930", "4827193004", "STATUS 48271930", "STATUS 482 719 3004"])
def test_a_number_of_too_few_or_too_many_digits_is_told_so(post: Post, words: str) -> None:
    assert post.event(words) == "status_nearly"


def test_digits_that_an_office_asked_for_are_an_answer(post: Post, one: Complaint) -> None:
    post.move(one, "in_progress", "waiting_citizen", note="Meter number kya hai?")
    assert post.event("48271930") == "details_added"


def test_status_from_a_phone_that_never_complained_tells_how_to(post: Post) -> None:
    assert post.event("STATUS") == "status_none"


def test_not_solved_of_a_case_nobody_answered_is_kept_with_it(post: Post, one: Complaint) -> None:
    assert post.event("mera masla hal nahi hua") == "status_added"
    assert "mera masla hal nahi hua" in (post.complaints()[0].details or "")
    file_one(post.database, category="mun02")
    assert post.event("ab bhi masla hal nahi hua") == "which_number"
    assert post.event(f"{one.number} ab bhi masla hal nahi hua") == "details_added"
    assert "ab bhi" in (post.complaints()[0].details or "")


@pytest.mark.parametrize("words", ["kab ho ga", "koi aya ni abi tak"])
def test_who_waits_is_told_how_it_stands(post: Post, one: Complaint, words: str) -> None:
    assert post.event(words).startswith("status_")


@pytest.mark.parametrize(
    ("words", "begins"),
    [("bla bla", "Samajh"), ("😀", "Shukriya"), ("this is not clear to me", "Not understood"), ("سلام", "سلام")],
)
def test_a_phone_of_unknown_language_is_answered_as_it_writes(post: Post, words: str, begins: str) -> None:
    assert post.says(words).startswith(begins)


def test_the_language_is_remembered_at_the_first_complaint(post: Post) -> None:
    post.text("bijli")
    assert post.contact().language is None
    post.text("SHIKAYAT gutter band hai lahore")
    assert post.contact().language == "ur-Latn"
    post.text("there is no water in the street of Multan")
    assert post.contact().language == "ur-Latn"


@pytest.mark.parametrize(
    ("words", "category"),
    [
        ("bijli ka bil buhat ziada aa gaya hai lahore", "nrg03"),
        ("Hamare gaon mai bijli ni a rai 2 din se chak 45 sahiwal", "nrg01"),
    ],
)
def test_a_plain_problem_needs_no_keyword(post: Post, words: str, category: str) -> None:
    assert post.event(words) == "received"
    assert [each.category for each in post.complaints(SARA)] == [category]


@pytest.mark.parametrize(("words", "event"), [("main lahore se hun", "unknown"), ("salam ap kaise hain", "greeting")])
def test_a_place_alone_is_no_complaint(post: Post, words: str, event: str) -> None:
    assert post.event(words) == event
    assert not post.complaints()


@pytest.mark.parametrize(
    ("language", "note", "ended"),
    [
        ("en", "Pipe badal di gai", "gai. "),
        ("ur-Latn", "Pipe badal di gai, pani aa raha hai", "hai. "),
        ("ur", "Pipe badal di gai", "gai. "),
        ("ur", "پائپ بدل دیا", "دیا۔ "),
        ("en", "Done!", "Done! "),
    ],
)
def test_an_officers_note_ends_before_our_question_begins(
    post: Post, one: Complaint, language: str, note: str, ended: str
) -> None:
    one.note = note
    assert ended in (render_text.render_sms(post.words, "resolved_pending", language, one) or "")


def test_more_of_the_same_cry_answers_what_was_asked_about_it_and_files_nothing_twice(post: Post) -> None:
    assert post.event("SHIKAYAT shohar marta hai") == "emergency_place"
    assert "1122" in post.says("jaldi karo bachao")
    assert "15 (" in post.says("Lahore, shohar abhi bhi mar raha hai")
    filed = post.complaints()
    assert [(each.category, each.district) for each in filed] == [("rgt01", "lahore")]
    assert "abhi bhi mar raha hai" in (filed[0].details or "")
    assert all(each.closed_at is not None for each in post.questions())


def test_a_pill_that_the_hospital_lacks_is_about_medicine(post: Post) -> None:
    assert post.event("dawai ki goli nahi mili hospital mein Lahore") == "received"
    assert [each.category for each in post.complaints()] == ["hlt02"]


@pytest.mark.parametrize("words", ["nahi aa rahi bijli teen din se Lahore", "haan hamari bijli band hai Lahore"])
def test_a_small_word_in_front_of_another_problem_files_that_and_adds_it_to_no_case(
    post: Post, one: Complaint, words: str
) -> None:
    assert post.event(words) == "received"
    assert [(each.category, each.details) for each in post.complaints()] == [
        (one.category, "No water in street 4"),
        ("nrg01", words),
    ]


def test_a_small_word_in_front_of_the_same_problem_is_kept_with_its_case(post: Post, one: Complaint) -> None:
    assert post.event("nahi aa raha pani teen din se") == "status_added"
    assert "teen din se" in (post.complaints()[0].details or "")


@pytest.mark.parametrize(
    "words", ["pani ki motor jal gayi", "pani bohat kam aata hai", "Lahore mein pani nahi aa raha"]
)
def test_words_about_the_only_open_case_of_a_kind_join_it_after_one_question(
    post: Post, one: Complaint, words: str
) -> None:
    assert tracking_number.format_number(one.number) in post.says(words)
    assert [words in (each.details or "") for each in post.complaints()] == [False]
    assert post.event("1") == "details_added"
    assert [words in (each.details or "") for each in post.complaints()] == [True]


def test_words_that_may_be_about_the_only_open_case_are_a_case_of_their_own_when_the_citizen_says_so(
    post: Post, one: Complaint
) -> None:
    assert post.event("kal phir wohi baat bol kar chale gaye") == "join_ask"
    assert post.event("2") == "filing_ask"
    assert [each.details for each in post.complaints()][1:] == ["kal phir wohi baat bol kar chale gaye"]


@pytest.mark.parametrize(
    ("words", "cases"), [("pani ki motor jal gayi", 1), ("kal phir wohi baat bol kar chale gaye", 2)]
)
def test_words_whose_question_nobody_answers_are_kept_all_the_same(
    post: Post, one: Complaint, words: str, cases: int
) -> None:
    assert post.event(words) == "join_ask"
    post.wait(hours=25)
    assert post.texting.left_over(post.now) <= 1
    assert len(post.complaints()) == cases
    assert words in (post.complaints()[-1].details or "")


def test_words_that_follow_the_question_are_asked_about_with_the_first(post: Post, one: Complaint) -> None:
    post.text("pani ki motor jal gayi")
    assert post.event("bohat pareshani hai bachon ko") == "join_ask"
    post.text("1")
    assert (post.complaints()[0].details or "").splitlines()[1:] == [
        "pani ki motor jal gayi",
        "bohat pareshani hai bachon ko",
    ]


def test_the_same_problem_in_another_district_is_filed(post: Post, one: Complaint) -> None:
    assert post.event("Multan mein pani nahi aa raha") == "received"
    assert [each.district for each in post.complaints()] == ["lahore", "multan"]


def test_danger_of_the_kind_of_an_open_case_is_told_whom_to_call(post: Post) -> None:
    file_one(post.database, category="pol05")
    assert "15 (" in post.says("koi mujhe mar raha hai")
