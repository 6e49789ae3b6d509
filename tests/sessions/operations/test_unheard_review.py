"""Texts that nobody understood wait for a person, who files, answers or discards them, each once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import Actor, operator
from sessions.operations import unheard_review
from sessions.operations.unheard_review import Review, UnheardEntry
from sessions.sms import inbound_transaction
from storage.audit.entry import staff_actor
from storage.cases import complaints
from storage.connection.database import Database
from storage.messages.unheard_texts import MOST_TEXTS
from storage.schema.tables import Complaint, Inbound, OutboxMessage, Unheard
from tests.sessions.patience import patiently
from tests.sessions.test_statement_counts import heard
from tests.sessions.texter import AMIR, SARA, Post

pytestmark = pytest.mark.both_databases


@pytest.fixture
def post(database: Database) -> Post:
    post = Post(database)
    post.text("xyzzy plugh")
    post.text("foo quux")
    return post


def review(post: Post, actor: Actor | None = None) -> Review:
    published = post.texting.published("8484")
    assert published is not None
    who = actor or operator("Sara")
    return Review(post.database, post.now, who, published, post.policy, post.woken.extend, staff_actor(7, "publisher"))


def waiting(post: Post) -> list[UnheardEntry]:
    return unheard_review.list_unheard(post.database, 50)


def row(post: Post) -> Unheard:
    with post.database.read() as db:
        return db.scalars(select(Unheard)).one()


def test_all_texts_of_a_phone_are_one_row_with_its_number_masked(post: Post) -> None:
    post.text("blorp zork", AMIR)
    assert [(each.phone, each.reason, each.texts) for each in waiting(post)] == [
        (f"+92…{SARA[-3:]}", "repeated", ("xyzzy plugh", "foo quux")),
        (f"+92…{AMIR[-3:]}", "once", ("blorp zork",)),
    ]


def test_of_thousands_of_texts_of_one_phone_the_last_are_read_and_filed(post: Post) -> None:
    """A robot writes for days. Whatever it wrote is kept, and nobody has to load it."""
    with post.database.write.begin() as db:
        held = db.scalars(select(Unheard)).one()
        columns = ("provider_id", "text")
        for at in range(3000):
            usual = {"aggregator": "a", "phone": SARA, "short_code": "8484", "received_at": post.now, "state": "done"}
            db.add(Inbound(**usual, **dict.fromkeys(columns, f"robot {at}"), unheard_id=held.id))
        held.texts += 3000
    [entry] = waiting(post)
    assert entry.texts == tuple(f"robot {at}" for at in range(3000 - MOST_TEXTS, 3000))
    assert entry.earlier == 3002 - MOST_TEXTS
    filed = unheard_review.file_unheard(review(post), entry.id)
    assert isinstance(filed, Complaint)
    assert filed.details == "\n".join(entry.texts)


def test_a_list_of_many_phones_reads_the_texts_of_all_with_one_statement(post: Post) -> None:
    for each in range(12):
        post.text(f"blorp {each}", f"+92300765{each:04}")
    with heard(post.database) as asked:
        assert [each.texts for each in waiting(post)] == [
            ("xyzzy plugh", "foo quux"),
            *((f"blorp {each}",) for each in range(12)),
        ]
    assert sum("FROM inbound" in each for each in asked) == 1, asked


def test_filed_they_are_one_case_of_triage_in_the_name_of_who_did_it_and_the_phone_gets_its_number(
    post: Post,
) -> None:
    filed = unheard_review.file_unheard(review(post), waiting(post)[0].id)
    assert isinstance(filed, Complaint)
    assert (filed.office, filed.category, filed.details) == ("triage", None, "xyzzy plugh\nfoo quux")
    with post.database.read() as db:
        assert [step.actor for step in complaints.history(db, filed.id)] == ["Sara"]
        receipt = db.scalars(select(OutboxMessage).where(OutboxMessage.complaint_id == filed.id)).one()
    assert receipt.event == "received"
    assert receipt.id in post.woken
    assert (row(post).state, row(post).settled_by, row(post).complaint_id) == ("filed", "Sara", filed.id)
    assert waiting(post) == []


def test_an_answer_goes_to_the_phone_even_after_stop_and_is_kept(post: Post) -> None:
    post.text("STOP")
    unheard_review.answer_unheard(review(post), waiting(post)[0].id, "Masla aur jagah likh kar bhejein")
    with post.database.read() as db:
        text = db.scalars(select(OutboxMessage).where(OutboxMessage.event == "unheard_answer")).one()
    assert "Masla aur jagah likh kar bhejein" in text.body
    assert text.kind == "answer"
    assert (row(post).state, row(post).note) == ("answered", "Masla aur jagah likh kar bhejein")


def test_discarding_needs_a_reason(post: Post) -> None:
    one = waiting(post)[0].id
    assert isinstance(unheard_review.discard_unheard(review(post), one, " "), Refusal)
    unheard_review.discard_unheard(review(post), one, "only letters")
    assert (row(post).state, row(post).note, row(post).settled_by) == ("discarded", "only letters", "Sara")


@pytest.mark.parametrize("role", ["officer", "supervisor", "head", "oversight", "citizen"])
def test_nobody_else_settles_them(post: Post, role: str) -> None:
    other, one = review(post, operator("Bilal", role)), waiting(post)[0].id
    for done in (
        unheard_review.file_unheard(other, one),
        unheard_review.answer_unheard(other, one, "some words"),
        unheard_review.discard_unheard(other, one, "some reason"),
    ):
        assert isinstance(done, Refusal)
    assert row(post).state == "open"


def test_two_people_at_once_settle_it_once(post: Post) -> None:
    one = waiting(post)[0].id
    with ThreadPoolExecutor(4) as people:
        done = list(people.map(lambda _: patiently(lambda: unheard_review.file_unheard(review(post), one)), range(6)))
    assert len([each for each in done if isinstance(each, Complaint)]) == 1
    assert len(post.complaints()) == 1


@pytest.mark.parametrize("words", ["no", "x" * 91])
def test_an_answer_fits_into_one_sms(post: Post, words: str) -> None:
    assert isinstance(unheard_review.answer_unheard(review(post), waiting(post)[0].id, words), Refusal)


def test_what_comes_after_a_row_was_settled_is_a_row_of_its_own(post: Post) -> None:
    unheard_review.discard_unheard(review(post), waiting(post)[0].id, "only letters")
    post.wait(minutes=61)
    post.text("grault garply")
    assert [(each.reason, each.texts) for each in waiting(post)] == [("once", ("grault garply",))]


def test_a_text_that_could_not_be_handled_is_there_too(post: Post) -> None:
    with post.database.write.begin() as db:
        sms = Inbound(
            aggregator="a", provider_id="1", phone=AMIR, short_code="8484", text="odd one", received_at=post.now
        )
        db.add(sms)
        db.flush()
        failed = sms.id
    inbound_transaction.give_up(post.database, failed)
    assert ("failed", ("odd one",)) in [(each.reason, each.texts) for each in waiting(post)]
