"""The fake aggregator: takes texts as Africa's Talking does, treats some badly, and reports what it took.

It remembers every text it took, which is the truth that the books are held against.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from tests.faults.asking import NoAnswer, NoConnection, read
from tests.faults.plan import Aggregator as Faults

LATE = 15.0  # seconds; the sender waits 12 at most
REPORT_TRIES = 400  # an aggregator repeats a report until it is taken; 0.25 s apart

Report = Callable[[dict[str, str]], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Taken:
    """A text that reached a phone."""

    id: str
    to: str
    body: str
    fate: str


class FakeAggregator:
    """Listens on `port` once started; `report` posts a form to our delivery door and gives the status."""

    def __init__(self, faults: Faults, rng: random.Random, report: Report) -> None:
        self._faults, self._rng, self._report = faults, rng, report
        self._server: asyncio.Server | None = None
        self._calm = asyncio.Event()
        self._reports: set[asyncio.Task[None]] = set()
        self.port = 0
        self.taken: list[Taken] = []
        self.fates: Counter[str] = Counter()
        self.reports_lost = 0

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 20)
        self.port = self._server.sockets[0].getsockname()[1]

    def calm_down(self) -> None:
        """From now on nothing goes wrong here."""
        self._calm.set()

    async def reported(self) -> None:
        """Wait until every report has been taken."""
        while self._reports:
            await asyncio.wait(set(self._reports))

    async def close(self) -> None:
        """Listen no longer."""
        self._calm.set()
        for task in self._reports:
            task.cancel()
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                _, body = await read(reader)
                answer = await self._message(dict(parse_qsl(body.decode())), reader)
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError, ValueError):
            pass
        finally:
            writer.transport.abort()

    async def _message(self, form: dict[str, str], reader: asyncio.StreamReader) -> bytes | None:
        """What is answered to one text; None: the line is cut."""
        fate = self._draw()
        self.fates[fate] += 1
        if fate == "refused":
            return _http("503 Service Unavailable", b"busy", "Retry-After: 1\r\n")
        if fate == "dropped":
            return None
        text = self._take(form, fate)
        if fate == "taken_then_500":
            return _http("500 Internal Server Error", b"oops")
        if fate == "taken_then_late":
            await self._until_nobody_waits(reader)
        else:
            await asyncio.sleep(self._rng.uniform(0, self._faults.slowest))
        return _http("201 Created", _said(text))

    def _draw(self) -> str:
        if self._calm.is_set():
            return "well"
        at = self._rng.random()
        for fate in ("refused", "dropped", "taken_then_500", "taken_then_late"):
            at -= getattr(self._faults, fate)
            if at < 0:
                return fate
        return "well"

    def _take(self, form: dict[str, str], fate: str) -> Taken:
        text = Taken(f"ATXid_{self._rng.getrandbits(128):032x}", form["to"], form["message"], fate)
        self.taken.append(text)
        task = asyncio.get_running_loop().create_task(self._tell(text))
        self._reports.add(task)
        task.add_done_callback(self._reports.discard)
        return text

    async def _until_nobody_waits(self, reader: asyncio.StreamReader) -> None:
        gone = asyncio.ensure_future(reader.read(1))
        calm = asyncio.ensure_future(self._calm.wait())
        await asyncio.wait((gone, calm), timeout=LATE, return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        calm.cancel()
        await asyncio.gather(gone, calm, return_exceptions=True)

    async def _tell(self, text: Taken) -> None:
        """Its delivery reports, each repeated until it is taken."""
        words = ["Sent", "Success"] if self._rng.random() < 0.3 else ["Success"]
        if self._rng.random() < self._faults.reports_twice:
            words.append("Success")
        for word in words:
            await asyncio.sleep(self._rng.uniform(0, self._faults.report_within))
            form = {"id": text.id, "status": word, "phoneNumber": text.to, "networkCode": "41001", "retryCount": "0"}
            for _ in range(REPORT_TRIES):
                try:
                    if await self._report(form) == 200:
                        break
                except (NoConnection, NoAnswer):
                    pass
                await asyncio.sleep(0.25)
            else:
                self.reports_lost += 1


def _said(text: Taken) -> bytes:
    recipient: dict[str, Any] = {"statusCode": 101, "number": text.to, "status": "Success", "cost": "KES 0.8000"}
    recipient |= {"messageId": text.id, "messageParts": 1}
    whole = {"Message": "Sent to 1/1 Total Cost: KES 0.8000", "Recipients": [recipient]}
    return json.dumps({"SMSMessageData": whole}).encode()


def _http(status: str, body: bytes, more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{more}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body
