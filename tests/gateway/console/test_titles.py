"""What people call screens, lists and flows."""

from __future__ import annotations

import pytest

from flows.menu.actions import ACTIONS
from flows.menu.model import Flow
from flows.parsing.flow import parse_flow
from gateway.console.site import titles

FLOW = """
flow: clinic
title: Clinic line
languages: {ur: اردو, en: English}
screens:
  menu:
    ask: {en: "8484", ur: "8484"}
    choose: {book: {en: Book, ur: بکنگ, go: which_day}}
  which_day:
    ask: {en: "{complaint.number}:\\nWhich day?", ur: کون سا دن؟}
    answer: text
    go: send_it
  send_it:
    do: file_suggestion
    with: {details: which_day}
    then: {ok: bye, else: bye}
  bye:
    end: {en: "Thank you for this call, your booking is kept and the clinic calls you before the day.", ur: شکریہ}
"""


def _flow() -> Flow:
    flow = parse_flow({"clinic.yaml": FLOW}, "clinic.yaml").flow
    assert flow is not None
    return flow


@pytest.mark.parametrize(
    ("screen", "words", "language"),
    [
        ("which_day", "Which day?", "en"),
        ("menu", "Menu", "en"),
        ("send_it", "File the suggestion", "en"),
        ("bye", "Thank you for this call, your booking is kept and the…", "en"),
        ("not_there", "Not there", "en"),
    ],
)
def test_a_screen_is_called_by_the_first_line_that_has_letters_or_by_what_it_does(
    screen: str, words: str, language: str
) -> None:
    assert titles.screen_title(_flow(), screen) == titles.Title(words, language)


def test_every_action_is_said_in_words() -> None:
    assert [name for name in ACTIONS if titles.action_words(name).casefold() == name.replace("_", " ")] == []


def test_a_list_is_called_by_its_words_and_an_unknown_one_by_its_name() -> None:
    assert str(titles.list_title("district")) == "Districts"
    assert str(titles.list_title("health_unit")) == "Health unit"


def test_a_flow_is_called_by_its_title_and_without_one_by_its_name() -> None:
    assert str(titles.flow_title(_flow(), "clinic")) == "Clinic line"
    assert str(titles.flow_title(None, "clinic_line")) == "Clinic line"


def test_languages_stand_in_the_order_of_the_flow() -> None:
    assert titles.language_order(_flow()) == ("ur", "en")
