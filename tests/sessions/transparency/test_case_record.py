"""LOG: what a citizen is told is on record, and whether it would notice a change."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from flows.text import gsm
from sessions.messages.render_text import render_values
from sessions.transparency.case_record import case_record
from sessions.transparency.log_publication import AT_ONCE
from storage.audit import audit_log
from storage.audit.entry import AuditActor, AuditEntry, staff_actor
from storage.connection.database import Database
from storage.schema.tables import Complaint, History
from storage.transparency import log_leaves
from storage.transparency.case_code import parse_case_code
from tests.sessions.filing import file_one
from tests.sessions.offices import settle
from tests.sessions.texter import AMIR, SARA, Post
from tests.sessions.transparency.logged import owner

pytestmark = pytest.mark.both_databases


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


def give_places(post: Post) -> None:
    with post.database.write.begin() as db:
        log_leaves.add_new_rows(db, post.now, AT_ONCE)


def code_in(words: str) -> str:
    return parse_case_code(words.split()[-1])


def read_by(post: Post, complaint: Complaint, actor: AuditActor, event: str = "case_opened") -> None:
    with post.database.write.begin() as db:
        audit_log.record(db, AuditEntry(event, actor, post.now, "case", complaint.number))


@pytest.mark.parametrize("words", ["LOG {}", "log {}", "{} LOG", "RECORD {}", "MERA RIKARD {}", "ریکارڈ {}", "{} لاگ"])
def test_a_citizen_asks_what_is_on_record(post: Post, words: str) -> None:
    complaint, _ = file_one(post.database)
    give_places(post)
    reply = post.text(words.format(complaint.number))
    assert reply is not None and reply.event == "log_is"
    assert code_in(reply.body)


def test_log_is_also_people_in_roman_urdu_and_then_asks_nothing(post: Post) -> None:
    assert post.event("log yahan 3 din se pyase hain, pani nahi aata", AMIR) != "log_is"
    file_one(post.database)
    give_places(post)
    assert post.event("LOG") == "log_is"  # alone, of the only complaint


def test_the_code_stays_until_there_is_a_new_step_and_tells_a_change_of_any_step(post: Post) -> None:
    complaint, _ = file_one(post.database)
    give_places(post)
    first = code_in(post.says(f"LOG {complaint.number}"))
    read_by(post, complaint, AuditActor("command", "root"))
    give_places(post)
    assert code_in(post.says(f"LOG {complaint.number}")) == first
    assert post.event(f"{complaint.number} the street is flooded now") == "details_added"
    give_places(post)
    second = code_in(post.says(f"LOG {complaint.number}"))
    assert second != first
    with owner(post.database) as db:
        step = db.scalars(select(History).where(History.complaint_id == complaint.id)).first()
        assert step is not None
        db.execute(update(History).where(History.id == step.id).values(actor="somebody"))
    post.wait(minutes=61)  # nobody is answered the same again and again
    assert code_in(post.says(f"LOG {complaint.number}")) not in (first, second)


def test_offices_that_looked_are_counted_once_each_and_reveals_as_often_as_they_were(post: Post) -> None:
    complaint, _ = file_one(post.database)
    other, _ = file_one(post.database, category="mun02")
    people = settle(post.database)
    readers = [people.id(name) for name in ("officer 1", "supervisor 1", "officer 3", "triage 1", "oversight 2")]
    for each in readers * 2:
        read_by(post, complaint, staff_actor(each, "officer"))
    read_by(post, complaint, AuditActor("command", "root"))
    read_by(post, other, AuditActor("command", "root"))
    for _ in range(2):
        read_by(post, complaint, staff_actor(readers[0], "officer"), "revealed")
    give_places(post)
    with post.database.read.begin() as db:
        found = case_record(db, db.get_one(Complaint, complaint.id))
        beside = case_record(db, db.get_one(Complaint, other.id))
    assert found is not None and (found.steps, found.offices, found.reveals) == (1, 3, 2)
    assert beside is not None and (beside.steps, beside.offices, beside.reveals) == (1, 1, 0)


def test_before_the_first_step_has_its_place_it_is_told_to_come_later(post: Post) -> None:
    complaint, _ = file_one(post.database)
    assert post.event(f"LOG {complaint.number}") == "log_later"


def test_anothers_case_is_as_unknown_as_no_case(post: Post) -> None:
    theirs, _ = file_one(post.database, AMIR)
    give_places(post)
    assert post.says(f"LOG {theirs.number}", SARA) == post.says(theirs.number, SARA)
    assert post.event(f"LOG {theirs.number}") == "status_missing"


@pytest.mark.parametrize("private", [False, True])
def test_what_is_told_fits_its_parts_and_says_nothing_of_the_matter(post: Post, private: bool) -> None:
    complaint, _ = file_one(post.database)
    complaint.private = private
    values = {"steps": "120", "offices": "12", "reveals": "12", "record": "7KQM-2X9D-PT4V"}
    for language, most in (("en", 1), ("ur-Latn", 1), ("ur", 2)):
        for event in ("log_is", "log_later"):
            body = render_values(post.words, event, language, complaint, tuple(values.items()))
            assert body is not None and gsm.parts(body) <= most, body
            assert "WASA" not in body
            assert event == "log_later" or "7KQM-2X9D-PT4V" in body
