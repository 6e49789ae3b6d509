"""Pages that a flow keeps are those that it would make anew, for whatever callers came before."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from flows.engine.render import pages_of
from flows.engine.screen_facts import facts_of
from flows.engine.variables import DATE, is_true
from flows.menu.model import TODAY, Ask, Flow, IsSet, Room, State, Value, Variable
from tests.examples import examples
from tests.flows.library import shipped


def _dated() -> Flow:
    """The complaint line, whose lists each have a row that is offered until a day in June."""
    last = {name: (replace(rows[0], active_until="2026-06-30"), *rows[1:]) for name, rows in shipped().lists.items()}
    return replace(shipped(), lists=last)


FLOWS = {name: replace(shipped(name)) for name in ("complaints", "survey", "power_cut", "by_text")}
FLOWS["with dated rows"] = _dated()  # each keeps what it made from one example to the next
ROOMS = (Room(), Room(ucs2=False), Room(gsm_safe=100, ucs2_safe=50, gsm_hard=140, ucs2_hard=70))
# Values that are equal as keys and are read in other ways, and words that take a screen of their own.
WORDS: tuple[Value, ...] = (
    None,
    "",
    "0",
    "no",
    "yes",
    "1",
    0,
    1,
    5,
    True,
    False,
    "Gali 4",
    "پانی نہیں آ رہا",
    "la" * 60,
)
DAYS = ("2026-06-17", "2026-12-01")
MATCHES = (("lahore",), ("lahore", "multan"))
RECORD: dict[str, str | int | bool | None] = {
    "number": "482-719-300",
    "status": "in_progress",
    "due": "2026-06-24",
    "note": "Kal",
    "open": True,
}
RECORDS: tuple[Value, ...] = ([], [RECORD], [RECORD, {**RECORD, "number": "1"}] * 5)


@st.composite
def states(draw: st.DrawFn, flow: Flow) -> list[State]:
    """A caller at some question of the flow, and others at the same one who differ from them in one thing each."""
    ask = draw(st.sampled_from(flow.asks))
    values: dict[str, Value] = {}
    for name in facts_of(flow, ask).needs_wrong or ():
        values |= _value(draw, flow, name)
    first = State(1, ask.id, next(iter(flow.languages)), ROOMS[0], {**values, TODAY: DAYS[0]})
    held = {**first.values, ask.pick.list: draw(st.sampled_from(RECORDS))} if ask.pick is not None else first.values
    problem = draw(st.sampled_from(sorted({*flow.errors, *ask.errors})))
    others = [
        *(replace(first, language=tag) for tag in flow.languages),
        *(replace(first, room=room) for room in ROOMS),
        replace(first, values={**first.values, TODAY: DAYS[1]}),
        replace(first, values=held),
        replace(first, problem=problem),
        replace(first, trail=(flow.start,)),
        *(replace(first, matches=matches) for matches in MATCHES if ask.pick is not None),
    ]
    for name in facts_of(flow, ask).needs_wrong or ():
        changed = {**first.values, **_value(draw, flow, name)}
        others += [replace(first, values=changed), replace(first, values=changed, problem=problem)]
    return [first, *others]


def _value(draw: st.DrawFn, flow: Flow, name: str) -> dict[str, Value]:
    """Something that a variable may hold, under its name or in the record that it is a field of."""
    codes = [row.code for row in flow.lists.get(flow.kinds.get(name, ""), ())]
    head, dot, _ = name.rpartition(".")
    if dot and draw(st.booleans()):
        own = [row.code for row in flow.lists.get(flow.kinds.get(head, ""), ())]
        return {head: draw(st.sampled_from([RECORD, None, *own]))}
    is_day = flow.kinds.get(name) == DATE
    return {name: draw(st.sampled_from([None, *DAYS] if is_day else [*WORDS, *codes]))}


@pytest.mark.parametrize("name", list(FLOWS))
def test_pages_kept_for_others_are_those_made_anew_for_this_caller(name: str) -> None:
    flow = FLOWS[name]

    @settings(max_examples=examples(1_000, quick=60))
    @given(states(flow))
    def kept_is_made(callers: list[State]) -> None:
        for state in callers:
            assert pages_of(flow, state) == pages_of(replace(flow), state)  # the same flow that has kept nothing

    kept_is_made()
    assert flow.memo


def test_one_and_true_are_equal_as_keys_and_not_the_same_words() -> None:
    flow = replace(shipped(), screens={"q": Ask("q", {"en": (Variable("rating"),)})}, start="q", home="q")
    said = [pages_of(flow, State(1, "q", "en", Room(), {"rating": value})) for value in (1, True, "1", 1)]
    assert [[page.partition("\n")[0] for page in pages] for pages in said] == [["1"], [""], ["1"], ["1"]]


def test_what_another_flow_of_the_same_name_kept_is_not_shown() -> None:
    before = replace(shipped())
    state = State(1, before.home, "en", Room(), {})
    assert pages_of(before, state) == pages_of(before, state)
    home = before.screens[before.home]
    assert isinstance(home, Ask)
    after = replace(before, screens={**before.screens, home.id: replace(home, text={"en": ("New words",)})})
    assert pages_of(after, state)[0].startswith("New words\n")
    assert not pages_of(before, state)[0].startswith("New words")


def test_conditions_and_rows_that_were_read_before_are_not_those_of_a_flow_published_anew() -> None:
    before = replace(shipped())
    category = before.lists["category"][0]
    asked = IsSet("category.emergency")
    values: dict[str, Value] = {"category": category.code}
    said = category.columns.get("emergency") == "yes"
    turned = replace(category, columns={**category.columns, "emergency": "no" if said else "yes"})
    rows = (turned, *before.lists["category"][1:])
    after = replace(before, lists={**before.lists, "category": rows})
    assert is_true(before, values, asked) is said
    assert is_true(after, values, asked) is not said
    assert is_true(before, {**values, "category.emergency": not said}, asked) is not said
    assert not is_true(before, {}, asked)
