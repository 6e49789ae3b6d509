"""What each keyword does, and whom a number answers."""

from __future__ import annotations

import pytest

from flows.text import tracking_number
from flows.understanding import intents
from sessions.officer_sms import officer_handlers
from sessions.sms import intent_handlers
from storage.cases import contacts, me_too_entries
from storage.connection.database import Database
from storage.schema.tables import Complaint
from tests.sessions.filing import file_one
from tests.sessions.texter import AMIR, SARA, Post


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


@pytest.fixture
def complaint(post: Post) -> Complaint:
    return file_one(post.database)[0]


def again(post: Post, complaint: Complaint) -> Complaint:
    return next(each for each in post.complaints() if each.id == complaint.id)


def test_every_intent_is_handled_and_no_handler_is_for_nothing() -> None:
    handled = {*intent_handlers.FIRST, *intent_handlers.ALWAYS, *intent_handlers.PERHAPS, *intent_handlers.ON_CASE}
    handled |= officer_handlers.KINDS
    answers = {"thanks", "greeting", "spam", "yes", "no", "partly", "digits", "details", "unknown"}
    within = {"officer_visit", "officer_call", "officer_denied", "officer_triage"}  # read in an officer's words
    read = {"details", "digits", "mistyped", "unknown", "officer_help", "officer_look"}
    assert handled | answers | within == (set(intents.INTENTS) - {"language_name"}) | read


# ---- whose number it is ----


@pytest.mark.parametrize(
    "words", ["{}", "STATUS {}", "REOPEN {}", "WITHDRAW {}", "{} the office was rude", "PRIVATE {}"]
)
def test_who_is_counted_for_anothers_complaint_can_only_follow_it(post: Post, complaint: Complaint, words: str) -> None:
    assert post.event(words.format(complaint.number), AMIR) == "status_missing"
    with post.database.write.begin() as db:
        amir = contacts.find_or_add(db, AMIR, post.now)
        for _ in range(2):
            me_too_entries.add(db, complaint.id, amir.id, post.now)
    post.wait(minutes=61)
    reply = post.text(words.format(complaint.number), AMIR)
    assert reply is not None and reply.event == "status_joined"
    assert tracking_number.format_number(complaint.number) in reply.body
    after = again(post, complaint)
    assert (after.status, after.details, after.private) == (complaint.status, complaint.details, complaint.private)


def test_after_five_wrong_numbers_in_an_hour_no_number_is_answered_but_the_phones_own(
    post: Post, complaint: Complaint
) -> None:
    theirs, _ = file_one(post.database, AMIR)
    wrong = [theirs.number, *(tracking_number.make(90_000_000 + at) for at in range(6))]
    events = [post.event(number) for number in wrong]
    assert events == ["status_missing"] * 5 + ["status_too_many"] * 2
    assert post.event(complaint.number) == "status_is"
    assert post.event(theirs.number) == "status_too_many"
    post.wait(minutes=61)
    assert post.event(theirs.number) == "status_missing"


def test_too_many_wrong_numbers_are_told_in_the_same_words_whosever_they_are(post: Post) -> None:
    theirs, _ = file_one(post.database, AMIR)
    for at in range(5):
        post.text(tracking_number.make(90_000_000 + at))
    assert post.says(theirs.number) == post.says(tracking_number.make(90_000_007))


@pytest.mark.parametrize("asked", ["REOPEN", "APPEAL", "WITHDRAW", "CALL", "KHUFIA", "{} 1", "{} aur bhi kharab"])
def test_nobody_does_anything_with_another_phones_complaint(post: Post, complaint: Complaint, asked: str) -> None:
    number = complaint.number
    text = asked.format(number) if "{}" in asked else f"{asked} {number}"
    assert post.event(text, AMIR) == "status_missing"
    assert again(post, complaint).version == 1


# ---- words for a case ----


def test_words_behind_a_number_are_added_to_that_case(post: Post, complaint: Complaint) -> None:
    assert post.event(f"{tracking_number.format_number(complaint.number)}: meter bhi jal gaya!") == "details_added"
    assert (again(post, complaint).details or "").splitlines() == ["No water in street 4", "meter bhi jal gaya!"]


def test_no_with_more_words_is_added_where_nothing_is_asked(post: Post, complaint: Complaint) -> None:
    assert post.event(f"{complaint.number} nahi hua abhi tak") == "details_added"
    assert "nahi hua abhi tak" in (again(post, complaint).details or "")
    assert post.event(f"{complaint.number} 2") == "status_is"


def test_words_for_a_case_that_waits_for_its_citizen_set_it_going_again(post: Post, complaint: Complaint) -> None:
    post.move(complaint, "in_progress", "waiting_citizen", note="Meter number kya hai?")
    assert post.event(f"{complaint.number} 445566") == "details_added"
    assert again(post, complaint).status == "in_progress"
    assert "445566" in (again(post, complaint).details or "")


# ---- reopen, appeal, withdraw ----


def test_reopen_by_number_with_its_reason(post: Post, complaint: Complaint) -> None:
    post.move(complaint, "in_progress", "resolved_pending")
    assert post.event(f"REOPEN {complaint.number} abhi bhi band hai") == "reopened"
    assert again(post, complaint).status == "reopened"


def test_reopen_without_a_number_is_the_only_case_it_can_be(post: Post, complaint: Complaint) -> None:
    file_one(post.database, category="mun02")
    post.move(complaint, "in_progress", "resolved_pending")
    assert post.event("REOPEN") == "reopened"
    assert again(post, complaint).status == "reopened"


def test_reopen_asks_for_the_number_where_two_cases_can_be_meant(post: Post, complaint: Complaint) -> None:
    other, _ = file_one(post.database, category="mun02")
    for each in (complaint, other):
        post.move(each, "in_progress", "resolved_pending")
    assert post.event("REOPEN") == "which_number"
    assert {each.status for each in post.complaints()} == {"resolved_pending"}


def test_what_cannot_be_reopened_is_said(post: Post, complaint: Complaint) -> None:
    assert post.event(f"REOPEN {complaint.number}") == "reopen_closed"
    assert post.event("REOPEN", AMIR) == "status_missing"


def test_an_appeal_goes_up_once(post: Post, complaint: Complaint) -> None:
    post.move(complaint, "in_progress", "refused_pending")
    assert post.event(f"APPEAL {complaint.number}") == "appealed"
    assert again(post, complaint).status == "appealed"
    assert post.event(f"APPEAL {complaint.number}") == "appeal_closed"


def test_an_appeal_comes_too_late_after_thirty_days(post: Post, complaint: Complaint) -> None:
    post.move(complaint, "screening", "dropped")
    post.wait(days=31)
    assert post.event(f"APPEAL {complaint.number}") == "appeal_closed"


def test_a_complaint_is_taken_back_only_with_the_number_that_its_question_names(
    post: Post, complaint: Complaint
) -> None:
    assert post.event(f"WITHDRAW {complaint.number}") == "withdraw_ask"
    assert again(post, complaint).status == "received"
    for text in ("1", "haan", str((int(post.key) + 1) % 1000)):
        first = post.key
        assert post.event(text) == "withdraw_ask"
        assert post.key != first
    assert again(post, complaint).status == "received"
    assert post.event(post.key) == "withdrawn"
    assert again(post, complaint).status == "withdrawn"
    assert post.event(f"WITHDRAW {complaint.number}") == "withdraw_closed"


@pytest.mark.parametrize(
    ("key", "told", "acts"),
    [
        ("9", "withdrawn", ["filed", "pressed"]),  # what who presses them wants to read
        ("2", "withdraw_kept", ["filed"]),
        ("NO", "withdraw_kept", ["filed"]),
    ],
)
def test_who_was_pressed_keeps_the_complaint_and_its_history_says_so(
    post: Post, complaint: Complaint, key: str, told: str, acts: list[str]
) -> None:
    from storage.cases import complaints

    post.text(f"WITHDRAW {complaint.number}")
    assert post.event(key) == told
    with post.database.read() as db:
        assert [row.act for row in complaints.history(db, complaint.id)] == acts
    assert again(post, complaint).status == "received"


# ---- the other words ----


def test_the_language_is_changed_by_its_name_or_by_its_key(post: Post) -> None:
    assert post.event("LANG english") == "language_ok"
    assert post.contact().language == "en"
    assert post.event("LANG") == "language_ask"
    reply = post.text("2")
    assert reply is not None
    assert reply.event == "language_ok"
    assert "اردو" in reply.body
    assert post.contact().language == "ur"


def test_call_me_is_kept_with_the_case(post: Post, complaint: Complaint) -> None:
    assert post.event("CALL") == "call_ok"
    assert again(post, complaint).call_back is True


def test_private_makes_the_texts_of_the_case_neutral(post: Post, complaint: Complaint) -> None:
    assert post.event(f"KHUFIA {complaint.number}") == "private_ok"
    assert again(post, complaint).private is True
    assert "WASA" not in post.says(complaint.number)


def test_forget_drops_what_was_remembered_and_keeps_the_complaints(post: Post, complaint: Complaint) -> None:
    assert post.event("DELETE") == "forgotten"
    contact = post.contact()
    assert (contact.language, contact.province, contact.district) == (None, None, None)
    assert post.event(complaint.number) == "status_is"


def test_an_acknowledgement_from_no_officer_does_nothing_and_is_kept(post: Post, complaint: Complaint) -> None:
    assert post.event(f"ACK {complaint.number}") == ""
    assert post.event("ACK", AMIR) == ""
    assert again(post, complaint).version == 1


def test_a_suggestion_is_filed_in_its_own_words(post: Post) -> None:
    assert post.event("TAJWEEZ park mein roshni lagayein") == "suggestion_received"
    assert [(each.kind, each.details) for each in post.complaints()] == [("suggestion", "park mein roshni lagayein")]


def test_new_or_suggest_alone_asks_for_the_words(post: Post) -> None:
    assert post.event("NEW") == "new_how"
    assert post.event("gutter band hai lahore") == "received"
    assert post.event("SUGGEST") == "suggest_how"
    assert post.event("park mein roshni lagayein") == "suggestion_received"
    assert [each.details for each in post.complaints()] == ["gutter band hai lahore", "park mein roshni lagayein"]


def test_a_short_code_that_leads_to_a_menu_answers_all_but_filing(database: Database) -> None:
    post = Post(database, flow="complaints")
    assert post.event("SHIKAYAT gutter band hai lahore") == "new_dial"
    complaint, _ = file_one(database)
    assert post.event(complaint.number) == "status_is"
    assert post.event("STOP", SARA) == "stop_ok"
