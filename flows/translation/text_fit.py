"""How much space the words of one text take at their longest, and how much there is, for translators."""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from flows.checks.analysis.variables import longest_fields, longest_values, variables_of
from flows.engine.render import PREFIX
from flows.engine.sms_channel import PARTS, is_texted
from flows.engine.variables import choose, event_lookup, fill, lookup, needs_ucs2, record_lookup
from flows.menu.model import Flow, Room, Template, Value, Variable
from flows.menu.sms_reply_text_keys import WITH_NOTE
from flows.parsing.yaml_document import CommentedMap, Node, Notes, template
from flows.text import gsm
from flows.text.languages import is_right_to_left
from flows.translation.text_inventory import TranslatableText

ROOM = Room()
SAFE = {"GSM-7": ROOM.gsm_safe - PREFIX, "UCS-2": ROOM.ucs2_safe - PREFIX}
HARD = {"GSM-7": ROOM.gsm_hard, "UCS-2": ROOM.ucs2_hard}
_LETTER = "ا"  # of a script from right to left
NUMBER = "10 "  # what precedes the words of an option


class Fit(Struct, frozen=True):
    """Characters used and the most there should be, in septets or UCS-2 units, and whether it fits.

    "tight" is a screen that not every network shows, or that is paged; "over" is more than can be sent: beyond `hard`.
    """

    used: int
    limit: int
    how: Literal["fits", "tight", "over"]
    hard: int
    encoding: gsm.Encoding


class Ruler:
    """Measures texts of one flow with its variables at their longest."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        known = variables_of(flow)
        self._values = {tag: longest_values(flow, known, tag) for tag in flow.languages}
        self._fields = {tag: longest_fields(flow, tag) for tag in flow.languages}

    def values(self, language: str) -> dict[str, Value]:
        """The longest value of each variable in a language."""
        return self._values[language]

    def fit(self, wording: TranslatableText, words: str, language: str) -> Fit:
        """How `words` in a language would fit in the place of the wording. Never raises for what they hold."""
        full = self.filled(wording, words, language)
        size = gsm.measure(full)
        if wording.room == "sms":
            twice = needs_ucs2(self.flow, language)
            limit = 2 * gsm.PART["UCS-2"] if twice and size.encoding == "UCS-2" else gsm.SINGLE[size.encoding]
            within = gsm.parts(full) <= (2 if twice else 1)
            return Fit(size.units, limit, "fits" if within else "over", limit, size.encoding)
        if wording.room == "screen" and is_texted(self.flow):
            limit = PARTS * gsm.PART[size.encoding]
            return Fit(size.units, limit, "fits" if size.units <= limit else "over", limit, size.encoding)
        around = self._around(language) if wording.room == "line" else ""
        encoding = gsm.measure(full + around).encoding  # an Urdu key makes its whole page UCS-2
        taken = gsm.measure(around).units
        limit, hard = SAFE[encoding] - taken, HARD[encoding] - taken
        how: Literal["tight", "over"] = "tight" if size.units <= hard else "over"
        return Fit(size.units, limit, "fits" if size.units <= limit else how, hard, encoding)

    def limit(self, wording: TranslatableText, words: str, language: str) -> int:
        """The room for words in a language's own script, in septets or UCS-2 units.

        Where `words` are Latin letters or digits alone ("8484"), Urdu words beside them have half as much.
        """
        return self.fit(wording, words + _LETTER * is_right_to_left(language), language).limit

    def filled(self, wording: TranslatableText, words: str, language: str) -> str:
        """`words` as a phone would get them with each variable at its longest."""
        parts, _ = parse_template(words)
        look_up = self.longest(wording, language)
        return gsm.plainest(fill(parts, look_up)) if wording.sheet == "texts" else fill(parts, look_up)

    def longest(self, wording: TranslatableText, language: str) -> Callable[[str], str]:
        """A function from the name of a variable to its longest words in the place of the wording."""
        if wording.sheet == "texts":
            # in some the note is shortened until all fits
            without: dict[str, Value] = {"note": ""} if wording.names[0] in WITH_NOTE else {}
            return event_lookup(self.flow, language, self._fields[language] | without)
        values = self._values[language]
        if wording.records:
            rows = values.get(wording.records)
            record = rows[0] if isinstance(rows, list) and rows else {}
            return record_lookup(self.flow, wording.records, record, language)
        return lookup(self.flow, values, language)

    def _around(self, language: str) -> str:
        """What surrounds an option on its page: the lines `0 Back` and `99 More`, and its own number."""
        keys = [self.flow.keys[name] for name in ("back", "more")]
        lines = [f"\n{key.key} {fill(choose(key.text, language, self.flow), str)}" for key in keys]
        return "".join([NUMBER, *lines])


def parse_template(words: str) -> tuple[Template, tuple[str, ...]]:
    """Words as a template, and what is wrong with their braces."""
    notes = Notes()
    parts = template(words, Node(CommentedMap(), "", notes), "")
    return parts, tuple(problem.message for problem in notes.problems)


def names(words: str) -> frozenset[str]:
    """The variables that words use."""
    return frozenset(part.name for part in parse_template(words)[0] if isinstance(part, Variable))
