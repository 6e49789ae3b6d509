"""How well a model does on texts that it was not trained on: its temperatures, thresholds and scores."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import msgspec

from flows.menu.model import Flow
from flows.model.model_card import ModelCard, Score
from flows.training.calibration import Guess, Scored, calibration_error, temperature, threshold
from flows.training.examples import Example, trained_category
from flows.understanding import category_and_district
from flows.understanding.text_model import COMPLAINT, Prediction, Ranked, TextModel

PRECISION = 0.92  # that a category found by keywords must have to be filed without a question
ALONE = 0.95  # that a guess must have to be proposed alone: who says no to it has seen no other
OFFERED = 3  # categories that are offered at most
EVEN = 0.5  # the probability from which danger or money is told
SMALLEST = 1e-12

Read = tuple[Example, Prediction]


def temperatures(model: TextModel, held_out: Sequence[Example]) -> dict[str, float]:
    """Head -> what its scores are divided by so that its probabilities hold."""
    read = [(each, model.predict(each.text)) for each in held_out]
    return {head: temperature([found for pair in read if (found := of(*pair))]) for head, of in _SCORED.items()}


def judge(card: ModelCard, model: TextModel, held_out: Sequence[Example], flow: Flow) -> ModelCard:
    """The card with the thresholds, the calibration and the scores of a model on these texts."""
    read = [(each, model.predict(each.text)) for each in held_out]
    guesses = {head: [found for pair in read if (found := of(*pair))] for head, of in _GUESSES.items()}
    return msgspec.structs.replace(
        card,
        single=threshold(guesses["category"], ALONE),
        support=threshold(_keyword_guesses(read, flow), PRECISION),
        calibration={head: round(calibration_error(found), 4) for head, found in guesses.items()},
        scores=scores(read),
    )


def scores_on(model: TextModel, texts: Sequence[Example]) -> tuple[Score, ...]:
    """The scores of a model on these texts."""
    return scores([(each, model.predict(each.text)) for each in texts])


def scores(read: Sequence[Read]) -> tuple[Score, ...]:
    """What share of the texts is read right, by script; "" is all scripts."""
    scripts = ("", *sorted({example.script for example, _ in read} - {""}))
    return tuple(
        Score(name, script, sum(map(right, chosen)), len(chosen))
        for name, (about, right) in _MEASURES.items()
        for script in scripts
        if (chosen := [pair for pair in read if about(pair) and script in ("", pair[0].script)])
    )


def right_categories(example: Example) -> frozenset[str]:
    """The category codes that are right for a text."""
    return frozenset({*example.categories, trained_category(example)} - {""})


def _is_sorted(pair: Read) -> bool:
    return pair[0].kind == COMPLAINT and bool(pair[0].categories)


def _has_category(pair: Read, many: int) -> bool:
    return not right_categories(pair[0]).isdisjoint(code for code, _ in pair[1].categories[:many])


_MEASURES: Mapping[str, tuple[Callable[[Read], bool], Callable[[Read], bool]]] = {
    "right category first": (_is_sorted, partial(_has_category, many=1)),
    "right category among three": (_is_sorted, partial(_has_category, many=OFFERED)),
    "right kind of message": (lambda pair: True, lambda pair: pair[0].kind == pair[1].kind),  # noqa: ARG005
    "danger noticed": (lambda pair: pair[0].danger, lambda pair: pair[1].danger >= EVEN),
    "danger where there is none": (lambda pair: not pair[0].danger, lambda pair: pair[1].danger >= EVEN),
    "money noticed": (lambda pair: pair[0].money, lambda pair: pair[1].money >= EVEN),
}


def _scored(ranked: Ranked, right: str) -> Scored | None:
    labels = [label for label, _ in ranked]
    if right not in labels:
        return None
    return [math.log(max(likely, SMALLEST)) for _, likely in ranked], labels.index(right)


def _scored_alone(likely: float, right: bool) -> Scored:
    kept = min(max(likely, SMALLEST), 1 - SMALLEST)
    return [0.0, math.log(kept / (1 - kept))], int(right)


_SCORED: Mapping[str, Callable[[Example, Prediction], Scored | None]] = {
    "kind": lambda example, read: _scored(read.kinds, example.kind),
    "category": lambda example, read: (
        _scored(read.categories, trained_category(example)) if example.kind == COMPLAINT else None
    ),
    "danger": lambda example, read: _scored_alone(read.danger, example.danger),
    "money": lambda example, read: _scored_alone(read.money, example.money),
}
_GUESSES: Mapping[str, Callable[[Example, Prediction], Guess | None]] = {
    "kind": lambda example, read: (read.kinds[0][1], read.kind == example.kind),
    "category": lambda example, read: (
        (read.categories[0][1], read.categories[0][0] in right_categories(example))
        if _is_sorted((example, read))
        else None
    ),
    "danger": lambda example, read: (read.danger, example.danger),
    "money": lambda example, read: (read.money, example.money),
}


def _keyword_guesses(read: Sequence[Read], flow: Flow) -> list[Guess]:
    """What keywords find alone: how likely the model thinks it is, and whether it is right."""
    found = []
    for example, predicted in filter(_is_sorted, read):
        code = category_and_district.category(example.text, flow).code
        if code is not None:
            found.append((dict(predicted.categories).get(code, 0.0), code in right_categories(example)))
    return found
