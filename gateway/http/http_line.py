"""One connection to another server, over which requests go one after the other (HTTP/1.1, RFC 9112).

A worker sends hundreds of texts a second, and an HTTP library spends on each ten times what this does: a request is one
`send`, and the kernel keeps the time-outs, so that a thread that waits is woken once. httptools (the parser of Node)
reads the answer.
"""

from __future__ import annotations

import select
import socket
import ssl
import struct
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser
from urllib3 import HTTPHeaderDict

MOST_ANSWERED = 64 * 1024
MOST_HEADERS = 64 * 1024
AT_ONCE = 16 * 1024  # bytes received at a time
ZIPPED = 47  # zlib's way to say: gzip or zlib, as the data says
NO_ANSWER = 100, 102, 103  # notices before the answer
IDLE_SECONDS = 15.0  # after which a connection is not used again: a firewall may have forgotten it without a word


class UnsentRequestError(Exception):
    """The request was not sent, so a retry cannot do anything twice. The text is a token for the log."""


class LostAnswerError(Exception):
    """The request may have arrived, but its answer did not. The text is a token for the log."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: the status, the headers (in any case) and at most 64 kB of the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Origin(NamedTuple):
    """A server: whether it is asked by TLS, its name or address, and its port."""

    secure: bool
    host: str
    port: int


class HttpLine:
    """A connection. Used by one thread at a time."""

    def __init__(self, origin: Origin, trust: ssl.SSLContext, timeout: tuple[float, float]) -> None:
        """Connect, within the first of these seconds; bytes are waited for as long as the second. Raises Unsent…."""
        try:
            self._socket = socket.create_connection((origin.host, origin.port), timeout[0])
        except TimeoutError:
            raise UnsentRequestError("connect_timeout") from None
        except (OSError, UnicodeError):  # nobody listens, or there is no such name
            raise UnsentRequestError("no_connection") from None
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._secure = origin.secure
        if origin.secure:
            try:
                self._socket = trust.wrap_socket(self._socket, server_hostname=origin.host)
            except (OSError, ValueError):  # certificates, protocols, a peer that closes the connection, or a timeout
                self._socket.close()
                raise UnsentRequestError("no_secure_line") from None
        self._seconds = -1.0
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)
        self.kept = True  # another request may follow
        self._used_at = time.monotonic()

    @property
    def usable(self) -> bool:
        """False if it has been idle for long, or the other side has closed it or said what nobody asked for."""
        return time.monotonic() - self._used_at < IDLE_SECONDS and not self._poll.poll(0)

    def ask(self, request: bytes, seconds: float, deadline: float) -> Answer:
        """The answer to a whole request, waiting so many seconds for bytes, until a moment. Raises LostAnswerError."""
        self._wait_at_most(seconds)
        reading = _Reading()
        self.kept = False  # until the whole answer was read
        try:
            self._socket.sendall(request)
            while not reading.over:
                received = self._socket.recv(AT_ONCE)
                if not received:
                    return reading.ended()
                reading.feed(received)
                if not reading.over and time.monotonic() > deadline:
                    raise LostAnswerError("timeout")
        except (BlockingIOError, TimeoutError):
            raise LostAnswerError("timeout") from None
        except OSError:
            raise LostAnswerError("line_cut") from None
        self.kept, self._used_at = reading.keep, time.monotonic()
        return reading.answer()

    def _wait_at_most(self, seconds: float) -> None:
        if seconds == self._seconds:
            return
        self._seconds = seconds
        if self._secure:  # whose time-outs Python keeps
            self._socket.settimeout(seconds)
            return
        self._socket.settimeout(None)
        kept = struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, kept)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, kept)

    def close(self) -> None:
        """Close it."""
        self._socket.close()


class _Reading:
    """The callbacks of the parser of one answer."""

    def __init__(self) -> None:
        self._parser = HttpResponseParser(self)
        self._headers, self._size = HTTPHeaderDict(), 0
        self._body = bytearray()
        self._unzip: zlib._Decompress | None = None
        self._began = self._complete = self.over = self.keep = False

    def feed(self, data: bytes) -> None:
        """Some bytes of it. Raises LostAnswerError if it cannot be read."""
        self._began = True
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade, zlib.error):
            if not self.over:
                raise LostAnswerError("answer_broken") from None
            self.keep = False  # something came after it

    def ended(self) -> Answer:
        """The answer, where the other side ends it by closing the connection. Raises LostAnswerError."""
        if not self._began:
            raise LostAnswerError("line_cut")
        if not self._complete or "Content-Length" in self._headers or "Transfer-Encoding" in self._headers:
            raise LostAnswerError("answer_broken")
        return self.answer()

    def answer(self) -> Answer:
        """What was read."""
        return Answer(self._parser.get_status_code(), self._headers, bytes(self._body[:MOST_ANSWERED]))

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        self._size += len(name) + len(value)
        if self._size > MOST_HEADERS:
            raise HttpParserError("headers")
        self._headers.add(name.decode("latin-1"), value.decode("latin-1"))

    def on_headers_complete(self) -> None:
        """The body follows, perhaps compressed, though nobody asked for that."""
        self._complete = self._parser.get_status_code() not in NO_ANSWER
        if self._headers.get("Content-Encoding", "").lower() in ("gzip", "x-gzip", "deflate"):
            self._unzip = zlib.decompressobj(ZIPPED)

    def on_body(self, part: bytes) -> None:
        """A part of the body: no more of it is kept than may be, so that a small answer cannot fill the memory."""
        room = MOST_ANSWERED - len(self._body)
        self._body += part[:room] if self._unzip is None else self._unzip.decompress(part, room) if room > 0 else b""
        if len(self._body) >= MOST_ANSWERED:
            self.over = True

    def on_message_complete(self) -> None:
        """All of it is there."""
        if not self._complete:
            self._headers = HTTPHeaderDict()  # of a notice
            return
        self.keep = not self.over and self._parser.should_keep_alive()
        self.over = True
