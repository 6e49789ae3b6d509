"""Words that name a good end and mean none: denials, demands and doubts. They close nothing, nor does a no."""

from __future__ import annotations

import pytest

from storage.cases import complaints
from storage.connection.database import Database
from storage.schema.tables import Complaint
from tests.sessions.filing import file_one
from tests.sessions.texter import Post


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


@pytest.fixture
def one(post: Post) -> Complaint:
    return file_one(post.database)[0]


def notes(post: Post, complaint: Complaint) -> list[str]:
    with post.database.read() as db:
        return [row.note for row in complaints.history(db, complaint.id) if row.note]


@pytest.mark.parametrize(
    "words",
    [
        "they lied, fixed for one day",
        "jhoot hai ke masla hal ho gaya",
        "wo keh rahe theek ho gaya sab bakwas",
        "kaghaz par solved",
        "kisne kaha theek ho gaya",
        "یہ جھوٹ ہے کہ حل ہو گیا",
        "کس نے کہا ٹھیک ہو گیا",
    ],
)
def test_a_denial_is_a_no_and_its_words_are_the_reason(post: Post, one: Complaint, words: str) -> None:
    post.move(one, "in_progress", "resolved_pending")
    assert post.event(words) == "reopened"
    assert words in notes(post, one)


@pytest.mark.parametrize(
    "words",
    [
        "i want it fixed",
        "it must be fixed soon",
        "get this resolved",
        "ab theek karo",
        "اب ٹھیک کرو",
        "solved kab",
        "agar theek ho gaya to bata dena",
        "it is being fixed",
        "who fixed it",
        "haan theek ho gai lekin ab gutter ubal raha hai",
        "sms aya ke solved likha hai",
    ],
)
def test_what_is_not_clear_is_asked_again_and_kept(post: Post, one: Complaint, words: str) -> None:
    post.move(one, "in_progress", "resolved_pending")
    assert post.event(words) == "choose_again"
    [complaint] = post.complaints()
    assert complaint.status == "resolved_pending"
    assert words in (complaint.details or "")


@pytest.mark.parametrize(
    "words",
    [
        "ji haan bijli aa gayi hai meherbani",
        "جی ہاں بجلی آ گئی ہے مہربانی",
        "bijli aa gayi shukriya",
        "yes it is fixed thank you",
        "nali theek ho gayi shukriya",
        "ab theek hai",
    ],
)
def test_good_news_closes(post: Post, one: Complaint, words: str) -> None:
    post.move(one, "in_progress", "resolved_pending")
    assert post.event(words) == "closed_confirmed"


def test_who_was_asked_for_money_is_heard_by_oversight_alone(post: Post, one: Complaint) -> None:
    post.move(one, "in_progress", "resolved_pending")
    assert post.event("unho ne paise mange") == "reopened"
    with post.database.read() as db:
        rows = [row for row in complaints.history(db, one.id) if row.act == "reason_given"]
    assert [row.note for row in rows] == ["asked_for_money", "unho ne paise mange"]
    assert all((row.data or {}).get("for") == "oversight" for row in rows)


@pytest.mark.parametrize("words", ["ab theek karo", "i want it fixed", "get this resolved", "jaldi theek kar dein"])
def test_a_demand_while_nothing_is_asked_reminds_the_office(post: Post, one: Complaint, words: str) -> None:
    assert post.event(words) == "status_added"
    assert words in (post.complaints()[0].details or "")


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("main appeal karna chahta hun", "appealed"),
        ("manzoor nahi", "appealed"),
        ("منظور نہیں", "appealed"),
        ("nahi manzoor nahi", "appealed"),
        ("namanzoor", "appealed"),
        ("no I do not accept this", "appealed"),
        ("yeh zulm hai main nahi manta", "appealed"),
        ("mujhe aitraz hai", "appealed"),
        ("nahi yeh ghalat hai", "appealed"),
        ("manzoor hai", "closed_confirmed"),
        ("koi aitraz nahi", "refused_pending"),
        ("1 manzoor nahi", "refused_pending"),
    ],
)
def test_who_does_not_accept_a_refusal_appeals(post: Post, one: Complaint, words: str, status: str) -> None:
    post.move(one, "in_progress", "refused_pending")
    post.text(words)
    assert [each.status for each in post.complaints()] == [status]


@pytest.mark.parametrize(("language", "appeal"), [("1", "Appeal"), ("2", "اپیل"), ("3", "To appeal")])
def test_who_accepts_a_refusal_reads_that_and_nothing_of_a_solution(
    post: Post, one: Complaint, language: str, appeal: str
) -> None:
    post.text("LANG")
    post.text(language)
    post.move(one, "in_progress", "refused_pending")
    reply = post.says("1")
    assert appeal in reply
    assert "30" in reply
    assert f"APPEAL {one.number}" in reply.replace("-", "")
    assert not any(word in reply.lower() for word in ("solved", "hal,", "حل"))
    assert post.event(f"APPEAL {one.number}") == "appealed"


@pytest.mark.parametrize("words", ["abhi tak nahi hua", "koi nahi aya", "masla hal nahi hua", "ab theek karo"])
def test_impatience_with_several_open_cases_asks_which(post: Post, words: str) -> None:
    post.text("nali band hai Lahore")
    post.text("bijli nahi hai Lahore")
    assert post.event(words) == "which_number"
    assert post.event(f"bijli {words}") != "received"


def test_whether_it_may_be_closed_is_asked_again_in_the_same_words(post: Post, one: Complaint) -> None:
    assert post.event("masla hal ho gaya") == "done_ask"
    assert post.event("LANG") == "language_ask"
    assert post.event("3") == "language_ok"
    assert post.event("1") == "done_ask"  # an older question is asked again
    assert post.event("masla hal ho gaya") == "done_ask"  # once more, and with another number
    assert post.event(post.key) == "withdrawn"


def test_generic_good_news_never_picks_what_a_shared_phone_may_not_see(post: Post) -> None:
    post.text("PRIVATE mera shohar maarta hai Lahore")
    number = post.complaints()[0].number
    assert post.event("masla hal ho gaya") != "done_ask"
    assert post.event(f"{number} masla hal ho gaya") == "done_ask"


@pytest.mark.parametrize(
    ("words", "event"),
    [
        ("hamari gali mein", "details_added"),
        ("gali number 5 masjid bilal ke paas", "details_added"),
        ("gali mein kutte kaatte hain bachon ko", "join_ask"),
        ("parosi ne gali mein deewar bana di", "join_ask"),
    ],
)
def test_only_where_it_is_goes_to_the_case_of_just_now_and_another_matter_is_asked_about(
    post: Post, words: str, event: str
) -> None:
    assert post.event("bijli nahi hai Lahore") == "received"
    assert post.event(words) == event
