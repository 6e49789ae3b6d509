"""The page of the phone on which the option is that somebody is typing."""

from msgspec.structs import replace

from flows.editing.option_numbers import numbers
from flows.editing.screen_form import ScreenForm
from flows.preview.filed_texts import FilingRules
from gateway.console.phone.view_model import Phone, play_call

MOST_PAGES = 9  # of a screen that are looked through


def turn_to_option(phone: Phone, form: ScreenForm | None, row: int | None, rules: FilingRules | None = None) -> Phone:
    """The phone at the page with the option in this row of the form; at the first page for None.

    A call in which somebody has typed more than the key for the next page stays where it is.
    """
    flow = phone.flow
    if flow is None or form is None or phone.at != phone.screen:
        return phone
    more = flow.keys["more"].key
    if any(typed != more for typed in phone.inputs):
        return phone
    first = play_call(replace(phone, inputs=()), flow, rules=rules) if phone.inputs else phone
    number = numbers(form.choices)[row] if row is not None and row < len(form.choices) else ""
    shown = first
    for turned in range(1, MOST_PAGES):
        screen = shown.last
        if screen is None or not number:
            break
        if any(line.startswith(f"{number} ") for line in screen.body.splitlines()):
            return shown
        if screen.page >= screen.pages:
            break
        shown = play_call(replace(phone, inputs=(more,) * turned), flow, rules=rules)
    return first
