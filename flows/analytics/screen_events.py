"""The events of a hop on the screens it leaves and shows, for counting where callers give up.

A visit to a screen begins when the screen is shown and ends in one of three ways: the caller continues to another
screen, the flow ends the call there, or the caller leaves. Leaving causes no event, so it is what remains. Paging, a
repeated hop and a wrong entry do not end a visit.
"""

import re

from flows.engine.input_replay import asks_words
from flows.menu.model import Ask, Flow, State
from flows.text.western_digits import western

# The letters of events. Capitals count on the screen that is shown, the others on the one before.
SAW, ENDED = "S", "E"
ANSWERED, MISTYPED, GAVE_UP = "a", "m", "e"

LONGEST = 30  # characters of an entry that are kept; a longer one is taken for somebody's words
MOST_WORDS = 2  # of an entry that is kept: more are taken for somebody's words too
LONG = "…"  # kept in its place
MOST_DIGITS = 3  # of an entry whose digits are kept: more may be the number of a person, a case or a card
TYPED = "~"  # stands in a call path for what was typed, if it is not kept
_DIGIT = re.compile("[0-9]")


def hop_events(flow: Flow, before: State | None, after: State) -> str:
    """The letters of one hop, "" if nothing counts.

    `before` is None for a new session, or for one that was replayed from its input: the screens on the way were counted
    before, or nobody saw them.
    """
    if before is None:
        return SAW + (ENDED if after.ended else "")
    if before.ended:
        return ""
    if after.ended and after.problem:  # too many tries, or an unfinished call was deleted: no new screen
        return MISTYPED + GAVE_UP if after.wrong > before.wrong else GAVE_UP
    if after.screen == before.screen and not after.ended:
        return MISTYPED if after.wrong > before.wrong else ""
    wrong = MISTYPED if before.wrong and _led_on(flow, before, after) else ""
    return wrong + ANSWERED + SAW + (ENDED if after.ended else "")


def _led_on(flow: Flow, before: State, after: State) -> bool:
    """True if too many wrong entries led to another screen; an accepted entry would be in the trail."""
    screen = flow.screens.get(before.screen)
    if not isinstance(screen, Ask) or screen.after_tries is None:
        return False
    return before.wrong == screen.tries - 1 and after.trail == before.trail


def mask_wrong_entry(flow: Flow, state: State, typed: str) -> str:
    """A wrong entry as it may be kept: in lower case, without digits that could be somebody's number.

    "" if the screen asks for the caller's own words, and for an empty entry.
    """
    if asks_words(flow, state):
        return ""
    plain = western(typed[: 4 * LONGEST])
    entry = " ".join("".join(each if each.isprintable() else " " for each in plain).split()).casefold()
    words = sum(any(map(str.isalpha, word)) for word in entry.split())
    if len(entry) > LONGEST or words > MOST_WORDS:
        return LONG
    return _DIGIT.sub("#", entry) if len(_DIGIT.findall(entry)) > MOST_DIGITS else entry


def path_entry(flow: Flow, state: State, typed: str) -> str:
    """An entry as a call path keeps it: a key as it is, TYPED for anything else, "" for nothing.

    A key has at most MOST_DIGITS digits. Where a screen asks for something typed, a number may be the answer: there
    only the keys of its options and those of every screen are kept.
    """
    entry = western(typed[: 4 * LONGEST]).strip()
    if not entry:
        return ""
    if not (entry.isascii() and entry.isdigit() and len(entry) <= MOST_DIGITS):
        return TYPED
    screen = flow.screens.get(state.screen)
    if not isinstance(screen, Ask) or screen.answer is None:
        return entry
    keys = (*(option.key for option in screen.options), *(key.key for key in flow.keys.values()))
    return entry if entry in keys else TYPED
