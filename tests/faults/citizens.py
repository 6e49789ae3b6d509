"""The citizens of a run: each dials until a screen tells a tracking number. Some of their hops come twice."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence

from tests.faults import menu
from tests.faults.asking import NoAnswer, NoConnection, post
from tests.faults.canaries import Canaries
from tests.faults.evidence import Evidence
from tests.faults.plan import Plan

MOST_HOPS = 30  # of one call; a call that is longer goes round in circles
PAUSE = 0.1  # seconds until somebody who found nobody there tries again
SERVICE_CODE = "*8484#"


class Citizens:
    """Everybody who calls. `path` is the USSD door, `ports` where webs listen, as behind a load balancer."""

    def __init__(
        self, plan: Plan, rng: random.Random, ports: Sequence[int], path: str, seen: Evidence, canaries: Canaries
    ) -> None:
        self._plan, self._rng, self._ports, self._path = plan, rng, ports, path
        self._seen, self._canaries = seen, canaries
        self.counts: Counter[str] = Counter()
        self.otherwise: list[str] = []  # last screens that told no number

    async def call_until(self, enough: Callable[[], bool]) -> None:
        """So many at once as the plan says, one after the other, until it is enough."""

        async def one_after_the_other() -> None:
            while not enough():
                self.counts["citizens"] += 1
                await self._one(self.counts["citizens"])

        async with asyncio.TaskGroup() as line:
            for _ in range(self._plan.at_once):
                line.create_task(one_after_the_other())

    async def _one(self, at: int) -> None:
        phone, words = self._canaries.phone(at), self._canaries.words(at)
        for _ in range(self._plan.dials):
            self.counts["dials"] += 1
            number = await self._dial(phone, words)
            if number is not None:
                self._seen.told[phone].append(number)
                self.counts["told"] += 1
                return
            await asyncio.sleep(self._rng.uniform(0, PAUSE))
        self.counts["gave up"] += 1

    async def _dial(self, phone: str, words: str) -> str | None:
        """One call; the tracking number it ended with."""
        session = f"ATUid_{self._rng.getrandbits(128):032x}"
        entered: list[str] = []
        for _ in range(MOST_HOPS):
            screen = await self._hop(session, phone, "*".join(entered))
            if screen is None:
                self.counts["calls cut"] += 1
                return None
            if not screen.startswith("CON "):
                number = menu.told(screen)
                if number is None:
                    self.counts["calls busy" if menu.busy(screen) else "calls ended otherwise"] += 1
                    self.otherwise.append(screen)
                return number
            try:
                entered.append(menu.typed(screen, words, self._rng))
            except menu.Puzzled:
                self._seen.odd.append(f"nobody is led to {screen!r} by {entered}")
                return None
        self._seen.odd.append(f"a call goes round in circles: {entered}")
        return None

    async def _hop(self, session: str, phone: str, text: str) -> str | None:
        """One hop as the aggregator sends it: now and then twice, at the same moment or one after the other."""
        twice = self._rng.random() < self._plan.duplicates
        together = twice and self._rng.random() < 0.5
        first, second = self._rng.sample(self._ports, len(self._ports))[:2]
        sent = [self._sent(first, session, phone, text)]
        if together:
            sent.append(self._sent(second, session, phone, text))
        screens = [each for each in await asyncio.gather(*sent) if each is not None]
        self.counts["repeated hops"] += twice
        if twice and not together and screens:
            await self._sent(second, session, phone, text)
        while not screens and self._rng.random() < self._plan.resent:
            self.counts["resent hops"] += 1
            again = await self._sent(second, session, phone, text)
            screens = [] if again is None else [again]
        return next((each for each in screens if not menu.busy(each)), screens[0] if screens else None)

    async def _sent(self, port: int, session: str, phone: str, text: str) -> str | None:
        """One request to one web, or to another where nobody listens; None when the answer was lost."""
        form = {"sessionId": session, "serviceCode": SERVICE_CODE, "phoneNumber": phone, "text": text}
        form["networkCode"] = "41001"
        while True:
            try:
                status, body = await post(port, self._path, form)
            except NoConnection:
                port = self._rng.choice(self._ports)
                await asyncio.sleep(PAUSE / 4)
                continue
            except NoAnswer:
                self.counts["hops cut"] += 1
                return None
            self.counts["hops"] += 1
            if status != 200 or body[:4] not in ("CON ", "END "):
                self._seen.odd.append(f"{status} {body[:80]!r}")
                return None
            self.counts["hops busy"] += menu.busy(body)
            self._seen.answers[session, text].append(body)
            return body
