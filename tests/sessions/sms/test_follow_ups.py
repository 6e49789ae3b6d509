"""What comes after a first text, as people send it: the place by itself, a yes, more danger, the same again later."""

import datetime as dt

import pytest
from sqlalchemy import select

from flows.text import gsm
from storage.connection.database import Database
from storage.schema.tables import OutboxMessage
from tests.sessions.texter import SARA, Post


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
    post.text(post.key)
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


@pytest.mark.parametrize("key", ["the number", "9"])
def test_texts_that_wait_when_a_case_is_taken_back_are_not_sent_whatever_key_was_pressed(post: Post, key: str) -> None:
    post.text("SHIKAYAT nali band hai Lahore")
    (case,) = post.complaints()
    post.move(case, "in_progress", left=False)
    post.left = False
    post.text(f"WITHDRAW {case.number}")
    post.text("9" if key == "9" else post.key)
    with post.database.read() as db:
        waiting = db.scalars(select(OutboxMessage).where(OutboxMessage.state == "ready")).all()
        held_back = db.scalars(select(OutboxMessage.event).where(OutboxMessage.state == "skipped")).all()
    assert [each.event for each in waiting] == ["withdrawn"]
    assert held_back == ["in_progress", "withdraw_ask"]


def test_a_text_on_its_way_when_nine_was_pressed_says_no_more_if_it_is_sent_again(post: Post) -> None:
    post.text("SHIKAYAT nali band hai Lahore")
    (case,) = post.complaints()
    post.move(case, "in_progress", left=False)
    with post.database.write.begin() as db:
        text = db.scalars(select(OutboxMessage).where(OutboxMessage.event == "in_progress")).one()
        text.state = "sending"
    post.text(f"WITHDRAW {case.number}")
    withdrawn = post.says("9")
    with post.database.read() as db:
        assert db.scalars(select(OutboxMessage).where(OutboxMessage.event == "in_progress")).one().body == withdrawn


def test_a_case_that_is_merged_hands_over_its_words_and_the_call_that_is_wanted(post: Post) -> None:
    post.text("SHIKAYAT gutter band hai Lahore")
    post.text("SHIKAYAT theek karein jaldi")
    second = post.complaints()[-1]
    post.text(f"{second.number} gali number 5 mein")
    post.text(f"CALL {second.number}")
    post.text("3")
    post.text("Lahore")
    first, second = post.complaints()
    assert second.status == "merged"
    assert first.call_back
    assert (first.details or "").splitlines() == ["gutter band hai Lahore", "theek karein jaldi", "gali number 5 mein"]


def test_words_behind_a_question_that_has_not_left_yet_go_on_with_the_first(post: Post) -> None:
    post.text("SHIKAYAT pani nahi aa raha Lahore")
    post.left = False
    assert post.event("pani ki motor jal gayi") == "join_ask"
    assert post.event("do din se bachay pyasay hain") == "join_ask"
    post.post()
    post.text("1")
    (case,) = post.complaints()
    assert {"pani ki motor jal gayi", "do din se bachay pyasay hain"} <= set((case.details or "").splitlines())


def test_whoever_is_filed_after_a_day_of_silence_has_a_receipt_that_workers_are_woken_for(post: Post) -> None:
    post.text("SHIKAYAT pani nahi aa raha Lahore")
    assert post.event("kal phir wohi baat bol kar chale gaye") == "join_ask"
    post.wait(hours=25)
    assert post.texting.left_over(post.now) == 1
    with post.database.read() as db:
        receipt = db.scalars(select(OutboxMessage).where(OutboxMessage.event == "received")).all()[-1]
    assert receipt.complaint_id == post.complaints()[-1].id
    assert receipt.id in post.woken


@pytest.mark.parametrize(
    ("language", "note", "shown"),
    [
        ("en", "The pipe in street 5 was mended on Monday and the water is back, please check it now", 84),
        ("ur-Latn", "Gali 5 ka pipe peer ko theek kar diya gaya aur pani aa gaya hai, ab dekh lein aap sab", 84),
        ("ur", "گلی نمبر پانچ کا پائپ پیر کو ٹھیک کر دیا گیا", 40),
        ("ur-Latn", "گلی نمبر پانچ کا پائپ پیر کو ٹھیک کر دیا گیا", 30),
    ],
)
def test_what_an_officer_wrote_can_be_read_in_the_status(post: Post, language: str, note: str, shown: int) -> None:
    post.speaks(language)
    post.text("SHIKAYAT nali band hai Lahore")
    (case,) = post.complaints()
    post.move(case, "in_progress", "resolved_pending", note=note)
    body = post.says(case.number)
    assert note[:shown] in body and gsm.parts(body) <= 2


def test_the_language_of_words_of_danger_is_kept(post: Post) -> None:
    post.text("hamare ghar mein gas leak ho rahi hai")
    assert post.contact(SARA).language == "ur-Latn"
    post.wait(hours=8)
    assert "milayein" in post.says("HELP")


@pytest.mark.parametrize("words", ["bijli aa gayi", "light aa gai hai", "nali theek ho gayi", "بجلی آ گئی"])
def test_good_news_about_nothing_that_is_open_is_no_complaint(post: Post, words: str) -> None:
    assert post.event(words) == "thanks"
    assert not post.complaints()
