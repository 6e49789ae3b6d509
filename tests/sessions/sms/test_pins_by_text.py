"""A PIN by SMS: set, changed, needed for hidden cases, and one answer to whoever has not got it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from flows.text import tracking_number
from sessions.cases.core import own_cases
from storage.cases import contacts
from storage.connection.database import Database
from storage.schema.tables import Complaint, Inbound, Question
from tests.sessions.cases.test_pins import compared
from tests.sessions.filing import file_one
from tests.sessions.test_statement_counts import heard
from tests.sessions.texter import AMIR, SARA, Post

pytestmark = pytest.mark.both_databases

PIN, WRONG = "4826", "9517"


def body(post: Post, words: str, phone: str = SARA) -> str:
    said = post.text(words, phone)
    assert said is not None, words
    return said.body


def now_of(database: Database, complaint: Complaint) -> Complaint:
    with database.read() as db:
        found = db.get_one(Complaint, complaint.id)
        db.expunge(found)
        return found


@pytest.mark.parametrize(
    ("language", "needed", "given", "sure"),
    [
        ("en", "send it again with your PIN", "The clerk came again PIN 4826", "your words were added"),
        ("ur", "اپنے پن کے ساتھ دوبارہ بھیجیں", "کلرک پھر آیا تھا پن ۴۸۲۶", "لکھ دیا"),
    ],
)
def test_a_conversation_about_a_hidden_case(
    database: Database, language: str, needed: str, given: str, sure: str
) -> None:
    post = Post(database)
    mine, _ = file_one(database, language=language, private=True)
    assert "PIN" in body(post, "PIN 4826") or language == "ur"
    words = given.partition("PIN")[0].partition("پن")[0].strip()
    assert needed in body(post, f"{mine.number} {words}")
    assert words not in (now_of(database, mine).details or "")
    body(post, f"{mine.number} {given}")
    assert words in (now_of(database, mine).details or "")
    with database.read() as db:
        stored = db.scalars(select(Inbound)).all()
        assert [sms for sms in stored if "4826" in sms.text or "۴۸۲۶" in sms.text] == []
    assert now_of(database, mine).version >= 2


def test_unknown_numbers_those_of_others_and_wrong_pins_get_the_same_bytes(database: Database) -> None:
    post = Post(database)
    mine, _ = file_one(database, private=True)
    plain, _ = file_one(database, details="another thing", category="mun02")
    theirs, _ = file_one(database, AMIR, private=True)
    body(post, f"PIN {PIN}")
    absent = tracking_number.make(90_000_007)
    said = {
        body(post, f"{number} PIN {WRONG}").replace(tracking_number.format_number(number), "#")
        for number in (mine.number, plain.number, theirs.number, absent)
    }
    assert len(said) == 1
    for at in range(2):
        last = body(post, f"{mine.number} more words PIN 95{at}7")
    assert "Too many wrong PINs" in last
    assert "Too many wrong PINs" in body(post, f"{theirs.number} PIN {WRONG}")
    assert now_of(database, mine).details == mine.details


def test_wrong_pins_unknown_numbers_and_those_of_others_ask_the_same_of_the_database_and_of_argon2(
    database: Database,
) -> None:
    """So that their times tell nothing; and once the phone is locked, a guess costs no comparison."""
    post = Post(database)
    mine, _ = file_one(database, private=True)
    theirs, _ = file_one(database, AMIR, private=True)
    absent = tracking_number.make(90_000_007)
    body(post, f"PIN {PIN}")
    body(post, f"{absent} PIN {WRONG}")
    for comparisons in (1, 0):
        asked = []
        for number in (mine.number, theirs.number, absent):
            with heard(database) as statements, compared() as pins:
                body(post, f"{number} PIN {WRONG}")
            assert len(pins) == comparisons
            asked.append(statements)
        assert asked[0] == asked[1] == asked[2]
        body(post, f"{absent} PIN {WRONG} again")  # the fifth


def test_what_withdraws_or_answers_a_hidden_case_needs_the_pin_and_its_state_does_not(database: Database) -> None:
    post = Post(database)
    mine, _ = file_one(database, private=True)
    body(post, f"PIN {PIN}")
    assert "PIN" not in body(post, mine.number)
    assert "with your PIN" in body(post, f"WITHDRAW {mine.number}")
    body(post, f"WITHDRAW {mine.number} PIN {PIN}")
    assert "with your PIN" in body(post, "1")
    assert now_of(database, mine).status != "withdrawn"
    with database.read() as db:
        asked = db.scalars(select(Question.number).where(Question.kind == "withdraw")).one()
    assert "with your PIN" in body(post, str(asked))
    body(post, f"{asked} PIN {PIN}")
    assert now_of(database, mine).status == "withdrawn"


def test_a_pin_is_changed_by_who_knows_it(database: Database) -> None:
    post = Post(database)
    mine, _ = file_one(database, private=True)
    assert "is set" in body(post, f"PIN {PIN}")
    assert "no complaint with this number or PIN" in body(post, f"PIN {WRONG} 8053")
    assert "is set" in body(post, f"PIN {PIN} 8053")
    body(post, f"{mine.number} More words here PIN 8053")
    assert "More words here" in (now_of(database, mine).details or "")


def test_an_easy_pin_is_refused_and_a_known_one_is_told_how_it_changes(database: Database) -> None:
    post = Post(database)
    file_one(database)  # it speaks English
    assert "not 1234" in body(post, "PIN 1234")
    assert "is set" in body(post, f"PIN {PIN}")
    assert "already" in body(post, f"PIN {PIN}")


@pytest.mark.parametrize("words", ["PIN", "pin", "PIN kya hai", "pin bhool gayi", "پن"])
def test_the_word_alone_is_told_how_and_files_nothing(database: Database, words: str) -> None:
    said = Post(database).text(words)
    assert said is not None
    assert said.event == "pin_how"


def test_words_of_danger_are_never_held_up_by_a_pin(database: Database) -> None:
    post = Post(database)
    file_one(database, private=True)
    body(post, f"PIN {PIN}")
    assert "15" in body(post, "bachao mujhe maar raha hai")


@pytest.mark.parametrize(
    ("asks", "sure"),
    [("NEW NUMBER", "new number yes"), ("naya number", "Naya number haan ji"), ("نیا نمبر", "نیا نمبر ہاں")],
)
def test_a_number_is_said_to_be_new_twice_before_anything_goes(database: Database, asks: str, sure: str) -> None:
    post = Post(database)
    mine, _ = file_one(database)
    for _ in range(2):
        said = post.text(asks)
        assert said is not None
        assert said.event == "new_holder_ask"
        assert len(own_numbers(database)) == 1
    said = post.text(sure)
    assert said is not None
    assert said.event == "new_holder_ok"
    assert tracking_number.format_number(mine.number) not in body(post, "STATUS")


def test_a_phone_with_a_pin_is_new_to_who_has_the_pin_or_says_that_they_have_none(database: Database) -> None:
    post = Post(database)
    file_one(database)
    body(post, f"PIN {PIN}")
    events = [said.event for each in ("YES", f"YES PIN {WRONG}") if (said := post.text(f"NEW NUMBER {each}"))]
    assert events == ["new_holder_pin", "pin_missing"]
    assert len(own_numbers(database)) == 1
    said = post.text("NEW NUMBER NO PIN")
    assert said is not None
    assert said.event == "new_holder_ok"
    file_one(database, AMIR)
    body(post, f"PIN {PIN}", AMIR)
    known = post.text(f"naya number haan PIN {PIN}", AMIR)
    assert known is not None
    assert known.event == "new_holder_ok"
    assert own_numbers(database) == own_numbers(database, AMIR) == []


def own_numbers(database: Database, phone: str = SARA) -> list[str]:
    """What the contact that has this phone filed."""
    with database.read() as db:
        contact = contacts.find(db, phone)
        assert contact is not None
        return [each.number for each in own_cases.latest(db, contact, 10)]
