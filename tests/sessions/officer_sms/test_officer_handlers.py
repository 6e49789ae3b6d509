"""Officers at work by SMS: what their words do to a case, what they are told, and what they may not do."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from flows.text import gsm, tracking_number
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from storage.schema.tables import Complaint
from tests.sessions.filing import file_one
from tests.sessions.officer_sms.officers import (
    AKBAR,
    BUSHRA,
    CLEANED,
    FARZANA,
    IMRAN,
    TANVIR,
    again,
    changed,
    late,
    rows,
    spoken,
    to,
)
from tests.sessions.roster import DESK, POLICE, POLICE_HQ, WATER, hire, import_
from tests.sessions.texter import AMIR, SARA, Post


def test_an_officer_and_a_citizen_from_the_filing_to_solved(post: Post, case: Complaint) -> None:
    shown, number = tracking_number.format_number(case.number), case.number
    assert to(post, IMRAN)[-1].startswith(f"New {shown} ") and "Lahore" in to(post, IMRAN)[-1]
    assert post.says(f"ack {shown} ¤", IMRAN).startswith(f"{shown}: yours now, due ")
    assert "has started work" in to(post, SARA)[-1]
    assert "question went to the citizen" in post.says(f"ASK {number} ¤ Which street is it in?", IMRAN)
    assert "the office asks: Which street is it in?" in to(post, SARA)[-1]
    assert post.event(f"{number} Street 4, behind the mosque") == "details_added"
    assert to(post, IMRAN)[-1] == f"{shown}, code ¤¤¤¤: answer: Street 4, behind the mosque."
    assert again(post, case).status == "in_progress"
    post.wait(days=14)
    assert "words went to the citizen" in post.says(f"LATE {number} ¤: the pump comes on Friday", IMRAN)
    assert "The office says: the pump comes on Friday" in to(post, SARA)[-1]
    assert "question whether it is solved" in post.says(f"DONE {number} ¤ {CLEANED}", IMRAN)
    assert f"the office says: {CLEANED}" in to(post, SARA)[-1]
    assert post.event("1") == "closed_confirmed"
    assert again(post, case).status == "closed_confirmed"
    told = [(row.act, row.actor, row.role) for row in rows(post, case)]
    assert told == [
        ("filed", "citizen", "citizen"),
        ("assigned", "system", "system"),
        ("acknowledged", "Imran", "officer"),
        ("asked", "Imran", "officer"),
        ("answered", "citizen", "citizen"),
        ("interim", "Imran", "officer"),
        ("resolved", "Imran", "officer"),
        ("confirmed", "citizen", "citizen"),
    ]


@pytest.mark.parametrize(
    "text",
    ["ACK {} ¤", "ack{} ¤", " Ack:  {}. ¤ ", "{} ACK ¤", "ACK #{} #¤", "«ACK» {}: ¤", "ACK\n{}\n¤", "ack {} ¤ please"],
)
@pytest.mark.parametrize("written", ["plain", "dashes", "urdu"])
def test_spacing_case_punctuation_and_digits_of_any_script_do_not_matter(
    post: Post, case: Complaint, text: str, written: str
) -> None:
    number = case.number
    if written == "dashes":
        number = tracking_number.format_number(number)
    if written == "urdu":
        number = "".join(chr(0x6F0 + int(digit)) for digit in number)
    assert post.event(text.format(number), IMRAN) == "officer_taken"
    assert again(post, case).status == "in_progress"


@pytest.mark.parametrize(
    ("word", "words", "outcome", "proof"),
    [
        ("DONE", CLEANED, "relief_granted", "visit: by SMS"),
        ("DONE", "VISIT: the drain runs again", "relief_granted", "visit: by SMS"),
        ("MUKAMMAL", "Khatoon ko phone kiya, pani aa gaya", "relief_granted", "call: by SMS"),
        ("PART", "Called her: half the street is done", "partial_relief", "call: by SMS"),
        ("ADHOORA", "Aadhi gali ho gayi, mauqa dekha", "partial_relief", "visit: by SMS"),
    ],
)
def test_a_closing_keeps_how_the_officer_says_they_know_it(
    post: Post, case: Complaint, word: str, words: str, outcome: str, proof: str
) -> None:
    post.text(f"ACK {case.number} ¤", IMRAN)
    assert post.event(f"{word} {case.number} ¤ {words}", IMRAN) == "officer_done"
    last = rows(post, case)[-1]
    assert (last.act, last.note) == ("resolved", words)
    assert last.data is not None
    assert (last.data["outcome"], last.data["proof"]) == (outcome, proof)


@pytest.mark.parametrize(
    "words",
    [
        "Koi visit nahi kiya, umeed hai",
        "Visit nai kiya, umeed hai theek hoga",
        "Mauqe par koi nhi gaya abhi tak",
        "The drain runs again, I did not visit",
        "No visit was made, it should run again",
        "We have not yet called her about it",
        "Cleaned without a visit, should be fine",
        "Bina visit ke theek kar diya gaya hai",
        "Phone par baat nahi hui, umeed hai theek hai",
        "Baghair mauqa dekhe theek kar diya hai",
        "موقع پر کوئی نہیں گیا، امید ہے ٹھیک ہے",
        "بغیر معائنہ کے کام مکمل کر دیا گیا",
        "Visit nahi kiya aur call bhi nahi ki gayi",
    ],
)
def test_a_visit_or_a_call_that_is_denied_is_no_proof(post: Post, case: Complaint, words: str) -> None:
    post.text(f"ACK {case.number} ¤", IMRAN)
    before = again(post, case)
    for word in ("DONE", "PART"):
        said = post.text(f"{word} {case.number} ¤ {words}", IMRAN)
        assert said is not None
        assert said.event == "officer_proof"
        assert "VISIT" in said.body
        assert "CALL" in said.body
    assert again(post, case).version == before.version


@pytest.mark.parametrize(
    ("words", "proof"),
    [
        ("Mauqe par ja kar dekha, ab masla nahi raha", "visit: by SMS"),
        ("Visit nahi hua. Lekin kal shaam shehri ko call kiya", "call: by SMS"),
    ],
)
def test_a_no_about_something_else_leaves_the_proof(post: Post, case: Complaint, words: str, proof: str) -> None:
    post.text(f"ACK {case.number} ¤", IMRAN)
    assert post.event(f"DONE {case.number} ¤ {words}", IMRAN) == "officer_done"
    data = rows(post, case)[-1].data
    assert data is not None
    assert data["proof"] == proof


def test_a_case_is_passed_to_another_office_by_its_code_or_its_name_and_keeps_its_day(
    post: Post, case: Complaint
) -> None:
    assert post.event(f"PASS {case.number} ¤ police Lahore a gang took the pump", IMRAN) == "officer_passed"
    passed = again(post, case)
    assert (passed.desk, passed.due_on, passed.transfers) == ("police-lahore", case.due_on, 1)
    assert rows(post, case)[-1].note == "a gang took the pump"
    assert post.event(f"PASS {case.number} ¤ WASA-Lahore: it is a pipe after all", AKBAR) == "officer_passed"
    assert post.event(f"PASS {case.number} ¤ police-lahore it is not", IMRAN) == "officer_triage"
    assert (again(post, case).desk, again(post, case).status) == (None, "screening")
    assert post.event(f"PASS {case.number} ¤ water-lahore it is a pipe", TANVIR) == "officer_passed"
    assert (again(post, case).desk, again(post, case).status) == ("water-lahore", "assigned")


def test_who_does_not_know_whose_it_is_passes_it_to_triage(post: Post, case: Complaint) -> None:
    assert post.event(f"PASS {case.number} ¤ TRIAGE no pipe of ours is there", IMRAN) == "officer_triage"
    assert (again(post, case).desk, again(post, case).status) == (None, "screening")


def test_cases_lists_the_next_due_first_and_as_many_as_fit_one_text(post: Post) -> None:
    assert post.event("CASES", IMRAN) == "officer_none"
    filed = [file_one(post.database, category=f"mun0{at}", columns={"days": str(9 - at)})[0] for at in (1, 2, 3)]
    last = [
        tracking_number.format_number(each.number) for each in sorted(filed, key=lambda each: (each.due_on, each.id))
    ]
    body = post.says("cases", IMRAN)
    assert [body.index(each) for each in last] == sorted(body.index(each) for each in last)
    for at in range(9):
        file_one(post.database, AMIR, details=f"pipe {at}", category=f"mun0{at % 6 + 1}")
    changed(post, filed[2], private=True)
    body = post.says("CASES", IMRAN)
    assert gsm.parts(body) == 1
    with post.database.read.begin() as db:
        mine = db.scalars(select(func.count()).select_from(Complaint).where(Complaint.officer_id.is_not(None))).one()
    shown = body.count("-") // 2
    assert body.endswith(f" +{mine - shown}")
    assert shown >= 5


@pytest.mark.parametrize("language", ["en", "ur-Latn", "ur"])
def test_they_are_answered_in_their_own_language_and_in_few_parts(post: Post, case: Complaint, language: str) -> None:
    spoken(post.database, IMRAN, language=language)
    most = 2 if language == "ur" else 1
    for text in (
        "HELP",
        "CASES",
        "ACK {} ¤",
        "{}",
        "DONE {} ¤",
        f"DONE {{}} ¤ {CLEANED}",
        "ACK",
        "PASS {} ¤ nowhere why",
    ):
        assert gsm.parts(post.says(text.format(case.number), IMRAN)) <= most
    assert post.words.texts["officer_already"][language]
    assert ("یہ" in post.says(f"ACK {case.number} ¤", IMRAN)) is (language == "ur")


def test_the_number_of_a_case_alone_is_told_with_its_day(post: Post, case: Complaint) -> None:
    assert "due " in post.says(case.number, IMRAN)
    assert post.event(f"STATUS {case.number}", IMRAN) == "officer_case"
    assert post.event(f"{case.number} the pump is broken", IMRAN) == "officer_how"
    assert again(post, case).version == case.version


def test_officers_that_move_many_cases_in_an_hour_are_answered_each_time(post: Post) -> None:
    filed = [file_one(post.database, AMIR, details=f"pipe {at}", category=f"mun0{at + 1}")[0] for at in range(6)]
    post.wait(days=60)
    for each in filed:
        assert post.event(f"ACK {each.number} ¤", IMRAN) == "officer_taken"
        for words in ("one", "two", "three", "four"):
            assert post.event(f"LATE {each.number} ¤ the reason is number {words}", IMRAN) == "officer_replied"


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("DONE {} ¤", "officer_words"),
        ("DONE {} ¤ visit ok", "officer_words"),
        ("DONE {} ¤ " + "visit " * 20, "officer_words"),
        ("DONE {} ¤ the drain was cleaned", "officer_proof"),
        ("DONE {} ¤ visited it today, and it is not our work at all", "officer_not_ours"),
        ("ASK {} ¤", "officer_say"),
        ("LATE {} ¤", "officer_say"),
        ("LATE {} ¤ " + "x" * 91, "officer_say"),
        ("LATE {} ¤ the pump comes on Friday", "officer_in_time"),
        ("PASS {} ¤", "officer_office"),
        ("PASS {} ¤ nowhere it is theirs", "officer_office"),
        ("PASS {} ¤ water-lahore it is ours", "officer_office"),
        ("PASS {} ¤ police-lahore", "officer_say"),
        ("PASS {} ¤ TRIAGE", "officer_say"),
        ("ACK {} ¤ and 482719300", "officer_one"),
        ("ACK", "officer_how"),
        ("LATE the pump is broken", "officer_how"),
        ("ASK 482719304 where?", "status_mistyped"),
    ],
)
def test_what_an_act_lacks_is_said_and_nothing_is_done(post: Post, case: Complaint, text: str, event: str) -> None:
    post.text(f"ACK {case.number} ¤", IMRAN)
    before = again(post, case)
    assert post.event(text.format(case.number), IMRAN) == event
    assert again(post, case).version == before.version


def test_the_texts_name_the_bounds_that_the_life_cycle_has(post: Post) -> None:
    for text in post.words.texts["officer_words"].values():
        said = "".join(str(part) for part in text)
        assert str(SHIPPED_POLICY.life.words.least) in said
        assert str(SHIPPED_POLICY.life.words.most) in said


def test_a_case_is_taken_up_before_anything_is_said_of_it(post: Post, case: Complaint) -> None:
    assert post.event(f"DONE {case.number} ¤ {CLEANED}", IMRAN) == "officer_ack_first"
    assert post.event(f"ASK {case.number} ¤ where?", IMRAN) == "officer_ack_first"
    assert again(post, case).version == case.version


def test_what_was_closed_cannot_be_worked_on(post: Post, case: Complaint) -> None:
    post.text(f"ACK {case.number} ¤", IMRAN)
    post.text(f"DONE {case.number} ¤ {CLEANED}", IMRAN)
    for text in (
        "ACK {} ¤",
        "LATE {} ¤ soon",
        "PASS {} ¤ police-lahore theirs",
        "ASK {} ¤ where?",
        f"PART {{}} ¤ {CLEANED} now",
    ):
        assert post.event(text.format(case.number), IMRAN) == "officer_cannot", text
    assert again(post, case).status == "resolved_pending"


def test_a_late_case_first_needs_a_word_to_its_citizen_and_then_somebody_of_its_level(
    post: Post, case: Complaint
) -> None:
    post.text(f"ACK {case.number} ¤", IMRAN)
    late(post, case, 1)
    assert post.event(f"DONE {case.number} ¤ {CLEANED}", IMRAN) == "officer_late_first"
    assert post.event(f"LATE {case.number} ¤ the pump comes on Friday", IMRAN) == "officer_replied"
    assert post.event(f"DONE {case.number} ¤ {CLEANED}", IMRAN) == "officer_raised"
    assert post.event(f"DONE {case.number} ¤ {CLEANED}", FARZANA) == "officer_done"


def test_a_citizen_reads_that_a_case_is_late_only_when_it_is(post: Post, case: Complaint) -> None:
    post.text(f"ACK {case.number} ¤", IMRAN)
    heard = to(post, SARA)
    said = post.says(f"LATE {case.number} ¤ the pump comes on Friday", IMRAN)
    assert "it is not late: due " in said
    assert f"ASK {tracking_number.format_number(case.number)}" in said
    assert to(post, SARA) == heard
    post.wait(days=(case.due_on - post.now.date()).days + 1)
    assert post.event(f"LATE {case.number} ¤ the pump comes on Friday", IMRAN) == "officer_replied"
    assert post.event(f"LATE {case.number} ¤ the pump comes on Monday", IMRAN) == "officer_replied"


def test_a_citizen_is_asked_twice_at_most(post: Post, case: Complaint) -> None:
    post.text(f"ACK {case.number} ¤", IMRAN)
    for question in ("which street?", "which house?"):
        assert post.event(f"ASK {case.number} ¤ {question}", IMRAN) == "officer_asked"
        post.text(f"{case.number} Street 4 near {question}")
    assert post.event(f"ASK {case.number} ¤ which floor?", IMRAN) == "officer_asked_enough"


def test_a_colleagues_case_is_no_officers_but_a_supervisors(post: Post, case: Complaint) -> None:
    hire(post.database, "Bushra", phone=BUSHRA)
    spoken(post.database, BUSHRA)
    assert post.event(f"ACK {case.number} ¤", BUSHRA) == "officer_colleague"
    assert post.event(f"ACK {case.number} ¤", FARZANA) == "officer_taken"


def test_what_is_nobodys_is_the_first_officers_who_writes_ack(post: Post, case: Complaint) -> None:
    changed(post, case, officer_id=None)
    assert post.event(f"ACK {case.number} ¤", IMRAN) == "officer_taken"
    assert again(post, case).officer_id is not None


@pytest.mark.parametrize("status", ["in_progress", "waiting_citizen"])
def test_what_work_has_begun_on_without_anybody_is_taken_and_its_citizen_not_told_twice(
    post: Post, case: Complaint, status: str
) -> None:
    post.text(f"ACK {case.number} ¤", IMRAN)
    if status == "waiting_citizen":
        post.text(f"ASK {case.number} ¤ which street?", IMRAN)
    hire(post.database, "Bushra", phone=BUSHRA)
    spoken(post.database, BUSHRA)
    assert post.event(f"ACK {case.number} ¤", BUSHRA) == ("officer_colleague")
    before = again(post, case)
    changed(post, case, officer_id=None)
    heard = to(post, SARA)
    assert post.event(f"ACK {case.number} ¤", BUSHRA) == "officer_took_over"
    assert to(post, SARA) == heard
    after = again(post, case)
    assert (after.status, after.waiting_since, after.due_on) == (status, before.waiting_since, before.due_on)
    assert rows(post, case)[-1].staff_id == after.officer_id
    assert post.event(f"ACK {case.number} ¤", BUSHRA) == "officer_already"


def test_an_office_that_does_not_serve_the_place_is_not_passed_to(post: Post, case: Complaint) -> None:
    import_(post.database, WATER, DESK, POLICE.replace("lahore", "kasur"), POLICE_HQ)
    post.text(f"ACK {case.number} ¤", IMRAN)
    assert post.event(f"PASS {case.number} ¤ police-kasur theirs", IMRAN) == "officer_place"
    assert again(post, case).desk == "water-lahore"


def test_who_closed_it_before_does_not_get_it_again(post: Post, case: Complaint) -> None:
    post.text(f"ACK {case.number} ¤", IMRAN)
    post.text(f"DONE {case.number} ¤ {CLEANED}", IMRAN)
    assert post.event(f"REOPEN {case.number}") == "reopened"
    assert post.event(f"ACK {case.number} ¤", IMRAN) == "officer_closed_before"
    assert post.event(f"ACK {case.number} ¤", FARZANA) == "officer_taken"
