"""A reply that the flow's keywords need and that its texts lack is told of at the text before it."""

from __future__ import annotations

import re

import pytest

from flows.menu.sms_reply_text_keys import TO
from flows.parsing.flow import parse_flow
from tests.flows.library import check, shipped_files

TEXTS = shipped_files()["texts.yaml"]


def without(*names: str) -> list[tuple[str, int]]:
    """The severity and the line of each reply that is told of as missing, in the shipped complaint line."""
    texts = TEXTS
    for name in names:
        texts = re.sub(rf"^{name}:.*\n(  .*\n)*", "", texts, flags=re.MULTILINE)
    parsed = parse_flow({**shipped_files(), "texts.yaml": texts}, "complaints.yaml")
    return [(each.severity, each.line) for each in check(parsed) if each.code == "D401"]


def first_line_of(name: str) -> int:
    """The line of its words in the first language."""
    return TEXTS[: TEXTS.index(f"\n{name}:")].count("\n") + 3


def test_without_the_reply_to_danger_nothing_is_published() -> None:
    assert without("emergency") == [("E", first_line_of("number_line"))]


@pytest.mark.parametrize("name", ["which_number", "details_added", "officer_done", "withdraw_kept", "greeting"])
def test_a_reply_that_is_missing_is_a_warning(name: str) -> None:
    assert [severity for severity, _ in without(name)] == ["W"]


def test_a_line_that_leaves_out_many_replies_means_to() -> None:
    assert without(*TO["officer_done"]) == []
