"""Dates on screens."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.text import gsm
from flows.text.date_format import show_date


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "24 Jun"), ("ur-Latn", "24 Jun"), ("ur", "24 جون"), ("hno", "24 Jun"), ("skr", "24 جون")],
)
def test_a_date_is_shown_as_day_and_month(language: str, shown: str) -> None:
    assert show_date(date(2026, 6, 24), language) == shown
    assert show_date("2026-06-24", language) == shown
    assert show_date("2026-06-24T23:59:00+05:00", language) == shown
    assert show_date(datetime(2026, 6, 24, 23, tzinfo=UTC), language) == shown


def test_words_are_no_date() -> None:
    with pytest.raises(ValueError, match="isoformat"):
        show_date("soon", "en")


@given(st.dates())
def test_a_latin_date_takes_six_septets_at_most(day: date) -> None:
    shown = gsm.measure(show_date(day, "ur-Latn"))
    assert shown.encoding == "GSM-7"
    assert shown.units <= 6
