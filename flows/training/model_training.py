"""Trains a model: multinomial logistic regression with balanced classes on the features of texts.

scikit-learn is needed to train, and never to answer. The same examples and seed give the same weights.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from flows.menu.model import Flow
from flows.model.model_card import ModelCard, Source
from flows.model.ngram_features import features
from flows.training import evaluation
from flows.training.calibration import NEVER
from flows.training.examples import Example, hash_examples, trained_category
from flows.understanding.text_model import COMPLAINT, FORMAT, TextModel, Weights, write_model

SEED = 1
FEWEST = 8  # texts of a kind of message that is learned
FEWEST_TEXTS = 3  # that a feature must be in: what one text alone has is no pattern, and may be a name
STRENGTH = 100.0  # the inverse of the regularization
ROUNDS = 40  # of the solver, at most
OF_A_NAME = 0.3  # how much a name or keyword counts beside a sentence
LARGEST = 127  # of a stored weight
SMALLEST = 1e-9  # that a column's largest weight counts as, so that a column of zeros can be divided by it
LENGTHS = 3  # what a feature adds to the square of a length is stored in thirds
NO_DAYS: Mapping[str, tuple[str, str]] = MappingProxyType({})
NAMES = "names and keywords"  # the source that a list of categories is

MUST_NOT = (
    "It must not file, route, close or join a complaint, or lower its urgency, by itself.",
    "It must not be used to find out who wrote a text, or on complaints that are private or sensitive.",
    "It must not be trained on complaints that are private or sensitive.",
    "Its figures hold for texts like the examples that it was judged on: measure again with texts of your own.",
)


class TrainingNeedError(Exception):
    """What is missing to train; the message says what to do."""


def train(
    sources: Mapping[str, Sequence[Example]],
    short: Sequence[Example],
    held_out: Sequence[Example],
    flow: Flow,
    *,
    days: Mapping[str, tuple[str, str]] = NO_DAYS,
    seed: int = SEED,
) -> bytes:
    """The file of a model, trained on sources (name -> examples) and on `short` names and keywords.

    It is calibrated and judged on `held_out`, which must not be among the sources, beside the keywords of `flow`.
    `days` has the first and the last day of a source whose texts have dates.
    Raises TrainingNeedError.
    """
    texts = [each for examples in sources.values() for each in examples]
    if not texts or not held_out:
        raise TrainingNeedError("There are no example sentences to train on, or none to judge the model with.")
    kinds = tuple(sorted(kind for kind, many in Counter(each.kind for each in texts).items() if many >= FEWEST))
    weights, categories = _fit([each for each in texts if each.kind in kinds], short, seed)
    card = ModelCard(
        format=FORMAT,
        kinds=kinds,
        categories=categories,
        single=NEVER,
        support=NEVER,
        sources=tuple(
            _source(name, examples, *days.get(name, ("", ""))) for name, examples in {**sources, NAMES: short}.items()
        ),
        data_hash=hash_examples([*texts, *short]),
        seed=seed,
        temperature={},
        calibration={},
        scores=(),
        judged_on=f"{len(held_out)} texts that it was not trained on",
        must_not=MUST_NOT,
    )
    found = evaluation.temperatures(TextModel(write_model(card, weights)), held_out)
    weights = _cooled(card, weights, found)
    card = evaluation.judge(card, TextModel(write_model(card, weights)), held_out, flow)
    return write_model(msgspec.structs.replace(card, temperature=found), weights)


def _source(name: str, examples: Sequence[Example], first_day: str, last_day: str) -> Source:
    counted = Counter(trained_category(each) or each.kind for each in examples)
    return Source(name, dict(sorted(counted.items())), first_day, last_day)


def _fit(texts: Sequence[Example], short: Sequence[Example], seed: int) -> tuple[Weights, tuple[str, ...]]:
    """The weights, and the categories in the order of their columns."""
    numpy, sparse, regression = _libraries()
    everything = [*texts, *short]
    said = [features(each.text) for each in everything]
    counted = Counter(key for each in said for key in each)
    keys = sorted(key for key, many in counted.items() if many >= FEWEST_TEXTS)
    lengths = numpy.array([_length(counted[key], len(said)) for key in keys])
    rare = numpy.sqrt(lengths)
    matrix = _matrix(said, keys, rare, numpy, sparse)
    amounts = numpy.array([1.0] * len(texts) + [OF_A_NAME] * len(short))

    def fit(chosen: list[int], labels: list[Any]) -> Any:
        if len(set(labels)) < 2:
            raise TrainingNeedError(f"All of the texts are the same ({labels[0]}): nothing can be learned from them.")
        solver = regression(C=STRENGTH, class_weight="balanced", max_iter=ROUNDS, tol=1e-6, random_state=seed)
        return solver.fit(matrix[chosen], labels, sample_weight=amounts[chosen])

    def choice(fitted: Any) -> tuple[Any, Any]:
        """A row for each label; of two labels, only the second has been given one."""
        if len(fitted.classes_) > 2:
            return fitted.coef_, fitted.intercept_
        return numpy.vstack([0 * fitted.coef_, fitted.coef_]), numpy.concatenate([[0.0], fitted.intercept_])

    sentences = list(range(len(texts)))
    about = [at for at, each in enumerate(everything) if each.kind == COMPLAINT and trained_category(each)]
    by_kind = fit(list(range(len(everything))), [each.kind for each in everything])
    by_category = fit(about, [trained_category(everything[at]) for at in about])
    danger, money = fit(sentences, [each.danger for each in texts]), fit(sentences, [each.money for each in texts])
    heads = [choice(by_kind), choice(by_category), *((each.coef_, each.intercept_) for each in (danger, money))]
    learned = numpy.vstack([coefficients for coefficients, _ in heads]) * rare
    scales = numpy.maximum(numpy.abs(learned).max(axis=1), SMALLEST) / LARGEST
    rows = numpy.rint(learned.T / scales[None, :]).astype(numpy.int8)
    ends = lengths.astype(numpy.uint8)
    stored = [row.tobytes() + end.tobytes() for row, end in zip(rows, ends, strict=True)]
    biases = numpy.concatenate([intercepts for _, intercepts in heads])
    return Weights(keys, stored, scales.tolist(), biases.tolist()), tuple(map(str, by_category.classes_))


def _length(many: int, texts: int) -> int:
    """What a feature that `many` texts have adds to the square of a length: the square of its inverse frequency."""
    return min(255, round(LENGTHS * (math.log((texts + 1) / (many + 1)) + 1) ** 2))


def _matrix(said: Sequence[frozenset[int]], keys: Sequence[int], rare: Any, numpy: Any, sparse: Any) -> Any:
    """A row for each text: its known features by how rare they are, with a length of 1."""
    column = {key: at for at, key in enumerate(keys)}
    known = [numpy.array(sorted(column[key] for key in each if key in column), dtype=numpy.int32) for each in said]
    starts = numpy.concatenate([[0], numpy.cumsum([len(each) for each in known])])
    values = [rare[each] / max(numpy.linalg.norm(rare[each]), 1e-9) for each in known]
    shape = (len(said), len(keys))
    return sparse.csr_matrix((numpy.concatenate(values), numpy.concatenate(known), starts), shape=shape)


def _cooled(card: ModelCard, weights: Weights, temperatures: Mapping[str, float]) -> Weights:
    """The weights whose scores are divided by the temperature of their head."""
    heads = ["kind"] * len(card.kinds) + ["category"] * len(card.categories) + ["danger", "money"]
    return msgspec.structs.replace(
        weights,
        scales=[scale / temperatures[head] for scale, head in zip(weights.scales, heads, strict=True)],
        biases=[bias / temperatures[head] for bias, head in zip(weights.biases, heads, strict=True)],
    )


def _libraries() -> tuple[Any, Any, Any]:
    try:
        import numpy
        from scipy import sparse
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise TrainingNeedError("Training needs scikit-learn: pip install 'sunwai[train]'.") from error
    return numpy, sparse, LogisticRegression
