"""docs/privacy.md names every table that holds something of people, and every rule of retention as it ships."""

from __future__ import annotations

import re
from pathlib import Path

import click
from flask import Flask

from flows.retention.retention_file import EVERYTHING, RULES, RetentionRule
from gateway.cli.groups import register
from sessions.retention.retention_plan import load_retention
from tests.house.test_data_classes import listed

PAGE = Path(__file__).parents[2] / "docs/privacy.md"
ABOUT_PEOPLE = ("secret", "sensitive", "personal")


def part(heading: str) -> list[list[str]]:
    """The rows of the table under a heading."""
    text = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    return [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")][2:]


def test_every_table_that_holds_something_of_people_is_named_with_a_reason() -> None:
    held = {name.partition(".")[0] for name, kind in listed().items() if kind in ABOUT_PEOPLE}
    rows = part("What is held, and why")
    assert held - {name for row in rows for name in re.findall(r"`(\w+)`", row[0])} == set()
    assert all(len(row) == 3 and all(row) for row in rows)


def test_every_rule_stands_there_with_the_days_that_ship() -> None:
    shipped = {rule.name: rule for rule in load_retention("").rules}
    assert set(shipped) == {RetentionRule(table, EVERYTHING, kind).name for table, kind in RULES}
    told = {row[0].strip("`"): row for row in part("How long")}
    assert {name: (str(rule.days), rule.remains) for name, rule in shipped.items()} == {
        name: (row[1], re.split(r"[:, ]", row[3])[0]) for name, row in told.items()
    }


def test_every_command_that_the_page_names_is_there() -> None:
    app = Flask(__name__)
    register(app)
    for group, name in re.findall(r"`sunwai (\w+) (\w+)", PAGE.read_text(encoding="utf-8")):
        found = app.cli.commands[group]
        assert isinstance(found, click.Group)
        assert name in found.commands, f"sunwai {group} {name}"
