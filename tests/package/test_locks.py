"""The locks hold what the requirements ask for, with hashes, and agree with each other."""

from __future__ import annotations

import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.package.conftest import ROOT

PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)(?P<rest>.*(?:\n .*)*)", re.MULTILINE)


def asked(file: str) -> list[Requirement]:
    """The direct requirements of a file and of those it names."""
    found: list[Requirement] = []
    for line in (ROOT / file).read_text("utf-8").splitlines():
        if line.startswith("-r "):
            found += asked(line.removeprefix("-r ").strip())
        elif line and not line.startswith("#"):
            found.append(Requirement(line))
    return found


def locked(file: str) -> dict[str, Version]:
    text = (ROOT / file).read_text("utf-8")
    return {canonicalize_name(found["name"]): Version(found["version"]) for found in PINNED.finditer(text)}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_every_requirement_is_locked_at_a_version_in_its_range(name: str) -> None:
    versions = locked(f"{name}.lock")
    wrong = [
        str(each)
        for each in asked(f"{name}.txt")
        if (found := versions.get(canonicalize_name(each.name))) is None or found not in each.specifier
    ]
    assert not wrong, "run: make lock"


def test_what_runs_is_tested_at_the_very_versions_that_run() -> None:
    running, testing = locked("requirements.lock"), locked("requirements-dev.lock")
    assert running.items() <= testing.items(), "run: make lock"


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_hashes_and_no_index_is_named(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert len(locked(name)) > 20
    assert not [found["name"] for found in PINNED.finditer(text) if "--hash=sha256:" not in found["rest"]]
    assert "http" not in re.sub(r"^(httpx|httpcore|httptools)", "", text, flags=re.MULTILINE)
    assert not re.search(r"(?m)^(-|#)", text)
