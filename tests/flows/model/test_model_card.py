"""Intervals of scores."""

from __future__ import annotations

import pytest

from flows.model.model_card import Score, Source, wilson
from tests.flows.understanding.models import CARD


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # checked against statsmodels.stats.proportion.proportion_confint(method="wilson")
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (81, 90, 0.8208, 0.9466), (0, 0, 0.0, 1.0)],
)
def test_the_interval_is_that_of_wilson(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits, n) == pytest.approx((low, high), abs=5e-4)
    assert Score("a", "", hits, n).interval == wilson(hits, n)


def test_the_share_of_nothing_is_nothing() -> None:
    assert Score("a", "", 0, 0).share == 0.0
    assert Score("a", "", 3, 4).share == 0.75


def test_an_interval_stays_between_nothing_and_all() -> None:
    for n in range(1, 2000):
        assert 0.0 <= wilson(0, n)[0] < 1e-9 and 0.0 < wilson(0, n)[1] < 1.0 and 0.0 < wilson(n, n)[0] < 1.0
        assert wilson(n, n)[1] <= 1.0


@pytest.mark.parametrize("said", [Score("a", "", 3, 4), Source("a", {}), CARD])
def test_what_a_card_says_cannot_be_changed(said: object) -> None:
    for name in type(said).__struct_fields__:  # type: ignore[attr-defined]
        with pytest.raises(AttributeError):
            setattr(said, name, None)
