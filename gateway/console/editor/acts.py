"""Buttons within the form: an option added, moved or taken out. Nothing is saved by them."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from flows.screenchoices import moved, with_new, without
from flows.screenform import ScreenForm


def acted(form: ScreenForm, act: str, taken: Collection[str]) -> ScreenForm:
    """The form after a button such as `up-2` or `add-option`; the same form for any other word."""
    verb, _, place = act.rpartition("-")
    at = int(place) if place.isdigit() and len(place) < 4 else -1
    match verb, at:
        case "add", -1:
            return replace(form, choices=with_new(form.choices, taken))
        case "up", at if at >= 0:
            return replace(form, choices=moved(form.choices, at, -1))
        case "down", at if at >= 0:
            return replace(form, choices=moved(form.choices, at, 1))
        case "remove", at if at >= 0:
            return replace(form, choices=without(form.choices, at))
    return form
