"""A file of keywords is edited where it changes, and every other character stays."""

from __future__ import annotations

from pathlib import Path

import pytest

import flows
from flows.editing.keyword_edits import (
    PARTS,
    add_keywords,
    add_rule,
    fault_of,
    move_rule,
    remove_keywords,
    remove_rule,
    rules_of,
    split_keywords,
)
from flows.editing.yaml_nodes import CannotEdit
from flows.menu.keyword_rule import Rule

SHIPPED = (Path(flows.__file__).parent / "library/keywords.yaml").read_text("utf-8")
SMALL = """# what people send
- intent: status   # how it stands
  words: ["STATUS", "HAAL",  # two
          "حال"]
# of no
- intent: "no"
  words:
    - "NAHI"
    - "NO"   # English
  alone: ["N"]
"""


def test_what_is_added_stands_at_the_end_of_its_list() -> None:
    made = add_keywords(SMALL, 0, "words", ["KITHE", "HAAL"])
    assert made == SMALL.replace('"حال"]', '"حال", "KITHE"]')
    assert add_keywords(SMALL, 1, "words", ["NA"]) == SMALL.replace("# English\n", '# English\n    - "NA"\n')
    assert add_keywords(SMALL, 0, "alone", ["H"]) == SMALL.replace('"حال"]\n', '"حال"]\n  alone: ["H"]\n')
    assert add_keywords(SMALL, 0, "words", ["STATUS"]) == SMALL


def test_what_is_removed_leaves_no_gap() -> None:
    assert remove_keywords(SMALL, 0, "words", ["STATUS"]) == SMALL.replace('"STATUS", ', "")
    assert remove_keywords(SMALL, 0, "words", ["HAAL"]) == SMALL.replace(', "HAAL",  # two', ",  # two")
    assert remove_keywords(SMALL, 1, "words", ["NAHI"]) == SMALL.replace('    - "NAHI"\n', "")
    assert remove_keywords(SMALL, 1, "alone", ["N"]) == SMALL.replace('  alone: ["N"]\n', "")


def test_a_rule_moves_with_the_comments_above_it_and_back() -> None:
    three = SMALL + "- intent: help\n  words: [HELP]\n"
    made = move_rule(three, 1, 2)
    assert [each.intent for each in rules_of(made)] == ["status", "help", "no"]
    assert "# of no\n- intent" in made
    assert move_rule(made, 2, 1) == three
    assert [each.intent for each in rules_of(move_rule(three, 1, 0))] == ["no", "status", "help"]


def test_a_rule_is_added_and_removed() -> None:
    made = add_rule(SMALL, Rule("yes", ("HAAN", "ہاں"), ("H",)), 1)
    assert made == SMALL.replace("# of no\n", '- intent: "yes"\n  words: ["HAAN", "ہاں"]\n  alone: ["H"]\n# of no\n')
    assert remove_rule(made, 1) == SMALL
    with pytest.raises(CannotEdit, match="the only rule"):
        remove_rule(remove_rule(SMALL, 1), 0)


@pytest.mark.parametrize("at", [0, 4])  # reading what ships takes a while
def test_rules_that_ship_take_every_edit(at: int) -> None:
    rules = rules_of(SHIPPED)
    for part in PARTS:
        words = getattr(rules[at], part)
        for some in (words[1:3], words):
            made = add_keywords(remove_keywords(SHIPPED, at, part, some), at, part, some)
            assert set(getattr(rules_of(made)[at], part)) == set(words)
    made = move_rule(SHIPPED, at, 5)
    assert move_rule(made, 5, at) == SHIPPED
    assert rules_of(remove_rule(SHIPPED, at)) == (*rules[:at], *rules[at + 1 :])


@pytest.mark.parametrize("text", ["", "a: b\n", "- x\n", "- intent: no\n", "- {intent: a, words: {b: c}}\n", "- ["])
def test_a_file_of_another_shape_is_not_edited(text: str) -> None:
    with pytest.raises(CannotEdit):
        rules_of(text)


def test_a_rule_on_one_line_is_edited_there() -> None:
    text = "- {intent: new, words: [A, B]}\n- {intent: help, words: []}\n"
    assert add_keywords(text, 0, "alone", ["C"]) == text.replace("[A, B]", '[A, B], alone: ["C"]')
    assert add_keywords(text, 1, "words", ["C"]) == text.replace("[]", '["C"]')
    assert remove_keywords(text, 0, "words", ["B"]) == text.replace("[A, B]", "[A]")


def test_keywords_are_typed_with_semicolons_commas_or_lines_between() -> None:
    assert split_keywords(" haal ; kya  bana؛ حال، \n haal,") == ("HAAL", "KYA BANA", "حال")
    assert [fault_of(each) for each in ("HAAL", "!!", "X" * 61, "A " * 9)] == ["", "empty", "long", "many"]
