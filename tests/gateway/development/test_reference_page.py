"""docs/operators/reference.md is what the tables say, and each of its examples is a part of a flow that can be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from flows.cases import private_texts
from flows.checks.runner import check
from flows.checks.structure.references import OTHERS
from flows.delivery.text_uses import ABOUT as TEXTS
from flows.engine.answer_kinds import KINDS
from flows.menu import conditions, danger_rules, declared_names, file_keys, screen_kinds, sms_reply_text_keys
from flows.menu.actions import ACTIONS
from flows.menu.keyword_rule import ABOUT, EMERGENCY
from flows.parsing.flow import parse_flow
from flows.parsing.transcript_file import transcripts_of
from flows.understanding.intents import INTENTS
from gateway.development.reference_examples import LINE, MAIN, action_example, answer_example
from gateway.development.reference_page import page
from gateway.development.reference_texts import ANSWERS, without
from gateway.flow_folder.files import read_flow
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.messages.open_questions import STANDS

WRITTEN = Path(__file__).parents[3] / "docs" / "operators" / "reference.md"
WRONG = ("F000", "F001", "F402", "F403", "F404", "F405", "F702", "F802")
AROUND = """flow: tiny
title: Tiny
languages: {en: English, ur: اردو}
screens:
  shown:
"""


def found(flow: str) -> list[str]:
    parsed = parse_flow({"tiny.yaml": flow}, "tiny.yaml")
    return [str(each) for each in check(parsed, events=()) if each.code in WRONG]


def line() -> Any:
    return YAML(typ="safe", pure=True).load((LINE / MAIN).read_text(encoding="utf-8"))


def test_the_page_is_what_the_tables_say() -> None:
    made = page(SHIPPED_POLICY.lifecycle.events)
    said = "run: python -m gateway.development.reference_page > docs/operators/reference.md"
    assert WRITTEN.read_text(encoding="utf-8") == made, said


def test_the_line_that_the_page_shows_has_no_error_and_its_call_is_as_written() -> None:
    files, main = read_flow(LINE / MAIN)
    problems = check(parse_flow(files, main), events=SHIPPED_POLICY.lifecycle.events, scripts=transcripts_of(files))
    assert [str(each) for each in problems if each.severity == "E"] == []
    assert {each.code for each in problems if each.severity == "W"} <= {"F901"}


def test_every_key_of_a_flow_file_and_of_a_screen_is_in_the_line_that_the_page_shows() -> None:
    written = line()
    kept_for_later = {"sms", "networks"}
    assert {*file_keys.FLOW} - kept_for_later == {*written}
    screens = list(written["screens"].values())
    for kind in screen_kinds.KINDS:
        bounds = file_keys.BOUNDS if "answer" in kind.keys else {}
        used = {key for screen in screens if kind.word in screen for key in screen}
        assert {*kind.keys, *bounds} - used <= {"skip_if"}, kind.word
    options = [option for screen in screens for option in screen.get("choose", {}).values()]
    assert {*file_keys.OPTION} - {"any_language"} <= {key for option in options for key in option}
    picks = [screen["choose_from"] for screen in screens if isinstance(screen.get("choose_from"), dict)]
    assert {*file_keys.CHOOSE_FROM} <= {key for pick in picks for key in pick}


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("keys", file_keys.KEYS),
        ("errors", declared_names.ERROR_WORDS),
        ("resume", file_keys.RESUME),
        ("meant", file_keys.MEANT),
        ("receipt", file_keys.RECEIPT),
        ("service", declared_names.SERVICE_WORDS),
    ],
)
def test_every_name_of_a_map_is_in_the_line_that_the_page_shows(name: str, names: Mapping[str, str]) -> None:
    assert {*names} == {*line()[name]}


def test_every_column_that_something_reads_is_in_a_list_that_the_page_shows() -> None:
    files, _ = read_flow(LINE / MAIN)
    lists = {name: set(files[file].split("\n", 1)[0].split(",")) for name, file in line()["lists"].items()}
    for column in declared_names.COLUMNS:
        of = lists.values() if column.list == declared_names.EVERY_LIST else [lists[column.list]]
        assert any(column.name in columns for columns in of), column


@pytest.mark.parametrize("name", [name for name, spec in ACTIONS.items() if not spec.built_in])
def test_the_example_of_an_action_can_be_used_as_it_is_shown(name: str) -> None:
    spec = ACTIONS[name]
    screen = "\n".join(f"    {each}" for each in action_example(name, spec).splitlines())
    ends = "".join(f"  {end}: {{end: {{en: End, ur: اختتام}}}}\n" for end in ("done", "try_later", *spec.outcomes))
    assert found(f"{AROUND}{screen}\n{ends}") == []


@pytest.mark.parametrize("name", [*KINDS])
def test_the_example_of_an_answer_can_be_used_as_it_is_shown(name: str) -> None:
    screen = "\n".join(f"    {each}" for each in answer_example(name).splitlines())
    assert found(f"{AROUND}{screen}\n  next: {{end: {{en: End, ur: اختتام}}}}\n") == []


@pytest.mark.parametrize("form", [*conditions.FORMS])
def test_each_form_of_a_condition_can_be_read(form: str) -> None:
    conditions.parse(form)


def test_whatever_a_key_takes_has_an_example() -> None:
    assert {*file_keys.TAKES} == {*file_keys.WRITTEN}
    assert {key.takes for keys in tables() for key in keys.values()} <= {*file_keys.TAKES}


def test_a_key_belongs_to_a_version_that_is_described() -> None:
    assert [*file_keys.VERSIONS] == [*range(1, len(file_keys.VERSIONS) + 1)]
    assert {key.since for keys in tables() for key in keys.values()} <= {*file_keys.VERSIONS}


def test_every_intent_is_described_and_no_other() -> None:
    assert {*ABOUT} == {*INTENTS, EMERGENCY}


def test_every_text_that_something_sends_is_described_and_no_other() -> None:
    sent = {*sms_reply_text_keys.ALL, *OTHERS, *SHIPPED_POLICY.lifecycle.events, *private_texts.NAMED.values()}
    assert {*TEXTS} == sent


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("help", "refused (F201)"),
        ("assigned", "`status_is`"),
        ("escalated", "`status_is`"),
        ("greeting", "`help`"),
        ("officer_done", "`help`"),
        ("officer_new", "nothing"),
        ("withdraw_ask", "the one that ships"),
        ("emergency_suicide", "`emergency`"),
    ],
)
def test_the_page_says_what_is_sent_without_a_text(text: str, instead: str) -> None:
    assert without(text, frozenset(SHIPPED_POLICY.lifecycle.events)) == instead


def test_the_answers_to_every_question_are_told_but_those_of_a_flow_own_screens() -> None:
    assert {*ANSWERS} == {*STANDS} - {"filing"}


@pytest.mark.parametrize("written", [*danger_rules.PATTERNS])
def test_each_form_of_a_pattern_of_danger_can_be_read(written: str) -> None:
    assert danger_rules.read_pattern(written).terms


def tables() -> Iterator[Mapping[str, file_keys.FileKey]]:
    for value in vars(file_keys).values():
        if isinstance(value, dict) and any(isinstance(key, file_keys.FileKey) for key in value.values()):
            yield value
