"""Citizens read plain words: English of the first school years, one word for one thing, and nobody taken for a man."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from flows.menu.model import Flow
from tests.flows.library import shipped
from tests.flows.plain_words import citizen_texts, grade

FLOWS = ("complaints", "by_text", "power_cut", "survey")
LANGUAGES = ("en", "ur-Latn", "ur")
HARDEST, HARDEST_TEXT, SHORT = 3.0, 9.0, 6  # grades of a flow and of a text; texts of so few words have no grade
PAGE = Path(__file__).parents[2] / "flows" / "library" / "README.md"
# Forms that only a man says of himself, or that are only said to men.
MASCULINE = {
    "ur-Latn": r"\b(karta|jata|chahta|deta|karoon ga|karunga|jaunga|akele|ginay gaye) (hoon|hain|hai)?\b",
    "ur": "کروں گا|کرتا ہوں|چاہتا ہوں|جاؤں گا|اکیلے",
}


@cache
def flow(name: str) -> Flow:
    return shipped(name)


@cache
def terms() -> dict[str, list[tuple[list[str], list[str]]]]:
    """From the table of words: by language, what is said and what is never said for it."""
    rows = [
        [cell.strip() for cell in line.strip("| ").split(" | ")]
        for line in PAGE.read_text(encoding="utf-8")
        .split("## One word for one thing")[1]
        .split("\n## ")[0]
        .splitlines()
        if line.startswith("| ") and not line.startswith(("| thing", "| ---"))
    ]
    return {
        language: [(_words(row[at]), _words(row[at + 3])) for row in rows] for at, language in enumerate(LANGUAGES, 1)
    }


def _words(cell: str) -> list[str]:
    return [word.strip() for word in cell.split(",") if word.strip() not in ("", "–")]


def says(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) is not None


def test_the_grade_is_that_of_flesch_and_kincaid() -> None:
    assert grade("The cat sat on the mat.") == pytest.approx(-1.45, abs=0.01)
    assert grade("The Australian platypus is seemingly a hybrid of a mammal and reptilian creature.") > 9


@pytest.mark.parametrize("name", FLOWS)
def test_english_is_that_of_the_first_school_years(name: str) -> None:
    texts = {place: text for place, text in citizen_texts(flow(name), "en") if len(text.split()) >= SHORT}
    assert grade(". \n".join(texts.values())) <= HARDEST
    hard = {place: round(grade(text), 1) for place, text in texts.items() if grade(text) > HARDEST_TEXT}
    assert hard == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FLOWS)
def test_no_text_has_another_word_for_a_thing_that_has_one(name: str, language: str) -> None:
    found = [
        f"{place}: {other} (say {', '.join(own)}): {text}"
        for place, text in citizen_texts(flow(name), language)
        for own, others in terms()[language]
        for other in others
        if says(text, other)
    ]
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_table_is_read_somewhere(language: str) -> None:
    texts = " ".join(text for name in FLOWS for _, text in citizen_texts(flow(name), language))
    assert [word for own, _ in terms()[language] for word in own if not says(texts, word)] == []


@pytest.mark.parametrize("language", sorted(MASCULINE))
@pytest.mark.parametrize("name", FLOWS)
def test_no_text_takes_its_reader_for_a_man(name: str, language: str) -> None:
    texts = citizen_texts(flow(name), language)
    assert [place for place, text in texts if re.search(MASCULINE[language], text, re.IGNORECASE)] == []
