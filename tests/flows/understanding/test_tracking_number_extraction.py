"""Which tracking number an SMS mentions, wherever it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.text import tracking_number
from flows.understanding.tracking_number_extraction import ExtractedNumber, extract_number

GOOD, OTHER, BAD = "482719300", tracking_number.make(90_000_000), "482719304"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("REOPEN shikayat 482719300 jaldi", ExtractedNumber(GOOD, "REOPEN shikayat jaldi")),
        ("mera number: 482-719-300.", ExtractedNumber(GOOD, "mera number")),
        ("mera ۴۸۲ ۷۱۹ ۳۰۰ hai", ExtractedNumber(GOOD, "mera hai")),
        ("2 482719300", ExtractedNumber(GOOD, "2")),
        ("482719300 1", ExtractedNumber(GOOD, "1")),
        ("482719300", ExtractedNumber(GOOD)),
        ("482719300 yaani 482-719-300", ExtractedNumber(GOOD, "yaani 482-719-300")),
        (f"na {BAD} balke {GOOD}", ExtractedNumber(GOOD, f"na {BAD} balke")),
        (f"{GOOD} aur {OTHER}", ExtractedNumber("", problem="many")),
        (f"REOPEN shikayat {BAD} jaldi", ExtractedNumber(BAD, problem="mistyped")),
        ("shikayat 482-719-304", ExtractedNumber(BAD, problem="mistyped")),
        ("REOPEN 48271930", ExtractedNumber("", problem="nearly")),
        ("REOPEN 482 719 3000", ExtractedNumber("", problem="nearly")),
        ("bijli nahi hai", None),
        ("2 din se 3 ghante", None),
        ("0300 1234567 par call karein", None),
        ("35202-1234567-1", None),
        ("meter 1234567", None),
        ("", None),
    ],
)
def test_a_number_is_found_in_the_middle_of_words(text: str, found: ExtractedNumber | None) -> None:
    assert extract_number(text) == found


@given(st.text(max_size=60))
def test_no_text_is_too_strange_to_look_at(text: str) -> None:
    found = extract_number(text)
    assert found is None or found.problem or tracking_number.parse_tracking_number(found.number).number == found.number


@given(st.integers(0, tracking_number.MOST), st.sampled_from(["", "-", " "]))
def test_every_number_is_found_between_words(eight: int, between: str) -> None:
    number = tracking_number.make(eight)
    written = between.join((number[:3], number[3:6], number[6:]))
    assert extract_number(f"meri shikayat {written} ka kya hua") == ExtractedNumber(number, "meri shikayat ka kya hua")
