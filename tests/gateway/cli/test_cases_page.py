"""The commands of docs/officers/life-of-a-complaint.md, each as it stands there, done to a complaint."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from gateway.endpoints.application import Sunwai
from tests.gateway.operating import run
from tests.sessions.filing import file_one

PAGE = (Path(__file__).parents[3] / "docs" / "officers" / "life-of-a-complaint.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS)
def test_every_command_of_the_page_does_what_it_says(doors: Sunwai, block: str) -> None:
    complaint, _ = file_one(doors.database)
    assert complaint.desk is not None
    assert run(doors, "staff", "add", "Bilal", "--role", "officer", "--office", complaint.desk).exit_code == 0
    for line in block.splitlines():
        typed = shlex.split(line.replace("482-719-304", complaint.number))
        assert typed[:2] == ["flask", "complaints"]
        done = run(doors, *typed[1:])
        assert done.exit_code == 0, done.output


def test_the_page_has_commands() -> None:
    assert len(BLOCKS) == 2
