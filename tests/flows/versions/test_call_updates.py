"""Scripted calls follow their choices when options, rows and keys move, and say so where they cannot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

import pytest
from msgspec.structs import replace

from flows.menu.model import Ask, Flow
from flows.parsing.flow import parse_flow
from flows.preview.transcript_coverage import transcripts_for
from flows.preview.transcripts import difference, turns
from flows.versions.call_updates import (
    CallSources,
    CallUpdate,
    apply_updates,
    call_updates,
    compare_calls,
    group_of,
    outcome,
)
from tests.flows.library import shipped, shipped_files

NAMES = ("complaints", "by_text", "survey", "power_cut")


@cache
def _visits(name: str) -> dict[str, list[str]]:
    """The shipped calls that type something at each screen of a flow."""
    found: dict[str, list[str]] = {}
    for call in transcripts_for(shipped_files(), name):
        for before, _, _ in turns(shipped(name), call.said):
            if before is not None and call.file not in found.setdefault(before.screen, []):
                found[before.screen].append(call.file)
    return found


def _at(name: str, screen: str) -> dict[str, str]:
    """The files of a flow, with no scripted calls but those that pass a screen."""
    left = {call.file for call in transcripts_for(shipped_files(), name)} - set(_visits(name).get(screen, ()))
    return {file: text for file, text in shipped_files().items() if file not in left}


def _moved(flow: Flow, screen: str, at: int, to: int) -> Flow:
    """The flow with an option at another place of its menu; the keys stay in their order."""
    ask = flow.screens[screen]
    assert isinstance(ask, Ask)
    options = list(ask.options)
    options.insert(to, options.pop(at))
    numbered = tuple(replace(each, key=old.key) for each, old in zip(options, ask.options, strict=True))
    return replace(flow, screens={**flow.screens, screen: replace(ask, options=numbered)})


def _without(flow: Flow, screen: str, code: str) -> Flow:
    ask = flow.screens[screen]
    assert isinstance(ask, Ask)
    left = tuple(each for each in ask.options if each.code != code)
    return replace(flow, screens={**flow.screens, screen: replace(ask, options=left)})


def _menus() -> Iterator[tuple[str, str]]:
    for name in NAMES:
        yield from ((name, ask.id) for ask in shipped(name).asks if len(ask.options) > 1)


def _updated(files: Mapping[str, str], flow: Flow, name: str = "complaints") -> tuple[CallUpdate, ...]:
    return call_updates(files, flow, CallSources(shipped(name), files))


def _same_as_before(files: Mapping[str, str], made: Mapping[str, str], flow: Flow, name: str) -> None:
    """Every call passes, and stores what it stored."""
    old = {call.file: call.said for call in transcripts_for(files, name)}
    for call in transcripts_for(made, name):
        assert difference(flow, call.said) is None, call.file
        was, now = outcome(shipped(name), old[call.file]), outcome(flow, call.said)
        assert (now.stored, now.screen, now.values) == (was.stored, was.screen, was.values), call.file


@pytest.mark.parametrize(("name", "screen"), list(_menus()), ids=lambda each: each)
def test_whatever_option_of_a_menu_moves_calls_file_what_they_filed(name: str, screen: str) -> None:
    files, ask = _at(name, screen), shipped(name).screens[screen]
    assert isinstance(ask, Ask)
    last = len(ask.options) - 1
    for at, to in {(last, 0), (0, last)}:  # every option has another key after each of the two
        flow = _moved(shipped(name), screen, at, to)
        found = _updated(files, flow, name)
        assert [each.call.file for each in found if not each.same] == []
        _same_as_before(files, apply_updates(files, flow, found), flow, name)


def test_calls_are_followed_by_a_second_change_as_well() -> None:
    files = _at("complaints", "menu")
    once = _moved(shipped(), "menu", 3, 0)
    first = apply_updates(files, once, _updated(files, once))
    twice = _moved(once, "menu", 4, 1)
    found = call_updates(first, twice, CallSources(shipped(), files))
    assert {each.effect for each in found} == {"keys"}
    _same_as_before(files, apply_updates(first, twice, found), twice, "complaints")


def test_an_option_above_and_other_keys_for_back_and_more_are_followed() -> None:
    files, menu = shipped_files(), shipped().screens["menu"]
    assert isinstance(menu, Ask)
    new = replace(menu.options[0], code="other", go="suggest", text=menu.options[3].text, key="1")
    lower = tuple(replace(each, key=str(at)) for at, each in enumerate(menu.options, 2))
    keys = {
        **shipped().keys,
        "back": replace(shipped().keys["back"], key="00"),
        "more": replace(shipped().keys["more"], key="98"),
    }
    flow = replace(shipped(), keys=keys, screens={**shipped().screens, "menu": replace(menu, options=(new, *lower))})
    found = _updated(files, flow)
    assert {each.effect for each in found if not each.same} == set()
    _same_as_before(files, apply_updates(files, flow, found), flow, "complaints")


def test_rows_that_move_are_followed() -> None:
    files = dict(shipped_files())
    head, *rows = files["lists/category.csv"].splitlines(keepends=True)
    files["lists/category.csv"] = "".join([head, *reversed(rows)])
    head, *rows = files["lists/province.csv"].splitlines(keepends=True)
    files["lists/province.csv"] = "".join([head, *rows[1:], rows[0]])
    flow = parse_flow(files, "complaints.yaml").flow
    assert flow is not None
    found = _updated(shipped_files(), flow)
    assert {each.effect for each in found if not each.same} == set()
    assert sum(each.effect == "keys" for each in found) > 50
    _same_as_before(shipped_files(), apply_updates(files, flow, found), flow, "complaints")


def test_calls_whose_option_is_gone_are_counted_and_left_alone_unless_that_is_meant() -> None:
    files = _at("complaints", "menu")
    flow = _without(shipped(), "menu", "new")
    found = _updated(files, flow)
    lost = [each for each in found if not each.same]
    assert {each.gone for each in lost} == {"menu.new"}
    assert sum(group_of(each) == "unfiled gone" for each in lost) > 50
    plain = apply_updates(files, flow, found)
    assert all(plain[each.call.file] == files[each.call.file] for each in lost)
    meant = apply_updates(files, flow, found, ["unfiled gone"])
    changed = {name for name in files if meant[name] != files[name]}
    assert changed == {each.call.file for each in lost if group_of(each) == "unfiled gone"}
    effects = compare_calls(meant, flow, CallSources(shipped(), files))
    assert set(effects.values()) == {"unfiled"}


def test_other_words_need_no_decision() -> None:
    files, menu = _at("complaints", "menu"), shipped().screens["menu"]
    assert isinstance(menu, Ask)
    flow = replace(
        shipped(), screens={**shipped().screens, "menu": replace(menu, text=dict.fromkeys(menu.text, ("Other",)))}
    )
    found = _updated(files, flow)
    assert {each.effect for each in found} == {"words"}
    made = apply_updates(files, flow, found)
    assert set(compare_calls(made, flow, CallSources(shipped(), files)).values()) == {"words"}


def test_a_call_that_was_recorded_in_the_draft_is_judged_by_what_it_says_itself() -> None:
    files = _at("complaints", "menu")
    flow = _moved(shipped(), "menu", 3, 0)
    found = call_updates(files, flow, None)
    assert {each.effect for each in found} & {"unfiled", "refiled"}
    assert all(each.keys is None for each in found)


def test_what_is_dialled_behind_the_code_is_followed() -> None:
    files = {"transcripts/direct.yaml": shipped_files()["transcripts/direct_dial_en.yaml"]}
    flow = _moved(shipped(), "menu", 3, 0)
    [found] = call_updates(files, flow, CallSources(shipped(), files))
    assert found.keys is not None
    made = apply_updates(files, flow, [found])["transcripts/direct.yaml"]
    assert 'dial: "*8484*1*2#"' in files["transcripts/direct.yaml"]
    assert 'dial: "*8484*2*2#"' in made


def test_no_page_is_turned_where_all_is_on_one() -> None:
    call = """\
test: Suggestion on the second page
flow: complaints
caller: {language: en}
steps:
  - {see: Complaint line 8484, enter: "99"}
  - {see: "", enter: "4"}
  - {see: ""}
"""
    files = {"transcripts/more.yaml": call}
    menu = shipped().screens["menu"]
    assert isinstance(menu, Ask)
    long = replace(menu, text=dict.fromkeys(menu.text, ("Complaint line 8484 " + "of the district " * 8,)))
    before = replace(shipped(), screens={**shipped().screens, "menu": long})
    flow = _moved(shipped(), "menu", 3, 0)
    [found] = call_updates(files, flow, CallSources(before, files))
    assert (found.effect, found.keys and found.keys.typed) == ("keys", (None, "1"))
    made = apply_updates(files, flow, [found])["transcripts/more.yaml"]
    assert "99" not in made
    assert difference(flow, transcripts_for({"transcripts/more.yaml": made}, "complaints")[0].said) is None
