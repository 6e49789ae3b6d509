"""How much room the words of a list's rows have: in the line of a screen that offers them, and in texts that name them.

Everything around a row is at its longest, as the checks measure it. A row that is longer than the others is itself at
fault for a screen or text that is too long, and not the screen or text.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from heapq import nlargest
from typing import Literal

from msgspec import Struct

from flows.checks.analysis.variables import Variables, longest_fields, longest_values
from flows.engine.render import PREFIX
from flows.engine.sms_channel import is_texted, usual_room
from flows.engine.variables import EVENT_FIELDS, can_show, choose, event_lookup, fill, lookup, needs_ucs2, row_words
from flows.menu.diagnostics import Path
from flows.menu.model import ANY_LANGUAGE, Ask, Flow, Template, Text, Value, Variable
from flows.menu.screen_kinds import texts_of
from flows.menu.sms_reply_text_keys import WITH_NOTE
from flows.text import gsm

MOST_AT_FAULT = 5  # rows that are told; where more are too long, the screen or text is
_HERE = "x"  # stands for the row while what is around it is measured: one unit in either alphabet

_ANY = 1_000_000  # units of an SMS, which is sent in as many parts as it takes

ALPHABETS: tuple[gsm.Encoding, ...] = ("GSM-7", "UCS-2")
Limits = Mapping[gsm.Encoding, int]
Shown = Literal["line", "screen", "sms"]
Fits = Literal["fits", "tight", "over"]


class RowPlace(Struct, frozen=True):
    """Where rows are shown, in one language: a line of a screen, the words of a last screen, or an SMS.

    `around` is everything else there at its longest, and `uses` is how often the row stands in it. Of the room (septets
    of GSM-7, units of UCS-2), `safe` is what every network shows or an SMS usually costs, and `hard` is the most.
    """

    path: Path
    shown: Shown
    around: str
    uses: int
    safe: Limits
    hard: Limits

    def left(self, encoding: gsm.Encoding) -> int:
        """How long a row in this alphabet may be here."""
        return (self.safe[encoding] - self._units(encoding)) // self.uses

    def encoding(self, words: str) -> gsm.Encoding:
        """The alphabet in which all of it is shown with a row of these words."""
        return gsm.measure(self.around + words).encoding

    def how(self, words: str) -> Fits:
        """Whether a row of these words fits here; "tight" is what some networks cut, or an SMS that costs more."""
        encoding = self.encoding(words)
        taken = self._units(encoding) + self.uses * units(words, encoding)
        return "fits" if taken <= self.safe[encoding] else "tight" if taken <= self.hard[encoding] else "over"

    def _units(self, encoding: gsm.Encoding) -> int:
        return units(self.around, encoding) - self.uses


def units(words: str, encoding: gsm.Encoding) -> int:
    """How much room words take in an alphabet."""
    if encoding == "UCS-2":
        return len(words.encode("utf-16-le", "surrogatepass")) // 2
    return gsm.measure(words).units


def row_places(flow: Flow, known: Variables, name: str, language: str) -> tuple[RowPlace, ...]:
    """Every place where the rows of a list are shown in a language, on the usual network."""
    return (*_lines(flow, name, language), *_words(flow, known, name, language), *_events(flow, name, language))


def _lines(flow: Flow, name: str, language: str) -> Iterator[RowPlace]:
    """The lines of screens that offer the list by number, each alone on a page with the keys."""
    if not can_show(flow, language, usual_room(flow)):
        return
    for ask in flow.asks:
        if ask.pick is None or ask.pick.list != name:
            continue
        keys = [] if is_texted(flow) or ask.id == flow.start else ["back"]
        keys += [] if is_texted(flow) or ask.id in (flow.start, flow.home) else ["home"]
        shown = [*(key for key in keys if flow.keys[key].show), "more"]
        lines = [f"{flow.keys[key].key} {fill(choose(flow.keys[key].text, language, flow), str)}" for key in shown]
        number = len(ask.options) + _most_rows(flow, ask)
        around = "\n".join([f"{number} {_HERE}", *lines])
        safe, hard = _screen(flow)
        yield RowPlace(("screens", ask.id, "choose_from"), "line", around, 1, safe, hard)


def _most_rows(flow: Flow, ask: Ask) -> int:
    pick = ask.pick
    if pick is None or pick.where is None:
        return len(flow.lists.get(pick.list, ())) if pick is not None else 0
    parts = (rows for (of, column, _), rows in flow.parts.items() if (of, column) == (pick.list, pick.where[0]))
    return max(map(len, parts), default=0)


def _words(flow: Flow, known: Variables, name: str, language: str) -> Iterator[RowPlace]:
    """The last screens and the SMS of screens that name a row of the list."""
    look_up = lookup(flow, longest_values(flow, known, language), language)
    for screen_id, screen in flow.screens.items():
        for each in texts_of(screen):
            path = ("screens", screen_id, *each.path)
            if each.role == "sms":
                yield from _named(
                    name, (path, "sms"), _spoken(each.text, language), (flow.kinds, look_up), _sms(flow, language)
                )
            elif each.role == "end" and can_show(flow, language, usual_room(flow)):
                yield from _named(
                    name, (path, "screen"), _spoken(each.text, language), (flow.kinds, look_up), _screen(flow)
                )


def _events(flow: Flow, name: str, language: str) -> Iterator[RowPlace]:
    """The SMS of events that name a row of the list."""
    kinds = {field: kind for field, kind in EVENT_FIELDS.items() if kind}
    if name not in kinds.values():
        return
    fields = longest_fields(flow, language)
    for event, text in flow.texts.items():
        given = fields | {"note": ""} if event in WITH_NOTE else fields  # it is shortened until all fits
        look_up = event_lookup(flow, language, given)
        yield from _named(
            name, (("texts", event), "sms"), _spoken(text, language), (kinds, look_up), _sms(flow, language)
        )


def _named(
    name: str,
    where: tuple[Path, Shown],
    parts: Template,
    meaning: tuple[Mapping[str, str], Callable[[str], str]],
    limits: tuple[Limits, Limits],
) -> Iterator[RowPlace]:
    """The place of a text, if it names a row of the list in full."""
    kinds, look_up = meaning
    uses = [part for part in parts if isinstance(part, Variable) and kinds.get(part.name) == name and part.cut is None]
    if not uses:
        return
    whole = {part.name for part in uses}
    around = fill(parts, lambda each: _HERE if each in whole else look_up(each))
    yield RowPlace(*where, gsm.plainest(around), len(uses), *limits)


def _spoken(text: Text, language: str) -> Template:
    return text.get(language) or text.get(ANY_LANGUAGE) or ()


def _screen(flow: Flow) -> tuple[Limits, Limits]:
    room = usual_room(flow)
    safe: Limits = {"GSM-7": room.gsm_safe - PREFIX, "UCS-2": room.ucs2_safe - PREFIX}
    return safe, {"GSM-7": room.gsm_hard, "UCS-2": room.ucs2_hard}


def _sms(flow: Flow, language: str) -> tuple[Limits, Limits]:
    """What an SMS in a language usually costs: one part, or two in a script that needs UCS-2. More can be sent."""
    if needs_ucs2(flow, language):
        return {alphabet: 2 * gsm.PART[alphabet] for alphabet in ALPHABETS}, dict.fromkeys(ALPHABETS, _ANY)
    return {alphabet: gsm.SINGLE[alphabet] for alphabet in ALPHABETS}, dict.fromkeys(ALPHABETS, _ANY)


def rows_at_fault(
    flow: Flow, language: str, parts: Template, kinds: Mapping[str, str | None], fits: Callable[[str, str], bool]
) -> tuple[str, tuple[str, ...]] | None:
    """The list, and its rows that make a text too long where every other row fits; None if the text is at fault.

    `kinds` has the list of each variable, and `fits` says of a list and a code whether the text fits with that row in
    place of the longest.
    """
    named = [kinds.get(part.name) or "" for part in parts if isinstance(part, Variable) and part.cut is None]
    found: tuple[str, tuple[str, ...]] | None = None
    for name in dict.fromkeys(each for each in named if each in flow.lists):
        ranked = longest_rows(flow, name, language)
        most = min(MOST_AT_FAULT, (len(flow.lists[name]) - 1) // 2)
        few = next((at for at in range(1, most + 1) if fits(name, ranked[at])), 0)
        if few and (found is None or few < len(found[1])):
            found = name, tuple(ranked[:few])
    return found


def longest_rows(flow: Flow, name: str, language: str) -> list[str]:
    """The codes of the rows of a list whose words take the most room in a language, the longest first: a few."""
    key = ("longest rows", name, language)
    if key not in flow.memo:
        rows = flow.lists[name]
        longest = nlargest(MOST_AT_FAULT + 1, rows, key=lambda row: gsm.measure(row_words(flow, row, language)).units)
        flow.memo[key] = [row.code for row in longest]
    return flow.memo[key]


def with_row(
    values: Mapping[str, Value], kinds: Mapping[str, str | None], rows: Collection[str], name: str, code: str
) -> dict[str, Value]:
    """The values with this row of a list wherever they hold one of its `rows`."""
    return {
        each: code if kinds.get(each) == name and isinstance(value, str) and value in rows else value
        for each, value in values.items()
    }
