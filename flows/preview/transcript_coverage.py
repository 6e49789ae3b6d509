"""What the scripted calls of a flow reach: screens and options in each language, and what no call reaches or checks."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from flows.engine.render import visible_options
from flows.engine.variables import choose, fallbacks
from flows.menu.model import ANY_LANGUAGE, Ask, Flow, Row, State, Turn
from flows.menu.notation import template
from flows.menu.screen_kinds import is_seen
from flows.parsing.transcript_file import FOLDER, Transcript, transcripts_of
from flows.preview.transcripts import UNPLAYABLE, expected_words, play, turns
from flows.text.western_digits import western

LISTED = "any of "  # stands before the list whose rows are one option of a screen


class TranscriptCoverage(Struct, frozen=True):
    """What is reached in one language: how many screens and options there are, and those (`screen.option`) missed."""

    language: str
    screens: int
    options: int
    unseen: tuple[str, ...]
    unchosen: tuple[str, ...]


class RetiredChoice(Struct, frozen=True):
    """A row that a scripted call chooses although it is no longer offered: on which screen, at which entry (from 1).

    `words` are the row's in the language of the call, `until` the last day on which it was offered.
    """

    entry: int
    screen: str
    code: str
    words: str
    until: str

    def __str__(self) -> str:
        said = f"chooses a row that is no longer offered: {self.words}, until {self.until}"
        return f"entry {self.entry} ({self.screen}): {said}"


def transcripts_for(files: Mapping[str, str], flow: str) -> tuple[Transcript, ...]:
    """The scripted calls of one flow among its files; unreadable ones, which may belong to any flow, are included."""
    return tuple(each for each in transcripts_of(files) if each.said.get("flow") == flow or not each.said.get("flow"))


_FLOW_NAME = re.compile(r"""^flow:[ \t]*["']?([^\s"'#]+)""", re.MULTILINE)


def ownerless_transcripts(files: Mapping[str, str]) -> tuple[Transcript, ...]:
    """The scripted calls that name a flow of which no file is here: nobody would ever play them."""
    names = {name for file, text in files.items() if not file.startswith(FOLDER) for name in _FLOW_NAME.findall(text)}
    return tuple(
        each for each in transcripts_of(files) if each.said.get("flow") and str(each.said["flow"]) not in names
    )


def coverage(flow: Flow, scripts: Iterable[Transcript]) -> tuple[TranscriptCoverage, ...]:
    """Which screens and options the scripted calls reach, for each language that screens are shown in."""
    seen: set[tuple[str, str]] = set()
    for script in scripts:
        if not script.problem:
            seen |= set(_reached(flow, script.said))
    return tuple(_covered(flow, language, seen) for language in flow.ussd_languages or tuple(flow.languages))


def unchecked_options(flow: Flow, scripts: Iterable[Transcript]) -> tuple[str, ...]:
    """Options (`screen.option[language]`) whose words no call checks: it would also pass with other words.

    Words that vary from call to call are left out, because no script can contain them.
    """
    read: set[str] = set()
    shown: dict[str, None] = {}
    for script in scripts:
        for screen, language, expects in [] if script.problem else _looked_at(flow, script.said):
            ask = flow.screens.get(screen)
            for option in ask.options if isinstance(ask, Ask) else ():
                words = choose(option.text, language, flow)
                if all(isinstance(part, str) for part in words):
                    name = f"{screen}.{option.code}[{language}]"
                    shown[name] = None
                    read |= {name} if template(words) in expects else set()
    return tuple(name for name in shown if name not in read)


def retired_choice(flow: Flow, call: Mapping[str, Any], today: str) -> RetiredChoice | None:
    """The first row that a scripted call chooses whose last day is before `today`, an ISO date; None if there is none.

    Calls are played without a day, so that they also choose rows that are not offered yet. One that says on which day
    it begins (`today` of its `caller`) is left alone: it chooses what was offered then. Never raises.
    """
    past = any(row.active_until and row.active_until < today for rows in flow.lists.values() for row in rows)
    if not past or "today" in (call.get("caller") or {}):
        return None
    try:
        for at, (before, typed, turn) in enumerate(turns(flow, call)):
            row = _chosen_row(flow, before, typed, turn) if before is not None else None
            if before is not None and row is not None and row.active_until and row.active_until < today:
                read = (row.text[tag] for tag in fallbacks(before.language, flow) if tag in row.text)
                return RetiredChoice(at, before.screen, row.code, next(read, row.code), row.active_until)
    except UNPLAYABLE:  # how it breaks off is told elsewhere
        return None
    return None


def _chosen_row(flow: Flow, before: State, typed: str, turn: Turn) -> Row | None:
    """The row of a list that an entry chose."""
    screen = flow.screens.get(before.screen)
    if not isinstance(screen, Ask) or screen.pick is None or not _chosen(flow, before, typed, turn).startswith(LISTED):
        return None
    pick, values = screen.pick, turn.state.values
    places = [(pick.list, screen.save)] + ([(pick.typed.list, pick.typed.save)] if pick.typed else [])
    found = (flow.rows.get(name, {}).get(str(values.get(save or ""))) for name, save in places)
    return next((row for row in found if row is not None), None)


def _looked_at(flow: Flow, call: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Screen, language, and the words that a call expects there, of each of its steps."""
    try:
        for step, got in zip(call["steps"], play(flow, call), strict=False):
            yield got.screen, got.language, expected_words(step)
    except UNPLAYABLE:
        return


def _covered(flow: Flow, language: str, seen: set[tuple[str, str]]) -> TranscriptCoverage:
    anywhere = {thing for _, thing in seen}

    def reached(screen: Ask, thing: str) -> bool:
        """A screen that reads the same in every language is reached in all of them at once."""
        return (language, thing) in seen or (ANY_LANGUAGE in screen.text and thing in anywhere)

    asks = flow.asks
    ends = [name for name, screen in flow.screens.items() if is_seen(screen) and not isinstance(screen, Ask)]
    options = [(screen, f"{screen.id}.{way}") for screen in asks for way in _ways(screen)]
    unseen = [screen.id for screen in asks if not reached(screen, screen.id)]
    unseen += [name for name in ends if (language, name) not in seen]
    unchosen = tuple(name for screen, name in options if not reached(screen, name))
    return TranscriptCoverage(language, len(asks) + len(ends), len(options), tuple(unseen), unchosen)


def _ways(screen: Ask) -> tuple[str, ...]:
    """What a caller can choose on a screen: its options, and its list as one."""
    listed = (f"{LISTED}{screen.pick.list}",) if screen.pick else ()
    return (*(option.code for option in screen.options), *listed)


def _reached(flow: Flow, call: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    try:
        for before, typed, turn in turns(flow, call):
            if before is not None and (chosen := _chosen(flow, before, typed, turn)):
                yield before.language, f"{before.screen}.{chosen}"
            yield turn.state.language, turn.state.screen
    except UNPLAYABLE:  # the call breaks off: what it reached until then counts
        return


def _chosen(flow: Flow, before: State, typed: str, turn: Turn) -> str:
    screen = flow.screens.get(before.screen)
    if not isinstance(screen, Ask) or before.ended:
        return ""
    entry = western(typed).strip()
    for option in visible_options(flow, before, screen):
        if option.key == entry:
            return option.code
    went_on = turn.state.trail[-1:] == (before.screen,) and turn.state.screen != before.screen
    return f"{LISTED}{screen.pick.list}" if screen.pick and went_on else ""
