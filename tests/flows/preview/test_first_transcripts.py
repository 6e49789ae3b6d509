"""A first set of scripted calls reaches every screen of a flow and matches what its callers see."""

from __future__ import annotations

import pytest

from flows.parsing.flow import parse_flow
from flows.parsing.transcript_file import parse_transcript
from flows.preview.first_transcripts import first_transcripts
from flows.preview.transcript_coverage import coverage, ownerless_transcripts
from flows.preview.transcripts import difference
from tests.flows.library import shipped, shipped_files


@pytest.mark.parametrize("name", ["power_cut", "survey", "by_text"])
def test_a_first_set_reaches_every_screen_of_a_flow_but_that_for_words_of_danger(name: str) -> None:
    flow = shipped(name)
    parsed = parse_flow(shipped_files(), f"{name}.yaml")
    made = first_transcripts(parsed, {each.language: each.unseen for each in coverage(flow, ())})
    scripts = [parse_transcript(file, text) for file, text in made.items()]
    assert [script.problem for script in scripts if script.problem] == []
    assert [difference(flow, script.said) for script in scripts if difference(flow, script.said)] == []
    for reached in coverage(flow, scripts):
        assert {*reached.unseen} <= {flow.danger_screen}


def test_only_what_no_script_reaches_is_written() -> None:
    made = first_transcripts(parse_flow(shipped_files(), "survey.yaml"), {"en": ("thanks",), "ur": ()})
    assert [*made] == ["transcripts/survey_thanks_en.yaml"]
    assert "A call ends with thanks (English)" in made["transcripts/survey_thanks_en.yaml"]


def test_a_script_of_a_flow_of_which_no_file_is_here_has_no_owner() -> None:
    files = {
        "a.yaml": "title: A\nflow: a  # the name\n",
        "transcripts/one.yaml": "flow: a\nsteps: [{see: x}]\n",
        "transcripts/two.yaml": "flow: aa\nsteps: [{see: x}]\n",
    }
    assert [script.file for script in ownerless_transcripts(files)] == ["transcripts/two.yaml"]


BOOKING = """
flow: t
title: t
languages: {en: English}
errors: {bad_choice: {en: A}, bad_answer: {en: B}, bad_date: {en: C}, too_early: {en: D}, too_late: {en: E},
  day_off: {en: F}, bad_phone_number: {en: G}, too_many: {en: H}}
screens:
  menu: {ask: {en: Which day?}, answer: date, days: 5-9, save: day, go: phone}
  phone: {ask: {en: Which phone?}, answer: phone, country: IN, save: phone, go: bye}
  bye: {end: {en: "{day} {phone}"}}
"""


def test_a_first_set_goes_past_a_day_and_a_phone_number_of_another_country() -> None:
    parsed = parse_flow({"flow.yaml": BOOKING}, "flow.yaml")
    made = first_transcripts(parsed, {"en": ("bye",)})
    assert [*made] == ["transcripts/t_bye_en.yaml"], parsed.problems
