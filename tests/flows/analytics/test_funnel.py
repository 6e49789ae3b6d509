"""Counts of screens as a funnel: in the order callers meet them, with nothing lost between the sums."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flows.analytics.funnel import Stage, by_part, funnel, goals_of, top, totals
from flows.engine.render import RESUME
from flows.menu.model import Do
from tests.flows.library import shipped

FLOW = shipped()
COUNTED = {
    "menu": Stage("menu", saw=100, answered=80, ended=2, timed_out=5, mistyped=9),
    "filed": Stage("filed", saw=30, ended=30),
    "filed_private": Stage("filed_private", saw=5, ended=5),
    "old": Stage("old", saw=7, answered=3),
}


def test_screens_stand_branch_by_branch_in_the_order_callers_meet_them() -> None:
    found = funnel(FLOW, COUNTED)
    order = [stage.screen for stage in found.stages]
    way = ["language", "menu", "group", "leaf", "danger", "where", "details", "confirm", "filed", "my_list", "track"]
    assert [name for name in order if name in way] == way
    assert sorted(order) == sorted(name for name, each in FLOW.screens.items() if not isinstance(each, Do))


def test_the_offer_to_go_on_stands_first_once_somebody_saw_it() -> None:
    assert RESUME not in [stage.screen for stage in funnel(FLOW, COUNTED).stages]
    assert funnel(FLOW, {RESUME: Stage(RESUME, saw=1)}).stages[0].screen == RESUME


def test_screens_that_are_no_more_stand_apart_and_are_counted() -> None:
    found = funnel(FLOW, COUNTED)
    assert [stage.screen for stage in found.gone] == ["old"]
    assert (found.totals.calls, found.totals.ended, found.totals.left) == (59, 37, 22)


def test_what_was_filed_is_what_is_shown_after_filing() -> None:
    assert goals_of(FLOW) == {"filed", "suggested", "filed_private", "filed_no_pin", "pin_failed"}
    assert goals_of(shipped("survey"))
    assert funnel(FLOW, COUNTED).totals.filed == 35


def test_it_names_where_most_callers_left() -> None:
    assert funnel(FLOW, COUNTED).most_lost == COUNTED["menu"]
    assert funnel(FLOW, {"filed": COUNTED["filed"]}).most_lost is None
    assert funnel(FLOW, {"menu": Stage("menu", saw=19)}).most_lost is None  # too few to tell


def test_a_screen_nobody_saw_has_no_shares_and_a_lost_count_makes_none_negative() -> None:
    assert (Stage("x").left, Stage("x").left_share) == (0, 0.0)
    assert Stage("x", saw=1, answered=3).left == 0
    assert totals([], frozenset()).share(3) == 0.0


COUNT = st.integers(0, 50)
STAGES = st.builds(Stage, st.sampled_from(["menu", "filed", "a"]), COUNT, COUNT, COUNT, COUNT, COUNT)


@given(st.lists(st.tuples(st.sampled_from(["en", "ur"]), STAGES)))
def test_parts_add_up_to_the_whole(counted: list[tuple[str, Stage]]) -> None:
    parts = by_part(counted, frozenset({"filed"}))
    whole = totals([stage for _, stage in counted], frozenset({"filed"}))
    for name in ("calls", "ended", "left", "timed_out", "mistyped", "filed"):
        assert sum(getattr(part, name) for part in parts.values()) == getattr(whole, name)
    assert 0 <= whole.share(whole.left) <= 1


def test_wrong_entries_typed_once_are_not_told_but_counted() -> None:
    words = [("11", 9), ("pani", 4), ("my own name", 1), ("another", 1)]
    assert top(words) == ([("11", 9), ("pani", 4)], 2)
    assert top(words, most=1) == ([("11", 9)], 6)
