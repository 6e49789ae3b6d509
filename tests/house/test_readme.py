"""The README stays short, and the numbers it gives are those of the files that ship."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LISTS = ROOT / "flows" / "library" / "lists"
README = (ROOT / "README.md").read_text(encoding="utf-8")
OF_LIBRARY = (ROOT / "flows" / "library" / "README.md").read_text(encoding="utf-8")
MOST_LINES = 150


def rows(name: str) -> int:
    with (LISTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return sum(row.get("district_status") != "city" for row in csv.DictReader(file))  # Karachi is seven districts


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= MOST_LINES


@pytest.mark.parametrize(
    ("page", "text", "name"),
    [
        (README, "{} groups", "group"),
        (README, "{} kinds of complaint", "category"),
        (README, "{} districts", "district"),
        (OF_LIBRARY, "{} groups", "group"),
        (OF_LIBRARY, "{} categories", "category"),
        (OF_LIBRARY, "{} provinces", "province"),
        (OF_LIBRARY, "{} districts", "district"),
        (OF_LIBRARY, "{} offices", "office"),
        (OF_LIBRARY, "{} statuses", "status"),
    ],
)
def test_a_number_is_that_of_the_list(page: str, text: str, name: str) -> None:
    assert text.format(rows(name)) in " ".join(page.split())
