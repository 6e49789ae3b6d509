"""A path played again comes to the same screens."""

from __future__ import annotations

import pytest

from flows.analytics.call_paths import COMMON, HIDDEN, CallPath, PathStep, hide_rows
from flows.analytics.screen_events import TYPED
from flows.preview.rehearsal import Rehearsal, rehearse
from gateway.console.funnel.call_replay import replay_entries
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from tests.flows.library import shipped

FLOW = shipped()


def path(*steps: tuple[str, str, bool]) -> CallPath:
    made = [PathStep(screen, "en", 4, typed, wrong) for screen, typed, wrong in steps]
    return CallPath(tuple(made), "ended", 40)


def screens(of: CallPath) -> list[str]:
    entries = replay_entries(FLOW, of, "", {}, SHIPPED_POLICY.statuses).entries
    played = rehearse(FLOW, Rehearsal(inputs=entries), SHIPPED_POLICY.statuses)
    return [step.screen for step in played.steps]


PLAIN = path(
    ("language", "3", False), ("menu", TYPED, True), ("menu", "1", False), ("group", "1", False),
    ("leaf", "2", False), ("place", TYPED, False), ("details", TYPED, False), ("confirm", "1", False),
    ("filed", "", False),
)  # fmt: skip
DANGER = path(
    ("language", "3", False), ("menu", "1", False), ("group", HIDDEN, False), ("leaf", HIDDEN, False),
    ("danger", "2", False), ("call_now", "", False),
)  # fmt: skip


MANY = frozenset(map(str, range(COMMON)))


@pytest.mark.parametrize("of", [PLAIN, hide_rows(FLOW, PLAIN, {("group", "1"): MANY})])
def test_the_same_keys_and_samples_come_to_the_same_screens(of: CallPath) -> None:
    assert screens(of) == [step.screen for step in of.steps]


def test_a_hidden_row_is_one_that_leads_where_the_path_went_if_the_first_ones_do() -> None:
    assert screens(DANGER)[:4] == ["language", "menu", "group", "leaf"]


def test_a_screen_that_is_no_more_breaks_nothing() -> None:
    assert replay_entries(FLOW, path(("old", TYPED, False), ("older", "1", False)), "", {}, {}).entries == ("?",)


@pytest.mark.parametrize("typed", ["1", TYPED, HIDDEN])
def test_a_replay_is_in_the_language_of_the_call_however_it_was_chosen(typed: str) -> None:
    steps = [PathStep("language", "ur-Latn", 4, typed), PathStep("menu", "en", 4, "1"), PathStep("group", "en", None)]
    found = replay_entries(FLOW, CallPath(tuple(steps), "left", 8), "", {}, SHIPPED_POLICY.statuses)
    played = rehearse(FLOW, Rehearsal(inputs=found.entries), SHIPPED_POLICY.statuses)
    languages = [step.language for step in played.steps[1:]]
    assert languages == ([played.steps[1].language] * 2 if typed == "1" else ["en", "en"])


def test_what_is_hidden_is_marked_as_a_sample() -> None:
    hidden = hide_rows(FLOW, PLAIN, {})
    assert replay_entries(FLOW, PLAIN, "", {}, SHIPPED_POLICY.statuses).samples == (1, 5, 6)
    assert replay_entries(FLOW, hidden, "", {}, SHIPPED_POLICY.statuses).samples == (1, 3, 4, 5, 6)
