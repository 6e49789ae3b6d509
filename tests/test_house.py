"""The rules of the house, held against the code and its pages. `tests/house/` has them, and plants violations."""

from __future__ import annotations

import pytest

from flows.menu.actions import ACTIONS
from tests.house.layout_rules import LONG_MODULES
from tests.house.name_rules import FIELD_NAMES, NOUNS_IN_ING, names, words
from tests.house.rules import CODE_RULES, PAGE_RULES, Rule
from tests.house.tree import ROOMS, ROOT, folders, modules


@pytest.mark.parametrize("rule", CODE_RULES, ids=lambda rule: rule.__name__)
def test_the_code_keeps_the_rule(rule: Rule) -> None:
    assert rule(ROOT) == []


@pytest.mark.parametrize("rule", PAGE_RULES, ids=lambda rule: rule.__name__)
def test_the_pages_are_true(rule: Rule) -> None:
    assert rule(ROOT) == []


@pytest.mark.parametrize("room", ROOMS)
def test_the_rules_look_at_every_room(room: str) -> None:
    assert len(modules(ROOT, room)) > 30
    assert len(folders(ROOT, room)) > 5


def test_an_exception_from_a_rule_is_gone_when_nothing_needs_it() -> None:
    last_words = {words(name.name)[-1] for name in names(ROOT)}
    assert last_words >= NOUNS_IN_ING
    assert {name.name for name in names(ROOT)} >= FIELD_NAMES
    assert all((ROOT / path).is_file() for path in LONG_MODULES)


def test_every_action_a_flow_may_name_is_handled() -> None:
    from sessions.ussd.action_handlers import HANDLERS, PLANS

    assert set(HANDLERS) | set(PLANS) == set(ACTIONS)
