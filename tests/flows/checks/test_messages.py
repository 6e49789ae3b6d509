"""What a finding says to do can be done, and helps; and it names what is at fault."""

from __future__ import annotations

import re

import pytest

from flows.menu.diagnostics import Problem
from flows.menu.model import Flow
from flows.parsing.flow import parse_flow
from flows.parsing.transcript_file import parse_transcript
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


BOTH = "  bye: {{end: {{en: '{}', ur: '{}'}}}}\n"


def flow_of(screens: str) -> Flow:
    flow = parse_flow({"a.yaml": f"{BASE}screens:\n{TONGUE}{MENU}{screens}", **LISTS}, "a.yaml").flow
    assert flow is not None
    return flow


@pytest.mark.parametrize(
    ("en", "ur", "blamed"), [("شکریہ آپ کا", "شکریہ آپ کا", "en"), ("Thank you all", "Thank you all", "ur")]
)
def test_of_two_languages_with_the_same_words_the_one_that_is_not_its_own_is_blamed(
    en: str, ur: str, blamed: str
) -> None:
    [problem] = coded(found(BOTH.format(en, ur)), "F206")
    assert problem.language == blamed
    assert problem.hint.startswith(f"translate it into {blamed}")


def test_in_two_languages_of_one_script_the_words_of_the_flow_tell_whose_they_are() -> None:
    files = dict(shipped_files())
    files["complaints.yaml"] = files["complaints.yaml"].replace('en: "What is it about?"', 'en: "Masla kya hai?"', 1)
    [problem] = [each for each in check(parse_flow(files, "complaints.yaml")) if each.code == "F206"]
    assert problem.language == "en"


def test_a_variable_that_the_base_text_lost_is_told_there() -> None:
    before = flow_of(BOTH.format("Bye {area}", "شکریہ {area}"))
    text = f"{BASE}screens:\n{TONGUE}{MENU}{BOTH.format('Bye', 'شکریہ {area}')}"
    after = parse_flow({"a.yaml": text, **LISTS}, "a.yaml")
    [problem] = [each for each in check(after, before=before) if each.code == "F203"]
    assert (problem.language, problem.hint) == ("en", "add {area} to the en text")
    [unknown] = [each for each in check(after) if each.code == "F203"]
    assert unknown.hint == "add {area} to the en text, or remove it here"


def test_a_script_that_differs_is_told_at_the_line_of_the_flow_and_names_its_own() -> None:
    flow = f"{BASE}screens:\n{TONGUE}{MENU}{END.format('Bye')}"
    script = "flow: tiny\nsteps:\n  - {see: Language, enter: '1'}\n  - {see: Menu, enter: '2'}\n  - {ends: Goodbye}\n"
    parsed = parse_flow({"a.yaml": flow, **LISTS}, "a.yaml")
    [problem] = [
        each for each in check(parsed, scripts=[parse_transcript("transcripts/a.yaml", script)]) if each.code == "F901"
    ]
    line = flow[: flow.index("  bye:")].count("\n") + 1
    assert (problem.file, problem.line, problem.screen) == ("a.yaml", line, "bye")
    assert "transcripts/a.yaml:5, step 3 (bye): expected 'Goodbye'" in problem.message


def test_a_row_that_means_something_else_is_told_with_what_it_was_and_is() -> None:
    before = flow_of(END.format("Bye"))
    lists = {**LISTS, "lists/area.csv": AREA.replace("The northern part of the old city,شمال", "Water bills,بل")}
    flow = f"{BASE}screens:\n{TONGUE}{MENU}{END.format('Bye')}"
    [problem] = [
        each for each in check(parse_flow({"a.yaml": flow, **lists}, "a.yaml"), before=before) if each.code == "F902"
    ]
    assert "row north reads 'Water bills' now, and complaints that were filed as 'The northern part" in problem.message
    assert problem.hint == "keep the row north as it was, and give 'Water bills' a row with a code of its own"


def test_texts_with_a_language_that_the_flow_does_not_offer_are_a_note() -> None:
    texts = "".join(f"{name}: {{en: A, ur: ب, ur-Latn: A}}\n" for name in ("received", "assigned", "in_progress"))
    files = {"texts.yaml": texts}
    flow = f"{BASE}texts: texts.yaml\nscreens:\n{TONGUE}{MENU}{END.format('Bye')}"
    parsed = parse_flow({"a.yaml": flow, **LISTS, **files}, "a.yaml")
    assert [(each.code, each.severity, each.file, each.line) for each in parsed.problems] == [
        ("F001", "I", "texts.yaml", 1)
    ]


def test_a_gap_behind_a_private_filing_is_told_as_a_matter_of_privacy() -> None:
    filing = """  which: {ask: {en: Which area?, ur: کون؟}, choose_from: area, save: area, go: say, after_tries: say}
  say: {ask: {en: Say it, ur: لکھیں}, answer: text, save: words, go: file}
  file:
    do: file_by_text
    with: {details: words, private: yes}
    save: complaint
    then: {ok: bye, private: bye, danger: bye, repeat: bye, else: bye}
  bye: {end: {en: "Filed for {area}", ur: شکریہ}}
"""
    menu = MENU.split("  which:")[0]
    parsed = parse_flow({"a.yaml": f"{BASE}screens:\n{TONGUE}{menu}{filing}", **LISTS}, "a.yaml")
    [problem] = [each for each in check(parsed) if each.code == "F406"]
    assert "It has no place here: file files privately, and others may hold the phone" in problem.message
    assert problem.hint == "leave {area} out of what follows a private filing"
