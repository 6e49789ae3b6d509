"""Tracking numbers: the check digit catches the slips people make."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.text import tracking_number
from flows.text.tracking_number import ParsedNumber

NUMBERS = st.integers(0, tracking_number.MOST).map(tracking_number.make)


@given(st.integers(0, tracking_number.MOST))
def test_a_number_made_is_nine_digits_and_reads_back(eight: int) -> None:
    number = tracking_number.make(eight)
    assert number.isdecimal()
    assert len(number) == 9
    assert number.startswith(f"{eight:08d}")
    assert tracking_number.parse_tracking_number(number) == ParsedNumber(number)
    assert tracking_number.parse_tracking_number(tracking_number.format_number(number)) == ParsedNumber(number)


@given(NUMBERS)
def test_every_single_mistyped_digit_is_caught(number: str) -> None:
    for place, right in enumerate(number):
        for wrong in set("0123456789") - {right}:
            assert tracking_number.parse_tracking_number(number[:place] + wrong + number[place + 1 :]) == ParsedNumber(
                None, "check"
            )


@given(NUMBERS)
def test_every_swap_of_neighbouring_digits_is_caught(number: str) -> None:
    for place in range(8):
        one, two = number[place], number[place + 1]
        if one != two:
            assert tracking_number.parse_tracking_number(
                number[:place] + two + one + number[place + 2 :]
            ) == ParsedNumber(None, "check")


def test_a_number_is_shown_in_three_groups() -> None:
    assert tracking_number.format_number("482719300") == "482-719-300"


@pytest.mark.parametrize("eight", [-1, tracking_number.MOST + 1])
def test_only_eight_digits_make_a_number(eight: int) -> None:
    with pytest.raises(ValueError, match="from 0 to 99999999"):
        tracking_number.make(eight)


@pytest.mark.parametrize(
    "typed",
    [
        "482719300",
        " 482 719 300\n",
        "482-719-300",
        "482–719—300",
        "482\u2011719\u2212300",
        "۴۸۲۷۱۹۳۰۰",
        "٤٨٢-٧١٩-٣٠٠",
        "\u202a482-719-300\u202c",
        "4 8 2 7 1 9 3 0 0",
    ],
)
def test_spaces_dashes_scripts_and_invisible_marks_do_not_matter(typed: str) -> None:
    assert tracking_number.parse_tracking_number(typed) == ParsedNumber("482719300")


@pytest.mark.parametrize(
    "typed", ["", "48271930", "4827193000", "482719300a", "+482719300", "a" * 10_000, "4" * 10_000, "²²²²²²²²²"]
)
def test_what_is_not_nine_digits_has_the_wrong_shape(typed: str) -> None:
    assert tracking_number.parse_tracking_number(typed) == ParsedNumber(None, "shape")


@given(st.text())
def test_reading_never_fails(text: str) -> None:
    found = tracking_number.parse_tracking_number(text)
    assert (found.number is None) == (found.problem != "")
