"""Messages in the language of the reader: each is found by its template, and its values are isolated.

`flows` and `sessions` make their messages in English and know no reader. Their templates are read from the code by
`python -m gateway.development.extract_messages` and kept in `locale/messages`, each with its translation. A message
whose template has none is shown in English, as such.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from babel.messages.pofile import read_po
from flask import Flask
from markupsafe import Markup, escape

from gateway.console.messages.template import Template, Value, fill
from gateway.console.site.i18n import LOCALES, language, uses_arabic_script

MESSAGES = LOCALES / "messages"
DEEPEST = 4  # a message may have a part that is a message, and so on
MOST_PARTS = 100  # of a message that are looked up: those of the checks have a few
_LINE = re.compile(r"(\S+:\d+: [DF]\d{3}[^:]*:) (.+?)(?: \(([^()]*(?:\([^()]*\)[^()]*)*)\))?", re.DOTALL)


def show_message(message: str | Markup) -> Markup:
    """A message for a page: in English as it is, or else translated; as an English isolate if it is not known.

    What begins in the reader's own script was made for the page in their language, and stays.
    """
    return translate(message, language())


def translate(message: str | Markup, tongue: str) -> Markup:
    """The same for a reader of this language."""
    if tongue == "en" or not message or isinstance(message, Markup) or _is_own(message, tongue):
        return escape(message)
    return _shown(str(message), tongue)


def _is_own(message: str, tongue: str) -> bool:
    first = next(filter(str.isalpha, message), "")
    return uses_arabic_script(tongue) and "\u0600" <= first <= "\u06ff"


@lru_cache(maxsize=4_096)
def _shown(message: str, tongue: str) -> Markup:
    made = _Reader(tongue).translate(message, DEEPEST)
    return made if made is not None else Markup('<bdi lang="en" dir="ltr">{}</bdi>').format(message)


class _Reader:
    """Reads one message back: each of its parts once, and so many that a page with somebody's words is never slow."""

    def __init__(self, tongue: str) -> None:
        self._tongue = tongue
        self._known: dict[tuple[str, int], Markup | None] = {}

    def translate(self, message: str, deep: int) -> Markup | None:
        """A message, or a part of one; None if it is not known, or if MOST_PARTS were looked up."""
        key = message, deep
        if key not in self._known:
            if not deep or len(self._known) >= MOST_PARTS:
                return None
            self._known[key] = None
            self._known[key] = self._find(message, deep)
        return self._known[key]

    def _find(self, message: str, deep: int) -> Markup | None:
        found: tuple[str, dict[str, Value]] | None = None
        for template, translation in templates_of(self._tongue):
            for values in template.readings(message):
                if template.joins and not self._joined(values, deep - 1):
                    continue
                if all(self._is_one(each, deep - 1) for each in values.values()):
                    return fill(translation, values, lambda value: self._value(value, deep - 1))
                found = found or (translation, values)
        return fill(*found, lambda value: self._value(value, deep - 1)) if found else None

    def _is_one(self, value: Value, deep: int) -> bool:
        """False for a value that runs on into what seems to be another sentence: a closer template is looked for."""
        runs_on = any(sign in value.words for sign in (": ", " is ", " ("))
        return value.quoted or not runs_on or self.translate(value.words, deep) is not None

    def _joined(self, values: Mapping[str, Value], deep: int) -> bool:
        """True if each of several joined messages is known; a code may stand in the place of one, not of all."""
        known = [self.translate(each.words, deep) is not None for each in values.values() if not each.quoted]
        codes = [" " not in each.words for each in values.values() if not each.quoted]
        return any(known) and all(one or other for one, other in zip(known, codes, strict=True))

    def _value(self, value: Value, deep: int) -> Markup:
        """A value as an isolate. One that is itself a message is translated; what stood in quotes is somebody's."""
        if not value.quoted and any(map(str.isalpha, value.words)):
            made = self.translate(value.words, deep)
            if made is not None:
                return made
        return Markup("<bdi>{}</bdi>").format(_unquoted(value)) if value.words else Markup()


def _unquoted(value: Value) -> str:
    words = value.words
    return words[1:-1] if value.quoted and words[:1] in "'\"" and words[:1] == words[-1:] else words


@cache
def templates_of(tongue: str) -> tuple[tuple[Template, str], ...]:
    """Every template with its translation into a language, those with the most letters first."""
    path = MESSAGES / f"{tongue}.po"
    if not path.exists():
        return ()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=tongue)
    pairs = ((str(each.id), str(each.string)) for each in catalogue if each.id and each.string)
    made = [(Template.parse(words), translation) for words, translation in pairs]
    return tuple(sorted(made, key=lambda pair: -pair[0].weight))


def show_sentence(message: str) -> Markup:
    """The same with a capital letter, where the language has such."""
    return escape(message[:1].upper() + message[1:]) if language() == "en" else show_message(message)


def show_line(line: str) -> Markup:
    """A finding as one line, such as `menu.yaml:3: F101 menu: there is no screen 'x'`: its place stays as it is."""
    found = _LINE.fullmatch(line)
    if found is None:
        return show_message(line)
    place, message, hint = found.groups(default="")
    shown = Markup('<bdi class="mono" dir="ltr">{}</bdi> {}').format(place, show_message(message))
    return shown + Markup(" ({})").format(show_message(hint)) if hint else shown


def register(app: Flask) -> None:
    """Give templates the filters `said`, `sentence` and `said_line`."""
    app.jinja_env.filters.update(said=show_message, sentence=show_sentence, said_line=show_line)
