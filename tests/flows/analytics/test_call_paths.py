"""The path of a call as people read it, and what the phone types to play it again."""

from __future__ import annotations

from flows.analytics.call_paths import COMMON, HIDDEN, CallPath, KeptHop, call_path, hide_rare_rows
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


def test_a_row_of_a_list_is_shown_only_if_several_calls_chose_it() -> None:
    common = {("group", "2"): COMMON, ("leaf", "1"): COMMON - 1}
    shown = {step.screen: step.typed for step in hide_rare_rows(FLOW, NEW, common).steps}
    assert (shown["language"], shown["group"], shown["leaf"], shown["confirm"]) == (HIDDEN, "2", HIDDEN, "1")


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
