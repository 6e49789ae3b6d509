"""The tests of an example, an answer of thirteen digits, as identity cards have. Only in a copy that has it."""

from __future__ import annotations

import pytest

from flows.checks.runner import check
from flows.diagrams.graphviz import outline
from flows.editing.screen_form import form_of
from flows.menu.model import Flow
from flows.parsing.flow import parse_flow
from flows.preview.rehearsal import Rehearsal, rehearse
from flows.preview.transcripts import run
from gateway.console.editor.labels import fitting_errors

FLOW = """flow: card
languages: {en: English}
start: card
errors:
  bad_answer: {en: Thirteen digits please}
  too_many: {en: Dial again}
screens:
  card: {ask: {en: Your CNIC number?}, answer: cnic, save: card, go: bye}
  bye: {end: {en: "We have {card}"}}
"""


def read(text: str = FLOW) -> Flow:
    parsed = parse_flow({"card.yaml": text}, "card.yaml")
    assert parsed.flow is not None
    return parsed.flow


@pytest.mark.parametrize("typed", ["35202-1234567-1", "3520212345671", " ٣٥٢٠٢١٢٣٤٥٦٧١ "])
def test_it_is_read_however_it_is_written(typed: str) -> None:
    assert run(read(), {"steps": [{"see": "CNIC", "enter": typed}, {"ends": "We have 3520212345671"}]}) == []


@pytest.mark.parametrize("typed", ["", "1", "352021234567", "35202123456711", "my card"])
def test_what_is_no_such_number_is_asked_again(typed: str) -> None:
    assert run(read(), {"steps": [{"see": "CNIC", "enter": typed}, {"see": "Thirteen digits please"}]}) == []


def test_checks_pictures_previews_and_the_editor_know_it() -> None:
    parsed = parse_flow({"card.yaml": FLOW}, "card.yaml")
    assert [str(each) for each in check(parsed, events=frozenset())] == []
    assert "Typed cnic: goes to bye" in outline(read(), "en")
    assert rehearse(read(), Rehearsal(screen="bye"), {}).steps[-1].body == "We have 3520212345671"
    wrong = parse_flow({"card.yaml": FLOW.replace("answer: cnic", "answer: cnic, length: 1-5")}, "card.yaml")
    assert [each.code for each in check(wrong, events=frozenset())] == ["F702"]
    silent = parse_flow({"card.yaml": FLOW.replace("bad_answer", "bad_choice")}, "card.yaml")
    assert "bad_answer" in str(check(silent, events=frozenset())[0])
    slip = parse_flow({"card.yaml": FLOW.replace("answer: cnic", "answer: cnik")}, "card.yaml")
    assert slip.problems[0].hint == "did you mean 'cnic'?"
    assert fitting_errors(form_of("  card: {ask: {en: Card?}, answer: cnic, go: bye}\n")) == {"bad_answer"}
