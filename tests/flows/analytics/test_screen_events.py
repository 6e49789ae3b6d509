"""What a hop says of screens: every visit ends in one way, and nothing typed is kept that tells of its writer."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.analytics import screen_events
from flows.analytics.screen_events import hop_events, mask_wrong_entry
from flows.engine.engine import advance, begin, offer, resume
from flows.menu.model import Flow, Outcome, Record, Room, State, Turn, Value
from flows.parsing.flow import parse_flow
from tests.flows.library import shipped

FLOW = shipped()
COMPLAINT: Record = {"number": "482913705", "status": "received", "due": "2026-07-01", "office": "wasa"}


def acted(flow: Flow, turn: Turn) -> Turn:
    while turn.action is not None:
        record = COMPLAINT if turn.action.name in ("file_complaint", "find_complaint") else None
        turn = resume(flow, turn.state, Outcome("ok", record))
    return turn


def walked(flow: Flow, inputs: list[str], caller: dict[str, Value] | None = None) -> list[tuple[State | None, State]]:
    """Every hop of a call as the states before and after it."""
    turn = acted(flow, begin(flow, 1, caller or {}, Room()))
    hops: list[tuple[State | None, State]] = [(None, turn.state)]
    for typed in inputs:
        before = turn.state
        turn = acted(flow, advance(flow, before, typed))
        hops.append((before, turn.state))
    return hops


def letters(inputs: list[str], caller: dict[str, Value] | None = None) -> list[str]:
    return [hop_events(FLOW, *hop) for hop in walked(FLOW, inputs, caller)]


def test_a_call_that_files_sees_and_answers_each_screen_once() -> None:
    assert letters(["1", "1", "1", "1", "lahor", "Gali 4 mein pani nahi", "1"]) == ["S", *["aS"] * 6, "aSE"]


def test_a_wrong_entry_leaves_the_caller_where_they_are() -> None:
    assert letters(["77", "1"]) == ["S", "m", "aS"]


def test_after_the_last_try_the_call_is_ended_by_us() -> None:
    assert letters(["77", "77", "77"]) == ["S", "m", "m", "me"]


def test_turning_a_page_counts_nothing_and_a_wrong_entry_before_it_counts_once() -> None:
    menu: dict[str, Value] = {"language": "ur"}
    assert letters(["1", "99", "55", "99"], menu) == ["S", "aS", "", "m", ""]


def test_going_back_ends_one_visit_and_begins_another() -> None:
    assert letters(["1", "1", "0", "000"]) == ["S", "aS", "aS", "aS", ""]


def test_the_offer_to_go_on_is_a_screen_of_its_own() -> None:
    left = walked(FLOW, ["1", "1", "1"])[-1][1]
    offered = offer(FLOW, left, Room()).state
    assert hop_events(FLOW, None, offered) == "S"
    assert hop_events(FLOW, offered, advance(FLOW, offered, "7").state) == "m"
    assert hop_events(FLOW, offered, advance(FLOW, offered, "1").state) == "aS"
    deleted = resume(FLOW, advance(FLOW, offered, "3").state, Outcome("ok")).state
    assert hop_events(FLOW, offered, deleted) == "e"


LED_ON = """
flow: small
title: Small
start: ask
languages: {en: English}
keys: {back: {key: "0", en: Back}, home: {key: "000", en: Menu, go: ask}, more: {key: "99", en: More}}
errors:
  {bad_choice: {en: No}, bad_answer: {en: No}, too_short: {en: S}, too_long: {en: L}, too_many: {en: M}, busy: {en: B}}
screens:
  ask:
    ask: {en: "One?"}
    choose: {yes: {en: "Yes", go: done}}
    tries: 2
    after_tries: done
  done:
    end: {en: "Done"}
"""


def test_a_screen_that_leads_on_after_wrong_entries_was_not_left() -> None:
    flow = parse_flow({"small.yaml": LED_ON}, "small.yaml").flow
    assert flow is not None
    hops = walked(flow, ["7", "7"])
    assert [hop_events(flow, *hop) for hop in hops] == ["S", "m", "maSE"]
    assert [hop_events(flow, *hop) for hop in walked(flow, ["7", "1"])[1:]] == ["m", "aSE"]


@given(st.integers(), st.lists(st.sampled_from(["0", "1", "2", "3", "5", "99", "000", "7", "lahor", "x", "482913705"])))
def test_every_visit_but_the_last_ends_in_one_way(seed: int, inputs: list[str]) -> None:
    """Seen = answered + ended on every screen, and one more seen where the caller stands."""
    callers: list[dict[str, Value]] = [{}, {"language": "ur"}, {"language": "en", "district": "lahore"}]
    caller = random.Random(seed).choice(callers)
    seen, over = Counter[str](), Counter[str]()
    hops = walked(FLOW, inputs, caller)
    for before, after in hops:
        for letter in hop_events(FLOW, before, after):
            if letter == screen_events.SAW:
                seen[after.screen] += 1
            elif letter == screen_events.ENDED:
                over[after.screen] += 1
            elif letter in (screen_events.ANSWERED, screen_events.GAVE_UP):
                assert before is not None
                over[before.screen] += 1
    last = hops[-1][1]
    if not last.ended:
        over[last.screen] += 1
    assert seen == over


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("11", "11"),
        ("  Pani   NAHI ", "pani nahi"),
        ("03001234567", "###########"),
        ("35202-1234567-1", "#####-#######-#"),
        ("482 713 905", "### ### ###"),
        ("۱۲۳۴", "####"),
        ("۵", "5"),
        ("a" * 31, screen_events.LONG),
        ("pani nahi aata", screen_events.LONG),
        ("a\tb\x00\n", "a b"),
        ("<script>", "<script>"),
        ("", ""),
    ],
)
def test_what_was_typed_is_kept_without_numbers_of_people(typed: str, kept: str) -> None:
    menu = walked(FLOW, ["1"])[-1][1]
    assert mask_wrong_entry(FLOW, menu, typed) == kept


def test_nothing_is_kept_where_people_write_in_their_own_words() -> None:
    details = next(after for _, after in walked(FLOW, ["1", "1", "1", "1", "lahor"]) if after.screen == "details")
    assert mask_wrong_entry(FLOW, details, "pani") == ""


@given(st.text())
def test_what_is_kept_fits_the_table_and_holds_no_long_number(typed: str) -> None:
    kept = mask_wrong_entry(FLOW, walked(FLOW, ["1"])[-1][1], typed)
    assert len(kept) <= 40 and "\t" not in kept and "\x00" not in kept
    assert sum(letter.isdecimal() for letter in kept) <= 3
