"""Where the page of a screen leads whoever pressed a button of its form, and what the phone beside it shows then."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from flows.editing.option_numbers import numbers
from flows.editing.screen_form import ScreenForm, texts_of
from flows.menu.model import ANY_LANGUAGE
from flows.preview.filed_texts import FilingRules
from flows.text.western_digits import whole_number
from gateway.console.phone.view_model import Phone, play_call
from gateway.console.site.i18n import _
from sessions.drafts.draft_editing import content_hash

MOST_PAGES = 9  # of a screen that are looked through


class ChangedOption(Struct, frozen=True):
    """The option that a button of the form changed: its row (-1: none is left there), and what happened to it."""

    row: int
    said: str


def changed_option(act: str, to: str, before: ScreenForm | None, form: ScreenForm | None) -> ChangedOption | None:
    """What the button `act` did to the options; `to` is the place that was typed beside *Move*, counted from 1.

    None for a button that changes no option.
    """
    verb, _dash, place = act.partition("-")
    row, count = whole_number(place) or 0, len(form.choices) if form else 0
    if form is None or before is None or verb not in ("add", "insert", "move", "remove"):
        return None
    if verb == "remove":
        code = before.choices[row].code if row < len(before.choices) else ""
        said = _("The option %(code)s is removed from here. Nothing is saved yet.", code=code)
        return ChangedOption(min(row, count - 1), said)
    if not count:
        return None
    if verb == "move":
        stood, row = row, min(max((whole_number(to) or 1) - 1, 0), count - 1)
        number = numbers(form.choices)[row]
        if row == stood:
            said = _(
                "It stands here already: callers press %(number)s for it. Choose another place to move it.",
                number=number,
            )
        else:
            said = _("Moved here: callers press %(number)s for it. Nothing is saved yet.", number=number)
        return ChangedOption(row, said)
    row = count - 1 if verb == "add" else min(row, count - 1)
    number = numbers(form.choices)[row]
    said = _(
        "This is the new option %(number)s. Type its words; its code is proposed. Nothing is saved yet.", number=number
    )
    return ChangedOption(row, said)


def words_by_language(form: ScreenForm | None) -> str:
    """A short hash of the words of each language, such as `en:1a2b3c4d ur:5e6f7a8b`, to know later which changed."""
    said: dict[str, list[str]] = {}
    for key, words in texts_of(form).items() if form else ():
        said.setdefault(key[-1], []).append(f"{key} {words}")
    return " ".join(f"{tag}:{content_hash('|'.join(texts))[:8]}" for tag, texts in said.items())


def changed_language(before: str, form: ScreenForm | None, tags: Iterable[str]) -> str:
    """The first language whose words are not as they were when the page was drawn; "" if none is.

    `before` is what `words_by_language` gave then.
    """
    old = dict(pair.split(":", 1) for pair in before.split() if ":" in pair)
    new = dict(pair.split(":", 1) for pair in words_by_language(form).split())
    return next((tag for tag in tags if tag != ANY_LANGUAGE and old and old.get(tag) != new.get(tag)), "")


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
