"""Small models for tests, whose answers are known beforehand."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from flows.model.model_card import ModelCard
from flows.model.ngram_features import features
from flows.training.model_training import MUST_NOT
from flows.understanding.text_model import FORMAT, TextModel, Weights, write_model

KINDS = ("complaint", "greeting", "status")
CATEGORIES = ("cor01", "mun01", "nrg01")
COLUMNS = (*KINDS, *CATEGORIES, "danger", "money")
CARD = ModelCard(
    format=FORMAT,
    kinds=KINDS,
    categories=CATEGORIES,
    single=0.9,
    support=0.5,
    sources=(),
    data_hash="",
    seed=1,
    temperature={},
    calibration={},
    scores=(),
    judged_on="",
    must_not=MUST_NOT,
)


def model_file(
    teaches: Mapping[str, Mapping[str, int]], *, length: int = 1, card: ModelCard = CARD, calm: bool = False
) -> bytes:
    """The file of a model: text -> column -> the weight, from -127 to 127, of each of the text's features.

    A `calm` one sees neither danger nor money in words that it was not taught.
    """
    rows: dict[int, list[int]] = {}
    for text, columns in teaches.items():
        for key in features(text):
            row = rows.setdefault(key, [0] * len(COLUMNS))
            for column, weight in columns.items():
                row[COLUMNS.index(column)] = weight
    keys = sorted(rows)
    stored = [bytes(weight % 256 for weight in rows[key]) + bytes([length]) for key in keys]
    biases = [-9.0 if calm and column in ("danger", "money") else 0.0 for column in COLUMNS]
    return write_model(card, Weights(keys, stored, [1.0] * len(COLUMNS), biases))


def model(
    teaches: Mapping[str, Mapping[str, int]], *, single: float = 0.9, support: float = 0.5, calm: bool = False
) -> TextModel:
    """A model that reads these texts as told, and is undecided about every other word."""
    return TextModel(model_file(teaches, card=msgspec.structs.replace(CARD, single=single, support=support), calm=calm))
