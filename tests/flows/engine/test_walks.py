"""Any walk of keys through a shipped flow, in any language, on any network: every screen fits and nothing breaks."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.engine.engine import advance, begin, resume
from flows.engine.render import fits
from flows.menu.model import Flow, Outcome, Room, State, Turn
from flows.preview.transcripts import outcome_of
from flows.text import gsm
from tests.examples import examples
from tests.flows.library import shipped

FLOWS = ("complaints", "complaints", "power_cut", "survey")
KEYS = st.sampled_from(["0", "000", "99", "1", "2", "3", "4", "5", "6", "7", "14", "41", "77", "", "۱", "*", "#"])
WORDS = st.sampled_from(
    ["lahor", "karachi", "کراچی", "dg khan", "Gali 4 mein 3 din se pani nahi", "482719300", "482719304"]
)
ANYTHING = st.text(max_size=200)
ROOMS = st.sampled_from([Room(), Room(ucs2=False), Room(gsm_safe=182, ucs2_safe=80)])
CALLERS = st.fixed_dictionaries(
    {"complaints": st.integers(0, 9)},
    optional={
        "language": st.sampled_from(["en", "ur-Latn", "ur", "xx"]),
        "district": st.sampled_from(["lahore", "tando_allahyar", "nowhere"]),
        "province": st.sampled_from(["punjab", "pb", "sd"]),
    },
)
RESULTS = st.sampled_from(
    ["ok", "ok", "ok", "repeat", "none", "missing", "too_soon", "too_many", "yours", "already", "failed"]
)
DECODER = msgspec.msgpack.Decoder(State)


@settings(max_examples=examples(600), deadline=None)
@given(st.sampled_from(FLOWS), CALLERS, ROOMS, st.lists(st.tuples(KEYS | WORDS | ANYTHING, RESULTS), max_size=16))
def test_any_walk_shows_only_screens_that_fit(
    name: str, caller: dict[str, object], room: Room, walk: list[tuple[str, str]]
) -> None:
    flow = shipped(name)
    turn = begin(flow, 1, dict(caller), room)  # type: ignore[arg-type]
    for typed, result in (("", "ok"), *walk):
        if turn.shown is not None:
            turn = advance(flow, DECODER.decode(msgspec.msgpack.encode(turn.state)), typed)
        turn = answered(flow, turn, result)
        assert turn.shown is not None
        assert turn.shown.body.strip()
        assert fits(turn.shown.body, room, hard=True), (
            turn.state.screen,
            gsm.measure(turn.shown.body),
            turn.shown.body,
        )
        assert room.ucs2 or not gsm.flips(turn.shown.body)


def answered(flow: Flow, turn: Turn, result: str) -> Turn:
    while turn.action is not None:
        outcome = outcome_of(turn.action.name, {turn.action.name: result})
        if isinstance(outcome.record, dict):
            outcome = Outcome(outcome.result, {**outcome.record, "note": "کل ٹیم آئے گی " * 12})
        turn = resume(flow, DECODER.decode(msgspec.msgpack.encode(turn.state)), outcome)
    return turn
