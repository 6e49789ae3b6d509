"""A screen that somebody types is checked by itself: what such checks find in it is what all of them find."""

from __future__ import annotations

import pytest

from flows.checks.runner import SCREEN_CODES
from flows.menu.diagnostics import Problem
from tests.flows.fixtures import BAD, examined, said


def _told(problems: tuple[Problem, ...], screen: str) -> set[tuple[str, int, str]]:
    return {
        (each.code, each.line, each.language)
        for each in problems
        if each.code in SCREEN_CODES and each.screen.partition(".")[0] == screen
    }


@pytest.mark.parametrize("name", [name for name in BAD if not said(name, "data")])
def test_a_screen_by_itself_has_the_findings_of_the_whole(name: str) -> None:
    whole = examined(name)
    for screen in {each.screen.partition(".")[0] for each in whole} - {""}:
        assert _told(examined(name, screen), screen) == _told(whole, screen), screen
