"""Room and parts, against the cases of aggregators' documents and against a packer too plain to be wrong."""

from __future__ import annotations

import timeit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.text import gsm

# Letters where packing goes wrong most: one and two septets, one and two UTF-16 units, and plain Unicode.
LETTERS = st.one_of(
    st.sampled_from("aA1 \n@é€{}[]\\~|^\f"), st.sampled_from("شبã`…\u200c"), st.sampled_from("😀🏽𝄞"), st.characters()
)
GSM_TEXTS = st.lists(st.sampled_from(gsm.BASIC + gsm.EXTENSION), max_size=700).map("".join)
ANY_TEXTS = st.lists(LETTERS, max_size=400).map("".join)
PACKED = st.lists(st.sampled_from("aaaa€"), min_size=140, max_size=700).map("".join)
EMOJI = st.lists(st.sampled_from("شششش😀"), min_size=60, max_size=400).map("".join)
TEXTS = st.one_of(GSM_TEXTS, ANY_TEXTS, PACKED, EMOJI)


def widths(text: str) -> tuple[str, list[int]]:
    """Encoding and the units of each character, letter by letter."""
    if all(letter in gsm.BASIC + gsm.EXTENSION for letter in text):
        return "GSM-7", [2 if letter in gsm.EXTENSION else 1 for letter in text]
    return "UCS-2", [2 if ord(letter) > 0xFFFF else 1 for letter in text]


def packed(text: str) -> list[str]:
    """The parts, letter by letter."""
    encoding, units = widths(text)
    single, room = {"GSM-7": (160, 153), "UCS-2": (70, 67)}[encoding]
    if sum(units) <= single:
        return [text]
    parts, used = [""], 0
    for letter, wide in zip(text, units, strict=True):
        if used + wide > room:
            parts.append("")
            used = 0
        parts[-1] += letter
        used += wide
    return parts


CASES = [
    ("", "GSM-7", 0, 1),
    ("a" * 160, "GSM-7", 160, 1),
    ("a" * 161, "GSM-7", 161, 2),
    ("a" * 306, "GSM-7", 306, 2),
    ("a" * 307, "GSM-7", 307, 3),
    ("é" * 160, "GSM-7", 160, 1),
    ("€" * 80, "GSM-7", 160, 1),
    ("€" * 81, "GSM-7", 162, 2),
    ("a" * 159 + "€", "GSM-7", 161, 2),
    ("a" * 152 + "{" + "a" * 152, "GSM-7", 306, 3),
    ("a" * 152 + "€" + "a" * 151, "GSM-7", 305, 2),
    ("^{}\\[~]|€\f", "GSM-7", 20, 1),
    ("ش" * 70, "UCS-2", 70, 1),
    ("ش" * 71, "UCS-2", 71, 2),
    ("ش" * 134, "UCS-2", 134, 2),
    ("ش" * 135, "UCS-2", 135, 3),
    ("😀" * 35, "UCS-2", 70, 1),
    ("😀" * 36, "UCS-2", 72, 2),
    ("😀" * 66, "UCS-2", 132, 2),
    ("😀" * 67, "UCS-2", 134, 3),
    ("ش" * 66 + "😀" + "ش" * 66, "UCS-2", 134, 3),
    ("a" * 69 + "`", "UCS-2", 70, 1),
    ("a" * 70 + "ç", "UCS-2", 71, 2),
    ("a\x1bb", "UCS-2", 3, 1),
    ("\t", "UCS-2", 1, 1),
    ("\ud83d", "UCS-2", 1, 1),
]


@pytest.mark.parametrize(("text", "encoding", "units", "parts"), CASES)
def test_known_texts_take_the_documented_room(text: str, encoding: str, units: int, parts: int) -> None:
    assert gsm.measure(text) == gsm.Measure(encoding, units)  # type: ignore[arg-type]
    assert gsm.parts(text) == parts
    assert len(gsm.split(text)) == parts


@given(TEXTS)
def test_measure_counts_as_letter_by_letter_counting_does(text: str) -> None:
    encoding, units = widths(text)
    assert gsm.measure(text) == gsm.Measure(encoding, sum(units))  # type: ignore[arg-type]


@given(TEXTS)
@example("a" * 152 + "€€" + "a" * 150)
@example("ش" * 66 + "😀😀" + "ش" * 64)
def test_parts_are_packed_as_letter_by_letter_packing_does(text: str) -> None:
    assert gsm.split(text) == packed(text)
    assert gsm.parts(text) == len(packed(text))


@given(TEXTS)
def test_parts_join_to_the_text_and_each_fits(text: str) -> None:
    size, parts = gsm.measure(text), gsm.split(text)
    room = gsm.SINGLE if len(parts) == 1 else gsm.PART
    assert "".join(parts) == text
    assert all(sum(widths(part)[1]) <= room[size.encoding] for part in parts)


@given(TEXTS)
def test_a_text_is_ucs2_exactly_when_a_character_flips_it(text: str) -> None:
    outside = gsm.flips(text)
    assert bool(outside) == (gsm.measure(text).encoding == "UCS-2")
    assert len(set(outside)) == len(outside)


def test_flips_names_each_character_once_in_the_order_first_seen() -> None:
    assert gsm.flips("“Zila” – کیا؟ “ok” é") == ("“", "”", "–", "ک", "ی", "ا", "؟")


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("“It’s” – ‘ok’ — wait…", "\"It's\" - 'ok' - wait..."),
        ("a\u00a0b\u2009c\td", "a b c d"),
        ("a\u200bb\u200cc\ufeffd\u200ee", "abcde"),
        ("`x` • y", "'x' - y"),
        ("one\u2028two", "one\ntwo"),
        ("a\x1bb\x00", "ab"),
        ("é ü Ω € [ok]", "é ü Ω € [ok]"),
        ("“شکایت”", '"شکایت"'),
        ("façade", "façade"),  # an accent is spelling
        ("Rs ۵۰۰، ۳٪ kam؟", "Rs 500, 3% kam?"),
        ("½ kilo, ₨ 20 × 3", "1/2 kilo, Rs 20 x 3"),
        ("№ ２０ ＯＫ ﬁle™", "No 20 OK fileTM"),
        ("20\u202f°C", "20 °C"),
    ],
)
def test_typographic_characters_become_gsm7_and_letters_stay(typed: str, plain: str) -> None:
    assert gsm.to_gsm(typed) == plain


@given(TEXTS)
def test_to_gsm_changes_nothing_the_second_time_and_adds_no_flip(text: str) -> None:
    once = gsm.to_gsm(text)
    assert gsm.to_gsm(once) == once
    assert set(gsm.flips(once)) <= set(gsm.flips(text))


@given(GSM_TEXTS)
def test_to_gsm_leaves_a_gsm7_text_alone(text: str) -> None:
    assert gsm.to_gsm(text) == text


def test_measuring_a_screen_takes_microseconds() -> None:
    screen = ("Complaint line 8484\n1 New complaint\n2 Track [all]\n" * 4)[:150]
    fastest = min(timeit.repeat(lambda: gsm.measure(screen), number=1000, repeat=20)) / 1000
    assert fastest < 10e-6, "a loop over letters has crept into the path of every hop"
