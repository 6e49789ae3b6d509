"""Example sentences, and other texts that a model is trained with."""

from __future__ import annotations

import csv
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from rapidfuzz import fuzz, process

from flows.training.examples import (
    COLUMNS,
    Example,
    UnreadableExamples,
    examples_of_filings,
    examples_of_rows,
    hash_examples,
    parse_examples,
    trained_category,
)
from flows.understanding.text_model import KINDS
from tests.flows.library import FOLDER, shipped

EXAMPLES = FOLDER.parent / "model" / "examples"
HEADER = ",".join(COLUMNS)
WRITERS = {path.name for path in EXAMPLES.glob("writer_*.csv")}


def files() -> dict[str, tuple[Example, ...]]:
    return {path.name: parse_examples(path.read_text(encoding="utf-8")) for path in sorted(EXAMPLES.glob("*.csv"))}


def test_a_file_says_what_each_text_means() -> None:
    content = f'\ufeff{HEADER}\n"no water, please",en,complaint,mun01|mun02,lahore,,\nfire,en,complaint,,,1122,yes\n'
    assert parse_examples(content) == (
        Example("no water, please", "en", "complaint", ("mun01", "mun02")),
        Example("fire", "en", "complaint", (), danger=True, money=True),
    )
    assert not parse_examples(f"{HEADER}\na,en,spam,,,,no\n")[0].money


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "no column text"),
        ("text,script,kind,category,district,danger\n", "no column money"),
        (f"{HEADER}\na,en,spam,,,,\n ,en,spam,,,,\n", "Line 3 has no text or no kind"),
        (f"{HEADER}\na,en,,,,,\n", "Line 2 has no text or no kind"),
        (f"{HEADER}\na\n", "Line 2 has no text or no kind"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(content: str, why: str) -> None:
    with pytest.raises(UnreadableExamples, match=why):
        parse_examples(content)


def test_names_and_keywords_of_a_list_are_short_complaints() -> None:
    found = examples_of_rows(shipped("by_text").lists["category"])
    assert Example("pani nahi", "", "complaint", ("mun01",)) in found
    assert Example("Garbage", "", "complaint", ("mun04",)) in found
    assert len(set(found)) == len(found) and all(each.text == each.text.strip() != "" for each in found)
    assert found == examples_of_rows(reversed(shipped("by_text").lists["category"]))


def test_filings_are_learned_without_names_and_numbers() -> None:
    filings = [("mera naam Sara hai, 0300 1234567, gutter band", "mun03"), ("  ", "mun01")]
    (found,) = examples_of_filings(filings)
    assert found.categories == ("mun03",) and found.kind == "complaint"
    assert "Sara" not in found.text and "1234567" not in found.text and "gutter band" in found.text


def test_money_asked_in_an_office_teaches_the_category_for_it() -> None:
    assert trained_category(Example("a", "", "complaint", ("lnd01", "cor01"), money=True)) == "cor01"
    assert trained_category(Example("a", "", "complaint", ("hlt04",), money=True)) == "hlt04"
    assert trained_category(Example("a", "", "complaint", ("lnd01", "cor01"))) == "lnd01"
    assert trained_category(Example("a", "", "thanks")) == ""


def test_the_hash_is_of_texts_and_labels_and_not_of_their_order() -> None:
    one, two = Example("a", "en", "complaint", ("mun01",)), Example("b", "en", "spam")
    assert hash_examples([one, two]) == hash_examples([two, one]) != hash_examples([one])
    for other in (
        Example("c", "en", "complaint", ("mun01",)),
        Example("a", "en", "spam", ("mun01",)),
        Example("a", "en", "complaint", ("mun02",)),
        Example("a", "en", "complaint", ("mun01",), danger=True),
        Example("a", "en", "complaint", ("mun01",), money=True),
    ):
        assert hash_examples([other]) != hash_examples([one])


def test_each_label_of_the_shipped_sentences_is_one_that_ships() -> None:
    codes = set(shipped("by_text").rows["category"])
    assert set(files()) == {*WRITERS, "held_out.csv"}
    for name, examples in files().items():
        for each in examples:
            assert each.kind in KINDS and set(each.categories) <= codes, (name, each)
            assert each.script in {"en", "ur-Latn", "ur"}, (name, each)
        assert len(examples) > 500, name


def test_no_sentence_that_is_trained_on_is_judged_with() -> None:
    held_out = {each.text.casefold() for each in files()["held_out.csv"]}
    trained = {each.text.casefold() for name in WRITERS for each in files()[name]}
    assert trained.isdisjoint(held_out)


def test_no_sentence_is_nearly_a_text_of_the_frozen_set() -> None:
    """Only a count is told: the texts stay unseen."""
    path = Path(__file__).parent.parent.parent / "understanding" / "texts.csv"
    with path.open(encoding="utf-8", newline="") as file:
        frozen = [row["text"].casefold() for row in csv.DictReader(file) if len(row["text"]) >= 15]
    mine = [each.text.casefold() for examples in files().values() for each in examples]
    near = 0
    for text in frozen:
        _, score, at = process.extractOne(text, mine, scorer=fuzz.ratio, score_cutoff=80) or ("", 0, 0)
        near += score >= 80 and SequenceMatcher(None, text, mine[at], autojunk=False).ratio() >= 0.9
    assert near == 0, f"{near} texts"
