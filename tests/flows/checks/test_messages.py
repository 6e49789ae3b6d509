"""What a finding says to do can be done, and helps; and it names what is at fault."""

from __future__ import annotations

import re

import pytest

from flows.menu.diagnostics import Problem
from flows.parsing.flow import parse_flow
from flows.text.printable import name_letter
from tests.flows.fixtures import BASE, TONGUE
from tests.flows.library import check, shipped_files

MENU = """  menu:
    ask: {en: Menu, ur: مینو}
    choose:
      on: {en: Go on, ur: آگے, go: which}
      help: {en: Help, ur: مدد, go: bye}
  which: {ask: {en: Which area?, ur: کون؟}, choose_from: area, save: area, go: bye}
"""


def found(screens: str, *, files: dict[str, str] | None = None) -> list[Problem]:
    """What is found in a flow with these screens after the usual ones."""
    flow = f"{BASE}screens:\n{TONGUE}{MENU}{screens}"
    return list(check(parse_flow({"a.yaml": flow, **LISTS, **(files or {})}, "a.yaml")))


AREA = "code,en,ur\nnorth,The northern part of the old city,شمال\nsouth,The southern part of the old city,جنوب\n"
LISTS = {"lists/area.csv": AREA, "lists/street.csv": "code,en,ur,area\na,A street,گلی,north\nb,B street,کوچہ,south\n"}
END = '  bye: {{end: {{en: "{}", ur: شکریہ}}}}\n'


def coded(problems: list[Problem], code: str) -> list[Problem]:
    return [each for each in problems if each.code == code]


def test_a_cut_is_proposed_that_makes_the_text_fit() -> None:
    words = "Please come to the office of {area} in the morning. " + "Bring your papers. " * 5
    [problem] = coded(found(END.format(words.strip())), "F303")
    proposed = re.search(r"shorten a variable: (\{area\|\d+\})", problem.hint)
    assert proposed is not None, problem
    assert coded(found(END.format(words.strip().replace("{area}", proposed[1]))), "F303") == []


def test_no_cut_is_proposed_where_it_would_gain_too_little() -> None:
    words = "Please come to the office of {area} in the morning. " + "Bring your papers. " * 6 + "Before noon."
    [problem] = [each for each in found(END.format(words)) if each.code in ("F301", "F303")]
    assert "shorten a variable" not in problem.hint


@pytest.mark.parametrize(
    ("letter", "name"), [("\u200b", "U+200B (zero width space)"), ("\u00a0", "U+00A0 (no-break space)"), ("’", "'’'")]
)
def test_a_letter_that_nobody_sees_is_named_by_its_code_point(letter: str, name: str) -> None:
    assert name_letter(letter) == name


def test_an_invisible_letter_is_told_with_the_word_behind_which_it_stands() -> None:
    [problem] = coded(found(END.format("Come to\u200b us")), "F305")
    assert "the invisible U+200B (zero width space) after 'to' leaves a screen 70 characters" in problem.message
    assert problem.hint == "delete U+200B (zero width space): put the cursor behind that word and press Delete"


def test_a_language_that_left_is_told_once_where_the_languages_are() -> None:
    files = dict(shipped_files())
    named = "languages: {ur-Latn: Roman Urdu, ur: اردو, en: English}"
    assert named in files["complaints.yaml"]
    files["complaints.yaml"] = files["complaints.yaml"].replace(named, "languages: {ur: اردو, en: English}")
    parsed = parse_flow(files, "complaints.yaml")
    [problem] = [each for each in parsed.problems if each.code == "F001"]
    assert (problem.file, problem.line) == (
        "complaints.yaml",
        files["complaints.yaml"][: files["complaints.yaml"].index("languages:")].count("\n") + 1,
    )
    assert "texts have words in 'ur-Latn', which languages does not name" in problem.message
    assert parsed.flow is not None and all("ur-Latn" not in each.text for each in parsed.flow.asks)


def test_a_tag_that_is_misspelt_in_one_text_is_told_there() -> None:
    [problem] = coded(found("  bye: {end: {en: Bye, urd: شکریہ}}\n"), "F001")
    assert problem.screen == "bye"
    assert "did you mean 'ur'?" in problem.hint
