"""Training: a model learns from examples, is judged on others, and can be made again."""

from __future__ import annotations

import sys
from collections import Counter

import pytest

from flows.training import card_text, evaluation
from flows.training.examples import Example, hash_examples, parse_examples, trained_category
from flows.training.model_training import FEWEST, MUST_NOT, NAMES, TrainingNeedError, train
from flows.understanding.text_model import TextModel, read_model
from tests.flows.library import FOLDER, shipped, shipped_model

FLOW = shipped("by_text")
EXAMPLES = FOLDER.parent / "model" / "examples"
WRITERS = sorted(path.name for path in EXAMPLES.glob("writer_*.csv"))


def complaint(text: str, code: str, *, danger: bool = False, money: bool = False) -> Example:
    return Example(text, "ur-Latn", "complaint", (code,), danger=danger, money=money)


def sentences(*days: str) -> list[Example]:
    """Two kinds of complaint, greetings, danger and money, each once for every day."""
    return [
        each
        for day in days
        for each in (
            complaint(f"pani nahi aa raha {day} se", "mun01"),
            complaint(f"bijli nahi hai {day} se", "nrg01"),
            complaint(f"ghar mein aag lagi hai {day} se", "nrg02", danger=True),
            complaint(f"patwari paise mangta hai {day} se", "lnd01", money=True),
            Example(f"salam {day} mubarak", "ur-Latn", "greeting"),
        )
    ]


LEARNED = sentences("peer", "mangal", "budh", "jumerat", "juma", "hafta", "itwar", "kal")
JUDGED = sentences("parson", "subah", "sham", "raat", "do din", "teen din", "char din", "panch din")
SHORT = [complaint("pani", "mun01"), complaint("bijli", "nrg01"), complaint("kachra", "mun04")]
RARE = [Example(f"yaar {at}", "en", "spam") for at in range(FEWEST - 1)]


@pytest.fixture(scope="module")
def content() -> bytes:
    return train({"mine.csv": [*LEARNED, *RARE]}, SHORT, JUDGED, FLOW, days={"mine.csv": ("2026-06-01", "2026-06-30")})


@pytest.fixture(scope="module")
def trained(content: bytes) -> TextModel:
    return TextModel(content)


def test_a_model_reads_what_it_was_taught_in_words_that_it_never_saw(trained: TextModel) -> None:
    read = trained.predict("pani nahi aa raha agle din se")
    assert read.kind == "complaint" and read.categories[0][0] == "mun01" and max(read.danger, read.money) < 0.5
    assert trained.predict("salam bhai mubarak").kind == "greeting"
    assert trained.predict("mohalle mein aag lagi hai").danger > 0.5
    money = trained.predict("patwari ab bhi paise mangta hai")
    assert money.money > 0.5 and money.categories[0][0] == "cor01"
    assert trained.predict("kachra").categories[0][0] == "mun04"


def test_the_same_examples_make_the_same_file(content: bytes) -> None:
    again = train({"mine.csv": [*LEARNED, *RARE]}, SHORT, JUDGED, FLOW, days={"mine.csv": ("2026-06-01", "2026-06-30")})
    assert again == content


def test_the_card_says_what_it_was_made_from(trained: TextModel) -> None:
    card = trained.card
    mine, names = card.sources
    assert (mine.name, mine.first_day, mine.last_day) == ("mine.csv", "2026-06-01", "2026-06-30")
    assert mine.rows == {"cor01": 8, "greeting": 8, "mun01": 8, "nrg01": 8, "nrg02": 8, "spam": FEWEST - 1}
    assert (names.name, names.rows, names.first_day) == (NAMES, {"mun01": 1, "mun04": 1, "nrg01": 1}, "")
    assert card.kinds == ("complaint", "greeting")  # spam is too rare to be learned
    assert card.categories == ("cor01", "mun01", "mun04", "nrg01", "nrg02")
    assert card.data_hash == hash_examples([*LEARNED, *RARE, *SHORT])
    assert card.judged_on == "40 texts that it was not trained on" and card.must_not == MUST_NOT
    assert card.temperature.keys() == card.calibration.keys() == {"kind", "category", "danger", "money"}
    assert all(0 <= error < 0.5 for error in card.calibration.values())


def test_the_card_has_the_scores_by_script(trained: TextModel) -> None:
    scores = {(score.name, score.script): (score.hits, score.n) for score in trained.card.scores}
    for script in ("", "ur-Latn"):
        assert scores["right category first", script] == scores["right category among three", script] == (32, 32)
        assert scores["right kind of message", script] == (40, 40)
        assert scores["danger noticed", script] == scores["money noticed", script] == (8, 8)
        assert scores["danger where there is none", script] == (0, 32)
    assert not [score for score in trained.card.scores if score.script == "en"]


def test_thresholds_come_from_the_texts_that_it_was_judged_on(trained: TextModel) -> None:
    assert trained.card.single > 1  # 32 right ones are not enough to be sure of 95 of 100
    many = [complaint(f"pani nahi aa raha {at} din se", "mun01") for at in range(100)]
    card = evaluation.judge(trained.card, trained, many, FLOW)
    assert 0 < card.single <= 1 and 0 < card.support <= 1
    wrong = [complaint(f"pani nahi aa raha {at} din se", "mun02") for at in range(100)]
    card = evaluation.judge(trained.card, trained, wrong, FLOW)
    assert card.single > 1 < card.support
    assert {score.name: score.hits for score in card.scores}["right category first"] == 0


def test_what_is_missing_is_said() -> None:
    for sources, judged in (({}, JUDGED), ({"a": []}, JUDGED), ({"a": LEARNED}, [])):
        with pytest.raises(TrainingNeedError, match="no example sentences"):
            train(sources, SHORT, judged, FLOW)


def test_from_texts_that_are_all_the_same_nothing_is_learned() -> None:
    with pytest.raises(TrainingNeedError, match="All of the texts are the same"):
        train({"a": [complaint(f"pani {at}", "mun01") for at in range(20)]}, SHORT, JUDGED, FLOW)


def test_without_scikit_learn_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    with pytest.raises(TrainingNeedError, match=r"pip install 'sunwai\[train\]'"):
        train({"a": LEARNED}, SHORT, JUDGED, FLOW)


def test_a_card_and_a_comparison_can_be_read(trained: TextModel) -> None:
    lines = "\n".join(card_text.describe_card(trained.card))
    assert "from        mine.csv: 47 texts, 2026-06-01 to 2026-06-30" in lines
    assert "from        names and keywords: 3 texts\n            mun01 1, mun04 1, nrg01 1" in lines
    assert "right category first, all scripts: 100.0 % of 32 (89.3 % to 100.0 %)" in lines
    assert f"SHA-256 {trained.card.data_hash}, seed 1" in lines and "from this probability on: never enough" in lines
    assert all(f"never       {sentence}" in lines for sentence in MUST_NOT)
    before = evaluation.scores_on(shipped_model(), JUDGED)
    compared = card_text.compare_scores(trained.card.scores, before)
    assert len(compared) == len(before) and compared[0].startswith("right category first, all scripts: ")
    assert compared[0].endswith("-> 100.0 % of 32 (89.3 % to 100.0 %)")


def test_the_model_that_ships_was_made_from_the_sentences_that_ship() -> None:
    sources = {source.name: source for source in shipped_model().card.sources}
    assert sources.keys() == {*WRITERS, NAMES}
    for name in WRITERS:
        counted = Counter(
            trained_category(each) or each.kind
            for each in parse_examples((EXAMPLES / name).read_text(encoding="utf-8"))
        )
        assert sources[name].rows == counted, "make it again: sunwai model train flows/model/model.npz"


def test_the_model_that_ships_is_small_and_good_enough() -> None:
    path = FOLDER.parent / "model" / "model.npz"
    assert path.stat().st_size < 3_000_000
    held_out = parse_examples((EXAMPLES / "held_out.csv").read_text(encoding="utf-8"))
    scores = {(score.name, score.script): score for score in evaluation.scores_on(shipped_model(), held_out)}
    assert {(score.name, score.script): score for score in shipped_model().card.scores} == scores
    for script in ("", "en", "ur", "ur-Latn"):
        assert scores["right category first", script].share >= 0.80
        assert scores["right category among three", script].share >= 0.90
        assert scores["right kind of message", script].share >= 0.90
    assert max(shipped_model().card.calibration.values()) < 0.05
    assert len(read_model(path.read_bytes())[1].keys) > 10_000
