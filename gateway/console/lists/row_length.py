"""How long the words of a row may be, in each language: where they have the least room, and how much they take."""

from msgspec import Struct

from flows.checks.analysis.row_room import ALPHABETS, Fits, RowPlace, row_places, units
from flows.checks.analysis.variables import variables_of
from flows.engine.variables import needs_ucs2, row_words
from flows.menu.model import Flow
from gateway.console.site.i18n import _
from gateway.console.site.titles import screen_title

SAMPLE = 50  # rows that say whether a place is too narrow for the list, which is then no fault of a row


class RowLength(Struct, frozen=True):
    """The characters that words take, and the most there should be (`limit`) `where` there is the least room.

    "tight" is what some networks cut or an SMS that costs more, "over" what cannot be shown.
    """

    used: int
    limit: int
    how: Fits
    where: str
    sms: bool = False

    @property
    def over(self) -> int:
        """How many characters are too many."""
        return max(self.used - self.limit, 0)


class RowRuler:
    """Measures the rows of one list. Slow to make: make one for a page."""

    def __init__(self, flow: Flow, name: str) -> None:
        self.flow, known = flow, variables_of(flow)
        self._places = {
            tag: [each for each in row_places(flow, known, name, tag) if _is_wide_enough(flow, name, tag, each)]
            for tag in flow.languages
        }

    def length(self, words: str, language: str) -> RowLength | None:
        """How long words are for the place with the least room; None for a list that is shown nowhere in full."""
        places = self._places.get(language, ())
        if not places:
            return None
        narrow = min(places, key=lambda each: each.left(each.encoding(words)))
        alphabet = narrow.encoding(words)
        rank: tuple[Fits, ...] = ("fits", "tight", "over")
        how = max((each.how(words) for each in places), key=rank.index)
        where, sms = self._where(narrow), narrow.shown == "sms"
        return RowLength(units(words, alphabet), narrow.left(alphabet), how, where, sms)

    def room(self, language: str) -> RowLength | None:
        """The room that words in the letters of a language have."""
        return self.length("ن" if needs_ucs2(self.flow, language) else "n", language)

    def _where(self, place: RowPlace) -> str:
        if place.path[0] == "texts":
            return _("the SMS “%(name)s”", name=place.path[1])
        title = screen_title(self.flow, place.path[1])
        if place.shown == "sms":
            return _("the SMS of the screen “%(screen)s”", screen=title)
        if place.shown == "line":
            return _("a line of the screen “%(screen)s”", screen=title)
        return _("the words of the screen “%(screen)s”", screen=title)


def _is_wide_enough(flow: Flow, name: str, language: str, place: RowPlace) -> bool:
    """True where at least half of the rows have room; otherwise the screen or text is too long, and says so itself."""
    rows = flow.lists[name][:SAMPLE]
    wide = sum(place.how(row_words(flow, row, language)) == "fits" for row in rows)
    return 2 * wide >= len(rows) and max(place.left(each) for each in ALPHABETS) > 0


def length_words(length: RowLength, tongue: str) -> str:
    """That words in a language (`tongue`: its own name) are too long, and where; "" if they fit."""
    if length.how == "fits":
        return ""
    return _(
        "%(language)s: %(used)s characters, and only %(limit)s have room in %(where)s",
        language=tongue,
        used=length.used,
        where=length.where,
        limit=length.limit,
    )
