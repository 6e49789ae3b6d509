"""A caller in front of screens: what they press, where they give up, what they mistype. Every hop is a real one."""

import datetime as dt
import re
from random import Random

from msgspec import Struct

from flows.text import tracking_number
from gateway.development.demodata import distributions
from gateway.development.demodata.distributions import SAMPLE, Caller, Weights, weighted_choice
from gateway.simulator.terminal import option
from sessions.ussd.hop import Hops
from sessions.ussd.hop_types import Hop

AGGREGATOR = "africastalking"
MOST_HOPS = 40
NEXT_PAGE = "99"
NUMBER = re.compile(tracking_number.FORMATTED)
KEY_SECONDS = (3, 16)  # how long somebody needs for an entry


class CallResult(Struct, frozen=True):
    """How a call went. `number` is the tracking number of what was filed, with its dashes."""

    session: str
    until: dt.datetime
    ended: bool  # by the flow; otherwise the caller left
    number: str = ""


class UssdLine:
    """The line that people dial."""

    def __init__(self, hops: Hops, code: str, random: Random) -> None:
        self._hops, self._code, self._random = hops, code, random
        self.hops = 0

    def call(self, by: Caller, session: str, wants: str, at: dt.datetime) -> CallResult:
        """A whole call. `wants` is what they dial for."""
        text, number = "", ""
        for _ in range(MOST_HOPS):
            answered = self._hops.answer(Hop(AGGREGATOR, session, by.phone, self._code, text, by.network), at)
            self.hops += 1
            screen, body = answered.screen, answered.body
            if answered.error is not None:
                raise answered.error
            if screen in ("filed", "filed_private", "suggested") and (found := NUMBER.search(body)):
                number = found[0]
            if body.startswith("END"):
                return CallResult(session, at, True, number=number)
            if self._random.random() * 100 < SAMPLE.leaves.get(screen, 3):
                break
            entry = self._entry(by, wants, screen, body)
            if screen == "change_language":
                wants = "file"  # they have what they wanted, and see the menu again
            text = f"{text}*{entry}" if text else entry
            at += dt.timedelta(seconds=self._random.randrange(*KEY_SECONDS))
        return CallResult(session, at, False)

    def _entry(self, by: Caller, wants: str, screen: str, body: str) -> str:
        """What they type on this screen."""
        if self._random.random() * 100 < SAMPLE.mistypes.get(screen, 2):
            wrong = {"place": SAMPLE.wrong_places, "district": SAMPLE.wrong_places, "track": SAMPLE.wrong_numbers}
            return weighted_choice(self._random, wrong.get(screen, SAMPLE.wrong_keys))
        if screen in SAMPLE.choices:
            return weighted_choice(self._random, SAMPLE.choices[screen])
        return self._answer(by, wants, screen, body)

    def _answer(self, by: Caller, wants: str, screen: str, body: str) -> str:
        random = self._random
        match screen:
            case "language":
                return option(body, SAMPLE.shown[by.language]) or "1"
            case "menu":
                return SAMPLE.menu[wants]
            case "group":
                return self._of_page(body, SAMPLE.groups)
            case "leaf":
                return self._shown(body)
            case "place":
                return distributions.place(random, by) if random.random() < 0.8 else "1"
            case "district":
                return distributions.place(random, by) if random.random() < 0.6 else self._shown(body)
            case "details" if random.random() < 0.42:
                return "1"
            case "details" | "more_words" | "suggestion":
                return distributions.words(random, by.language)
            case "track":
                return by.numbers[-1].replace("-", "") if by.numbers else random.choice(("0", "482719304"))
        return "0"

    def _of_page(self, body: str, weights: Weights) -> str:
        """A key that is shown, as likely as its weight, or the next page."""
        keys = _keys(body)
        shown = {key: weight for key, weight in weights.items() if key in keys}
        if NEXT_PAGE in keys and (not shown or self._random.random() < 0.3):
            return NEXT_PAGE
        return weighted_choice(self._random, shown) if shown else "0"

    def _shown(self, body: str) -> str:
        """A key that is shown, the first most often."""
        keys = [key for key in _keys(body) if key not in ("0", NEXT_PAGE)]
        return self._random.choices(keys, range(len(keys) + 1, 1, -1))[0] if keys else "0"


def _keys(body: str) -> list[str]:
    return re.findall(r"^(\d{1,2})[ .)]", body, re.M)
