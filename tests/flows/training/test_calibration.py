"""Temperatures, calibration errors and thresholds."""

from __future__ import annotations

import math
import random

import pytest

from flows.training.calibration import calibration_error, temperature, threshold


def test_scores_that_are_too_sure_get_a_higher_temperature_and_timid_ones_a_lower() -> None:
    drawn = random.Random(7)
    labels = [int(drawn.random() < 0.7) for _ in range(4000)]
    true = math.log(0.7 / 0.3)
    for factor in (2.0, 1.0, 0.5):
        scored = [([0.0, true * factor], label) for label in labels]
        assert temperature(scored) == pytest.approx(factor, abs=0.15)


def test_the_temperature_of_three_labels_makes_the_right_ones_likeliest() -> None:
    scored = [([3.0, 0.0, 1.0], 0)] * 8 + [([3.0, 0.0, 1.0], 2)] * 2
    heats = [0.2 + 0.05 * step for step in range(77)]

    def likelihood(heat: float) -> float:
        shares = [math.exp(score / heat) for score in (3.0, 0.0, 1.0)]
        return 8 * math.log(shares[0] / sum(shares)) + 2 * math.log(shares[2] / sum(shares))

    assert temperature(scored) == pytest.approx(max(heats, key=likelihood))
    assert temperature([([1000.0, 0.0], 0)]) == 0.2  # and large scores do not overflow


def test_with_nothing_to_measure_nothing_is_changed() -> None:
    assert temperature([]) == 1.0
    assert calibration_error([]) == 0.0
    assert threshold([], 0.9) > 1


def test_the_error_is_how_far_probabilities_are_from_what_is_right() -> None:
    assert calibration_error([(0.8, True)] * 8 + [(0.8, False)] * 2) == pytest.approx(0.0)
    assert calibration_error([(0.9, False)] * 4) == pytest.approx(0.9)
    assert calibration_error([(1.0, True), (0.0, False)]) == 0.0
    # 0.5 and 0.52 are in one bin, where they make up for each other; 0.5 and 0.6 are in two
    assert calibration_error([(0.5, True), (0.52, False)]) == pytest.approx(0.01)
    assert calibration_error([(0.5, True), (0.6, False)]) == pytest.approx(0.55)


def guesses(right: int, wrong: int, likely: float) -> list[tuple[float, bool]]:
    return [(likely, True)] * right + [(likely, False)] * wrong


def test_the_threshold_is_the_lowest_probability_that_is_right_often_enough() -> None:
    sure, doubtful = guesses(200, 2, 0.9), guesses(30, 30, 0.5)
    assert threshold([*sure, *doubtful], 0.9) == 0.9
    assert threshold([*doubtful, *sure], 0.8) == 0.5


def test_a_few_guesses_prove_nothing() -> None:
    assert threshold(guesses(29, 0, 0.9), 0.8) > 1
    assert threshold(guesses(30, 0, 0.9), 0.8) == 0.9
    assert threshold(guesses(30, 0, 0.9), 0.9) > 1  # the lower bound of 30 of 30 is 0.886
    assert threshold(guesses(35, 0, 0.9), 0.9) == 0.9
