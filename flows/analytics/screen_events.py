"""What a hop says of the screens it leaves and shows, for counting where callers give up.

A visit of a screen begins when it is newly shown and ends in one of three ways: the caller goes on to another screen,
the call is ended there by us, or they leave. Only the last one says nothing, so it is what remains of the others.
Turning pages, a repeated hop and a wrong entry end no visit.
"""

from __future__ import annotations

import re

from flows.engine.input_replay import asks_words
from flows.menu.model import Ask, Flow, State
from flows.text.western_digits import western

# The letters of a step. Capitals are counted on the screen that is shown, the others on the one before.
SAW, ENDED = "S", "E"
ANSWERED, MISTYPED, GAVE_UP = "a", "m", "e"

LONGEST = 30  # characters of an entry that are kept; a longer one is somebody's words
LONG = "…"  # kept in its place
MOST_DIGITS = 3  # of an entry whose digits are kept: more may be a number of a person, a case or a card
_DIGIT = re.compile("[0-9]")


def hop_events(flow: Flow, before: State | None, after: State) -> str:
    """The letters of one hop, "" when nothing is to be counted.

    `before` is None for a session that begins, or that had to be made again from its input: what was shown on the way
    there has been counted, or was passed unseen.
    """
    if before is None:
        return SAW + (ENDED if after.ended else "")
    if before.ended:
        return ""
    if after.ended and after.problem:  # tried too often, or an unfinished call was deleted: no new screen
        return MISTYPED + GAVE_UP if after.wrong > before.wrong else GAVE_UP
    if after.screen == before.screen and not after.ended:
        return MISTYPED if after.wrong > before.wrong else ""
    wrong = MISTYPED if before.wrong and _led_on(flow, before, after) else ""
    return wrong + ANSWERED + SAW + (ENDED if after.ended else "")


def _led_on(flow: Flow, before: State, after: State) -> bool:
    """True when the last of too many wrong entries led to another screen: an accepted one leaves its trail."""
    screen = flow.screens.get(before.screen)
    if not isinstance(screen, Ask) or screen.after_tries is None:
        return False
    return before.wrong == screen.tries - 1 and after.trail == before.trail


def mask_wrong_entry(flow: Flow, state: State, typed: str) -> str:
    """A wrong entry as it may be kept: in small letters, without digits that could be a number of somebody.

    "" where the screen asks for words of one's own, and for an entry of nothing.
    """
    if asks_words(flow, state):
        return ""
    plain = western(typed[: 4 * LONGEST])
    entry = " ".join("".join(each if each.isprintable() else " " for each in plain).split()).casefold()
    if len(entry) > LONGEST:
        return LONG
    return _DIGIT.sub("#", entry) if len(_DIGIT.findall(entry)) > MOST_DIGITS else entry
