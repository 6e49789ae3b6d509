"""How full a text is, for its author: characters used, what changes its encoding, its longest value."""

from typing import Literal

from msgspec import Struct, field

from flows.checks.analysis.variables import SERVICE
from flows.engine.render import paginate
from flows.engine.sms_channel import is_texted
from flows.engine.variables import base_language, choose, fill, needs_ucs2, shorten
from flows.menu.model import Variable
from flows.text import gsm
from flows.translation.text_fit import ROOM, Ruler, parse_template
from flows.translation.text_inventory import TranslatableText

LONGEST = 40  # characters of a value that are shown
SAME = 12  # characters from which one that only repeats is shown as `n × 60`
TWO_UNITS = "^{}[]~\\|€"  # characters of GSM-7 that count twice


class LengthMeter(Struct, frozen=True):
    """Characters used of the most there should be (`limit`) and can be (`hard`): septets of GSM-7 or units of UCS-2.

    "tight" is a screen that not every network shows or that is paged, "over" more than can be sent. `flips` are the
    characters that keep a Latin text out of GSM-7, each once; `plain` has their replacements, where there are any.
    `values` are the values assumed for its variables: (`district`, `Mandi Bahauddin`). `parts` counts the pages of a
    screen's words, or the SMS that a text is charged as. `twice` are characters in it that take two septets.
    """

    used: int
    limit: int
    hard: int
    encoding: gsm.Encoding
    how: Literal["fits", "tight", "over"]
    flips: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    plain: dict[str, str] = field(default_factory=dict)
    parts: int = 1
    twice: tuple[str, ...] = ()
    sms: bool = False  # `parts` are SMS, not pages

    @property
    def most(self) -> int:
        """What `used` is compared with: the limit, or the hard limit if that is exceeded."""
        return self.hard if self.how == "over" else self.limit

    @property
    def longest(self) -> str:
        """The values in one line."""
        return ", ".join(f"{{{name}}} = {value}" for name, value in self.values)


def length_meter(ruler: Ruler, wording: TranslatableText, words: str, language: str) -> LengthMeter:
    """How full `words` in a language are in the place of the wording. Never raises for what they hold.

    A text that is the same in every language is measured as one of the base language.
    """
    flow = ruler.flow
    tag = language if language in flow.languages else base_language(flow)
    fit = ruler.fit(wording, words, tag)
    full = ruler.filled(wording, words, tag)
    flips = () if needs_ucs2(flow, tag) else gsm.flips(full)
    parts = _parts(ruler, wording, full, tag)
    paged = fit.how == "over" and parts > 1 and wording.names[1:] == ("ask",) and not is_texted(flow)
    return LengthMeter(
        fit.used,
        fit.limit,
        fit.hard,
        fit.encoding,
        "tight" if paged else fit.how,
        flips,
        _values(ruler, wording, words, tag),
        {letter: plain for letter in flips if (plain := gsm.to_gsm(letter)) != letter},
        parts,
        tuple(letter for letter in TWO_UNITS if letter in full) if fit.encoding == "GSM-7" else (),
        wording.room == "sms" or is_texted(flow),
    )


def _values(ruler: Ruler, wording: TranslatableText, words: str, language: str) -> tuple[tuple[str, str], ...]:
    """The variables of a text with the values assumed for them, in order; not those that never change."""
    look_up, fixed = ruler.longest(wording, language), {*ruler.flow.service, *SERVICE}
    told: dict[str, str] = {}
    for part in parse_template(words)[0]:
        if isinstance(part, Variable) and part.name not in fixed:
            told[part.name] = in_short(fill((part,), look_up))
    return tuple((name, value) for name, value in told.items() if value)


def in_short(value: str) -> str:
    """A value in a few characters: cut, or `n × 60` where it repeats one."""
    first, rest = value[:1], value.rstrip(".")
    if len(value) > SAME and set(rest) == {first}:
        return f"{first} × {len(value)}"
    return value if len(value) <= LONGEST else shorten(value, LONGEST)


def _parts(ruler: Ruler, wording: TranslatableText, full: str, language: str) -> int:
    """SMS of a text, or pages of a screen that shows only these words and its keys."""
    flow = ruler.flow
    if wording.room == "sms" or is_texted(flow):
        return gsm.parts(full)
    if wording.room == "line" or wording.names[1:] == ("end",):
        return 1
    back, more = (
        f"{key.key} {fill(choose(key.text, language, flow), str)}" for key in (flow.keys["back"], flow.keys["more"])
    )
    return len(paginate(full, [], [back], more, ROOM))
