"""What a trained model reads in a text: the kind of message, the category, danger, and money that somebody asks for.

The model is data: weights that `sunwai model train` writes. It suggests and never decides: without its file, texts are
understood by keywords and rules alone.
"""

from __future__ import annotations

import math
from array import array
from typing import Protocol

import msgspec
from msgspec import Struct

from flows.model.model_card import ModelCard
from flows.model.ngram_features import features
from flows.model.npz_arrays import Array, UnreadableArrays, read_arrays, write_arrays

FORMAT = 1  # of the file; a version with another one does not read it
# What a message may be. COMPLAINT is the only one that has a category.
COMPLAINT = "complaint"
KINDS = (COMPLAINT, "suggestion", "status", "add", "thanks", "greeting", "question", "spam", "other")

Ranked = tuple[tuple[str, float], ...]  # (label, probability from 0 to 1), most likely first

# The weights of a feature are one whole number with 16 bits for each column, so that those of a text are summed by some
# hundred additions of long numbers. A weight is 1 to 255 in it: no column becomes negative and takes from the next, and
# as many as _TOGETHER do not reach the next one.
_MIDDLE = 128
_TO_UNSIGNED = bytes((byte + _MIDDLE) % 256 for byte in range(256))
_LANE, _TOGETHER = 2, 257  # bytes, and rows


class Prediction(Struct, frozen=True):
    """What a text may mean, with calibrated probabilities.

    `kinds` has each of KINDS that the model knows, `categories` each category code, whether or not a flow still has it;
    `categories` holds if the message is a complaint. `danger` and `money` are the probabilities that somebody is in
    danger, and that somebody in office asks for money.
    """

    kinds: Ranked
    categories: Ranked
    danger: float
    money: float

    @property
    def kind(self) -> str:
        """The likeliest kind of message."""
        return self.kinds[0][0]

    def kind_probability(self, kind: str) -> float:
        """How likely the message is of this kind; 0 for one that the model does not know."""
        return dict(self.kinds).get(kind, 0.0)


class Weights(Struct, frozen=True):
    """What was learned: for each feature of `keys` a row of whole numbers from -127 to 127, one for each column.

    A column is a kind of message, then a category, then danger, then money; `scales` and `biases` have a number for
    each. The last number of a row, from 0 to 255 as a byte, is how much the feature adds to the square of the length
    of a text: rare features add more. The score of a column is its bias and the sum of its weights, times its scale,
    divided by that length.
    """

    keys: list[int]
    rows: list[bytes]  # of signed bytes
    scales: list[float]
    biases: list[float]


class Predictor(Protocol):
    """What the rules ask about a text: a model, or one that remembers what it was asked."""

    @property
    def card(self) -> ModelCard:
        """What the model was made from, with its thresholds."""

    def predict(self, text: str) -> Prediction:
        """What a text may mean."""


class PredictionMemory:
    """A model for the length of one SMS: several rules ask about the same words, and the model reads them once."""

    def __init__(self, model: Predictor) -> None:
        self.card = model.card
        self._model, self._predicted = model, dict[str, Prediction]()

    def predict(self, text: str) -> Prediction:
        """What a text may mean, as the model said the first time."""
        if text not in self._predicted:
            self._predicted[text] = self._model.predict(text)
        return self._predicted[text]


class UnreadableModel(Exception):
    """Not a file of a model, or one that this version cannot use; the message says which, in a sentence."""


class TextModel:
    """A model in memory, made from the bytes of its file; shared by threads, it never changes."""

    def __init__(self, data: bytes) -> None:
        """Raises UnreadableModel."""
        self.card, weights = read_model(data)
        self._scales, self._biases = weights.scales, weights.biases
        self._rows = {key: _lanes(row) for key, row in zip(weights.keys, weights.rows, strict=True)}

    def predict(self, text: str) -> Prediction:
        """What a text may mean; any text has a prediction, also an empty one."""
        scores = self._scores(features(text))
        kinds, categories = self.card.kinds, self.card.categories
        after = len(kinds) + len(categories)
        return Prediction(
            _ranked(kinds, _softmax(scores[: len(kinds)])),
            _ranked(categories, _softmax(scores[len(kinds) : after])),
            _sigmoid(scores[after]),
            _sigmoid(scores[after + 1]),
        )

    def _scores(self, said: frozenset[int]) -> list[float]:
        known = list(filter(None, map(self._rows.get, said)))
        if not known:
            return self._biases
        size = _LANE * (len(self._biases) + 1)
        groups = (known[start : start + _TOGETHER] for start in range(0, len(known), _TOGETHER))
        lanes = [array("H", sum(group).to_bytes(size, "little")) for group in groups]
        sums = [*map(sum, zip(*lanes, strict=True))] if len(lanes) > 1 else [*lanes[0]]
        length, middle = math.sqrt(max(sums.pop(), 1)), _MIDDLE * len(known)
        return [
            bias + scale * (total - middle) / length
            for bias, scale, total in zip(self._biases, self._scales, sums, strict=True)
        ]


def read_model(data: bytes) -> tuple[ModelCard, Weights]:
    """The card and the weights in a file. Raises UnreadableModel."""
    try:
        arrays = read_arrays(data)
        form = msgspec.json.decode(arrays["card"].numbers.tobytes(), type=_Format).format
        if form != FORMAT:
            raise UnreadableModel(
                f"This model has the format {form}, and this version reads format {FORMAT}: train it again."
            )
        card = msgspec.json.decode(arrays["card"].numbers.tobytes(), type=ModelCard)
        columns = len(card.kinds) + len(card.categories) + 2
        stored = arrays["weights"].numbers.tobytes()
        weights = Weights(
            [int(key) for key in arrays["keys"].numbers],
            [stored[start : start + columns + 1] for start in range(0, len(stored), columns + 1)],
            list(arrays["scales"].numbers),
            list(arrays["biases"].numbers),
        )
    except (UnreadableArrays, KeyError, msgspec.MsgspecError) as error:
        raise UnreadableModel("This is no file of a model, or it is damaged.") from error
    counts = (len(weights.scales), len(weights.biases))
    if not card.kinds or counts != (columns, columns) or arrays["weights"].shape != (len(weights.keys), columns + 1):
        raise UnreadableModel("This file of a model is damaged: its weights do not fit its card.")
    return card, weights


def write_model(card: ModelCard, weights: Weights) -> bytes:
    """The file of a model; the same card and weights make the same bytes."""
    columns = len(weights.biases)
    numbers = array("b", b"".join(weights.rows))
    return write_arrays(
        {
            "card": Array("|u1", (len(encoded := msgspec.json.encode(card)),), array("B", encoded)),
            "keys": Array("<u4", (len(weights.keys),), array("I", weights.keys)),
            "weights": Array("|i1", (len(weights.keys), columns + 1), numbers),
            "scales": Array("<f8", (columns,), array("d", weights.scales)),
            "biases": Array("<f8", (columns,), array("d", weights.biases)),
        }
    )


class _Format(Struct):
    """What every file has said so far: the format it is in."""

    format: int


def _lanes(row: bytes) -> int:
    lanes = bytearray(_LANE * len(row))
    lanes[::_LANE] = row[:-1].translate(_TO_UNSIGNED) + row[-1:]
    return int.from_bytes(lanes, "little")


def _softmax(scores: list[float]) -> list[float]:
    highest = max(scores, default=0.0)
    shares = [math.exp(score - highest) for score in scores]
    total = sum(shares)
    return [share / total for share in shares]


def _sigmoid(score: float) -> float:
    return (1 + math.tanh(score / 2)) / 2  # which no score is too large for


def _ranked(labels: tuple[str, ...], probabilities: list[float]) -> Ranked:
    return tuple(sorted(zip(labels, probabilities, strict=True), key=lambda pair: -pair[1]))
