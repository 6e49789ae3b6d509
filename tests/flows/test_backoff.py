"""Waits between attempts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.delivery.backoff import wait

JITTER = st.floats(0, 1, exclude_max=True)


def test_waits_grow_and_stay_at_a_quarter_of_an_hour() -> None:
    assert [wait(n, 0).total_seconds() for n in range(1, 8)] == [5, 15, 60, 300, 900, 900, 900]


def test_a_first_attempt_not_counted_yet_waits_the_first_step() -> None:
    assert wait(0, 0) == timedelta(seconds=5)


@given(st.integers(1, 10**6), JITTER)
def test_jitter_adds_at_most_a_quarter(attempts: int, jitter: float) -> None:
    assert wait(attempts, 0) <= wait(attempts, jitter) <= wait(attempts, 0) * 1.25


@given(st.integers(1, 100), JITTER)
def test_a_later_attempt_never_waits_less_than_an_earlier_step(attempts: int, jitter: float) -> None:
    assert wait(attempts + 1, jitter) >= wait(attempts, 0)


@pytest.mark.parametrize("jitter", [-0.1, 1.0, float("nan")])
def test_jitter_outside_its_range_is_refused(jitter: float) -> None:
    with pytest.raises(ValueError, match="jitter"):
        wait(1, jitter)
