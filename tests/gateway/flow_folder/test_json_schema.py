"""The JSON Schemas for editors take every file that the program takes, and mark what it would refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from flows.menu.actions import ACTIONS
from gateway.cli.flows.schema import schema
from gateway.development.reference_examples import LINE, MAIN
from gateway.flow_folder.json_schema import SCHEMAS, flow_schema
from tests.flows.fixtures import FILES, NEAR, whole
from tests.sessions.filing import LIBRARY

SHIPPED = sorted(path for path in LIBRARY.parent.glob("*.yaml") if path.read_text("utf-8").find("\nscreens:") >= 0)


def loaded(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def wrong(kind: str, data: Any) -> list[str]:
    found = Draft202012Validator(SCHEMAS[kind]()).iter_errors(data)
    return [f"{'.'.join(map(str, each.absolute_path))}: {each.message[:200]}" for each in found]


@pytest.mark.parametrize("kind", [*SCHEMAS])
def test_each_schema_is_one(kind: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[kind]())
    printed = CliRunner().invoke(schema, [kind])
    assert json.loads(printed.output) == SCHEMAS[kind]()


@pytest.mark.parametrize("path", [*SHIPPED, LINE / MAIN], ids=lambda path: path.name)
def test_the_shipped_flows_and_the_line_of_the_reference_are_valid(path: Path) -> None:
    assert wrong("flow", loaded(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("name", [name for name in NEAR if name.startswith("F") and name.endswith(".yaml")])
def test_flows_without_a_fault_are_valid(name: str) -> None:
    assert wrong("flow", loaded(whole(FILES[name]))) == []


@pytest.mark.parametrize("folder", [LIBRARY.parent, LINE], ids=["shipped", "reference"])
def test_keywords_texts_and_scripted_calls_are_valid(folder: Path) -> None:
    assert wrong("keywords", loaded((folder / "keywords.yaml").read_text(encoding="utf-8"))) == []
    assert wrong("texts", loaded((folder / "texts.yaml").read_text(encoding="utf-8"))) == []
    scripts = sorted((folder / "transcripts").glob("*.yaml"))[:20]
    assert [said for path in scripts for said in wrong("script", loaded(path.read_text(encoding="utf-8")))] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    save: details", "    saves: details"),
        ("    answer: number", "    answer: digits"),
        ("    length: 10-160", "    length: ten"),
        ("    do: plan_complaint", "    do: plan_complaints"),
        ("with: {number: number}", "with: {numbr: number}"),
        ("ok: status, joined", "o: status, joined"),
        (', key: "9"', ", key: 9"),
        ("channel: ussd", "channel: web"),
        ("  bad_choice:", "  bad_choise:"),
        ("flow: lamps", "flows: lamps"),
        ("  wait: {end:", "  wait: {ends:"),
        ("    tries: 4", "    tries: 9"),
    ],
)
def test_what_the_program_would_refuse_is_marked(old: str, new: str) -> None:
    text = (LINE / MAIN).read_text(encoding="utf-8")
    assert old in text
    assert wrong("flow", loaded(text.replace(old, new, 1))) != []


def test_an_editor_can_offer_every_argument_and_outcome_of_an_action() -> None:
    [does] = [kind for kind in flow_schema()["$defs"]["screen"]["oneOf"] if "do" in kind["required"]]
    offered = {each["if"]["properties"]["do"]["const"]: each["then"]["properties"] for each in does["allOf"]}
    for name, spec in ACTIONS.items():
        if not spec.built_in:
            assert {*offered[name]["with"]["properties"]} == {*spec.arguments}
            assert {*offered[name]["then"]["properties"]} == {*spec.outcomes, "else"}
