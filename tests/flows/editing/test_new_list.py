"""A list more in a flow: one line under `lists:` and a file that reads as a list without rows."""

from __future__ import annotations

import pytest

from flows.editing.new_list import header, own_columns, with_list
from flows.editing.yaml_nodes import CannotEdit
from flows.parsing.flow import parse_flow
from tests.flows.library import shipped_files


@pytest.mark.parametrize("main", ["complaints.yaml", "by_text.yaml", "survey.yaml"])
def test_a_new_list_is_one_line_more_and_reads(main: str) -> None:
    files = dict(shipped_files())
    text = files[main]
    files[main] = with_list(text, "animal", "lists/animal.csv")
    assert files[main].replace("  animal: lists/animal.csv\n", "") == text
    files["lists/animal.csv"] = header(["en", "ur-Latn", "ur"], ["office"])
    assert files["lists/animal.csv"] == "code,en,ur-Latn,ur,aliases,office\n"
    parsed = parse_flow(files, main)
    assert parsed.flow is not None
    assert parsed.flow.lists["animal"] == ()
    assert [each for each in parsed.problems if "animal" in str(each)] == []


def test_a_flow_without_lists_gets_its_first_one() -> None:
    text = "flow: a\r\nlanguages: {en: English}\r\n\r\nscreens:\r\n  menu:\r\n    end: Bye\r\n"
    made = with_list(text, "animal", "lists/animal.csv")
    assert made.replace("lists: {animal: lists/animal.csv}\r\n", "") == text
    assert "{animal: lists/animal.csv, plant: lists/plant.csv}" in with_list(made, "plant", "lists/plant.csv")
    with pytest.raises(CannotEdit):
        with_list("languages: {en: English}\nlists: [area]\n", "animal", "lists/animal.csv")


def test_columns_of_ones_own_are_named_like_codes() -> None:
    assert own_columns("office, days office", ["en"]) == ("office", "days")
    for wrong in ("My office", "en", "code", "ü"):
        with pytest.raises(ValueError, match=r".+"):
            own_columns(wrong, ["en"])
