"""Calibration: probabilities that hold, and the thresholds from which a guess may be shown alone or filed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from flows.model.model_card import wilson

BINS = 15
FEW = 30  # guesses prove nothing if they are fewer
NEVER = 2.0  # a threshold that no probability reaches
TEMPERATURES = tuple(round(0.2 + 0.05 * step, 2) for step in range(77))  # 0.2 to 4

Scored = tuple[Sequence[float], int]  # the scores of the labels before calibration, and which of them is right
Guess = tuple[float, bool]  # the probability of a guess, and whether it is right


def temperature(scored: Sequence[Scored]) -> float:
    """What scores are divided by so that probabilities hold: under it the right labels are likeliest.

    It is 1 if there is nothing to measure with.
    """
    return min(TEMPERATURES, key=lambda heat: _surprise(scored, heat)) if scored else 1.0


def calibration_error(guesses: Sequence[Guess]) -> float:
    """The expected calibration error: how far the probabilities of guesses are from the share that is right."""
    bins: list[list[Guess]] = [[] for _ in range(BINS)]
    for guess in guesses:
        bins[min(int(guess[0] * BINS), BINS - 1)].append(guess)
    apart = [abs(sum(likely - right for likely, right in each)) for each in bins]
    return sum(apart) / len(guesses) if guesses else 0.0


def threshold(guesses: Sequence[Guess], precision: float) -> float:
    """The lowest probability from which guesses are right as often as `precision` asks; NEVER if none is.

    The lower bound of the 95 % interval must be that high.
    """
    found, right, ranked = NEVER, 0, sorted(guesses, key=lambda guess: -guess[0])
    for count, (likely, is_right) in enumerate(ranked, 1):
        right += is_right
        alike = count < len(ranked) and ranked[count][0] == likely  # these stand or fall together
        if not alike and count >= FEW and wilson(right, count)[0] >= precision:
            found = likely
    return found


def _surprise(scored: Sequence[Scored], heat: float) -> float:
    """The negative logarithm of how likely the right labels are under a temperature."""
    return sum(_log_sum(scores, heat) - scores[right] / heat for scores, right in scored)


def _log_sum(scores: Sequence[float], heat: float) -> float:
    highest = max(scores)
    return highest / heat + math.log(sum(math.exp((score - highest) / heat) for score in scores))
