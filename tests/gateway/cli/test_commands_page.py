"""docs/operators/commands.md names every command of `flask` and every target of make, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
from flask import Flask

from gateway.cli.groups import register

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "operators" / "commands.md").read_text(encoding="utf-8")
OF_FLASK_ITSELF = {"run", "shell", "routes"}


def commands(group: click.Group, path: str = "flask") -> Iterator[str]:
    for name, command in group.commands.items():
        full = f"{path} {name}"
        yield from commands(command, full) if isinstance(command, click.Group) else (full,)


def test_the_page_names_every_command_and_no_other() -> None:
    app = Flask(__name__)
    register(app)
    known = {name for name in commands(app.cli) if name.removeprefix("flask ") not in OF_FLASK_ITSELF}
    assert {name for name in known if f"`{name}`" not in PAGE and f"`{name} " not in PAGE} == set()
    named = {name.strip() for name in re.findall(r"`(flask(?: [a-z]+(?:-[a-z]+)*)+)", PAGE)}
    assert named <= known


def test_the_page_names_every_target_of_make_and_no_other() -> None:
    [targets] = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"`make ([a-z-]+)", PAGE)) == set(targets.split()) - {"help"}
