"""Rows of the list `place` that nobody would be understood by are told, with what to do."""

from __future__ import annotations

import pytest

from flows.editing.csv_import import diff_list, merge_list
from flows.menu.diagnostics import Problem
from flows.parsing.flow import parse_flow
from flows.translation.flow_texts import load_flow_texts
from flows.understanding.name_lookup import look_up
from tests.flows.library import check, shipped_files

MAIN, PLACES = "complaints.yaml", "lists/place.csv"
HEAD = "code,en,ur,aliases,kind,district,verified,source,common_word,note\n"


def told(rows: str, head: str = HEAD) -> list[Problem]:
    found = check(parse_flow({**shipped_files(), PLACES: head + rows}, MAIN))
    return [problem for problem in found if problem.file == PLACES]


@pytest.mark.parametrize(
    ("row", "message", "hint"),
    [
        ("a,Basti,,,town,lahor,,,,", "'lahor' of the place 'a' is not in list district", "lahore"),
        ("a,Basti,,,town,lahore;xyz,,,,", "'xyz' of the place 'a' is not in list district", "write a code of the list"),
        ("a,Basti,,,town,,,,,", "the place 'a' has no district", "write a code of the list district"),
    ],
)
def test_a_place_without_a_district_is_an_error_that_says_what_to_do(row: str, message: str, hint: str) -> None:
    [problem] = told(f"b,Lahore Cantt,,,area,lahore,yes,,,\n{row}\n")
    assert (problem.code, problem.severity, problem.line) == ("F603", "E", 3)
    assert message in problem.message
    assert hint in problem.hint


def test_a_place_without_any_words_is_told_and_one_without_urdu_is_not() -> None:
    [problem] = told("a,,,,town,lahore,,,,\nb,Basti,,,town,lahore,,,,\nc,,بستی,,town,lahore,,,,\n")
    assert (problem.code, problem.line) == ("F601", 2)


def test_places_of_no_list_are_told_once() -> None:
    [problem] = told("a,Basti,town\nb,Kot,town\n", "code,en,kind\n")
    assert "no column of the list place has the name of another list" in problem.message


def test_provinces_and_phrases_and_places_in_two_districts_are_no_mistake() -> None:
    assert told("a,Punjab,,,province,,,,,\nb,Sui Gas,,,phrase,,,,,\nc,Khanpur,,,tehsil,haripur; shikarpur,,,,\n") == []


def test_a_row_added_by_csv_is_understood() -> None:
    before = shipped_files()[PLACES]
    incoming = HEAD + "basti_new,Basti Naya Nagar,,,town,layyah,yes,us,,\n"
    change = diff_list("place", before, incoming, "new.csv", {"en": "English", "ur": "اردو"})
    assert (change.problems, [row.code for row in change.added]) == ((), ["basti_new"])
    flow = parse_flow({**shipped_files(), PLACES: merge_list(before, change)}, MAIN).flow
    assert flow is not None
    assert look_up(flow, "district", "basti naya nagar").code == "layyah"


def test_names_of_places_are_no_texts_for_translators() -> None:
    texts = load_flow_texts(shipped_files(), MAIN)
    assert "place" in texts.lists
    assert not any(wording.names[0] == "place" for wording in texts.texts.values() if wording.sheet == "lists")
