"""Words as they are compared, in scripts whose vowels are marks on their letters."""

from __future__ import annotations

import pytest

from flows.text.normalization import normalize_keyword


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("भाषा", ("भाषा",)),  # a vowel sign is a part of its word: no letter, and no end of it
        ("मत भेजो", ("मत", "भेजो")),
        ("क़लम", ("कलम",)),  # many leave out the dot of borrowed letters
        ("নেই", ("নেই",)),
        ("ਬੈਲੇਂਸ", ("ਬੈਲੇਸ",)),
    ],
)
def test_words_of_south_asian_scripts_are_whole(typed: str, words: tuple[str, ...]) -> None:
    assert normalize_keyword(typed) == words


def test_vowel_signs_tell_words_apart() -> None:
    assert normalize_keyword("हाल") != normalize_keyword("हल")


@pytest.mark.parametrize("mark", ["\u064e", "\u065a", "\u065b", "\u065c", "\u0610", "\u06d6", "\u06dd"])
def test_marks_of_arabic_script_change_no_word(mark: str) -> None:
    assert normalize_keyword(f"پا{mark}نی{mark}") == ("پانی",)
