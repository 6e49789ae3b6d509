"""What the templates of the editor need: names for people, and the choices that a form offers."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from flows.editing.option_numbers import numbers
from flows.editing.screen_form import Choice, ScreenForm, Words
from flows.engine.answer_kinds import ERRORS
from flows.engine.answer_kinds import KINDS as ANSWERS
from flows.menu.action_spec import Argument
from flows.menu.actions import ACTIONS
from flows.menu.screen_kinds import KINDS
from flows.preview.network_profiles import NETWORKS
from gateway.console.phone.labels import networks
from gateway.console.site.i18n import _
from gateway.console.site.titles import action_words, choice_words

OWN_ACTIONS = ("remember", "find_danger")  # of the engine, not for flow files


class Limit(Struct, frozen=True):
    """What a screen holds on a kind of network: characters of GSM-7 and of UCS-2, surely and at most."""

    network: str
    plain: tuple[int, int]
    urdu: tuple[int, int]


def limits() -> list[Limit]:
    """What a screen holds on each kind of network, the usual one first."""
    names = networks()
    return [
        Limit(names[name], (each.surely[0], each.most[0]), (each.surely[1], each.most[1]) if each.room.ucs2 else (0, 0))
        for name, each in NETWORKS.items()
    ]


def for_templates() -> dict[str, Any]:
    """The names that templates use in addition to their context."""
    return {
        "numbers": numbers,
        "spread": list,
        "blank": Words(),
        "blank_same": Words(same=True),
        "actions": [(name, choice_words(action_words(name), name)) for name in ACTIONS if name not in OWN_ACTIONS],
        "arguments": arguments,
        "outcomes": outcomes,
        "outcome_words": outcome_words,
        "kind_words": kind_words,
        "kind_choices": kind_choices(),
        "answer_choices": answer_choices,
        "words_of_kind": {kind.word: [*kind.keys] for kind in KINDS},
        "text_of_kind": {kind.word: main_text_labels(kind.word) for kind in KINDS if kind.seen},
        "error_names": error_names(),
        "fitting_errors": fitting_errors,
        "errors_shown": has_error_texts,
        "drawn_as": form_hash,
        "option_id": option_id,
        "way_words": way_words,
    }


def kind_words(kind: str) -> str:
    """What a kind of screen does."""
    return {
        "ask": _("Asks the caller something."),
        "do": _("Runs an action. Callers do not see it."),
        "end": _("Ends the call."),
    }.get(kind, "")


def main_text_labels(kind: str) -> tuple[str, str]:
    """What the words of a kind of screen are called: as a heading, and for screen readers."""
    words = {"ask": (_("Question"), _("Question")), "end": (_("Closing words of the call"), _("Closing words"))}
    return words.get(kind, (_("Its words"), _("Its words")))


def kind_choices() -> list[tuple[str, str]]:
    """The kinds that a new screen may have, for a field."""
    words = {
        "ask": _("asks the caller something"),
        "do": _("runs an action that callers do not see"),
        "end": _("ends the call"),
    }
    return [(kind.word, words.get(kind.word, kind.acts)) for kind in KINDS]


def answer_choices(written: str) -> list[tuple[str, str]]:
    """The kinds of answers that a caller may be asked to type, for a field; what is `written` among them."""
    words = {"": _("nothing"), "text": _("words"), "number": _("a number"), "tracking_number": _("a tracking number")}
    words |= {"date": _("a day"), "phone": _("a phone number"), "pin": _("a PIN")}
    return [(name, words.get(name, name)) for name in dict.fromkeys(["", *ANSWERS, written])]


def way_words(path: str) -> str:
    """What leads to a screen besides other screens, by its place in the file: `keys.home.go`."""
    words = {
        "start": _("the beginning of the call"),
        "keys.home.go": _("the key that leads to the menu"),
        "danger_screen": _("words of danger"),
    }
    return words.get(path, path)


def text_words(path: Sequence[str]) -> str:
    """A text of a screen by its path, as people say it: ("ask",), ("choose", "new"), ("choose_from", "show")."""
    if path[:1] == ("choose",) and len(path) > 1:
        return _("Option %(number)s", number=path[1])
    known = {"ask": _("Question"), "end": _("Closing words"), "sms": _("SMS to the caller")} | dict(error_names())
    return known.get(path[-1], " ".join(path)) if path else ""


def error_names() -> list[tuple[str, str]]:
    """What a caller may do wrong on a screen."""
    words = {
        "bad_choice": _("A number that is not on the list"),
        "bad_answer": _("Not understood"),
        "too_short": _("Too short"),
        "too_long": _("Too long"),
        "mistyped_number": _("A tracking number with a wrong digit"),
        "bad_date": _("Not a day of the calendar"),
        "too_early": _("A day that is too early"),
        "too_late": _("A day that is too late"),
        "day_off": _("A day on which offices are closed"),
        "bad_phone_number": _("Not a phone number"),
        "bad_pin": _("Not a PIN, or one that is easy to guess"),
    }
    return [(name, words.get(name, name)) for name in ERRORS]


def fitting_errors(form: ScreenForm) -> set[str]:
    """Which errors can happen on this screen."""
    answer = form.fields.get("answer", "")
    found = {"bad_choice"} if form.choices or form.fields.get("choose_from") else set()
    found |= {"bad_answer"} if answer or form.fields.get("or_list") or form.fields.get("type_name") == "yes" else set()
    return found | {*(ANSWERS[answer].errors if answer in ANSWERS else ())}


def has_error_texts(form: ScreenForm) -> bool:
    """True if the screen has its own words for an error."""
    return any(name in form.words for name in ERRORS)


def arguments(form: ScreenForm) -> list[tuple[str, str, bool]]:
    """The arguments of the screen's action: name, value, and whether the action requires it."""
    declared = ACTIONS.get(form.fields.get("do", ""))
    known: Mapping[str, Argument] = declared.arguments if declared else {}
    given = dict(form.given)
    return [
        (name, given.get(name, ""), name in known and known[name].required) for name in dict.fromkeys([*known, *given])
    ]


def outcomes(form: ScreenForm) -> list[tuple[str, str, bool]]:
    """The outcomes of the screen's action: outcome, the screen that follows, and whether the action ever has it."""
    declared = ACTIONS.get(form.fields.get("do", ""))
    known = [*(declared.outcomes if declared else ()), "else"]
    then = dict(form.then)
    return [(name, then.get(name, ""), name in known or not declared) for name in dict.fromkeys([*known, *then])]


def outcome_words(outcome: str) -> str:
    """An outcome with its meaning, if that is not obvious."""
    words = {
        "ok": _("it works"),
        "else": _("the action cannot be run now"),
        "repeat": _("filed already today"),
        "none": _("there is none"),
        "missing": _("not found"),
        "too_many": _("asked too often"),
        "too_soon": _("too soon"),
        "closed": _("closed since then"),
        "already": _("counted already"),
        "yours": _("it is the caller's own"),
        "joined": _("it is another's, which the caller follows"),
        "private": _("it is private"),
        "danger": _("it is dangerous"),
    }
    said = words.get(outcome)
    return f"{said} · \u2066{outcome}\u2069" if said else outcome


def option_id(choice: Choice, row: int) -> str:
    """The name of an option in ids of the page; it stays the same while somebody types another code."""
    return choice.was or f"new-{row}"


def form_hash(form: ScreenForm) -> str:
    """A short hash of what decides which fields a form has: when it changes, the form is rendered again."""
    parts: Iterable[object] = (
        form.kind, form.fields.get("choose_from"), form.fields.get("do"), form.fields.get("answer"),
        form.fields.get("type_name"), form.fields.get("or_list"), len(form.choices),
        sorted(part for part, words in form.words.items() if words.same),
    )  # fmt: skip
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
