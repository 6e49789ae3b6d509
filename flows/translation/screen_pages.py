"""How many pages a screen takes in all, with its options and keys, for whoever writes its words."""

from msgspec import Struct

from flows.checks.texts.screen_overflow import all_options, worst_pages
from flows.engine.sms_channel import is_texted
from flows.engine.variables import can_show
from flows.menu.model import Flow, Room
from flows.menu.screen_kinds import question_of
from flows.translation.text_fit import Ruler

LATIN = Room(ucs2=False)


class ScreenPages(Struct, frozen=True):
    """The pages of a screen at its longest: `now`, and `before` it was changed (0: there was no such screen).

    `latin` and `latin_before` are the same on a network without Urdu script (0: the language cannot be shown there).
    """

    now: int
    before: int = 0
    latin: int = 0
    latin_before: int = 0

    @property
    def more(self) -> bool:
        """True if it takes more pages than before, on any network."""
        return 0 < self.before < self.now or 0 < self.latin_before < self.latin

    @property
    def fewer(self) -> bool:
        """True if it takes fewer pages than before on most networks."""
        return 0 < self.now < self.before

    @property
    def latin_differs(self) -> bool:
        """True if a network without Urdu script shows another number of pages."""
        return bool(self.latin) and (self.latin, self.latin_before) != (self.now, self.before)


def screen_pages(ruler: Ruler, screen: str, language: str, before: Ruler | None = None) -> ScreenPages | None:
    """The pages of a screen in a language; None for one that does not ask, or is read as SMS.

    `before` measures the flow as it was.
    """
    now = _pages(ruler, screen, language, Room())
    if not now:
        return None
    was, latin_was = (_pages(before, screen, language, room) if before else 0 for room in (Room(), LATIN))
    return ScreenPages(now, was, _pages(ruler, screen, language, LATIN), latin_was)


def _pages(ruler: Ruler, screen: str, language: str, room: Room) -> int:
    flow: Flow = all_options(ruler.flow)
    question = question_of(flow.screens[screen]) if screen in flow.screens else None
    if question is None or is_texted(flow) or language not in flow.languages or not can_show(flow, language, room):
        return 0
    return len(worst_pages(flow, question, language, room, ruler.values(language))[0])
