"""The strings of the console, in English or Urdu. What citizens read is not translated here: it is data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from babel.dates import format_date, format_datetime, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, current_app, has_request_context, session
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from flows.text.languages import CODES, is_right_to_left, script_of
from gateway.settings.local_time import exact_words, in_zone

if TYPE_CHECKING:
    from gateway.endpoints.application import Sunwai

LOCALES = Path(__file__).parents[1] / "locale"
LANGUAGES = {"en": "English", "ur": "اردو"}
KEPT = "language"  # its key in the session
_FOREIGN = re.compile(r"[A-Za-z*#{+]|[0-9]-[0-9]")  # what is written from left to right, as 482-719-304 is


@cache
def translations(language: str) -> NullTranslations:
    """The translations into a language. Strings without a translation stay English."""
    path = LOCALES / f"{language}.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def language() -> str:
    """The language of the current request; English if none was chosen or there is no request."""
    chosen = session.get(KEPT, "en") if has_request_context() else "en"
    return chosen if chosen in LANGUAGES else "en"


def direction(of: str) -> str:
    """`rtl` or `ltr`: the direction of a language. `ur-Latn` is Urdu in Latin script, written from left to right."""
    return "rtl" if is_right_to_left(of) else "ltr"


def isolate_codes(words: str, language: str) -> Markup:
    """Words as a phone shows them; in a language from right to left, codes such as *8484# are isolated."""
    if not is_right_to_left(language):
        return escape(words)
    pieces: list[Markup] = []
    end = 0
    for found in CODES.finditer(words):
        pieces += [escape(words[end : found.start()]), Markup('<bdi dir="ltr">{}</bdi>').format(found[0])]
        end = found.end()
    return Markup("").join([*pieces, escape(words[end:])])


def uses_arabic_script(of: str | None) -> bool:
    """True for a language in Arabic script, such as Urdu or Pashto: its words need a font and taller lines."""
    return bool(of) and script_of(of or "") == "Arab"


def _(words: str, **values: object) -> str:
    """A string of the console in the reader's language, with values filled in for `%(name)s`."""
    said = translations(language()).gettext(words)
    return said % isolate_values(values, language()) if values else said


def isolate_values(values: Mapping[str, object], tongue: str) -> dict[str, object]:
    """Values for a string in a language: in Urdu, names and codes in Latin letters are isolates.

    Without that a name or a number such as `*8484#` would trade places with the words and the punctuation beside it.
    """
    if not is_right_to_left(tongue):
        return dict(values)
    return {name: _isolate(value) for name, value in values.items()}


def _isolate(value: object) -> object:
    foreign = isinstance(value, str) and not isinstance(value, Markup) and _FOREIGN.search(value)
    return f"\u2068{value}\u2069" if foreign else value


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The same for a number of things; `num` is also filled in."""
    said = translations(language()).ngettext(one, many, num)
    return said % {"num": num, **isolate_values(values, language())}


def when(moment: datetime, form: str = "both") -> str:
    """A time in the time zone of the callers: `26 Nov 2026, 14:05`, or only its `date` or `time`."""
    local = in_zone(moment, _timezone())
    match form:
        case "date":
            return format_date(local, "d MMM y", locale=language())
        case "time":
            return format_time(local, "HH:mm", locale=language())
        case _:
            return format_datetime(local, "d MMM y, HH:mm", locale=language())


def day_words(day: date | str) -> str:
    """A day as `when` writes it: `26 Nov 2026`. A day may be an ISO date; words that are none stay as they are."""
    try:
        at = date.fromisoformat(day) if isinstance(day, str) else day
    except ValueError:
        return f"{day}"
    return format_date(at, "d MMM y", locale=language())


def exact(moment: datetime) -> str:
    """The same to the second with the zone, as it is shown when somebody points at it."""
    return exact_words(moment, _timezone())


def _timezone() -> str:
    return cast("Sunwai", current_app).settings.timezone


def instant(moment: datetime) -> str:
    """A time for machines, in UTC."""
    return in_zone(moment, "UTC").isoformat(timespec="seconds")


def register(app: Flask) -> None:
    """Give templates `_`, `ngettext`, `console_language()` and the formats of times and directions."""
    app.jinja_env.globals |= {
        "_": _shown,
        "ngettext": _shown_many,
        "console_language": language,
        "console_languages": LANGUAGES,
        "direction": direction,
        "uses_arabic_script": uses_arabic_script,
        "isolate_codes": isolate_codes,
        "when_words": when,
        "day_words": day_words,
        "instant": instant,
        "exact": exact,
    }


@pass_eval_context
def _shown(context: EvalContext, words: str, **values: Any) -> str:
    """`_` in a template: translations cannot contain HTML, and values are escaped."""
    said = translations(language()).gettext(words)
    return _filled(context, said, values)


@pass_eval_context
def _shown_many(context: EvalContext, one: str, many: str, num: int, **values: Any) -> str:
    said = translations(language()).ngettext(one, many, num)
    return _filled(context, said, {"num": num, **values})


def _filled(context: EvalContext, said: str, values: dict[str, Any]) -> str:
    values = isolate_values(values, language())
    if not context.autoescape:
        return said % values if values else said
    escaped = Markup.escape(said)
    return escaped % values if values else escaped
