"""Digits of every script."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.text.western_digits import western


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", ""),
        ("482-719", "482-719"),
        ("۰۱۲۳۴۵۶۷۸۹", "0123456789"),
        ("٠١٢٣٤٥٦٧٨٩", "0123456789"),
        ("نمبر ۴۸۲ 7", "نمبر 482 7"),
        ("４８", "48"),
        ("½ ² ①", "½ ² ①"),
    ],
)
def test_digits_of_any_script_are_read_as_0_to_9(typed: str, read: str) -> None:
    assert western(typed) == read


@given(st.text())
def test_only_digits_change_and_the_length_stays(text: str) -> None:
    read = western(text)
    assert len(read) == len(text)
    for before, after in zip(text, read, strict=True):
        digit = unicodedata.decimal(before, None)
        assert after == (before if digit is None else str(digit))
