"""A text of any length: all of it is stored, and only its first letters cost time to understand."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from flows.text.normalization import MOST_LETTERS, words
from flows.understanding import keyword_index
from flows.understanding.intents import understand
from storage.connection.database import Database
from storage.schema.tables import Complaint, Inbound
from tests.flows.library import shipped
from tests.limits.cost import cost
from tests.sessions.texter import Post

LONGEST = 14_000  # letters: more does not fit into the form of a callback
MOST_COST = 3.0  # a text of 14,000 letters against one of MOST_LETTERS
KINDS = {
    "a complaint": "pani nahi aa raha lahore mein gulberg ",
    "danger": "aag lagi hai bijli ka taar gira hai khoon ",
    "places": "Sadiqabad Rahim Yar Khan Chichawatni Toba ",
    "Urdu": "پانی نہیں آ رہا گلی میں بجلی کا تار گرا ہے ",
    "letters": "a b c d ",
    "keywords": "haan theek hai ok nahi 1 ",
    "numbers": "482719304 ",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_of_fourteen_thousand_letters_costs_no_more_than_its_beginning(database: Database, kind: str) -> None:
    post = Post(database)
    post.text("hello", phone="+923001111110")  # what is compiled once
    long = (KINDS[kind] * LONGEST)[:LONGEST]
    short, _ = cost(lambda: post.text(long[:MOST_LETTERS], phone="+923001111111"))
    whole, _ = cost(lambda: post.text(long, phone="+923001111112"))
    assert whole <= MOST_COST * short + 1
    with database.read() as db:
        assert db.scalars(select(Inbound).order_by(Inbound.id.desc())).first().text == long


def test_nothing_of_a_long_complaint_is_lost(database: Database) -> None:
    post = Post(database)
    said = f"pani nahi aa raha lahore mein {'gali mein kichar hai ' * 500}aur yeh akhri baat hai"
    post.text(said)
    with database.read() as db:
        assert db.scalars(select(Complaint)).one().details.endswith("aur yeh akhri baat hai")


def test_a_text_that_is_a_keyword_many_times_is_looked_at_once_for_each_keyword() -> None:
    known = keyword_index.index(tuple(shipped("by_text").keywords))
    said = [*(["haan", "ji", "1"] * 700), "xyzzy"]
    one, _ = cost(lambda: keyword_index.whole(said[:210], known))
    ten, found = cost(lambda: keyword_index.whole(said, known))
    assert found.intent == ""
    assert ten <= 30 * one + 0.5, "ten times the words take ten times as long, not a hundred"


def test_the_words_of_a_text_are_read_up_to_a_letter_and_all_that_follows_is_kept() -> None:
    said = "masla " + "a" * MOST_LETTERS + " akhir"
    assert max(word.end for word in words(said)) == MOST_LETTERS
    assert understand(said, shipped("by_text").keywords).rest.endswith(" akhir")
