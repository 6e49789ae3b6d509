"""A trained model: what it reads in a text, and files that it refuses."""

from __future__ import annotations

import math
from array import array

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.model.npz_arrays import Array, read_arrays, write_arrays
from flows.understanding.text_model import FORMAT, TextModel, UnreadableModel, read_model, write_model
from tests.flows.library import shipped_model
from tests.flows.understanding.models import CARD, COLUMNS, model, model_file

PANI = {"pani": {"complaint": 2, "mun01": 1, "danger": -1, "money": 3}}


def softmax(*scores: float) -> list[float]:
    shares = [math.exp(score) for score in scores]
    return [share / sum(shares) for share in shares]


def test_a_score_is_the_sum_of_the_weights_by_the_length_of_the_text() -> None:
    many = len(read_model(model_file(PANI))[1].keys)
    read = model(PANI).predict("pani")
    expected = softmax(2 * many / math.sqrt(many), 0, 0)
    assert read.kind == "complaint"
    assert [likely for _, likely in read.kinds] == pytest.approx(sorted(expected, reverse=True))
    assert read.kind_probability("complaint") == pytest.approx(expected[0])
    assert read.kind_probability("unheard of") == 0.0
    assert read.categories[0] == ("mun01", pytest.approx(softmax(many / math.sqrt(many), 0, 0)[0]))
    assert read.danger == pytest.approx(1 / (1 + math.exp(math.sqrt(many))))
    assert read.money == pytest.approx(1 / (1 + math.exp(-3 * math.sqrt(many))))


def test_a_rare_feature_makes_a_text_longer() -> None:
    many = len(read_model(model_file(PANI))[1].keys)
    read = TextModel(model_file(PANI, length=255)).predict("pani")
    assert read.categories[0][1] == pytest.approx(softmax(many / math.sqrt(255 * many), 0, 0)[0])


@pytest.mark.parametrize("length", [0, 1])
def test_one_feature_without_length_or_of_length_one_scores_its_weight(length: int) -> None:
    _, weights = read_model(model_file(PANI, length=length))
    one = msgspec.structs.replace(weights, keys=weights.keys[:1], rows=weights.rows[:1])
    read = TextModel(write_model(CARD, one)).predict("pani")
    assert read.money == pytest.approx(1 / (1 + math.exp(-3)))
    assert read.danger == pytest.approx(1 / (1 + math.exp(1)))


def test_scales_and_biases_are_of_their_column() -> None:
    card, weights = read_model(model_file(PANI))
    many = len(weights.keys)
    scales = [0.5 + at for at in range(len(COLUMNS))]
    biases = [0.1 * at for at in range(len(COLUMNS))]
    changed = TextModel(write_model(card, msgspec.structs.replace(weights, scales=scales, biases=biases)))
    root = math.sqrt(many)
    read = changed.predict("pani")
    assert dict(read.kinds)["complaint"] == pytest.approx(softmax(0.5 * 2 * root, 0.1, 0.2)[0])
    assert dict(read.categories)["mun01"] == pytest.approx(softmax(0.3, 4.5 * root + 0.4, 0.5)[1])
    assert read.danger == pytest.approx(1 / (1 + math.exp(6.5 * root - 0.6)))
    assert read.money == pytest.approx(1 / (1 + math.exp(-3 * 7.5 * root - 0.7)))
    unknown = changed.predict("unheard")
    assert unknown.categories[0][0] == "nrg01" and unknown.danger == pytest.approx(1 / (1 + math.exp(-0.6)))


@given(st.text(max_size=300))
def test_any_text_is_read_and_probabilities_add_up(text: str) -> None:
    for read in (model(PANI).predict(text), shipped_model().predict(text)):
        assert sum(likely for _, likely in read.kinds) == pytest.approx(1)
        assert sum(likely for _, likely in read.categories) == pytest.approx(1)
        assert [likely for _, likely in read.categories] == sorted((p for _, p in read.categories), reverse=True)
        assert 0 <= read.danger <= 1 and 0 <= read.money <= 1


def test_extreme_weights_in_a_long_text_stay_in_their_column() -> None:
    text = " ".join(f"word{at} lafz{at}" for at in range(60))
    most, least = ({text: dict.fromkeys(COLUMNS, weight)} for weight in (127, -127))
    up, down = model(most).predict(text), model(least).predict(text)
    assert [likely for _, likely in up.categories] == pytest.approx([1 / 3] * 3)
    assert (up.money, down.money) == (pytest.approx(1), pytest.approx(0))
    mixed = {text: {"complaint": -127, "greeting": 127, "status": -127, "danger": 127, "money": -127}}
    read = model(mixed).predict(text)
    assert (read.kind, read.danger, read.money) == ("greeting", pytest.approx(1), pytest.approx(0))


def test_a_prediction_cannot_be_changed() -> None:
    read = model(PANI).predict("pani")
    with pytest.raises(AttributeError):
        read.danger = 1.0  # type: ignore[misc]
    with pytest.raises(AttributeError):
        read_model(model_file(PANI))[1].keys = []  # type: ignore[misc]


def test_a_file_holds_no_words() -> None:
    assert b"bijli" not in model_file({"bijli transformer": {"nrg01": 1}})
    _, weights = read_model(model_file({"bijli transformer": {"nrg01": 1}}))
    assert weights.keys == sorted(weights.keys)


def test_what_is_no_model_is_refused_in_a_sentence() -> None:
    for damaged in (b"", b"PK\x03\x04", model_file(PANI)[:-50], write_arrays({})):
        with pytest.raises(UnreadableModel, match="no file of a model, or it is damaged"):
            TextModel(damaged)


def test_a_model_of_another_format_is_refused_and_says_what_to_do() -> None:
    other = model_file(PANI, card=msgspec.structs.replace(CARD, format=FORMAT + 1))
    with pytest.raises(UnreadableModel, match=f"format {FORMAT + 1}.*reads format {FORMAT}: train it again"):
        TextModel(other)
    arrays = read_arrays(model_file(PANI))
    arrays["card"] = Array("|u1", (12,), array("B", b'{"format":0}'))  # a card that had other fields
    with pytest.raises(UnreadableModel, match="format 0"):
        TextModel(write_arrays(arrays))


@pytest.mark.parametrize(
    "change",
    [
        {"keys": Array("<u4", (1,), array("I", [1]))},
        {"scales": Array("<f8", (1,), array("d", [1.0]))},
        {"biases": Array("<f8", (1,), array("d", [1.0]))},
        {"weights": Array("|i1", (0, 9), array("b"))},
        {"weights": Array("|i1", (81,), array("b", bytes(81)))},
    ],
)
def test_weights_that_do_not_fit_the_card_are_refused(change: dict[str, Array]) -> None:
    with pytest.raises(UnreadableModel, match="do not fit"):
        TextModel(write_arrays({**read_arrays(model_file(PANI)), **change}))


@pytest.mark.parametrize("without", ["card", "keys", "weights", "scales", "biases"])
def test_a_file_without_one_of_its_parts_is_refused(without: str) -> None:
    arrays = read_arrays(model_file(PANI))
    del arrays[without]
    with pytest.raises(UnreadableModel, match="damaged"):
        TextModel(write_arrays(arrays))


def test_a_card_without_kinds_is_refused() -> None:
    with pytest.raises(UnreadableModel):
        TextModel(
            model_file({}, card=msgspec.structs.replace(CARD, kinds=(), categories=(*CARD.kinds, *CARD.categories)))
        )


def test_the_model_that_ships_reads_everyday_texts() -> None:
    for text, kind, category in (
        ("3 din se pani nahi aa raha", "complaint", "mun01"),
        ("بجلی نہیں آ رہی", "complaint", "nrg01"),
        ("garbage has not been collected for two weeks", "complaint", "mun04"),
        ("shukriya masla hal ho gaya", "thanks", ""),
        ("salam", "greeting", ""),
        ("meri shikayat 482719300 ka kya hua", "status", ""),
    ):
        read = shipped_model().predict(text)
        assert read.kind == kind and (not category or read.categories[0][0] == category), text
