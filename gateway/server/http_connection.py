"""One connection: its requests are received by the event loop, whole and within their limits, before they cost more.

A request that is refused gets a status that says why, where its sender still listens, and the connection ends.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from http import HTTPStatus
from io import BytesIO
from typing import Any, Protocol, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from gateway.server import limits
from gateway.server.hop_request import FormHop, HopRequest
from gateway.server.known_heads import END, KnownHead, KnownHeads
from gateway.server.limits import ServingLimits
from gateway.server.wsgi_call import connection_environ, header_key, put_address

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class RequestReceiver(Protocol):
    """What a connection needs of its server: gateway.server.http_server.HttpServer."""

    limits: ServingLimits
    heads: KnownHeads
    stopping: bool

    @property
    def threads(self) -> bool:
        """True if several requests are answered at the same time."""
        ...

    def time(self) -> float:
        """The seconds of the loop's clock."""
        ...

    def opened(self, connection: HttpConnection) -> None:
        """Count a connection."""
        ...

    def closed(self, connection: HttpConnection) -> None:
        """It is gone."""
        ...

    def hold(self, count: int) -> bool:
        """Count bytes of bodies and of answers that nobody takes; False if they are too many."""
        ...

    def plain(self, status: HTTPStatus) -> bytes:
        """An answer of the server itself."""
        ...

    def answer(self, connection: HttpConnection, environ: dict[str, Any], *, keep: bool) -> None:
        """Answer a whole request, by `connection.send`."""
        ...

    def answer_hop(self, connection: HttpConnection, request: HopRequest, *, keep: bool) -> None:
        """The same for what is known to be a hop."""
        ...


class HttpConnection(asyncio.Protocol):
    """The protocol of one connection, and the callbacks of its parser.

    `deadline` is when it must have come further, in seconds of the loop; 0 while the application works on a request.
    `new`: its first request has not begun. `_told`: what the head of a request says, by the keys of WSGI; empty between
    two of them.
    A client that sends a request before the last one is answered is answered once, and the connection ends.
    """

    __slots__ = (
        "_answering", "_body", "_came", "_complete", "_early", "_headers", "_keep", "_next", "_parser", "_raw",
        "_received", "_refused", "_same", "_server", "_size", "_told", "_transport", "_unsent", "_url", "deadline",
        "new", "since",
    )  # fmt: skip

    def __init__(self, server: RequestReceiver) -> None:
        self._server = server
        self.deadline = self.since = 0.0
        self.new = True
        self._answering = self._keep = self._early = self._next = False
        self._refused: HTTPStatus | None = None
        self._received = self._unsent = 0
        self._begin()

    def _begin(self) -> None:
        """Nothing of a request is there."""
        self._told: dict[str, Any] = {}
        self._came = b""  # the first bytes of it
        self._complete = False  # its headers
        self._raw = self._size = self._headers = 0  # bytes as they came, of address and headers, and how many of these
        self._url = b""
        self._body: bytes | bytearray = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there: it has a while to say something."""
        self._transport = cast("asyncio.Transport", transport)
        self._parser = HttpRequestParser(self)
        server, client = (transport.get_extra_info(name) for name in ("sockname", "peername"))
        self._same = connection_environ(_address(server), _address(client), threads=self._server.threads)
        self.since = self._server.time()
        self.deadline = self.since + limits.FIRST_BYTE_SECONDS
        self._server.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's own signature
        """The client is gone. A body that is being answered, or waits for that, is still there: `send` forgets it."""
        if not self._answering:
            self._forget_body()
        self._forget_answer()
        self._server.closed(self)

    def eof_received(self) -> bool:
        """The client sends nothing more, but may still read: False closes the connection, once all is written."""
        self._keep = False
        return self._answering

    def data_received(self, data: bytes) -> None:
        """Some bytes of a request."""
        if self._refused is not None or self._answering:
            self._keep, self._early = False, True  # sent before it was its turn
            return
        if not self._raw:
            end = data.find(END) + len(END)
            known = self._server.heads.find(data[:end])
            if known is not None and len(data) == end + known.length:
                self._take_known(known, data[end:])
                return
            self._came = data
        self._next = not self._told
        self._raw += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            self._early = True  # we speak nothing else: the request itself was answered
        except HttpParserError:
            if self._answering or not (self._told or self._next):
                self._early = True  # rubbish after a whole request
            else:
                self._refused = self._refused or HTTPStatus.BAD_REQUEST
        if self._refused is not None:
            self.refuse(self._refused)
        elif self._early:
            self._keep = False
            if not self._answering:
                self.end()
        elif self._raw - self._received > limits.HEAD_BYTES and not self._answering:
            self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def _take_known(self, known: KnownHead, body: bytes) -> None:
        """A whole request, whose head was accepted before: its parser sees nothing of it."""
        self._told, self.new, self._keep = known.told, False, True
        self._received = known.length
        if not self._server.hold(known.length):
            self.refuse(HTTPStatus.SERVICE_UNAVAILABLE)
        elif known.handler is None:
            self._have_answered(body)
        else:
            self.deadline = 0.0
            self._answering = True
            self._server.answer_hop(self, FormHop(known.handler, body), keep=True)

    def pause_writing(self) -> None:
        """The client does not take its answers: it may send nothing more until it does."""
        self._transport.pause_reading()
        self.deadline = self._server.time() + limits.WRITE_SECONDS
        self._unsent = self._transport.get_write_buffer_size()
        if not self._server.hold(self._unsent):
            self.abort()

    def resume_writing(self) -> None:
        """It has taken them."""
        self._forget_answer()
        if not self._transport.is_closing():
            self._transport.resume_reading()
            self.deadline = self._deadline_once_taken()

    def _deadline_once_taken(self) -> float:
        """When the client must have come further that has just taken what was written, in seconds of the loop."""
        if self._answering:
            return 0.0
        if self._refused is not None:
            return self._server.time() + limits.LINGER_SECONDS
        if self._told:  # "100 Continue" was written: the time for the request goes on
            return self.since + self._server.limits.read_seconds
        return self._server.time() + limits.IDLE_SECONDS

    def on_message_begin(self) -> None:
        """A request begins; `early`: before the one ahead of it in the same bytes was answered."""
        if not self._next:
            self._early = True
            return
        self._next = self.new = False
        self._told = {"QUERY_STRING": ""}
        self.since = self._server.time()
        self.deadline = self.since + self._server.limits.read_seconds

    def on_url(self, part: bytes) -> None:
        """A part of the address."""
        if self._early:
            return
        self._size += len(part)
        if self._size > limits.HEAD_BYTES:
            self._refused = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        else:
            self._url += part

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; those after the body are ignored."""
        if self._complete or self._early:
            return
        self._headers += 1
        self._size += len(name) + len(value)
        if self._headers > limits.HEADERS or self._size > limits.HEAD_BYTES:
            self._refused = self._refused or HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            return
        key = header_key(name)
        if not key:
            return
        before = self._told.get(key)
        text = value.decode("latin-1")
        self._told[key] = text if before is None else before + ("; " if key == "HTTP_COOKIE" else ",") + text

    def on_headers_complete(self) -> None:
        """The head is there: may its body come?"""
        if self._early or self._refused is not None:
            return
        self._complete = True
        told, parser = self._told, self._parser
        method, version = parser.get_method().decode(), parser.get_http_version()
        told["REQUEST_METHOD"], told["SERVER_PROTOCOL"] = method, f"HTTP/{version}"
        self._keep = version == "1.1" and parser.should_keep_alive()
        length = told.get("CONTENT_LENGTH", "")
        hosts = told.get("HTTP_HOST", "" if version == "1.0" else ",")  # HTTP/1.1 wants exactly one
        if version not in ("1.1", "1.0"):
            self._refused = HTTPStatus.HTTP_VERSION_NOT_SUPPORTED
        elif method == "CONNECT" or "," in hosts or not put_address(told, self._url):
            self._refused = HTTPStatus.BAD_REQUEST
        elif len(length) > 10 or int(length or 0) > self._server.limits.body_bytes(told):
            self._refused = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        elif "HTTP_EXPECT" in told and version == "1.1":
            if told["HTTP_EXPECT"].lower() == "100-continue":
                self._transport.write(CONTINUE)
            else:
                self._refused = HTTPStatus.EXPECTATION_FAILED

    def on_body(self, chunk: bytes) -> None:
        """A part of the body."""
        if self._refused is not None or self._early:
            return
        self._received += len(chunk)
        room = self._server.hold(len(chunk))
        if not self._body:
            self._body = chunk
        else:  # one buffer: small chunks would each cost more than what they hold
            if isinstance(self._body, bytes):
                self._body = bytearray(self._body)
            self._body += chunk
        if self._received > self._server.limits.body_bytes(self._told):
            self._refused = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        elif not room:
            self._refused = HTTPStatus.SERVICE_UNAVAILABLE

    def on_message_complete(self) -> None:
        """All of a request is there."""
        if self._refused is not None or self._early:
            return
        told, body = self._told, self._body
        if "HTTP_TRANSFER_ENCODING" in told:
            if told["SERVER_PROTOCOL"] == "HTTP/1.0":  # which has none: whoever else read it saw another end
                self._refused = HTTPStatus.BAD_REQUEST
            elif told["HTTP_TRANSFER_ENCODING"].lower() != "chunked":  # packed as well, which we do not undo
                self._refused = HTTPStatus.NOT_IMPLEMENTED
            if self._refused is not None:
                return
            del told["HTTP_TRANSFER_ENCODING"]  # the body is whole: its length is known
            told["CONTENT_LENGTH"] = str(self._received)
        elif self._keep:
            self._server.heads.keep(self._came, self._received, told)
        self._body = b""  # there is one copy
        self._have_answered(body)

    def _have_answered(self, body: bytes | bytearray) -> None:
        environ = self._same | self._told
        environ["wsgi.input"] = BytesIO(body)
        self.deadline = 0.0
        self._answering = True
        self._server.answer(self, environ, keep=self._keep)

    def send(self, answer: bytes) -> None:
        """The answer to the request; then the next may come."""
        self._forget_body()
        self._answering = False
        if self._transport.is_closing():
            return
        self.since = self._server.time()
        self.deadline = self.since + limits.IDLE_SECONDS
        if self._raw:
            self._begin()
        else:  # its head was known: nothing else was put together
            self._told = {}
        self._transport.write(answer)
        if not self._keep or self._server.stopping:
            self.end()

    def refuse(self, status: HTTPStatus) -> None:
        """Answer a request that is not complete, and end the connection: what the client still sends is dropped.

        A connection that is closed while bytes arrive is reset, and the client would never see the answer.
        """
        self._refused = status
        self._forget_body()
        self._transport.write(self._server.plain(status))
        self._drop_the_rest()

    def _drop_the_rest(self) -> None:
        """Say nothing more, and listen only until the client has noticed."""
        with suppress(OSError):  # it is gone already: the loop will say so
            self._transport.write_eof()
        unsent = self._transport.get_write_buffer_size()
        self.deadline = self._server.time() + (limits.WRITE_SECONDS if unsent else limits.LINGER_SECONDS)

    def _forget_body(self) -> None:
        self._server.hold(-self._received)
        self._received, self._body = 0, b""

    def _forget_answer(self) -> None:
        self._server.hold(-self._unsent)
        self._unsent = 0

    def end(self) -> None:
        """Close it once what was written has been taken, at the latest after a while."""
        if self._early:  # more is on its way
            self._refused = self._refused or HTTPStatus.BAD_REQUEST
            self._drop_the_rest()
            return
        self.deadline = self._server.time() + limits.WRITE_SECONDS
        self._transport.close()

    def late(self) -> None:
        """Its deadline is over: say so if a request had begun, otherwise just close it."""
        if self._told and self._refused is None and not self._transport.is_closing():
            self.refuse(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self._transport.abort()

    def abort(self) -> None:
        """Close it now."""
        self._transport.abort()

    @property
    def idle(self) -> bool:
        """True between two requests."""
        return not self._told

    @property
    def gone(self) -> bool:
        """True if nobody takes an answer any more."""
        return self._transport.is_closing()

    @property
    def waiting(self) -> bool:
        """True while it is the client's turn: it has not sent a whole request, or not taken an answer."""
        return not self._answering


def _address(name: object) -> tuple[str, int]:
    """Host and port of a socket; of a Unix socket, its path."""
    return (name[0], name[1]) if isinstance(name, tuple) else (str(name or ""), 0)
