"""What keywords found, beside what a model suggests."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.understanding import category_and_district, category_suggestion
from flows.understanding.classification import NOTHING, Classification
from flows.understanding.text_model import Prediction
from tests.flows.library import shipped, shipped_model
from tests.flows.understanding.models import CARD, model

ROWS = shipped("by_text").rows["category"]
TEXT = "likha hua"  # names no office


def predicted(*categories: tuple[str, float], kind: str = "complaint", money: float = 0.0) -> Prediction:
    return Prediction(((kind, 1.0),), categories, 0.0, money)


def suggest(found: Classification, read: Prediction, text: str = TEXT) -> Classification:
    card = msgspec.structs.replace(CARD, single=0.9, support=0.5)
    return category_suggestion.suggest(text, found, read, card, ROWS)


SURE = Classification("mun01")


def offer(*codes: str) -> Classification:
    """A question with these categories, and something else."""
    return Classification(None, (*codes, "oth02"))


def test_what_keywords_found_and_the_model_supports_is_certain() -> None:
    assert suggest(SURE, predicted(("mun01", 0.5), ("nrg01", 0.4))) == SURE


def test_what_the_model_does_not_support_is_asked_about_with_what_it_suggests() -> None:
    read = predicted(("nrg01", 0.4), ("mun02", 0.3), ("mun03", 0.2), ("mun01", 0.1))
    assert suggest(SURE, read) == offer("nrg01", "mun02", "mun01")
    assert suggest(SURE, predicted(("mun01", 0.49), ("nrg01", 0.4))) == offer("mun01", "nrg01")


def test_a_category_that_the_model_does_not_know_is_asked_about() -> None:
    for code in ("mun01", "cor01", "hlt04", "rgt01"):
        read = predicted(("nrg01", 0.9), ("nrg03", 0.1))
        assert suggest(Classification(code), read) == offer("nrg01", "nrg03", code)


def test_what_is_no_complaint_in_the_eyes_of_the_model_is_asked_about() -> None:
    assert suggest(SURE, predicted(("mun01", 0.99), kind="thanks")) == Classification(None, ("mun01",))


@pytest.mark.parametrize("code", [code for code, row in ROWS.items() if row.columns["emergency"] == "yes"])
def test_where_life_may_be_in_danger_only_a_model_that_finds_it_unlikely_asks(code: str) -> None:
    found = Classification(code)
    assert suggest(found, predicted(("mun01", 0.9), (code, 0.1), kind="thanks", money=1.0)) == found
    unlikely = msgspec.structs.replace(predicted(("mun01", 0.91), (code, 0.09)), danger=1.0)
    assert suggest(found, unlikely) == offer("mun01", code)


def test_the_model_alone_never_makes_a_category_certain() -> None:
    assert suggest(NOTHING, predicted(("mun01", 1.0))) == Classification(None, ("mun01",))
    assert suggest(NOTHING, predicted(("mun01", 0.9), ("nrg01", 0.1))) == Classification(None, ("mun01",))


def test_several_are_offered_where_one_alone_is_not_likely_enough() -> None:
    read = predicted(("mun01", 0.89), ("nrg01", 0.06), ("mun02", 0.03), ("mun03", 0.02))
    assert suggest(NOTHING, read) == offer("mun01", "nrg01", "mun02")


def test_what_is_not_likely_at_all_is_left_to_a_person() -> None:
    read = predicted(("mun01", 0.07), ("nrg01", 0.07), ("mun02", 0.05), ("mun03", 0.05))
    assert suggest(NOTHING, read) == NOTHING
    assert suggest(NOTHING, predicted(("mun01", 0.08), ("nrg01", 0.07), ("mun02", 0.06))).others
    assert suggest(NOTHING, predicted(("mun01", 0.99), kind="greeting")) == NOTHING
    assert suggest(NOTHING, predicted()) == NOTHING


def test_of_a_tie_the_likelier_comes_first_and_a_third_is_added() -> None:
    tie = Classification(None, ("mun01", "nrg01"))
    read = predicted(("nrg01", 0.6), ("mun02", 0.3), ("mun01", 0.1))
    assert suggest(tie, read) == offer("nrg01", "mun02", "mun01")
    assert suggest(tie, predicted(("nrg01", 0.95), ("mun01", 0.05))) == offer("nrg01", "mun01")
    assert suggest(tie, predicted(kind="greeting")) == offer("mun01", "nrg01")


def test_of_many_that_keywords_named_two_stay_beside_the_likeliest() -> None:
    tie = Classification(None, ("mun01", "mun02", "mun03", "mun04"))
    read = predicted(("nrg01", 0.5), ("mun04", 0.3), ("mun03", 0.1), ("mun02", 0.05))
    assert suggest(tie, read) == offer("nrg01", "mun04", "mun03")


def test_a_category_that_the_flow_no_longer_has_is_not_offered() -> None:
    read = predicted(("gone", 0.9), ("mun01", 0.05), ("nrg01", 0.03), ("mun02", 0.01), ("mun03", 0.01))
    assert suggest(NOTHING, read) == NOTHING
    assert suggest(SURE, read) == offer("mun01", "nrg01", "mun02")


@pytest.mark.parametrize(
    ("text", "money", "expected"),
    [
        ("patwari", 1.0, offer("cor01", "lnd01", "mun01")),
        ("patwari", 0.1, offer("cor01", "lnd01", "mun01")),
        ("patwari", 0.09, Classification("lnd01")),
        ("nurse", 0.1, offer("hlt04", "lnd01", "mun01")),
    ],
)
def test_where_money_may_be_asked_for_no_office_is_taken_for_granted(
    text: str, money: float, expected: Classification
) -> None:
    read = predicted(("mun01", 0.5), ("lnd01", 0.5), money=money)
    assert suggest(Classification("lnd01"), read, text) == expected


def test_words_for_a_bribe_that_the_model_does_not_believe_are_asked_about() -> None:
    found = Classification("cor01")
    assert suggest(found, predicted(("mun01", 0.9), money=0.1)) == found
    assert suggest(found, predicted(("mun01", 0.9), money=0.09)) == offer("cor01", "mun01")
    assert suggest(found, predicted(("mun01", 0.9), money=0.05)) == offer("cor01", "mun01")
    assert suggest(found, predicted(("cor01", 0.5), ("mun01", 0.5), money=0.0)) == found
    assert suggest(found, predicted(("mun01", 0.6), money=0.04)) == offer("mun01", "cor01")
    clinic = Classification("hlt04")
    assert suggest(clinic, predicted(("mun01", 0.9), money=0.1)) == clinic
    assert suggest(clinic, predicted(("mun01", 0.9), money=0.09), "nurse") == offer("hlt04", "mun01")


def test_a_category_is_supported_from_the_probability_on_that_the_card_says() -> None:
    assert category_suggestion.is_supported("rgt01", predicted(("rgt01", CARD.support)), CARD)
    assert not category_suggestion.is_supported("rgt01", predicted(("rgt01", CARD.support - 0.01)), CARD)
    assert not category_suggestion.is_supported("rgt01", predicted(), CARD)


def test_without_a_category_for_money_the_subject_is_offered() -> None:
    rows = {"mun01": ROWS["mun01"]}
    read = predicted(("mun01", 0.95), money=1.0)
    assert category_suggestion.suggest("patwari", NOTHING, read, CARD, rows) == Classification(None, ("mun01",))
    assert category_suggestion.bribe("patwari ne rishwat li", rows) == NOTHING
    assert category_suggestion.bribe("doctor ne rishwat li", {"cor01": ROWS["cor01"]}) == Classification("cor01")


def test_a_text_is_read_by_keywords_rules_and_model() -> None:
    flow = shipped("by_text")
    water = {"mun01": 100, "complaint": 100, "money": -100}
    reads = model({"pani nahi": water, "bijli nahi": water})
    category = category_and_district.category
    assert category("pani nahi", flow, reads) == category("pani nahi", flow) == Classification("mun01")
    assert category("bijli nahi", flow, reads).others[0] == "mun01"
    assert category("bijli nahi", flow) == Classification("nrg01")
    assert category("patwari ne rishwat li", flow) == Classification("cor01")
    values = category_and_district.classified_values("bijli nahi", flow, model=reads)
    assert values["category.maybe"] == "mun01 nrg01 cor01 oth02" and "category" not in values
    assert category("pani nahi", shipped("survey"), reads) == NOTHING


@given(st.text())
def test_any_text_leads_to_rows_that_are_there_and_at_most_three_are_offered(text: str) -> None:
    found = category_and_district.category(text, shipped("by_text"), shipped_model())
    assert {*found.others, *filter(None, [found.code])} <= set(ROWS)
    assert len(found.others) <= 4 and not (found.code and found.others)


def test_something_else_is_offered_last_where_there_are_several_and_only_once() -> None:
    read = predicted(("mun01", 0.4), ("oth02", 0.3), ("nrg01", 0.2))
    assert suggest(NOTHING, read) == Classification(None, ("mun01", "oth02", "nrg01"))
    without = {code: ROWS[code] for code in ("mun01", "nrg01")}
    read = predicted(("mun01", 0.5), ("nrg01", 0.4))
    assert category_suggestion.suggest(TEXT, NOTHING, read, CARD, without) == Classification(None, ("mun01", "nrg01"))
