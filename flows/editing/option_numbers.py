"""Options in a screen's form, added, moved and removed so that no number changes unnoticed."""

from collections.abc import Collection, Sequence
from itertools import count

from msgspec.structs import replace

from flows.editing.screen_form import Choice, ScreenForm
from flows.text.western_digits import whole_number

MOST_NUMBERS = 98  # 99 brings more


def apply_button(form: ScreenForm, act: str, taken: Collection[str]) -> ScreenForm:
    """The form after a button; the same form for any other word.

    Buttons are `add-option`, `insert-0` (before the first one), `move-2-0` (the third to the first place), `up-2`,
    `down-2` and `remove-2`.
    """
    verb, *places = act.split("-")
    at, choices = [number for place in places if (number := whole_number(place)) is not None], form.choices
    match verb, at:
        case "add", []:
            return replace(form, choices=with_new(choices, taken))
        case "insert", [place]:
            return replace(form, choices=insert_choice(choices, place))
        case "up" | "down", [place]:
            return replace(form, choices=move_choice(choices, place, 1 if verb == "down" else -1))
        case "move", [place, to]:
            return replace(form, choices=move_choice(choices, place, to - place))
        case "remove", [place]:
            return replace(form, choices=without(choices, place))
        case _:
            return form


def numbers(choices: Sequence[Choice]) -> list[str]:
    """What a caller types for each option: its key, or else its position."""
    return [choice.key or str(place) for place, choice in enumerate(choices, 1)]


def with_new(choices: Sequence[Choice], taken: Collection[str] = ()) -> tuple[Choice, ...]:
    """The options with an empty one at the end, under the next free number. `taken` are keys of the whole flow."""
    used = {*numbers(choices), *taken}
    place = len(choices) + 1
    highest = max((whole_number(number) or 0 for number in numbers(choices)), default=0)
    first = highest + 1 if place <= highest < MOST_NUMBERS else place
    key = next(str(number) for number in count(first) if str(number) not in used)
    return (*choices, Choice("", _new_code(choices, place), key="" if key == str(place) else key))


def insert_choice(choices: Sequence[Choice], at: int) -> tuple[Choice, ...]:
    """The options with an empty one before the place `at`. Those without a key are numbered by their new position."""
    at = min(at, len(choices))
    return (*choices[:at], Choice("", _new_code(choices, at + 1)), *choices[at:])


def _new_code(choices: Sequence[Choice], place: int) -> str:
    codes = {choice.code for choice in choices}
    return next(
        f"option_{number}" for number in range(place, place + len(codes) + 1) if f"option_{number}" not in codes
    )


def without(choices: Sequence[Choice], at: int) -> tuple[Choice, ...]:
    """The options without one of them. Those after it keep the numbers that callers know."""
    known = numbers(choices)
    left = [(choice, number) for place, (choice, number) in enumerate(zip(choices, known, strict=True)) if place != at]
    return tuple(
        choice if choice.key or number == str(place) else replace(choice, key=number)
        for place, (choice, number) in enumerate(left, 1)
    )


def move_choice(choices: Sequence[Choice], at: int, by: int) -> tuple[Choice, ...]:
    """The options with one of them moved. Those without a key of their own are numbered by their new position."""
    to = at + by
    if not (0 <= at < len(choices) and 0 <= to < len(choices)):
        return tuple(choices)
    there = list(choices)
    there.insert(to, there.pop(at))
    return tuple(there)
