"""What complaints begin with is counted anew when the keywords or the example sentences change."""

from __future__ import annotations

from gateway.development.first_words import first_words
from gateway.flow_folder.product_files import MODEL
from sessions.cases.rules.first_words import shipped_first_words


def test_the_file_is_what_the_shipped_keywords_and_sentences_give() -> None:
    written = (MODEL / "first_words.csv").read_text(encoding="utf-8")
    assert written == first_words(), "run: python -m gateway.development.first_words"


def test_people_write_of_water_first() -> None:
    count, example = shipped_first_words()["pani"]
    assert count > 20
    assert example.startswith("pani")
