"""How a citizen reads our screens: what to type, and the number on the last one. The only place with their words."""

from __future__ import annotations

import random
import re

# The first that fits decides. A list is several ways to go on; "{words}" is what the citizen has to say.
_TYPED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"cut off", ("1", "2")),
    (r"Language / Zaban", ("3",)),
    (r"Complaint line", ("1",)),
    (r"What is it about", ("1",)),
    (r"Answer by .*1\b", ("1",)),
    (r"Say it in a few words", ("{words}",)),
    (r"Type your district", ("Multan",)),
    (r"Where is it", ("1",)),
    (r"water", ("1",)),
)
_TOLD = re.compile(r"END (?:Filed|You already filed).*?([0-9]{3}-?[0-9]{3}-?[0-9]{3})", re.DOTALL)
_BUSY = re.compile(r"END (?:Not available right now|Service not available now|Service is busy|Could not finish now)")
_NUMBER = re.compile(r"(?<![0-9])([0-9]{3})-?([0-9]{3})-?([0-9]{3})(?![0-9])")


class Puzzled(Exception):
    """A screen that no citizen of ours has seen before."""


def typed(screen: str, words: str, rng: random.Random) -> str:
    """What a citizen enters at a screen that asks."""
    for shape, ways in _TYPED:
        if re.search(shape, screen, re.DOTALL):
            return rng.choice(ways).replace("{words}", words)
    raise Puzzled(screen)


def told(screen: str) -> str | None:
    """The tracking number, nine digits, of a last screen that says it is filed."""
    found = _TOLD.match(screen)
    return found[1].replace("-", "") if found else None


def busy(screen: str) -> bool:
    """An apology: nothing was done, and the same hop sent again may be answered better."""
    return _BUSY.match(screen) is not None


def numbers(text: str) -> set[str]:
    """The tracking numbers a text names."""
    return {"".join(found) for found in _NUMBER.findall(text)}
