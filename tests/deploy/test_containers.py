"""The container files agree with the program and with each other. Nothing is built here: that needs a registry."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
import pytest
from ruamel.yaml import YAML

from gateway.program import Program

FOLDER = Path(__file__).parents[2] / "deploy" / "container"


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load((FOLDER / "compose.yaml").read_text("utf-8"))["services"]
    return found


def test_each_service_of_ours_runs_a_command_that_there_is_with_few_rights(services: dict[str, Any]) -> None:
    ours = {name: each for name, each in services.items() if each["image"] == "sunwai"}
    assert set(ours) == {"hooks1", "hooks2", "console", "worker", "sweep", "migrate"}
    for each in ours.values():
        name, *words = each["command"]
        command = Program().get_command(click.Context(Program()), name)
        assert command is not None
        command.make_context(name, list(words))
        assert (each["read_only"], each["cap_drop"]) == (True, ["ALL"])
        assert each["stop_grace_period"] == "10s"


def test_only_the_proxy_can_be_reached_from_outside(services: dict[str, Any]) -> None:
    assert [name for name, each in services.items() if "ports" in each] == ["proxy"]
    assert "inside" not in services["proxy"]["networks"]


def test_the_network_of_the_proxy_has_the_address_that_the_file_says_to_trust() -> None:
    text = (FOLDER / "compose.yaml").read_text("utf-8")
    (front,) = YAML(typ="safe").load(text)["networks"]["front"]["ipam"]["config"]
    assert f"TRUSTED_PROXIES={front['subnet']}" in text


def test_every_command_that_the_file_names_exists() -> None:
    text = (FOLDER / "compose.yaml").read_text("utf-8")
    for name, word in re.findall(r"compose run --rm(?: --no-TTY)?(?: console)? ([a-z]+)(?: ([a-z]+))?", text):
        command = Program().get_command(click.Context(Program()), name)
        assert command is not None, name
        if isinstance(command, click.Group):
            assert word in command.commands


def test_nothing_secret_gets_into_an_image() -> None:
    kept_out = (FOLDER.parents[1] / ".dockerignore").read_text("utf-8").splitlines()
    assert {".env*", "*.env", "var", ".git"} <= {*kept_out}


def test_redis_keeps_everything(services: dict[str, Any]) -> None:
    command = services["redis"]["command"]
    assert command[command.index("--appendonly") + 1] == "yes"
    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"


def test_the_image_installs_what_is_locked_and_runs_as_nobody_special() -> None:
    text = (FOLDER / "Containerfile").read_text("utf-8").replace("\\\n", "")
    words = re.findall(r"^([A-Z]+)\b", text, re.MULTILINE)
    assert set(words) <= {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "STOPSIGNAL", "ENTRYPOINT", "CMD"}
    assert "--require-hashes" in text
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)
