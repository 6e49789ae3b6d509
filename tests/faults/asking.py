"""HTTP as an aggregator speaks it to us: one form, one connection, one answer. And reading what is sent to it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import urlencode

PATIENCE = 30.0  # seconds; a hop is promised within 8


class NoConnection(Exception):
    """Nobody listens: it was certainly not taken."""


class NoAnswer(Exception):
    """It may have been taken."""


async def post(port: int, path: str, form: Mapping[str, str]) -> tuple[int, str]:
    """Post a form; status and body. Raises NoConnection or NoAnswer."""
    body = urlencode(form).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), PATIENCE)
    except (OSError, TimeoutError) as error:
        raise NoConnection from error
    try:
        async with asyncio.timeout(PATIENCE):
            writer.write(head.encode() + body)
            await writer.drain()
            headers, answer = await read(reader)
            return int(headers.split(b" ", 2)[1]), answer.decode()
    except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError) as error:
        raise NoAnswer from error
    finally:
        writer.transport.abort()


async def read(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """The head and the body of one message with a Content-Length. Raises IncompleteReadError when it is cut."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    return head, await reader.readexactly(length)
