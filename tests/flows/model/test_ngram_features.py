"""What the model sees of a text: hashes of pieces of its words."""

from __future__ import annotations

from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.model.ngram_features import MOST, features
from flows.text.phonetics import consonants


def hashes(*pieces: str) -> frozenset[int]:
    return frozenset(crc32(piece.encode()) for piece in pieces)


def test_a_word_is_its_pieces_by_letters_and_by_consonants() -> None:
    by_letters = hashes("nal\n", " na", "nal", "al ", " nal", "nal ")
    assert features("Nal") == by_letters | hashes("~nl\n", "~ nl", "~nl ", "~ nl ")


def test_two_words_in_a_row_are_a_feature_and_a_question_is_one() -> None:
    single = features("nal") | features("band")
    assert features("nal, band!") == single | hashes("nal\nband", "~nl\n~bnd".replace("\n~", "\n"))
    asked = hashes("?\n", " ? ", "nal\n?")
    assert features("nal?") == features("nal") | asked == features("nal ؟")


def test_a_digit_is_a_zero_in_any_script_and_a_number_keeps_its_length() -> None:
    assert features("123") == features("۹۸۷") != features("12")
    assert features("482719300") >= hashes("000000000\n", "~000000000\n")


def test_spellings_and_keyboards_are_alike() -> None:
    assert features("PANI nhi") == features("pani nahin")
    assert features("كچرا") == features("کچرا")
    assert features("pani") & features("paani") >= hashes("~pn\n") <= features("پانی")


def test_only_so_much_of_a_text_is_read() -> None:
    assert features("a" * MOST + "b") == features("a" * MOST) != features("a" * (MOST - 1))


def test_nothing_has_the_features_of_nothing() -> None:
    assert features("") == features("!!") == hashes("")


@given(st.text())
def test_any_text_has_features_of_32_bits(text: str) -> None:
    assert all(0 <= key < 2**32 for key in features(text))


@pytest.mark.parametrize(
    ("word", "heard"),
    [
        ("pani", "pn"),
        ("paani", "pn"),
        ("پانی", "pn"),
        ("school", "skl"),
        ("skool", "skl"),
        ("اسکول", "skl"),
        ("kachra", "kcr"),
        ("kchra", "kcr"),
        ("کچرا", "kcr"),
        ("catch", "kc"),
        ("phone", "fn"),
        ("فون", "fn"),
        ("police", "pls"),
        ("پولیس", "pls"),
        ("city", "st"),
        ("cycle", "skl"),
        ("station", "stsn"),
        ("tax", "tks"),
        ("quetta", "kt"),
        ("gutter", "gtr"),
        ("گٹر", "gtr"),
        ("hawai", ""),
        ("0042", "0042"),
    ],
)
def test_consonants_are_what_spellings_and_scripts_share(word: str, heard: str) -> None:
    assert consonants(word) == heard


def test_every_urdu_letter_is_a_consonant_or_left_out() -> None:
    assert [consonants(letter) for letter in "بپتٹطجچدڈرڑزذضظژسصثشفقکخگغلمنںاوہیےئءعھح"] == [
        *"bptttjcddrrzzzzzssssfkkkgglmnn",
        *[""] * 10,
    ]
