"""A proxy before PostgreSQL that cuts connections at the worst moment: when COMMIT is on its way.

Cut *before*: the server never receives COMMIT. Cut *after*: it has committed, and its answer is thrown away. The client
cannot know which of the two it was. The proxy waits for the answer itself and not for a moment, so a cut "after" always
comes after.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections import Counter
from dataclasses import dataclass

COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"  # the simple query as it is on the wire


@dataclass(slots=True)
class Line:
    """A connection on both sides; `doomed` when the next answer is to be thrown away."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    doomed: bool = False

    def cut(self) -> None:
        """Reset both sides."""
        for writer in (self.client, self.server):
            sock = writer.get_extra_info("socket")
            if sock is not None and sock.family != socket.AF_UNIX:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()


class CommitCutter:
    """Listens on `port` once started, and speaks to the server's Unix socket. One COMMIT of `every` is cut."""

    def __init__(self, upstream: str, every: int, rng: random.Random) -> None:
        self._upstream, self._every, self._rng = upstream, every, rng
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self.cuts: Counter[str] = Counter()

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def calm_down(self) -> None:
        """Cut nothing from now on."""
        self._every = 0

    async def close(self) -> None:
        """Listen no longer."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            from_server, to_server = await asyncio.open_unix_connection(self._upstream)
        except OSError:
            writer.transport.abort()
            return
        line = Line(writer, to_server)
        try:
            await asyncio.gather(self._up(reader, line), self._down(from_server, line))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            to_server.transport.abort()

    async def _up(self, reader: asyncio.StreamReader, line: Line) -> None:
        while data := await reader.read(65536):
            if COMMIT in data:
                self.cuts["seen"] += 1
                if self._every and self._rng.randrange(self._every) == 0:
                    if self._rng.random() < 1 / 3:
                        self.cuts["before"] += 1
                        line.cut()
                        return
                    line.doomed = True
            line.server.write(data)
            await line.server.drain()
        line.server.transport.abort()

    async def _down(self, reader: asyncio.StreamReader, line: Line) -> None:
        while data := await reader.read(65536):
            if line.doomed:
                self.cuts["after"] += 1
                line.cut()
                return
            line.client.write(data)
            await line.client.drain()
        line.client.transport.abort()
