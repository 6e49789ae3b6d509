"""A citizen texts while an office works on the same case."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from sessions.cases.access import acts_by_number
from sessions.cases.access.acts_by_number import ActRequest
from sessions.cases.core.actors import operator
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.messages.inbound_types import Sms
from sessions.sms import inbound_transaction
from storage.cases import complaints
from storage.connection.database import Database
from storage.retention import contact_data
from storage.schema.tables import Contact, Inbound, OutboxMessage
from tests.sessions.filing import enough, file_one
from tests.sessions.patience import patiently
from tests.sessions.texter import CODE, DONE, SARA, Post

pytestmark = pytest.mark.both_databases

FILES = "MASLA Lahore mein pani nahi aa raha"
TURNS = ("in_progress", "waiting_citizen", "in_progress", "resolved_pending")


def test_texts_and_moves_of_one_case_wait_for_each_other_and_none_is_lost(database: Database) -> None:
    post = Post(database)
    complaint, _ = file_one(database)

    def texted(at: int) -> None:
        sms = Sms("africastalking", f"race-{at}", SARA, CODE, f"{complaint.number} word{at}", post.now)
        patiently(lambda: post.texting.take(post.now, sms))

    def moved(at: int) -> None:
        request = ActRequest(database, post.now, operator("officer"), post.words, SHIPPED_POLICY)
        given = enough("resolved", words=DONE)
        patiently(lambda: acts_by_number.change_status(request, complaint.number, TURNS[at % 4], given))

    with ThreadPoolExecutor(8) as threads:
        done = [threads.submit(act, at) for at in range(16) for act in (texted, moved)]
    assert [each.exception() for each in done] == [None] * 32
    post.texting.left_over(post.now.replace(hour=23))
    assert sum(f"word{at}" in (post.complaints()[0].details or "") for at in range(16)) == 16
    with database.read() as db:
        versions = [row.version for row in complaints.history(db, complaint.id)]
    assert versions == list(range(1, post.complaints()[0].version + 1))


def test_an_sms_that_another_process_answered_meanwhile_does_nothing_more(database: Database) -> None:
    """The process that stored it still has its row as it was then, and has not begun to answer."""
    post = Post(database)
    stored = inbound_transaction.receive(database, post.now, Sms("at", "late", SARA, CODE, FILES, post.now))
    assert stored is not None
    post.wait(minutes=1)
    assert post.texting.left_over(post.now) == 1
    before = (post.count(OutboxMessage), len(post.complaints()), post.contact().complaints)
    post.texting.answer(post.now, stored.id, CODE, stored)
    assert (post.count(OutboxMessage), len(post.complaints()), post.contact().complaints) == before == (1, 1, 1)
    assert post.failures == []


def test_processes_that_answer_one_sms_at_the_same_moment_file_it_once(database: Database) -> None:
    post = Post(database)
    stored = inbound_transaction.receive(database, post.now, Sms("at", "raced", SARA, CODE, FILES, post.now))
    assert stored is not None
    with ThreadPoolExecutor(6) as threads:
        for _ in range(6):
            threads.submit(post.texting.answer, post.now, stored.id, CODE)
    post.wait(minutes=1)
    post.texting.left_over(post.now)
    assert (post.count(OutboxMessage), len(post.complaints()), len(post.woken)) == (1, 1, 1)


@pytest.mark.parametrize("is_kept", [True, False])
def test_an_sms_whose_sender_is_erased_before_its_answer_files_nothing_and_is_not_written_again(
    database: Database, is_kept: bool
) -> None:
    """Neither by the process that still has its row, nor by the sweep."""
    post = Post(database)
    post.text("HELP")
    sms = Sms("at", "late", SARA, CODE, f"{FILES} PIN 4821", post.now)
    stored = inbound_transaction.receive(database, post.now, sms)
    assert stored is not None
    number = stored.id
    with database.write.begin() as db:
        contact_data.erase_contact_data(db, post.contact().id, post.now)
    post.texting.answer(post.now, number, CODE, stored if is_kept else None)
    post.wait(minutes=1)
    assert post.texting.left_over(post.now) == 0
    assert post.failures == post.complaints() == []
    assert post.count(OutboxMessage) == post.count(Contact) == 1
    with database.read() as db:
        row = db.get_one(Inbound, number)
        assert (row.text, row.phone, row.state) == ("", "", "ignored")
