"""Options in a form: whoever knows a number by heart goes on finding the same thing under it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flows.editing.option_numbers import move_choice, numbers, with_new, without
from flows.editing.screen_form import Choice

KEYS = st.lists(st.sampled_from(["", "", "", "7", "9", "12"]), max_size=8)


def choices(keys: list[str]) -> tuple[Choice, ...]:
    return tuple(Choice(f"c{at}", f"c{at}", key=key) for at, key in enumerate(keys))


@given(KEYS)
def test_a_new_option_gets_a_number_that_nothing_has_and_changes_no_other(keys: list[str]) -> None:
    before = choices(keys)
    after = with_new(before, {"0", "000", "99", "9"})
    assert numbers(after)[:-1] == numbers(before)
    assert numbers(after)[-1] not in {*numbers(before), "0", "000", "99", "9"}
    assert after[-1].code not in {choice.code for choice in before}


def test_a_new_option_needs_no_key_where_its_place_is_free() -> None:
    assert with_new(choices(["", ""]))[-1].key == ""
    assert with_new(choices(["", "9"]))[-1].key == "10"
    assert with_new(choices([""] * 8), {"9"})[-1].key == "10"


@given(KEYS.filter(bool), st.data())
def test_taking_an_option_out_changes_the_number_of_no_other(keys: list[str], data: st.DataObject) -> None:
    before = choices(keys)
    at = data.draw(st.integers(0, len(keys) - 1))
    kept = dict(zip([choice.code for choice in before], numbers(before), strict=True))
    del kept[f"c{at}"]
    after = without(before, at)
    assert dict(zip([choice.code for choice in after], numbers(after), strict=True)) == kept


def test_an_option_moves_within_the_list_and_not_out_of_it() -> None:
    three = choices(["", "", ""])
    assert [choice.code for choice in move_choice(three, 2, -1)] == ["c0", "c2", "c1"]
    assert move_choice(three, 0, -1) == three
    assert move_choice(three, 2, 1) == three
    assert move_choice(three, 9, 1) == three
