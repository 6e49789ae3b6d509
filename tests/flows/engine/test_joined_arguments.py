"""Arguments that are joined of answers, columns and words, as an action gets them."""

from __future__ import annotations

from msgspec import msgpack

from flows.engine.engine import advance, begin
from flows.menu.model import Flow, Room, Value
from flows.parsing.flow import parse_flow

CLINICS = """code,en,ur,phone
ravi,Ravi Road clinic,راوی روڈ کلینک,0423
mall,Mall clinic,مال کلینک,
"""
FLOW = """
flow: clinic
title: Clinic
languages: {en: English, ur: اردو}
lists: {clinic: clinic.csv}
screens:
  where: {ask: {en: Where?, ur: کہاں؟}, choose_from: clinic, save: clinic, go: words}
  words: {ask: {en: Say it, ur: لکھیں}, answer: text, length: 1-160, save: words, go: book}
  book:
    do: file_suggestion
    with:
      details: WRITTEN
    then: {ok: end, else: end}
  end: {end: {en: Bye, ur: شکریہ}}
"""


def flow(written: str) -> Flow:
    found = parse_flow({"flow.yaml": FLOW.replace("WRITTEN", written), "clinic.csv": CLINICS}, "flow.yaml")
    assert found.flow is not None and not found.problems, [*map(str, found.problems)]
    return found.flow


def details(written: str, *typed: str, language: str = "en") -> Value:
    """What the action gets after these entries."""
    made = flow(written)
    turn = begin(made, 1, {"language": language}, Room())
    for entry in typed:
        turn = advance(made, turn.state, entry)
    assert turn.action is not None
    return turn.action.arguments["details"]


def test_answers_and_words_are_joined_as_an_officer_reads_them() -> None:
    assert details('"{clinic}, {words}"', "1", "Monday at ten") == "Ravi Road clinic, Monday at ten"
    assert details('"{clinic.phone}: {words|6}"', "1", "Monday at ten") == "0423: Mond.."


def test_a_row_is_named_in_the_base_language_whatever_the_caller_reads() -> None:
    assert details('"{clinic}, {words}"', "1", "پیر کو", language="ur") == "Ravi Road clinic, پیر کو"


def test_words_are_joined_as_they_were_typed() -> None:
    assert details('"{clinic}, {words}"', "1", "it’s “late”") == "Ravi Road clinic, it’s “late”"


def test_what_is_empty_leaves_no_sign_behind() -> None:
    assert details('"{clinic.phone}: {words}"', "2", "Monday") == "Monday"
    assert details('"{words}, {clinic.phone}"', "2", "Monday") == "Monday"


def test_a_variable_alone_and_a_value_in_quotes_are_what_they_were() -> None:
    assert details("words", "1", "Monday") == "Monday"
    assert details('"Monday"', "1", "x") == "Monday"


def test_a_joined_argument_is_stored_with_its_revision() -> None:
    made = flow('"{clinic}, {words|60}"')
    assert msgpack.decode(msgpack.encode(made), type=Flow) == made
