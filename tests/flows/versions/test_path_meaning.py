"""What is dialled after a code means the same in two revisions, or it does not."""

from __future__ import annotations

import pytest

from flows.menu.model import Flow
from flows.parsing.flow import parse_flow
from flows.versions.path_meaning import means_the_same

KINDS = "code,en\nwater,Water\npower,Power\n"
FLOW = """
flow: t
title: t
languages: {en: English}
lists: {kind: kind.csv}
screens:
  menu:
    ask: {en: Menu}
    choose:
      new: {en: New, go: kind}
      ask: {en: Ask, go: number}
  kind: {ask: {en: Kind?}, choose_from: kind, save: kind, go: words}
  words: {ask: {en: Say it}, answer: text, save: words, go: file}
  number: {ask: {en: Number?}, answer: number, save: number, go: find}
  find: {do: find_complaint, with: {number: number}, save: complaint, then: {ok: found, else: end}}
  found: {ask: {en: Found}, choose: {more: {en: More, go: words}, stop: {en: Stop, go: end}}}
  file: {do: file_suggestion, with: {details: words, category: kind}, then: {ok: end, else: end}}
  end: {end: {en: Bye}}
"""
TONGUE = """  tongue:
    {ask: {en: Language}, choose_from: languages, save: contact.language, skip_if: contact.language, go: menu}"""


def flow(*changes: tuple[str, str]) -> Flow:
    text, kinds = FLOW, KINDS
    for old, new in changes:
        assert old in text + kinds, old
        text, kinds = text.replace(old, new), kinds.replace(old, new)
    found = parse_flow({"flow.yaml": text, "kind.csv": kinds}, "flow.yaml").flow
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("changes", "dialled", "same"),
    [
        ([("Menu", "The menu")], "1*2", True),
        ([("Kind?", "Which?"), ("Say it", "Tell us")], "1*2*a leak", True),
        ([("water,Water\npower,Power", "power,Power\nwater,Water")], "1*2", False),
        ([("water,Water\npower,Power", "power,Power\nwater,Water")], "1", True),  # the rows come after it
        ([("water,Water\npower,Power", "power,Power\nwater,Water")], "2*482719300", True),
        ([("go: number", "go: kind"), ("new: {en: New, go: kind}", "new: {en: New, go: number}")], "1", False),
        ([("new: {en: New", "old: {en: Old")], "1", False),  # another choice that leads to the same screen
        ([("details: words, category: kind", "details: words")], "1*2*a leak", False),
        ([("Found", "It is found")], "2*482719300*1", True),  # what finding it comes back with does not matter
        ([("ok: found", "ok: words")], "2*482719300*1", False),
        ([("ok: found", "ok: words")], "2*482719300", True),
        ([("  end:", "  other: {end: {en: Bye}}\n  end:")], "2*482719300*1", False),
    ],
)
def test_entries_are_compared_by_the_screens_and_choices_that_they_lead_to(
    changes: list[tuple[str, str]], dialled: str, same: bool
) -> None:
    before, after = flow(), flow(*changes)
    assert means_the_same(before, after, {"language": "en"}, dialled.split("*"), dialled=True) is same


@pytest.mark.parametrize("known", [True, False])
def test_a_caller_who_is_asked_for_the_language_first_is_compared_from_the_menu_on(known: bool) -> None:
    asked = ("screens:", f"screens:\n{TONGUE}")
    before, after = flow(asked), flow(asked, ("water,Water\npower,Power", "power,Power\nwater,Water"))
    caller = {"language": "en"} if known else {}
    assert means_the_same(before, after, caller, ["2"], dialled=True)
    assert not means_the_same(before, after, caller, ["1", "1"], dialled=True)


def test_a_revision_that_cannot_be_walked_means_nothing() -> None:
    before = flow()
    after = flow(("go: number", "go: nowhere"))
    assert not means_the_same(before, after, {"language": "en"}, ["2"], dialled=True)
