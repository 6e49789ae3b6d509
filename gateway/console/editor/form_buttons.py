"""Buttons within the form: an option added, moved or taken out. Nothing is saved by them."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from flows.editing.option_numbers import move_choice, with_new, without
from flows.editing.screen_form import ScreenForm
from flows.text.western_digits import whole_number


def apply_button(form: ScreenForm, act: str, taken: Collection[str]) -> ScreenForm:
    """The form after a button such as `up-2` or `add-option`; the same form for any other word."""
    verb, _, place = act.rpartition("-")
    at = whole_number(place)
    match verb, at:
        case "add", None:
            return replace(form, choices=with_new(form.choices, taken))
        case "up", int():
            return replace(form, choices=move_choice(form.choices, at, -1))
        case "down", int():
            return replace(form, choices=move_choice(form.choices, at, 1))
        case "remove", int():
            return replace(form, choices=without(form.choices, at))
    return form
