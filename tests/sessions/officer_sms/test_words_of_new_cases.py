"""The text that gives an officer a case has the citizen's words, as far as there is room and they may be read."""

from __future__ import annotations

from sqlalchemy import select

from flows.text import gsm
from sessions.cases.acts import hide_case
from sessions.messages.render_text import with_words
from storage.schema.tables import Complaint, OutboxMessage
from tests.sessions.filing import context, file_one, shipped
from tests.sessions.officer_sms.officers import IMRAN, changed, to
from tests.sessions.texter import AMIR, Post


def test_an_officer_reads_what_the_citizen_wrote_behind_the_text_of_a_new_case(post: Post) -> None:
    file_one(post.database, details="Gali 4 mein\n3 din se pani nahi")
    (told,) = to(post, IMRAN)
    assert told.startswith("New ") and told.endswith('\n"Gali 4 mein 3 din se pani nahi"')


def test_long_words_are_cut_between_words_to_what_two_sms_hold(post: Post) -> None:
    for phone, words in ((AMIR, "pani nahi aata " * 40), ("+923009999999", "پانی نہیں آتا " * 40)):
        file_one(post.database, phone, details=words)
        told = to(post, IMRAN)[-1]
        assert gsm.parts(told) == 2 and told.endswith('.."') and told.count(words.split()[0]) > 1


def test_numbers_and_names_of_the_citizen_are_not_texted(post: Post) -> None:
    file_one(post.database, details="My name is Sara Khan, call 0300-1234567, no water")
    (told,) = to(post, IMRAN)
    assert "Sara" not in told and "1234567" not in told and "no water" in told


def test_nothing_is_said_of_a_case_that_hides_its_subject(post: Post) -> None:
    file_one(post.database, details="Gali 4 mein pani nahi", private=True)
    (told,) = to(post, IMRAN)
    assert "pani" not in told and "Gali" not in told


def test_nothing_is_added_where_there_are_no_words_or_no_room() -> None:
    assert with_words(shipped(), "New.", Complaint(details=None, private=False)) == "New."
    full = "x" * 300
    assert with_words(shipped(), full, Complaint(details="no water", private=False)) == full


def test_what_still_waits_for_an_officer_is_rewritten_when_a_case_is_hidden(post: Post) -> None:
    filed, _ = file_one(post.database, details="Gali 4 mein pani nahi")
    with post.database.write.begin() as db:
        hide_case.hide(context(db, post.now), db.get_one(Complaint, filed.id))
    with post.database.read.begin() as db:
        (waits,) = db.scalars(select(OutboxMessage).where(OutboxMessage.event == "officer_new")).all()
    assert "pani" not in waits.body and "No/low water" not in waits.body and "¤¤¤¤" in waits.body


def test_what_still_waits_for_an_officer_who_had_a_case_is_rewritten_too(post: Post) -> None:
    filed, _ = file_one(post.database, details="Gali 4 mein pani nahi")
    changed(post, filed, officer_id=None)
    with post.database.write.begin() as db:
        hide_case.hide(context(db, post.now), db.get_one(Complaint, filed.id))
    (told,) = to(post, IMRAN)
    assert "pani" not in told and "No/low water" not in told
