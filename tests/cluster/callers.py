"""Citizens who call through the proxy, over TLS, and remember when a hop failed."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.faults import menu
from tests.faults.asking import read
from tests.faults.citizens import SERVICE_CODE, Citizens

NAME = "sunwai.example.org"
PATIENCE = 10.0  # seconds; aggregators give up after as long
PAUSE = 0.25  # seconds until an aggregator sends a hop again
TRIES = 240


@dataclass(frozen=True, slots=True)
class Door:
    """Where the proxy listens, and what its certificate is trusted by."""

    port: int
    trust: ssl.SSLContext

    async def post(self, path: str, form: Mapping[str, str]) -> tuple[int, str]:
        """Post a form on a connection of its own. Raises OSError (also TimeoutError) or EOFError."""
        body = urlencode(form).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port, ssl=self.trust, server_hostname=NAME)
            try:
                writer.write(head.encode() + body)
                await writer.drain()
                headers, answer = await read(reader)
                return int(headers.split(b" ", 2)[1]), answer.decode()
            finally:
                writer.transport.abort()


class ProxyCitizens(Citizens):
    """`door` is the proxy; `hops` are (when, what was wrong or "") of each request."""

    def __init__(self, door: Door, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]  # as Citizens takes them
        self._door = door
        self.hops: list[tuple[float, str]] = []

    async def _sent(self, port: int, session: str, phone: str, text: str) -> str | None:  # noqa: ARG002 - one door
        form = {"sessionId": session, "serviceCode": SERVICE_CODE, "phoneNumber": phone, "text": text}
        form["networkCode"] = "41001"
        for _ in range(TRIES):
            try:
                status, body = await self._door.post(self._path, form)
            except (OSError, EOFError, ValueError) as error:
                self.hops.append((time.monotonic(), type(error).__name__))
                await asyncio.sleep(PAUSE)
                continue
            wrong = ""
            if status != 200 or body[:4] not in ("CON ", "END "):
                wrong = f"status {status}"
            elif menu.busy(body) or body.startswith("END Maazrat"):
                wrong = "apology"
            self.hops.append((time.monotonic(), wrong))
            self.counts["hops"] += 1
            if wrong.startswith("status"):
                await asyncio.sleep(PAUSE)
                continue
            if wrong:
                self.counts["hops busy"] += 1
                return None  # an apology: the citizen dials again
            self._seen.answers[session, text].append(body)
            return body
        return None
