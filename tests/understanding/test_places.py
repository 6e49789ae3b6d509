"""Every tehsil typed on the district screen is understood or asked about, and none is silently taken for another."""

from __future__ import annotations

import pytest

from tests.understanding.places import SHARED, Tally, report


@pytest.fixture(scope="module")
def tallies() -> dict[str, Tally]:
    return report()


@pytest.mark.parametrize(
    ("what", "understood", "elsewhere"),
    [
        ("tehsils and districts", 0.97, 0.0),
        ("tehsils in Urdu", 0.97, 0.0),
        ("one letter wrong", 0.93, 0.005),
        ("other spellings", 0.97, 0.005),
    ],
)
def test_tehsils_are_understood_or_asked_about(
    tallies: dict[str, Tally], what: str, understood: float, elsewhere: float
) -> None:
    found = tallies[what]
    silently = [each for each in found.elsewhere if each not in SHARED]
    assert found.count > 500
    assert found.understood >= understood
    assert len(silently) <= elsewhere * found.count, silently
