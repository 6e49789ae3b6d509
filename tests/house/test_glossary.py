"""Planted synonyms, owners that are gone, and words nobody reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house import glossary
from tests.house.plant import build_house

HEAD = "# Glossary\n\n| term | what it is | citizens read | owner | not |\n| --- | --- | --- | --- | --- |\n"
ROUTE = "| route | A way out. | Route · Rasta · راستہ | `flows/menu/model.py` | road, way out |\n"
LIBRARY = "ask: {en: Route one, ur-Latn: Rasta, ur: راستہ}\n"


def build(root: Path, rows: str = ROUTE, code: str = "class Flow: ...\n") -> Path:
    changes = {
        "docs/engineers/glossary.md": HEAD + rows,
        "flows/library/texts.yaml": LIBRARY,
        "flows/menu/model.py": code,
    }
    return build_house(root, changes)


@pytest.mark.parametrize(
    "code",
    ["class Road: ...", "class RoadRules: ...", "def find_roads(): ...", "def way_out(): ...", "def roads_of(): ..."],
)
def test_a_synonym_is_named_with_the_word_to_use(tmp_path: Path, code: str) -> None:
    (violation,) = glossary.banned_synonyms(build(tmp_path, code=f"{code}\n"))
    assert violation.startswith("flows/menu/model.py:1: ")
    assert ": say route, not " in violation


def test_a_module_called_by_a_synonym_is_named(tmp_path: Path) -> None:
    root = build(tmp_path)
    (root / "flows/menu/roads.py").write_text("")
    assert glossary.banned_synonyms(root) == ["flows/menu/roads.py:1: module roads: say route, not road"]


@pytest.mark.parametrize(
    "code", ["class Broad: ...", "class RoadmapX: ...", "def out_of_way(): ...", "def _road(): ..."]
)
def test_a_word_that_only_looks_like_a_synonym_is_left_alone(tmp_path: Path, code: str) -> None:
    assert glossary.banned_synonyms(build(tmp_path, code=f"{code}\n")) == []


def test_an_owner_that_does_not_exist_is_named(tmp_path: Path) -> None:
    root = build(tmp_path, ROUTE.replace("model.py", "routes.py"))
    assert glossary.missing_owners(root) == ["route: flows/menu/routes.py"]


def test_a_word_that_no_citizen_reads_is_named(tmp_path: Path) -> None:
    root = build(tmp_path, ROUTE.replace("Rasta", "Raste"))
    assert glossary.words_citizens_never_read(root) == ["route: Raste"]
    assert glossary.words_citizens_never_read(build(tmp_path)) == []


def test_a_term_of_two_rows_is_named(tmp_path: Path) -> None:
    assert glossary.rows_that_contradict(build(tmp_path, ROUTE + ROUTE)) == ["route: has two rows"]


def test_a_term_that_another_row_bans_is_named(tmp_path: Path) -> None:
    row = "| road | Where cars go. | – | `flows/menu/model.py` | – |\n"
    (violation,) = glossary.rows_that_contradict(build(tmp_path, ROUTE + row))
    assert violation == "road: is a term, and the row of route bans it"


def test_a_row_with_a_column_too_few_is_no_row(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the row of route has 4 columns"):
        glossary.read_glossary(build(tmp_path, "| route | A way out. | – | `flows/menu/model.py` |\n"))


def test_a_field_word_by_which_nobody_finds_the_owner_is_named(tmp_path: Path) -> None:
    row = "| quota | So many a day. | – | `flows/menu/model.py` | – |\n"
    missed = "quota: searching for it does not find flows/menu/model.py"
    assert missed in glossary.field_words_that_miss_their_owner(build(tmp_path, row))
    for code in ('"""The quota of a phone."""\n', "def quota_for(): ...\n", "class DailyQuota: ...\n"):
        assert missed not in glossary.field_words_that_miss_their_owner(build(tmp_path, row, code))


def test_a_field_word_without_a_row_is_named(tmp_path: Path) -> None:
    assert "audit: the glossary has no history (audit trail)" in glossary.field_words_that_miss_their_owner(
        build(tmp_path)
    )
