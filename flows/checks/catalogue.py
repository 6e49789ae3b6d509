"""Every finding by its code: how grave it is, and what it means in a line."""

from __future__ import annotations

from msgspec import Struct

from flows.problems import Severity


class Check(Struct, frozen=True):
    """A kind of finding. `severity` is the usual one: F304 is a warning where an SMS costs more than it need."""

    severity: Severity
    summary: str


CHECKS: dict[str, Check] = {
    "F000": Check("E", "a file cannot be read"),
    "F001": Check("E", "a screen is not exactly one of ask, do and end, or a word is unknown"),
    "F101": Check("E", "goes to a screen that does not exist"),
    "F102": Check("W", "no way to reach a screen"),
    "F103": Check("E", "dead end: nothing follows"),
    "F104": Check("E", "asks but takes no answer"),
    "F105": Check("E", "no way to finish from here"),
    "F106": Check("E", "goes round without asking the citizen anything"),
    "F201": Check("E", "words are missing in a language"),
    "F203": Check("E", "a variable in a translation that the base text does not have"),
    "F204": Check("I", "a translation leaves a variable out"),
    "F301": Check("E", "longer than a screen can carry, variables at their longest"),
    "F302": Check("I", "a screen is split over pages"),
    "F303": Check("W", "longer than every network shows, variables at their longest"),
    "F304": Check("I", "an SMS is paid for more than once"),
    "F305": Check("W", "a few letters halve the room of a text"),
    "F401": Check("E", "a variable that nothing saves"),
    "F402": Check("E", "an unknown action, or an argument it does not take or misses"),
    "F403": Check("E", "an action has no else"),
    "F404": Check("W", "an answer the action never gives"),
    "F405": Check("W", "an action that went well falls to else"),
    "F409": Check("E", "a condition cannot be read"),
    "F501": Check("E", "a number is used twice"),
    "F502": Check("E", "a number that one of the keys of every screen has already"),
    "F503": Check("E", "two options read the same"),
    "F601": Check("E", "a row of a list has no words in a language"),
    "F602": Check("E", "a code stands twice in a list"),
    "F603": Check("E", "an unknown list, column or file"),
    "F604": Check("E", "a filter leaves nothing to choose"),
    "F701": Check("E", "tries is not a number, or a wrong try is not answered"),
    "F702": Check("E", "a range that cannot be read"),
    "F801": Check("E", "a key that must stand in quotes"),
    "F802": Check("E", "an id or code that is not of lower-case letters, digits and _"),
}
