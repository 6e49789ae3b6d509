"""A stand-in aggregator that costs next to nothing, and a bare client that does nothing but ask it.

    python -m benchmarks.aggregator PORT SECONDS

answers each text as Africa's Talking does, so many seconds after it came, and counts at `GET /count`. The stand-in of
development takes a thread and a millisecond for each text: it would be measured instead of the worker.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
import urllib.request
from urllib.parse import unquote_plus

LENGTH = re.compile(rb"content-length: *([0-9]+)", re.ASCII | re.IGNORECASE)
TO = re.compile(rb"(?:^|&)to=([^&]*)")
BODY = (
    b"username=sandbox&to=%2B923001234567&message=Aap+ki+shikayat+darj+ho+gayi%3A+482-719-304&bulkSMSMode=1&from=8484"
)
ASK = (
    b"POST /version1/messaging HTTP/1.1\r\nHost: 127.0.0.1\r\napiKey: x\r\nContent-Type: "
    b"application/x-www-form-urlencoded\r\nContent-Length: " + str(len(BODY)).encode() + b"\r\n\r\n" + BODY
)


def _response(status: bytes, body: bytes) -> bytes:
    head = b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\nContent-Length: "
    return head + str(len(body)).encode() + b"\r\n\r\n" + body


class _Conversation(asyncio.Protocol):
    """One kept connection. Requests come one after the other, as HTTP clients send them."""

    def __init__(self, seconds: float, accepted: list[int]) -> None:
        self._seconds, self._accepted, self._read = seconds, accepted, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, found, rest = self._read.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(match[1]) if (match := LENGTH.search(head)) else 0
        if len(rest) < length:
            return
        self._read = rest[length:]
        if head.startswith(b"GET"):
            self._write(_response(b"200 OK", json.dumps(self._accepted).encode()))
            return
        match = TO.search(rest)
        to = unquote_plus(match[1].decode()) if match else ""
        self._accepted[0] += 1
        recipient = {"statusCode": 101, "number": to, "status": "Success", "cost": "KES 0.8000", "messageParts": 1}
        recipient["messageId"] = f"ATXid_{self._accepted[0]}"
        answer = {"SMSMessageData": {"Message": "Sent to 1/1", "Recipients": [recipient]}}
        asyncio.get_running_loop().call_later(
            self._seconds, self._write, _response(b"201 Created", json.dumps(answer).encode())
        )

    def _write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)  # type: ignore[attr-defined]  # of TCP


async def serve(port: int, seconds: float) -> None:
    """Answer until the process is ended."""
    accepted = [0]
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Conversation(seconds, accepted), "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


def count(port: int) -> int:
    """How many texts it has accepted."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/count", timeout=5) as answer:
        return int(json.load(answer)[0])


class _Asker(asyncio.Protocol):
    """Asks, waits for the answer, asks again."""

    def __init__(self, answered: list[int]) -> None:
        self._answered = answered

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        transport.write(ASK)  # type: ignore[attr-defined]  # of TCP

    def data_received(self, data: bytes) -> None:
        if not data.startswith(b"HTTP/1.1 201"):
            raise RuntimeError("the stand-in refused a text")
        self._answered[0] += 1
        self._transport.write(ASK)  # type: ignore[attr-defined]  # of TCP


def ceiling(port: int, connections: int, seconds: float) -> float:
    """Texts a second of a client that does nothing else, over so many kept connections."""
    return asyncio.run(_ceiling(port, connections, seconds))


async def _ceiling(port: int, connections: int, seconds: float) -> float:
    answered = [0]
    loop = asyncio.get_running_loop()
    open_ones = [await loop.create_connection(lambda: _Asker(answered), "127.0.0.1", port) for _ in range(connections)]
    await asyncio.sleep(1.0)
    began, before = time.perf_counter(), answered[0]
    await asyncio.sleep(seconds)
    rate = (answered[0] - before) / (time.perf_counter() - began)
    for transport, _ in open_ones:
        transport.close()
    return rate


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
