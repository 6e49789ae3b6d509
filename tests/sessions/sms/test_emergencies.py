"""Danger by SMS: urgent from the first minute, whatever it is about; in doubt the number comes before the question."""

import pytest
from msgspec.structs import replace

from flows.understanding.text_model import Prediction, TextModel
from storage.connection.database import Database
from tests.flows.library import shipped_model
from tests.sessions.texter import Post


class Anxious(TextModel):
    """The model that ships, in whose eyes everything may be danger."""

    def __init__(self) -> None:
        shipped = shipped_model()
        self.__dict__.update(shipped.__dict__)

    def predict(self, text: str) -> Prediction:
        return replace(super().predict(text), danger=0.99)


@pytest.fixture
def anxious(database: Database) -> Post:
    return Post(database, model=Anxious())


def test_words_of_danger_without_a_kind_are_urgent_at_triage_and_stay_so_when_the_place_is_known(
    database: Database,
) -> None:
    post = Post(database)
    assert post.event("saanp ne kaat liya hai jaldi aao") == "emergency_place"
    (filed,) = post.complaints()
    assert (filed.category, filed.office, filed.urgent, filed.limit_days) == (None, "triage", True, 1)
    post.text("Multan")
    (filed,) = post.complaints()
    assert (filed.district, filed.urgent, filed.limit_days) == ("multan", True, 1)


def test_danger_whose_place_is_told_at_once_is_as_urgent(database: Database) -> None:
    post = Post(database)
    assert post.event("ghar mein aag lagi hai Lahore") == "emergency"
    (filed,) = post.complaints()
    assert (filed.district, filed.urgent, filed.limit_days) == ("lahore", True, 1)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("No water in our street since Monday", "15 (police)"),
        ("hamari gali mein kachra para hai koi nahi uthata", "15 (police)"),
        ("ہماری گلی میں تین دن سے پانی نہیں آ رہا", "15 (پولیس)"),
    ],
)
def test_what_only_the_model_takes_for_danger_is_told_a_number_and_understood_as_ever(
    anxious: Post, words: str, number: str
) -> None:
    reply = anxious.text(words)
    assert reply is not None and number in reply.body
    (filed,) = anxious.complaints()
    assert filed.category is not None


def test_a_number_comes_before_the_question_about_the_kind(anxious: Post) -> None:
    body = anxious.says("bohat bura haal hai humari basti ka khuda ke liye")
    assert body.startswith("Khatra ho to abhi 15") and "Masla kya hai?" in body
    (filed,) = anxious.complaints()
    assert filed.category is None and filed.urgent


def test_what_follows_a_danger_that_only_the_model_saw_goes_with_its_case_once_nothing_is_asked(anxious: Post) -> None:
    anxious.text("hamari basti ka bohat bura haal hai Multan")
    anxious.text("Kuch aur")
    assert anxious.event("jaldi aayen") == "emergency"
    (filed,) = anxious.complaints()
    assert "jaldi aayen" in (filed.details or "")
