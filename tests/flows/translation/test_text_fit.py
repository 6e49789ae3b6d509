"""Room that words take where a translator writes them: as the phone will show or be sent them."""

from __future__ import annotations

import pytest

from flows.translation.text_fit import Ruler
from flows.translation.text_inventory import TranslatableText
from tests.flows.library import shipped

TEXT = TranslatableText("texts", ("received",), "texts.yaml", ("received",), {}, "sms")
OPTION = TranslatableText(
    "options", ("menu", "cut"), "power_cut.yaml", ("screens", "menu", "choose", "cut"), {}, "line"
)


def test_a_name_of_the_service_takes_its_room_in_a_text() -> None:
    fit = Ruler(shipped("power_cut")).fit(TEXT, "Call {helpline}", "en")
    assert fit.used == len("Call 118")


@pytest.mark.parametrize(("language", "limit"), [("en", 156 - len("10 \n0 Back\n99 More")), ("ur", 48)])
def test_an_option_in_latin_letters_shares_its_page_with_the_keys_of_the_language(language: str, limit: int) -> None:
    fit = Ruler(shipped("power_cut")).fit(OPTION, "n" * limit, language)
    assert (fit.limit, fit.how) == (limit, "fits")
    assert Ruler(shipped("power_cut")).fit(OPTION, "n" * (limit + 1), language).how == "tight"


def test_joiners_of_urdu_words_are_sent_and_counted() -> None:
    words = "ا\u200c" * 10
    assert Ruler(shipped("power_cut")).fit(TEXT, words, "ur").used == 20
    assert Ruler(shipped("power_cut")).fit(TEXT, "It’s", "en").used == 4
