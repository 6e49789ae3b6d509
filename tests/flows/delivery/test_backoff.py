"""Waits between attempts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.delivery.backoff import retry_delay

JITTER = st.floats(0, 1, exclude_max=True)


def test_waits_grow_and_stay_at_a_quarter_of_an_hour() -> None:
    assert [retry_delay(n, 0).total_seconds() for n in range(1, 8)] == [5, 15, 60, 300, 900, 900, 900]


def test_a_first_attempt_not_counted_yet_waits_the_first_step() -> None:
    assert retry_delay(0, 0) == timedelta(seconds=5)


@given(st.integers(1, 10**6), JITTER)
def test_jitter_adds_at_most_a_quarter(attempts: int, jitter: float) -> None:
    assert retry_delay(attempts, 0) <= retry_delay(attempts, jitter) <= retry_delay(attempts, 0) * 1.25


@given(st.integers(1, 100), JITTER)
def test_a_later_attempt_never_waits_less_than_an_earlier_step(attempts: int, jitter: float) -> None:
    assert retry_delay(attempts + 1, jitter) >= retry_delay(attempts, 0)


@pytest.mark.parametrize("jitter", [-0.1, 1.0, float("nan")])
def test_jitter_outside_its_range_is_refused(jitter: float) -> None:
    with pytest.raises(ValueError, match="jitter"):
        retry_delay(1, jitter)
