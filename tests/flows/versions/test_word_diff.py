"""Of a text that was changed, each word is told as the same, gone or new."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flows.versions.word_diff import Piece, diff_words

TEXTS = st.text("ab {}.é\nپانی", max_size=40)


def test_only_the_words_that_changed_are_marked() -> None:
    assert diff_words("New complaint here", "New grievance here") == (
        Piece("same", "New "), Piece("gone", "complaint"), Piece("new", "grievance"), Piece("same", " here"),
    )  # fmt: skip


def test_a_variable_is_one_word() -> None:
    assert Piece("gone", "{district}") in diff_words("In {district} now", "In {province} now")


def test_words_side_by_side_that_all_changed_are_one_piece() -> None:
    assert diff_words("My old words", "Her new text") == (Piece("gone", "My old words"), Piece("new", "Her new text"))


def test_nothing_is_the_same_as_nothing() -> None:
    assert diff_words("", "") == ()
    assert diff_words("", "new") == (Piece("new", "new"),)
    assert diff_words("old", "") == (Piece("gone", "old"),)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_off_the_pieces(before: str, after: str) -> None:
    found = diff_words(before, after)
    assert "".join(each.words for each in found if each.became != "new") == before
    assert "".join(each.words for each in found if each.became != "gone") == after
