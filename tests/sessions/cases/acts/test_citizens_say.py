"""What a citizen says of an office's work by keys alone: solved, not solved and why, appealed, taken back, pressed."""

from __future__ import annotations

import datetime as dt

import pytest
from msgspec.structs import replace
from sqlalchemy import update

from flows.cases.lifecycle_rules import TransitionInput
from flows.text.tracking_number import format_number
from sessions.cases.access import acts_by_number
from sessions.cases.access.acts_by_number import ActRequest
from sessions.cases.core.act_record import ActResult
from sessions.cases.core.actors import Actor
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from storage.cases import complaints as stored
from storage.connection.database import Database
from storage.schema.tables import Complaint
from tests.sessions.calls import CODE, NEW_CALLER, NOW, Line, Phone, complaints

LATER = NOW + dt.timedelta(hours=3)


@pytest.fixture
def phone(line: Line) -> Phone:
    """Somebody who filed a complaint, in Roman Urdu."""
    phone = Phone(line)
    phone.walk(NEW_CALLER)
    phone.now = LATER
    return phone


def the(database: Database) -> Complaint:
    [complaint] = complaints(database)
    return complaint


def acts(database: Database) -> list[tuple[str, str]]:
    with database.read() as db:
        return [(row.act, row.status) for row in stored.history(db, the(database).id)]


def told(line: Line, *moved: Move) -> None:
    """The office does its part."""
    texts = line.shelf.for_code(CODE)
    assert texts is not None
    for target, note, given, role in moved:
        request = ActRequest(line.database, LATER, Actor("Sara", role), texts.flow, SHIPPED_POLICY)
        number = the(line.database).number
        done = acts_by_number.change_status(request, number, target, replace(given, words=note))
        assert isinstance(done, ActResult), done


Move = tuple[str, str, TransitionInput, str]
MENDED = "Pipe mended in your street yesterday"
STARTED: Move = ("in progress", "", TransitionInput(), "officer")
SOLVED: Move = ("resolved", MENDED, TransitionInput(outcome="relief_granted", proof="visit"), "officer")
NOT_POSSIBLE: Move = (
    "refused",
    "No line may be laid on this land",
    TransitionInput(reason="law_forbids"),
    "supervisor",
)
SOLVED_ABOVE: Move = (*SOLVED[:3], "supervisor")


def mine(phone: Phone, *keys: str) -> str:
    """My complaints, the first of them, and what is typed then."""
    phone.dial()
    phone.type("2")
    shown = phone.type("1")
    for key in keys:
        shown = phone.type(key)
    return shown


def test_solved_counts_only_when_the_citizen_says_so(line: Line, phone: Phone, database: Database) -> None:
    told(line, STARTED, SOLVED)
    assert the(database).status == "resolved_pending"
    assert "Hua?" in mine(phone)
    assert mine(phone, "1").startswith("END ")
    assert the(database).status == "closed_confirmed"


@pytest.mark.parametrize(("answer", "keys"), [(SOLVED, ("2", "1")), (NOT_POSSIBLE, ("1",))])
def test_words_that_the_citizen_did_not_accept_are_not_texted_again_by_who_has_it_next(
    line: Line, phone: Phone, database: Database, answer: Move, keys: tuple[str, ...]
) -> None:
    told(line, STARTED, answer)
    assert the(database).note == answer[1]
    mine(phone, *keys)
    assert the(database).status in ("reopened", "assigned", "appealed")
    assert the(database).note is None
    with database.read() as db:
        assert answer[1] in [row.note for row in stored.history(db, the(database).id)]


@pytest.mark.parametrize("key", ["2", "3"])
def test_not_solved_asks_why_once_and_goes_one_level_higher(
    line: Line, phone: Phone, database: Database, key: str
) -> None:
    told(line, STARTED, SOLVED)
    assert "Kyun nahi?" in mine(phone, key)
    assert mine(phone, key, "1").startswith("END ")
    complaint = the(database)
    assert (complaint.level, complaint.reopenings) == (1, 1)
    assert complaint.status in ("reopened", "assigned")
    with database.read() as db:
        [opened] = [row for row in stored.history(db, complaint.id) if row.act == "reopened"]
    assert "nothing_done" in f"{opened.note} {opened.data}"


def test_a_refusal_can_be_appealed(line: Line, phone: Phone, database: Database) -> None:
    told(line, STARTED, NOT_POSSIBLE)
    assert "Appeal?" in mine(phone)
    assert mine(phone, "1").startswith("END ")
    assert the(database).status == "appealed"


def test_a_refusal_can_be_accepted(line: Line, phone: Phone, database: Database) -> None:
    told(line, STARTED, NOT_POSSIBLE)
    mine(phone, "2")
    assert the(database).status == "closed_confirmed"


def test_who_takes_it_back_is_asked_once_more(line: Line, phone: Phone, database: Database) -> None:
    assert "wapis leni hai?" in mine(phone, "4")
    assert the(database).status == "received"
    mine(phone, "4", "1")
    assert the(database).status == "withdrawn"


def test_who_is_pressed_keeps_it_open_and_the_screen_tells_nobody(line: Line, phone: Phone, database: Database) -> None:
    asked = mine(phone, "4")
    assert "9" not in asked.replace(format_number(the(database).number), "")
    pressed, shown = mine(phone, "4", "9"), mine(phone)
    assert the(database).status == "received"
    assert ("pressed", "received") in acts(database)
    with database.write.begin() as db:  # the same complaint, taken back in earnest
        db.execute(update(Complaint).values(status="withdrawn", coerced=False))
    assert mine(phone) == shown  # who looks over the shoulder sees the same ever after
    with database.write.begin() as db:
        db.execute(update(Complaint).values(status="received"))
    assert mine(phone, "4", "1") == pressed


def test_a_closed_complaint_is_opened_again_twice_and_then_appealed(
    line: Line, phone: Phone, database: Database
) -> None:
    told(line, STARTED, SOLVED)
    mine(phone, "1")
    assert mine(phone, "1", "1").startswith("END ")
    assert the(database).reopenings == 1
    told(line, ("assigned", "", TransitionInput(), "supervisor"), STARTED, SOLVED_ABOVE)
    mine(phone, "2", "1")
    assert the(database).reopenings == 2


def test_the_same_key_twice_is_done_once(line: Line, phone: Phone, database: Database) -> None:
    told(line, STARTED, SOLVED)
    first = mine(phone, "2", "1")
    assert phone.again() == first
    phone.line.hops = line.process()
    assert phone.again() == first
    assert [act for act, _ in acts(database)].count("reopened") == 1
