"""`{line}` and `{ussd}` are the code that the caller dialled, on screens and in what is sent about the case."""

from __future__ import annotations

import datetime as dt

import pytest

from flows.engine.engine import advance, begin
from flows.engine.variables import event_lookup, lookup
from flows.menu.model import Flow, Room, Value
from flows.parsing.flow import parse_flow
from flows.preview.transcripts import play
from sessions.publishing.published_cache import PublishedFlowCache, with_own_code
from sessions.ussd.hop_types import final_answer
from storage.menus.revisions import route
from tests.flows.library import shipped
from tests.sessions.calls import CODE, SERVICE, Line, Phone

OTHER = "*123#"
BUS = """
flow: bus
title: Bus
languages: {en: English}
service: {ussd: "*8484#", sms: "8484", help: "15"}
errors: {bad_choice: {en: Again}, too_many: {en: Over}}
screens:
  line: {ask: {en: "Which line?"}, answer: text, length: 1-40, save: line, skip_if: line, go: help}
  help:
    ask: {en: "Help?"}
    choose: {a: {en: Yes, go: file}, b: {en: No, go: file}}
    save: help
    skip_if: help
    go: file
  file: {do: file_suggestion, with: {details: line}, then: {ok: over, else: over}}
  over: {end: {en: Over}}
"""


def said(flow: Flow, name: str, dialled: str = "") -> str:
    caller: dict[str, Value] = {"language": "en", "line": dialled} if dialled else {"language": "en"}
    return lookup(flow, begin(flow, 1, caller, Room()).state.values, "en")(name)


def test_both_words_are_the_code_that_was_dialled() -> None:
    flow = shipped()
    assert (said(flow, "line", OTHER), said(flow, "ussd", OTHER)) == (OTHER, OTHER)
    assert (said(flow, "line"), said(flow, "ussd")) == (CODE, CODE)  # nobody dialled: the flow's own


def test_a_flow_with_a_line_of_its_own_names_the_main_line_as_ussd() -> None:
    flow = shipped("power_cut")
    assert (said(flow, "line", OTHER), said(flow, "ussd", OTHER)) == (OTHER, CODE)
    assert said(flow, "line") == "*8485#"


def test_a_variable_with_the_name_of_a_word_of_the_service_is_empty_until_somebody_answers() -> None:
    parsed = parse_flow({"bus.yaml": BUS}, "bus.yaml").flow
    assert parsed is not None
    first = begin(parsed, 1, {"language": "en", "line": OTHER}, Room())
    assert first.state.screen == "line", "the question is not skipped"
    second = advance(parsed, first.state, "42")
    assert second.state.screen == "help", "nor is this one"
    filed = advance(parsed, second.state, "1")
    assert filed.action is not None and filed.action.arguments["details"] == "42"


@pytest.mark.parametrize(
    ("service", "codes", "own"),
    [
        ({"ussd": CODE}, [OTHER, "8484"], {"ussd": OTHER}),
        ({"ussd": CODE}, [OTHER, CODE], {"ussd": CODE}),
        ({"ussd": CODE}, ["8484"], {"ussd": CODE}),
        ({"ussd": CODE, "line": "*1#"}, [OTHER], {"ussd": CODE, "line": OTHER}),
    ],
)
def test_a_text_about_a_case_names_a_code_that_leads_to_its_flow(
    service: dict[str, str], codes: list[str], own: dict[str, str]
) -> None:
    assert with_own_code(service, codes) == own


def test_a_text_without_a_call_has_the_code_of_the_flow() -> None:
    words = event_lookup(shipped("power_cut"), "en", {})
    assert (words("line"), words("ussd")) == ("*8485#", CODE)


def test_a_caller_of_another_code_reads_that_code(line: Line) -> None:
    with line.database.write.begin() as db:
        route(db, OTHER, "complaints")
    line.shelf.refresh()
    wrong = ["3", "77", "77", "77"]
    assert f"Dial {OTHER} again" in Phone(line, code=OTHER).walk(wrong)[-1]
    assert f"Dial {CODE} again" in Phone(line, "+923001234568").walk(wrong)[-1]
    assert f"dial {OTHER} again" in final_answer(line.shelf.for_code(OTHER), None, "busy", OTHER).body


def test_a_flow_reached_by_one_code_names_it_once_it_leads_there(line: Line) -> None:
    shelf = PublishedFlowCache(line.database, SERVICE)
    shelf.refresh()
    before = shelf.for_code(CODE)
    shelf.refresh()
    assert before is not None and shelf.for_code(CODE) is before
    assert before.flow.service["ussd"] == CODE
    assert before.since < dt.datetime.now(dt.UTC)


def test_a_scripted_call_shows_the_code_that_it_dials() -> None:
    script = {"dial": "*123*1#", "caller": {"language": "en"}, "steps": [{"enter": "77"}] * 3}
    assert "Dial *123# again" in [*play(shipped(), script)][-1].body
