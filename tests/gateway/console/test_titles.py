"""What people call screens, lists and flows."""

from __future__ import annotations

import pytest

from flows.menu.actions import ACTIONS
from flows.menu.model import Flow
from flows.parsing.flow import parse_flow
from gateway.console.site import titles
from tests.flows.library import shipped

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


TWICE = """
flow: clinic
languages: {en: English}
service: {help: "15"}
start: ask_name
screens:
  ask_name:
    ask: {en: "{help}, {ussd}: who are you?"}
    choose:
      me: {en: It is me, go: tell_me}
      child: {en: My child, go: tell_child}
  tell_me: {do: file_suggestion, with: {details: "'me'"}, then: {ok: last, else: now}}
  tell_child: {do: file_suggestion, with: {details: "'child'"}, then: {ok: last, else: later}}
  now: {end: {en: "Call {help} (e.g. police) now. Nothing was sent."}}
  later: {end: {en: "Call {help} (e.g. police) now. Nothing was sent."}}
  last: {end: {en: "To: {plan.office}"}}
"""


def test_no_two_screens_have_one_title_and_a_variable_is_called_by_what_it_holds() -> None:
    flow = parse_flow({"clinic.yaml": TWICE}, "clinic.yaml").flow
    assert flow is not None
    assert {name: str(titles.screen_title(flow, name)) for name in flow.screens} == {
        "ask_name": "Who are you?",
        "tell_me": "File the suggestion (option “It is me”)",
        "tell_child": "File the suggestion (option “My child”)",
        "now": "Call helpline (e.g. police) now (now)",
        "later": "Call helpline (e.g. police) now (later)",
        "last": "To: office",
    }


def test_the_shipped_screens_all_have_titles_of_their_own() -> None:
    flow = shipped()
    found = [str(titles.screen_title(flow, name)).casefold() for name in flow.screens]
    assert len(set(found)) == len(found)
    assert not [each for each in found if "{" in each or "_" in each]


def test_a_column_is_called_by_one_of_what_its_list_has() -> None:
    assert (titles.column_title("office"), titles.column_words("office")) == ("Office", "office")
    assert titles.column_title("health_unit") == "Health unit"


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
