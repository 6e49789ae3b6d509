"""Turns worked out for one caller are those of the next who chooses the same, and hold nothing of the first."""

from __future__ import annotations

from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from flows.engine.danger_words import look_for_danger
from flows.engine.engine import advance, begin
from flows.engine.input_replay import MOST_TURNS, answer, first_turn, kept_turns
from flows.menu.model import PIN, Ask, Flow, Room, Turn
from tests.examples import examples
from tests.flows.engine.test_walks import ANYTHING, CALLERS, FLOWS, KEYS, RESULTS, ROOMS, WORDS, answered
from tests.flows.library import shipped

KEPT = {name: replace(shipped(name)) for name in FLOWS}  # each keeps its turns from one example to the next
TOLD = ("Gali 4 mein 3 din se pani nahi", "482719304", "8317")


def after(flow: Flow, turn: Turn, typed: str) -> Turn:
    """What an entry leads to, worked out anew."""
    return look_for_danger(flow, turn.state, typed) or advance(flow, turn.state, typed)


@settings(max_examples=examples(400), deadline=None)
@given(
    st.sampled_from(FLOWS),
    CALLERS,
    ROOMS,
    st.integers(1, 2),
    st.lists(st.tuples(KEYS | KEYS | WORDS | ANYTHING, RESULTS), max_size=16),
)
def test_a_caller_is_told_what_they_would_be_told_if_nobody_had_called_before(
    name: str, caller: dict[str, object], room: Room, revision: int, walk: list[tuple[str, str]]
) -> None:
    flow = KEPT[name]
    turn = first_turn(flow, revision, dict(caller), room)  # type: ignore[arg-type]
    assert turn == begin(flow, revision, dict(caller), room)  # type: ignore[arg-type]
    for typed, result in walk:
        turn = answered(flow, turn, result)
        there = answer(flow, turn.state, typed, lambda turn: turn)
        assert there == after(flow, turn, typed)
        turn = there


def test_callers_who_choose_the_same_share_a_turn_until_they_tell_something_of_their_own() -> None:
    flow = replace(shipped("complaints"))
    walks = list[list[Turn]]()
    for words in TOLD:
        turn = first_turn(flow, 1, {"language": "en", "district": "lahore", "complaints": 0}, Room())
        walks.append([turn])
        for typed in ("1", "1", "1", "1", words, "1"):
            turn = answered(flow, answer(flow, turn.state, typed, lambda turn: turn), "ok")
            walks[-1].append(turn)
    same = [all(each is first for each in rest) for first, *rest in zip(*walks, strict=True)]
    assert same[:4] == [True] * 4
    assert not any(same[5:])
    assert len({turn.state.values["contact.complaints"] for walk in walks for turn in walk}) == 1


def test_no_words_pins_or_numbers_that_somebody_typed_are_kept() -> None:
    for name in dict.fromkeys(FLOWS):
        flow = replace(shipped(name))
        typed_in = [ask for ask in flow.asks if isinstance(ask, Ask) and ask.answer is not None]
        assert typed_in
        for ask in typed_in:
            for words in (*TOLD, "7"):
                state = replace(begin(flow, 1, {}, Room()).state, screen=ask.id)
                turn = answered(flow, answer(flow, state, words, lambda turn: turn), "ok")
                for entry in ("1", "0", "99"):  # whatever follows
                    answered(flow, answer(flow, turn.state, entry, lambda turn: turn), "ok")
            if ask.answer is not None and ask.answer.kind != PIN and ask.save:
                assert all(ask.save not in turn.state.values for turn in kept_turns(flow).values())
        for ask in flow.asks:  # where a choice is asked for, words are wrong, or name a row
            state = replace(begin(flow, 1, {}, Room()).state, screen=ask.id)
            for words in TOLD:
                answer(flow, state, words, lambda turn: turn)
            for entry in ("1", "2"):  # the language, behind which all was dialled
                answer(flow, replace(state, dialled=TOLD), entry, partial(answered, flow, result="ok"))
        kept = repr(kept_turns(flow))
        assert not any(words in kept for words in TOLD)


def test_no_more_turns_are_kept_than_there_is_room_for() -> None:
    flow = replace(shipped("complaints"))
    for count in range(MOST_TURNS + 10):
        first_turn(flow, 1, {"complaints": count}, Room())
    assert 0 < len(kept_turns(flow)) <= MOST_TURNS
