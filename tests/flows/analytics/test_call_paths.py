"""The path of a call as people read it, and what the phone types to play it again."""

from __future__ import annotations

import pytest

from flows.analytics.call_paths import COMMON, HIDDEN, CallPath, KeptHop, call_path, hide_rows
from flows.analytics.screen_events import TYPED, path_entry
from flows.engine.render import RESUME
from flows.menu.model import Room, State
from tests.flows.library import shipped

FLOW = shipped()


def path(*hops: tuple[str, str, str], language: str = "en") -> CallPath:
    return call_path([KeptHop(screen, language, 4 * at, *rest) for at, (screen, *rest) in enumerate(hops)])


NEW = path(
    ("language", "", "S"), ("menu", "3", "aS"), ("menu", TYPED, "m"), ("group", "1", "aS"), ("leaf", "2", "aS"),
    ("place", "1", "aS"), ("details", TYPED, "aS"), ("confirm", TYPED, "aS"), ("filed", "1", "aSE"),
)  # fmt: skip


def at(screen: str) -> State:
    return State(1, screen, "en", Room(), {})


def test_a_path_has_how_long_each_screen_was_shown_and_what_followed() -> None:
    assert (NEW.how, NEW.seconds, NEW.screens, NEW.continued) == ("ended", 32, 9, False)
    first, second, *_, last = NEW.steps
    assert (first.seconds, first.typed, last.seconds, last.typed) == (4, "3", None, "")
    assert (second.typed, second.wrong) == (TYPED, True)
    assert path(("menu", "", "S"), ("menu", "77", "me")).how == "gave_up"
    assert path(("menu", "", "S")).how == "left" and path((RESUME, "", "S")).continued


MANY = frozenset(map(str, range(COMMON)))
FEW = frozenset(map(str, range(COMMON - 1)))
OTHERS = frozenset(f"other {each}" for each in range(COMMON))


def rows_shown(of: CallPath, calls: dict[tuple[str, str], frozenset[str]]) -> list[str]:
    return [step.typed for step in hide_rows(FLOW, of, calls).steps if step.screen in ("group", "leaf", "place")]


@pytest.mark.parametrize(
    ("group", "leaf", "shown"),
    [(MANY, MANY, ["2", "1"]), (MANY, FEW, ["2", HIDDEN]), (FEW, MANY, [HIDDEN, "1"]), (MANY, OTHERS, ["2", HIDDEN])],
)
def test_rows_of_lists_are_shown_only_if_several_calls_chose_all_of_them(
    group: frozenset[str], leaf: frozenset[str], shown: list[str]
) -> None:
    assert rows_shown(NEW, {("group", "2"): group, ("leaf", "1"): leaf}) == [*shown, TYPED]


def test_a_language_is_no_row_because_the_next_screen_is_in_it() -> None:
    assert hide_rows(FLOW, NEW, {}).steps[0].typed == "3"


ORDINARY = (("language", "", "S"), ("menu", "3", "aS"), ("group", "1", "aS"))


@pytest.mark.parametrize(
    "after",
    [
        (("leaf", "5", "aS"), ("place", "1", "aS")),  # the police: the whole group is sensitive
        (("leaf", "3", "aS"), ("place", "6", "aS")),  # a row of the schools is
        (("leaf", TYPED, "aS"), ("place", "6", "aS")),  # which group it was is not known
        (("leaf", "2", "aS"), ("place", "1", "aS"), ("confirm", TYPED, "aS"), ("filed_private", "2", "aSE")),
    ],
)
def test_of_a_call_that_hides_or_is_about_something_sensitive_no_row_is_shown(
    after: tuple[tuple[str, str, str], ...],
) -> None:
    calls = {("group", str(row)): MANY for row in range(9)} | {("leaf", str(row)): MANY for row in range(9)}
    assert set(rows_shown(path(*ORDINARY, *after), calls)) <= {HIDDEN, TYPED, ""}
    assert rows_shown(path(*ORDINARY, ("leaf", "2", "aS"), ("place", "1", "aS")), calls) == ["2", "1", ""]


def test_keys_are_kept_and_everything_else_that_is_typed_is_not() -> None:
    assert [path_entry(FLOW, at("menu"), typed) for typed in ("1", " 99 ", "۱", "000", "")] == [
        "1",
        "99",
        "1",
        "000",
        "",
    ]
    for typed in ("Bashir Ahmed", "0300 1234567", "4827", "1*2", "pani"):
        assert path_entry(FLOW, at("menu"), typed) == TYPED
    assert path_entry(FLOW, at("details"), "1") == "1"  # an option beside the answer
    assert path_entry(FLOW, at("details"), "12") == TYPED and path_entry(FLOW, at("track"), "123") == TYPED
