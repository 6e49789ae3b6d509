"""The pages of requirements and guarantees name tests that are there, and leave out none."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import TOLD

ROOT = Path(__file__).parents[2]
ASVS, GUARANTEES = ROOT / "docs/asvs.md", ROOT / "docs/engineers/guarantees.md"
ROW = re.compile(r"^\| ([A-Z]?[0-9.]+) \| (.*) \|$", re.MULTILINE)
NAMED = re.compile(r"`(test_\w+)`")
LEVELS = {"1": 70, "2": 183}  # how many requirements of each level the standard has, in its release 5.0.0
EXPECTED = [*(f"D{n}" for n in range(1, 14)), *(f"E{n}" for n in range(1, 15))]
PRIVACY = [f"F{n}" for n in range(1, 16)]  # those that are met
STATES = {"pass", "part", "fail", "n/a"}
SHARE = 0.95  # of what applies must pass


@cache
def every_test() -> frozenset[str]:
    """The name of each test in the repository."""
    return frozenset(
        node.name
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def rows(page: Path) -> dict[str, list[str]]:
    """The cells of each row by its number, without the number."""
    found = ROW.findall(page.read_text(encoding="utf-8"))
    assert len(found) == len({number for number, _ in found}), "a row stands twice"
    return {number: cells.split(" | ") for number, cells in found}


@pytest.mark.parametrize("page", [ASVS, GUARANTEES], ids=lambda page: page.name)
def test_every_test_that_a_page_of_requirements_names_is_there(page: Path) -> None:
    named = NAMED.findall(page.read_text(encoding="utf-8"))
    assert named
    assert sorted(set(named) - every_test()) == []


def test_every_requirement_of_both_levels_stands_there_with_a_test_or_a_reason() -> None:
    found = rows(ASVS)
    assert Counter(cells[0] for cells in found.values()) == LEVELS
    for number, cells in found.items():
        _level, about, state, why = cells
        assert about, number
        assert state in STATES, number
        assert why.strip(), f"{number}: name its tests, or say why there is none"


def test_nearly_all_that_applies_passes_and_nothing_fails() -> None:
    states = Counter(cells[2] for cells in rows(ASVS).values())
    applies = states["pass"] + states["part"] + states["fail"]
    missing = ", ".join(number for number, cells in rows(ASVS).items() if cells[2] in ("part", "fail"))
    TOLD.append(
        f"ASVS 5.0, levels 1 and 2: {states['pass']} of {applies} requirements that apply pass "
        f"({100 * states['pass'] / applies:.1f} %), {states['part']} in part ({missing}), {states['fail']} fail"
    )
    assert states["fail"] == 0
    assert states["pass"] / applies >= SHARE


def test_every_guarantee_of_hostile_input_and_access_has_its_row() -> None:
    found = list(rows(GUARANTEES))
    assert found[: len(EXPECTED)] == EXPECTED
    assert found[len(EXPECTED) :] == [each for each in PRIVACY if each in found]
