"""docs/operators/revisions.md says what is so: its script plays, its commands exist."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from flows.parsing.transcript_file import parse_transcript
from flows.preview.transcripts import run
from gateway.cli.flows.command_group import flows
from gateway.cli.groups import register
from gateway.simulator.terminal import simulate
from tests.flows.library import shipped

PAGE = (Path(__file__).parents[4] / "docs" / "operators" / "revisions.md").read_text(encoding="utf-8")


def test_the_script_on_the_page_plays_with_the_shipped_flow() -> None:
    [text] = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    script = parse_transcript("transcripts/page.yaml", text)
    assert (script.problem, run(shipped(), script.said)) == ("", [])


def test_every_command_and_option_on_the_page_exists() -> None:
    register(Flask(__name__))
    named = set(re.findall(r"flask flows (\w+)", PAGE))
    assert named <= set(flows.commands)
    options = {name for each in (*flows.commands.values(), simulate) for option in each.params for name in option.opts}
    assert set(re.findall(r"(--[a-z]+)", PAGE)) <= options
