"""Planted names that end in a participle, and near misses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house import name_rules
from tests.house.plant import build_house

MODULE = "flows/menu/model.py"
PARTICIPLES = [
    "class Published: ...",
    "class PagesShown: ...",
    "class Reading: ...",
    "class HTTPRefused: ...",
    "def told(): ...",
    "def flows_seen(): ...",
    "def read(): ...",
    "def listed(): ...",
    "async def sending(): ...",
    "def rows_put(): ...",
]
NOUNS_AND_VERBS = [
    "class PublishedFlow: ...",
    "class Recording: ...",
    "class _Held: ...",
    "def _told(): ...",
    "def read_rules(): ...",
    "def set(): ...",
    "def is_closed(): ...",
    "def needs_saving(): ...",
    "def was_told(): ...",
    "class IsSet: ...",
    "def put_off(): ...",
    "class Flow:\n    def shown(self): ...",
]


@pytest.mark.parametrize("code", PARTICIPLES)
def test_a_name_that_ends_in_a_participle_is_named(tmp_path: Path, code: str) -> None:
    (violation,) = name_rules.participles_as_heads(build_house(tmp_path, {MODULE: f"{code}\n"}))
    assert violation.startswith(f"{MODULE}:1: ")


@pytest.mark.parametrize("code", NOUNS_AND_VERBS)
def test_a_noun_a_verb_and_a_question_are_left_alone(tmp_path: Path, code: str) -> None:
    assert name_rules.participles_as_heads(build_house(tmp_path, {MODULE: f"{code}\n"})) == []


@pytest.mark.parametrize("path", ["flows/menu/held.py", "flows/menu/texts_read.py", "flows/redrawing/__init__.py"])
def test_a_module_or_folder_named_by_a_participle_is_named(tmp_path: Path, path: str) -> None:
    assert len(name_rules.participles_as_heads(build_house(tmp_path, {path: ""}))) == 1


@pytest.mark.parametrize("path", ["flows/menu/published_cache.py", "flows/parsing/__init__.py"])
def test_a_participle_before_a_noun_and_a_noun_of_the_field_are_left_alone(tmp_path: Path, path: str) -> None:
    assert name_rules.participles_as_heads(build_house(tmp_path, {path: ""})) == []


def test_words_of_a_name_are_found_in_every_style() -> None:
    assert name_rules.words("find_flow") == ["find", "flow"]
    assert name_rules.words("HTTPClient") == ["http", "client"]
    assert name_rules.words("StaleVersionError") == ["stale", "version", "error"]
    assert name_rules.words("0001_first_tables") == ["0001", "first", "tables"]
