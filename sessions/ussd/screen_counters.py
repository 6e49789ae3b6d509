"""Counts as they stand in Redis until a sweep takes them: one field of a hash for each kind of step.

A field is written by the hop and read by the sweep, perhaps of another version of this program: what cannot be read
is left out, never guessed.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from flows.analytics import screen_events
from flows.analytics.screen_events import ANSWERED, ENDED, GAVE_UP, MISTYPED, SAW
from flows.engine.variables import shown_language
from flows.menu.model import Flow, State

_STEP, _WORDS = "s", "w"  # what a field begins with
_PARTS = {_STEP: 9, _WORDS: 5}
_QUARTER = 900  # seconds: every zone's midnight is at one of these
_LONGEST = 64, 64, 12, 12  # characters of a flow, a screen, a language and a network, as the table holds them

_COUNTED = {
    SAW: ("after", "saw"),
    ENDED: ("after", "ended"),
    ANSWERED: ("before", "answered"),
    MISTYPED: ("before", "mistyped"),
    GAVE_UP: ("before", "ended"),
}

ScreenKey = tuple[dt.date, str, str, str, str]  # day, flow, screen, language, network
Words = tuple[dt.date, str, str, str]  # first of the month, flow, screen, what was typed


class ScreenCounts(Struct):
    """Counts by what they are of."""

    spots: dict[ScreenKey, Counter[str]] = field(default_factory=dict)
    words: Counter[Words] = field(default_factory=Counter)

    def add(self, spot: ScreenKey, name: str, times: int) -> None:
        """So many times more."""
        self.spots.setdefault(spot, Counter())[name] += times


class ScreenCounters:
    """Writes the fields of hops. Shared by threads: two that compute the same day at once write the same."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._days: dict[int, str] = {}

    def of(
        self, flow: Flow, before: State | None, after: State, at: int, network: str, typed: str = ""
    ) -> tuple[bytes, ...]:
        """The fields that a hop adds one to: of its step and, for the first wrong entry of a visit, of what was typed.

        Only the first, so that nobody who types the same thing again makes a common mistake of their own words.
        `at` is when the call began, in seconds since 1970: a visit counts for that day, also where it ends after
        midnight.
        """
        letters = screen_events.hop_events(flow, before, after)
        if not letters:
            return ()
        day, left = self._day(at), before or after
        was = shown_language(flow, left)
        now = was if before is None else shown_language(flow, after)
        parts = (_STEP, day, flow.name, network, letters, was, left.screen, now, after.screen)
        step = "\t".join(parts).encode()
        if before is None or before.wrong or MISTYPED not in letters:
            return (step,)
        words = screen_events.mask_wrong_entry(flow, before, typed)
        if not words:
            return (step,)
        return step, "\t".join((_WORDS, day, flow.name, before.screen, words)).encode("utf-8", "replace")

    def left(self, flow: Flow, before: State, at: int, network: str) -> tuple[bytes, ...]:
        """The field of a hop that answers a screen and goes on in another flow, which counts what is shown there."""
        language = shown_language(flow, before)
        parts = (_STEP, self._day(at), flow.name, network, ANSWERED, language, before.screen, language, before.screen)
        return ("\t".join(parts).encode(),)

    def day(self, at: int) -> dt.date:
        """The day of a call that began then, where the callers are."""
        return dt.date.fromisoformat(self._day(at))

    def _day(self, at: int) -> str:
        quarter = at // _QUARTER
        day = self._days.get(quarter)
        if day is None:
            if len(self._days) > 100:
                self._days.clear()
            self._days[quarter] = day = dt.datetime.fromtimestamp(at, self._zone).date().isoformat()
        return day


def parse_counts(fields: Mapping[bytes, bytes]) -> ScreenCounts:
    """What a batch of fields says."""
    sums = ScreenCounts()
    for name, times in fields.items():
        parts = name.decode("utf-8", "replace").split("\t")
        if len(parts) != _PARTS.get(parts[0]) or not times.isdigit():
            continue
        try:
            day = dt.date.fromisoformat(parts[1])
        except ValueError:
            continue
        if parts[0] == _WORDS:
            flow, screen, words = parts[2:]
            sums.words[day.replace(day=1), flow[:64], screen[:64], words[:40]] += int(times)
            continue
        for spot, count in _counted(day, parts):
            sums.add(spot, count, int(times))
    return sums


def screen_key(day: dt.date, flow: str, screen: str, language: str, network: str) -> ScreenKey:
    """Where something is counted, within the lengths that the table holds."""
    flow, screen, language, network = (
        word[:most] for word, most in zip((flow, screen, language, network), _LONGEST, strict=True)
    )
    return day, flow, screen, language, network


def _counted(day: dt.date, parts: list[str]) -> Iterator[tuple[ScreenKey, str]]:
    flow, network, letters, was, left, now, shown = parts[2:]
    places = {
        "before": screen_key(day, flow, left, was, network),
        "after": screen_key(day, flow, shown, now, network),
    }
    for letter in letters:
        if letter in _COUNTED:
            place, count = _COUNTED[letter]
            yield places[place], count
