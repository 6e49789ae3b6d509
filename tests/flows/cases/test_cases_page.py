"""docs/officers/life-of-a-complaint.md names every move, status, need and code of the life cycle, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from flows.cases.lifecycle_rules import Transition
from tests.flows.library import LIFE, STATUSES

PAGE = (Path(__file__).parents[3] / "docs" / "officers" / "life-of-a-complaint.md").read_text(encoding="utf-8")
OPEN = tuple(name for name, status in STATUSES.items() if status.open)
Line = tuple[str, frozenset[str], str, frozenset[str], frozenset[str], str, bool]


def rows(first: str) -> list[list[str]]:
    """The cells of the table whose first column has this name."""
    lines = PAGE.split(f"\n| {first} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def words(cell: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z_]+", cell))


def told(cells: list[str]) -> Line:
    move, sources, target, by, needs, text, late = cells
    came = frozenset(OPEN) if sources == "any open" else words(sources)
    return move, came, target.strip("`"), words(by), words(needs), text.strip("`"), late == "yes"


def meant(move: Transition) -> Line:
    name = f"{move.name} (suggestion)" if move.kind == "suggestion" else move.name
    return name, frozenset(move.sources), move.target, move.by, frozenset(move.needs), move.event or "", move.late


def test_the_table_of_moves_is_the_life_cycle() -> None:
    assert [told(cells) for cells in rows("move")] == [meant(move) for move in LIFE.moves]


def test_everything_that_a_move_needs_is_explained_with_its_codes() -> None:
    explained = dict(rows("need"))
    assert set(explained) == {need for move in LIFE.moves for need in move.needs}
    codes = {"outcome": LIFE.outcomes, "proof": LIFE.proofs, "refusal": LIFE.refusals, "drop": LIFE.drops}
    for need, known in codes.items():
        assert [code for code in re.findall(r"`([a-z_]+)`", explained[need]) if code] == list(known)
    assert f"{LIFE.words.least} to {LIFE.words.most}" in explained["closing"]
    assert str(LIFE.words.most) in explained["words"]


def test_the_picture_names_every_status_and_no_other() -> None:
    picture = PAGE.split("```")[1]
    drawn = set(re.findall(r"[a-z]+(?:_[a-z]+)?", picture))
    assert set(STATUSES) <= drawn
    assert {word for word in drawn if "_" in word} <= set(STATUSES)
    assert f"{LIFE.pauses.days} days each" in picture
    assert f"{LIFE.silence.over} days" in picture


def test_the_levels_rise_when_it_says() -> None:
    said = PAGE.split("## Levels and the clock")[1].split("\n## ")[0]
    for level, percent in enumerate(LIFE.escalation.levels, start=1):
        assert re.search(rf"{percent}%.{{0,24}}\b{level}\b", said), percent
    assert f"day {LIFE.answers.most + 1}" in said
    for role, rank in LIFE.ranks.items():
        assert f"{rank} {role}" in said
