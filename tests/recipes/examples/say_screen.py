"""The tests of an example, a screen that says something and goes on at any key. Only in a copy that has this kind."""

from __future__ import annotations

import pytest

from flows.checks.runner import check
from flows.diagrams.graphviz import dot, outline
from flows.editing.screen_form_writer import first_lines
from flows.menu.model import Flow
from flows.parsing.flow import parse_flow
from flows.preview.transcripts import run
from flows.versions.revision_diff import diff_revisions
from gateway.endpoints.application import Sunwai
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit, NewDraft
from tests.gateway.console.conftest import Visit

FLOW = """flow: tips
languages: {en: English, ur: اردو}
start: tongue
errors:
  bad_choice: {en: Choose a number, ur: نمبر چنیں}
  too_many: {en: Dial again, ur: دوبارہ ملائیں}
screens:
  tongue: {ask: {en: Language, ur: زبان}, choose_from: languages, save: contact.language, go: tip}
  tip: {say: {en: Boil your water, ur: پانی ابالیں}, go: menu}
  menu:
    ask: {en: Was that new?, ur: کیا یہ نیا تھا؟}
    choose:
      yes_new: {en: "Yes", ur: جی ہاں, go: bye}
      again: {en: Read it again, ur: دوبارہ, go: tip}
      language: {en: Language, ur: زبان, go: tongue}
  bye: {end: {en: Thank you, ur: شکریہ}}
"""


def read(text: str = FLOW) -> Flow:
    parsed = parse_flow({"tips.yaml": text}, "tips.yaml")
    assert parsed.flow is not None
    assert [str(each) for each in check(parsed, events=frozenset())] == []
    return parsed.flow


def found(text: str) -> set[tuple[str, int]]:
    problems = check(parse_flow({"tips.yaml": text}, "tips.yaml"), events=frozenset())
    return {(each.code, each.line) for each in problems}


def test_it_shows_its_words_and_goes_on_at_any_key() -> None:
    steps = [
        {"see": "Language", "enter": "1"},
        {"see": "Boil your water", "enter": "7"},
        {"see": "Was that new?", "enter": "2"},
        {"see": "Boil your water", "enter": "0"},
        {"see": "Was that new?", "enter": "1"},
        {"ends": "Thank you"},
    ]
    assert run(read(), {"steps": steps}) == []


@pytest.mark.parametrize(
    ("words", "instead", "code"),
    [
        ("go: menu}", "go: nowhere}", "F101"),
        (", ur: پانی ابالیں}", "}", "F201"),
        ("Boil your water", '"Boil {water}"', "F401"),
        ("Boil your water", "Boil your water. " * 12, "F302"),
        ("پانی ابالیں", "Boil your water", "F206"),
    ],
)
def test_the_checks_know_it(words: str, instead: str, code: str) -> None:
    line = FLOW[: FLOW.index("  tip:")].count("\n") + 1
    assert (code, line) in found(FLOW.replace(words, instead, 1))


def test_pictures_outlines_and_comparisons_tell_it() -> None:
    flow = read()
    assert '"tip":w0:e -> "menu":head:w' in dot(flow, "en")
    assert "3. tip asks\n  Boil your water\n    Typed any key: goes to menu (2)" in outline(flow, "en")
    now = read(FLOW.replace("Boil your water", "Filter your water"))
    assert [(each.path, each.after) for each in diff_revisions(flow, now)] == [
        (("screens", "tip", "say"), "Filter your water")
    ]


def test_the_editor_has_a_form_for_it(console: Sunwai, visit: Visit) -> None:
    assert "say:" in first_lines("tip", "say", ["en", "ur"], go="menu")
    new = NewDraft("tips", 0, "tips.yaml", {"tips.yaml": FLOW})
    draft = draft_editing.start_draft(console.database, Edit("Sara", console.clock()), new)
    operator = visit("operator")
    page = operator.get(f"/console/drafts/{draft.id}/screens/tip")
    assert page.status_code == 200
    assert 'name="words.say.en"' in page.text
    assert 'name="field.go"' in page.text
    assert 'name="choices"' not in page.text
    assert '<option value="say">' in operator.get(f"/console/drafts/{draft.id}/screens").text
    assert operator.get(f"/console/drafts/{draft.id}/map").status_code == 200
