"""Counts as they stand in Redis until a sweep takes them: one field of a hash for each kind of step.

A field is written by the hop and read by the sweep, perhaps of another version of this program: what cannot be read
is left out, never guessed. Of a few calls also the path is written, a field for each hop, under an id that is drawn for
it and stands nowhere else.
"""

import datetime as dt
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from flows.analytics import screen_events
from flows.analytics.screen_events import ANSWERED, ENDED, GAVE_UP, MISTYPED, SAW
from flows.engine.variables import shown_language
from flows.menu.model import Flow, State
from sessions.ussd.session_record import SessionState

_STEP, _WORDS, _PATH = "s", "w", "p"  # what a field begins with
_PARTS = {_STEP: 9, _WORDS: 5, _PATH: 11}
QUARTER = 900  # seconds: every zone's midnight is at one of these
_LONGEST = 64, 64, 12, 12  # characters of a flow, a screen, a language and a network, as the table holds them

PATH_EVERY = 60  # seconds: a process begins to keep the path of one call so often, on average
PATHS_AT_ONCE = 30  # after a quiet time, so that a line with few callers keeps nearly all of them
_MOST_SECONDS = 9_999  # of a call
MOST_HOPS = 99  # of a path: a caller who goes on and on takes no room from others

_COUNTED = {
    SAW: ("after", "saw"),
    ENDED: ("after", "ended"),
    ANSWERED: ("before", "answered"),
    MISTYPED: ("before", "mistyped"),
    GAVE_UP: ("before", "ended"),
}

ScreenKey = tuple[dt.date, str, str, str, str]  # day, flow, screen, language, network
Words = tuple[dt.date, str, str, str]  # first of the month, flow, screen, what was typed
# Id of the path, number of the hop, day, flow, screen, revision, language, seconds since dialling, entry, letters.
PathStep = tuple[str, int, dt.date, str, str, int, str, int, str, str]


class ScreenCounts(Struct):
    """Counts by what they are of."""

    spots: dict[ScreenKey, Counter[str]] = field(default_factory=dict)
    words: Counter[Words] = field(default_factory=Counter)
    steps: list[PathStep] = field(default_factory=list)

    def add(self, spot: ScreenKey, name: str, times: int) -> None:
        """So many times more."""
        self.spots.setdefault(spot, Counter())[name] += times


class ScreenCounters:
    """Writes the fields of hops. Shared by threads: two that compute the same day at once write the same."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._days: dict[int, str] = {}
        self._paths_until = 0  # when the next path is due, were they evenly spread

    def of_hop(
        self,
        flows: tuple[Flow, Flow],
        known: SessionState | None,
        live: SessionState,
        text: str,
        network: str,
        now: int,
    ) -> tuple[bytes, ...]:
        """The fields that a hop adds one to: its step, the first wrong entry of a visit, and its place in the path.

        `flows` are those before and after it, `now` is in seconds since 1970. Of several entries at once nobody knows
        which one was wrong.
        """
        (began, flow), before, typed = flows, known.state if known is not None else None, ""
        if known is not None and flow is began:
            typed = text[known.length + 1 if known.length else 0 :]
            counts = self.of(flow, before, live.state, live.at, network, typed)
        else:
            left = self.left(began, before, live.at, network) if before is not None else ()
            before = None
            counts = left + self.of(flow, None, live.state, live.at, network)
        if live.path:
            counts += self.path_step(flow, before, live, typed, text, now)
        return counts

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
        same = after.language == left.language and after.room == left.room
        now = was if same else shown_language(flow, after)
        parts = (_STEP, day, flow.name, network, letters, was, left.screen, now, after.screen)
        step = "\t".join(parts).encode()
        if before is None or before.wrong or MISTYPED not in letters or "*" in typed:
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

    def new_path(self, at: int) -> str:
        """The id under which the path of a call that begins now is kept; "" for a call that is only counted.

        Two threads at once may both get one, which does no harm.
        """
        due = max(self._paths_until, at)
        if due - at >= PATH_EVERY * PATHS_AT_ONCE:
            return ""
        self._paths_until = due + PATH_EVERY
        return os.urandom(6).hex()

    def path_step(
        self, flow: Flow, before: State | None, live: SessionState, typed: str, text: str, at: int
    ) -> tuple[bytes, ...]:
        """The field of a hop whose path is kept, answered `at`; of its `text` only the number of entries is in it."""
        number = text.count("*") + 1 if text else 0  # grows with each hop, whatever was typed
        entry = screen_events.path_entry(flow, before, typed) if before is not None else ""
        after, letters = live.state, screen_events.hop_events(flow, before, live.state)
        seconds = str(min(max(at - live.at, 0), _MOST_SECONDS))
        parts = (flow.name, after.screen, str(after.revision), shown_language(flow, after), seconds, entry, letters)
        return ("\t".join((_PATH, live.path, str(number), self._day(live.at), *parts)).encode(),)

    def day(self, at: int) -> dt.date:
        """The day of a call that began then, where the callers are."""
        return dt.date.fromisoformat(self._day(at))

    def _day(self, at: int) -> str:
        quarter = at // QUARTER
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
        if parts[0] == _PATH:
            sums.steps += _path_step(parts)
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


def _path_step(parts: list[str]) -> Iterator[PathStep]:
    path, number, day, flow, screen, revision, language, seconds, entry, letters = parts[1:]
    try:
        numbers = int(number), int(revision), int(seconds)
        when = dt.date.fromisoformat(day)
    except ValueError:
        return
    if numbers[0] > MOST_HOPS:
        return
    _, flow, screen, language, _ = screen_key(when, flow, screen, language, "")
    yield path[:12], numbers[0], when, flow, screen, numbers[1], language, numbers[2], entry[:4], letters[:4]


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
