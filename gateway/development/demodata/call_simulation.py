"""A caller in front of screens: what they press, where they give up, what they mistype. Every hop is a real one."""

from __future__ import annotations

import datetime as dt
import re
from random import Random

from msgspec import Struct

from flows.engine.render import RESUME
from gateway.development.demodata import people_and_phrases
from gateway.development.demodata.people_and_phrases import Caller, weighted_choice
from gateway.simulator.terminal import option
from sessions.ussd.hop import Hop, Hops

AGGREGATOR = "africastalking"
MOST = 40  # hops of a call
MORE = "99"
NUMBER = re.compile(r"\d{3}-\d{3}-\d{3}")
MENU = {"file": "1", "mine": "2", "track": "3", "suggest": "4", "language": "5"}
LEAVES = {  # how many of a hundred give up there; a private matter, words and a choice of places cost most
    "language": 7, "menu": 10, "group": 9, "leaf": 7, "danger": 4, "place": 15, "district": 11, "details": 13,
    "confirm": 7, "confirm_private": 9, "known": 4, "my_list": 3, "track": 12, "suggestion": 18, "status": 25,
    "solved": 4, "why": 3,
}  # fmt: skip
MISTYPES = {"group": 9, "leaf": 6, "place": 8, "district": 7, "menu": 5, "language": 4, "track": 14, "where": 3}
GROUPS = {"1": 26, "2": 22, "3": 7, "4": 9, "5": 7, "6": 4, "7": 7, "8": 7, "9": 5, "10": 2, "11": 3, "12": 4, "13": 2}
CHOICES: dict[str, dict[str, int]] = {
    "danger": {"1": 88, "2": 12},
    "where": {"1": 88, "2": 12},
    "known": {"1": 62, "2": 38},
    "confirm": {"1": 82, "2": 12, "3": 6},
    "confirm_private": {"1": 95, "2": 5},
    "my_list": {"1": 100},
    "solved": {"1": 56, "2": 20, "3": 9, "4": 15},
    "accepted": {"1": 30, "2": 40, "3": 30},
    "closed": {"1": 8, "2": 92},
    "why": {"1": 45, "2": 30, "3": 12, "4": 6, "5": 7},
    "status": {"1": 8, "2": 16, "3": 71, "4": 5},
    "take_back": {"1": 68, "2": 28, "9": 4},
    "none_yet": {"1": 30, "2": 70},
    RESUME: {"1": 66, "2": 26, "3": 8},
    "change_language": {"1": 60, "2": 25, "3": 15},
}
KEY = (3, 16)  # seconds somebody needs for an entry


class CallResult(Struct, frozen=True):
    """How a call went. `number` is the tracking number of what was filed, as people read it."""

    session: str
    screen: str
    until: dt.datetime
    ended: bool  # by us; else they left
    number: str = ""


class UssdLine:
    """The line people dial."""

    def __init__(self, hops: Hops, code: str, random: Random) -> None:
        self._hops, self._code, self._random = hops, code, random
        self.hops = 0

    def call(self, by: Caller, session: str, wants: str, at: dt.datetime) -> CallResult:
        """A whole call. `wants` is what they dial for: one of MENU."""
        text, screen, body, number = "", "", "", ""
        for _ in range(MOST):
            hop = Hop(AGGREGATOR, session, by.phone, self._code, text, by.network)
            answered = self._hops.answer(hop, at)
            self.hops += 1
            screen, body = answered.screen, answered.body
            if answered.error is not None:
                raise answered.error
            if screen in ("filed", "filed_private", "suggested") and (found := NUMBER.search(body)):
                number = found[0]
            if body.startswith("END"):
                return CallResult(session, screen, at, True, number=number)
            if self._random.random() * 100 < LEAVES.get(screen, 3):
                return CallResult(session, screen, at, False)
            entry = self._entry(by, wants, screen, body)
            if screen == "change_language":
                wants = "file"  # they have what they wanted, and see the menu again
            text = f"{text}*{entry}" if text else entry
            at += dt.timedelta(seconds=self._random.randrange(*KEY))
        return CallResult(session, screen, at, False)

    def _entry(self, by: Caller, wants: str, screen: str, body: str) -> str:
        """What they type on this screen."""
        if self._random.random() * 100 < MISTYPES.get(screen, 2):
            return self._wrong(screen)
        if screen in CHOICES:
            return weighted_choice(self._random, CHOICES[screen])
        return self._fitting(by, wants, screen, body)

    def _fitting(self, by: Caller, wants: str, screen: str, body: str) -> str:
        random = self._random
        match screen:
            case "language":
                return option(body, people_and_phrases.SHOWN[by.language]) or "1"
            case "menu":
                return MENU[wants]
            case "group":
                return self._of_page(body, GROUPS)
            case "leaf":
                return self._shown(body)
            case "place":
                return people_and_phrases.place(random, by) if random.random() < 0.8 else "1"
            case "district":
                return people_and_phrases.place(random, by) if random.random() < 0.6 else self._shown(body)
            case "details" if random.random() < 0.42:
                return "1"
            case "details" | "more_words" | "suggestion":
                return people_and_phrases.words(random, by.language)
            case "track":
                return by.numbers[-1].replace("-", "") if by.numbers else random.choice(("0", "482719304"))
        return "0"

    def _wrong(self, screen: str) -> str:
        if screen in ("place", "district"):
            return weighted_choice(self._random, people_and_phrases.WRONG_PLACES)
        return weighted_choice(
            self._random, people_and_phrases.WRONG_NUMBERS if screen == "track" else people_and_phrases.WRONG
        )

    def _of_page(self, body: str, weights: dict[str, int]) -> str:
        """A key that is shown, as often as its weight says, or the next page."""
        shown = {key: weight for key, weight in weights.items() if key in _keys(body)}
        if MORE in _keys(body) and (not shown or self._random.random() < 0.3):
            return MORE
        return weighted_choice(self._random, shown) if shown else "0"

    def _shown(self, body: str) -> str:
        """A key that is shown, the first most often."""
        keys = [key for key in _keys(body) if key not in ("0", MORE)]
        return self._random.choices(keys, range(len(keys) + 1, 1, -1))[0] if keys else "0"


def _keys(body: str) -> list[str]:
    return re.findall(r"^(\d{1,2})[ .)]", body, re.M)
