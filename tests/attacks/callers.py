"""Callers who file complaints all the while, in a process of their own: how long each hop took, and what was promised.

`python -m tests.attacks.callers PORT PATH COUNT` prints a line when each caller has made a hop, calls until its
standard input ends, and then prints everything as JSON. Every hop has a connection of its own, as behind a balancer
that keeps none open.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from dataclasses import dataclass, field

from tests.faults import menu
from tests.faults.asking import NoAnswer, NoConnection, post
from tests.faults.nursery import ROOT

PATIENCE = 10.0  # seconds; aggregators give up after as long
THINKS = 0.2  # seconds between two hops of a call
MOST_HOPS = 30


@dataclass(slots=True)
class Heard:
    """What callers experienced. A hop is (when it began, seconds it took, ""or what was wrong)."""

    hops: list[tuple[float, float, str]] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)  # tracking number -> phone


class Callers:
    """The callers of a run, in their own process."""

    def __init__(self, port: int, path: str, count: int = 20) -> None:
        command = [sys.executable, "-m", "tests.attacks.callers", str(port), path, str(count)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline(), "the callers ended at once"

    def stop(self) -> Heard:
        """End the calls and return what they heard."""
        said, _ = self._process.communicate("", timeout=60)
        found = json.loads(said)
        return Heard([(at, took, wrong) for at, took, wrong in found["hops"]], found["told"])


class _Line:
    def __init__(self, port: int, path: str, count: int) -> None:
        self._port, self._path, self._rng = port, path, random.Random()
        self._silent = count  # callers who have made no hop yet
        self.heard, self.over = Heard(), asyncio.Event()

    async def call(self) -> None:
        """One call after the other, each with a new phone."""
        await asyncio.sleep(self._rng.uniform(0, THINKS * 2))
        first = True
        while not self.over.is_set():
            phone = f"+92300{self._rng.randrange(10**7):07}"
            number = await self._file(phone, first=first)
            first = False
            if number:
                self.heard.told[number] = phone

    async def _file(self, phone: str, *, first: bool) -> str | None:
        session, entered = f"ATUid_{self._rng.getrandbits(128):032x}", list[str]()
        for _ in range(MOST_HOPS):
            screen = await self._hop(session, phone, "*".join(entered))
            if first:
                first = False
                self._heard_somebody()
            if not screen.startswith("CON "):
                return menu.told(screen) if screen else None
            try:
                entered.append(menu.typed(screen, "Gali mein pani nahi aa raha", self._rng))
            except menu.Puzzled:
                self.heard.hops.append((time.monotonic(), 0.0, f"nobody is led to {screen[:60]!r}"))
                return None
            await asyncio.sleep(self._rng.uniform(0.5 * THINKS, 1.5 * THINKS))
        return None

    def _heard_somebody(self) -> None:
        self._silent -= 1
        if not self._silent:
            print("everybody calls", flush=True)

    async def _hop(self, session: str, phone: str, text: str) -> str:
        form = {"sessionId": session, "serviceCode": "*8484#", "phoneNumber": phone, "text": text}
        began, wrong, body = time.monotonic(), "", ""
        try:
            async with asyncio.timeout(PATIENCE):
                status, body = await post(self._port, self._path, form | {"networkCode": "41001"})
            if status != 200 or body[:4] not in ("CON ", "END "):
                wrong, body = f"{status} {body[:60]!r}", ""
            elif menu.busy(body):
                wrong, body = "busy", ""
        except (NoConnection, NoAnswer, TimeoutError) as error:
            wrong = type(error).__name__
        self.heard.hops.append((began, time.monotonic() - began, wrong))
        return body


async def _main(port: int, path: str, count: int) -> None:
    line = _Line(port, path, count)
    async with asyncio.TaskGroup() as calls:
        for _ in range(count):
            calls.create_task(line.call())
        await asyncio.to_thread(sys.stdin.read)
        line.over.set()
    print(json.dumps({"hops": line.heard.hops, "told": line.heard.told}))


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
