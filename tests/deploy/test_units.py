"""The systemd units start what exists, may do little, and end in time."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from gateway.cli.processes import GRACE
from gateway.program import Program
from tests.deploy.conftest import need

FOLDER = Path(__file__).parents[2] / "deploy" / "systemd"
UNITS = sorted(FOLDER.glob("*.service"))
MOST_EXPOSED = 1.5  # of 10, as systemd counts; 9.6 is a unit without any restriction


def settings(unit: Path) -> dict[str, str]:
    lines = [line.partition("=") for line in unit.read_text("utf-8").splitlines() if "=" in line and line[0] != "#"]
    return {name: value for name, _, value in lines}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_each_unit_starts_a_command_that_there_is(unit: Path) -> None:
    program, *words = settings(unit)["ExecStart"].replace("%i", "8000").split()
    assert program == "/opt/sunwai/bin/sunwai"
    result = CliRunner().invoke(Program(), [words[0], "--help"])
    assert result.exit_code == 0, result.output
    command = Program().get_command(click.Context(Program()), words[0])
    assert command is not None
    command.make_context(words[0], [*words[1:]])


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_each_unit_is_private_and_ends_before_it_is_killed(unit: Path) -> None:
    found = settings(unit)
    assert found["User"] == "sunwai"
    assert found["UMask"] == "0077"
    assert found["StateDirectoryMode"] == "0700"
    assert (found["Restart"], found["StartLimitIntervalSec"]) == ("always", "0")
    assert GRACE + 1 <= 8 < int(found["TimeoutStopSec"])


def test_the_target_starts_each_unit() -> None:
    wanted = re.findall(r"[a-z-]+(?=@|\.service)", settings(FOLDER / "sunwai.target")["Wants"])
    assert {*wanted} == {unit.stem.removesuffix("@") for unit in UNITS}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_accepts_each_unit_and_calls_it_little_exposed(unit: Path, tmp_path: Path) -> None:
    analyze = need("systemd-analyze", "systemd")
    named = tmp_path / unit.name.replace("@.", "@8000.")
    named.write_text(unit.read_text("utf-8").replace("/opt/sunwai/bin/sunwai", "/bin/true"))
    verified = subprocess.run([analyze, "verify", named], capture_output=True, text=True, check=False)
    complaints = [line for line in verified.stderr.splitlines() if named.name in line]
    assert not complaints
    judged = subprocess.run(
        [analyze, "security", "--offline=yes", "--no-pager", named],
        capture_output=True, text=True, check=False, env={**os.environ, "SYSTEMD_COLORS": "0"},
    )  # fmt: skip
    [exposure] = re.findall(r"Overall exposure level for \S+: ([0-9.]+)", judged.stdout)
    assert float(exposure) <= MOST_EXPOSED
