"""One connection to Redis, as lean as a hop needs it: send a command, read its answer, or tell many and go on.

redis-py spends more time on a command than Redis does, and its socket time-outs cost an extra system call for each send
and receive. Here the kernel keeps the time-outs (SO_RCVTIMEO), and hiredis packs and parses. No retries, no pool: the
store above decides what a failure means. Everything else in the project uses redis-py.
"""

import contextlib
import socket
import ssl
import struct
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import hiredis
from greenlet import greenlet
from redis.connection import parse_url
from redis.exceptions import RedisError

from sessions.redis.redis_client import is_sentinel, parse_sentinel_url, sentinels


class RedisConnectionError(Exception):
    """The connection could not be made, broke, or did not answer in time; `timed_out` tells which."""

    def __init__(self, why: str, *, timed_out: bool = False) -> None:
        super().__init__(why)
        self.timed_out = timed_out


class RedisReplyError(Exception):
    """Redis answered with an error; the message is its own."""


LOOK_AT, MOST_OWED = 16, 64  # answers owed from which on they are read as far as they have come, and waited for
NOT_THE_MASTER = ("READONLY", "MASTERDOWN", "LOADING")  # replies of a server that is not, or not yet, the one to ask
NOT_YET = object()  # in place of an answer that has not come


class WaitingCommand:
    """A command for whose answer a coroutine waits that was put aside. `again`: it has been sent a second time."""

    __slots__ = ("again", "answer", "coroutine", "words")

    def __init__(self, coroutine: greenlet, words: bytes) -> None:
        self.coroutine, self.words = coroutine, words
        self.answer: Any = NOT_YET
        self.again = False


ToldCommand = tuple[bytes | WaitingCommand, bytes]  # a name for its answer, and the command as it is sent


def pack_command(*command: bytes) -> bytes:
    """A command as it is sent."""
    words: bytes = hiredis.pack_command(command)  # type: ignore[arg-type]  # its stub takes one word only
    return words


def _is_no_master(answer: RedisReplyError) -> bool:
    return str(answer).startswith(NOT_THE_MASTER)


def _lost(error: OSError) -> RedisConnectionError:
    if isinstance(error, BlockingIOError):  # what a kernel time-out looks like
        return RedisConnectionError("no answer in time", timed_out=True)
    return RedisConnectionError(str(error), timed_out=isinstance(error, TimeoutError))


class RedisAddress:
    """Where Redis listens: `redis://[user:password@]host:port/db`, `rediss://…`, or `unix:///path?db=0`.

    `redis+sentinel://…` and `rediss+sentinel://…` name sentinels, which are asked for the master each time that a
    connection is made.
    """

    def __init__(self, url: str) -> None:
        self._sentinels, self._master = None, ""
        if is_sentinel(url):
            address = parse_sentinel_url(url)
            self._sentinels, self._master = sentinels(address), address.master
            parts = dict(address.credentials)
        else:
            parts = dict(parse_url(url))  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
        self.path = str(parts.get("path", ""))
        self.host, self.port = str(parts.get("host", "127.0.0.1")), int(parts.get("port", 6379))
        self._tls: ssl.SSLContext | None = None
        if url.startswith("rediss"):
            self._tls = ssl.create_default_context()
            if authorities := parts.get("ssl_ca_certs"):
                self._tls.load_verify_locations(str(authorities))
        self.greeting: list[tuple[bytes, ...]] = []
        if parts.get("password"):
            user = (str(parts["username"]).encode(),) if parts.get("username") else ()
            self.greeting.append((b"AUTH", *user, str(parts["password"]).encode()))
        if parts.get("db"):
            self.greeting.append((b"SELECT", str(parts["db"]).encode()))

    def connect(self, timeout: float) -> socket.socket:
        """A connected socket whose sends and receives fail after `timeout` seconds. Raises OSError."""
        if self.path:
            sock = socket.socket(socket.AF_UNIX)
            sock.settimeout(timeout)
            sock.connect(self.path)
        else:
            host, port = self._find()
            sock = socket.create_connection((host, port), timeout)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls:  # which keeps the time-out in Python
                return self._tls.wrap_socket(sock, server_hostname=host)
        sock.settimeout(None)
        kept = struct.pack("ll", int(timeout), int(timeout % 1 * 1_000_000))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, kept)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, kept)
        return sock

    @property
    def secure(self) -> bool:
        """True where connections are made by TLS."""
        return self._tls is not None

    def _find(self) -> tuple[str, int]:
        """Where the server is now. Raises OSError if no sentinel knows a master."""
        if self._sentinels is None:
            return self.host, self.port
        try:
            host, port = self._sentinels.discover_master(self._master)  # type: ignore[no-untyped-call]  # as above
        except RedisError as error:
            raise ConnectionError(str(error)) from error
        return str(host), int(port)


class RedisConnection:
    """A connection. Used by one thread. `heard` gets the name and the answer of each command that was told."""

    def __init__(
        self,
        address: RedisAddress,
        timeout: float,
        greeting: Sequence[tuple[bytes, ...]] = (),
        heard: Callable[[bytes | WaitingCommand, Any], None] = lambda name, answer: None,  # noqa: ARG005
    ) -> None:
        """Connect and greet. Raises RedisConnectionError, or RedisReplyError for a wrong password."""
        try:
            self._socket = address.connect(timeout)
        except OSError as error:
            raise _lost(error) from error
        self._secure = address.secure
        self.most_owed = MOST_OWED
        self._owed = deque[bytes | WaitingCommand]()  # names of what was told and has no answer yet
        self._heard = heard
        self._reader = hiredis.Reader(replyError=RedisReplyError, protocolError=RedisConnectionError)
        for command in (*address.greeting, *greeting):
            self.ask(pack_command(*command))

    def ask(self, command: bytes, before: Sequence[ToldCommand] = ()) -> Any:
        """The answer to a packed command: bytes, int, list or None. What is told `before` it leaves in the same write.

        Raises RedisReplyError, or RedisConnectionError: then drop the connection.
        """
        try:
            self._send(before, command)
            self._collect()
            answer = self._next()
        except OSError as error:
            raise _lost(error) from error
        if isinstance(answer, RedisReplyError):
            raise RedisConnectionError(str(answer)) if _is_no_master(answer) else answer
        return answer

    def tell(self, commands: Sequence[ToldCommand]) -> None:
        """Send commands in one write and do not wait: their answers are read before a later one.

        Raises RedisConnectionError.
        """
        try:
            if len(self._owed) >= LOOK_AT:
                self._collect(wait=len(self._owed) >= self.most_owed)
            self._send(commands)
        except OSError as error:
            raise _lost(error) from error

    def collect(self) -> None:
        """Read the answers that have come to what was told. Raises RedisConnectionError."""
        try:
            self._collect(wait=False)
        except OSError as error:
            raise _lost(error) from error

    def fileno(self) -> int:
        """The number of its socket, for an event loop; -1 once it is closed."""
        return self._socket.fileno()

    def _send(self, commands: Sequence[ToldCommand], last: bytes = b"") -> None:
        self._socket.sendall(b"".join([words for _, words in commands]) + last)
        self._owed.extend([name for name, _ in commands])

    def _collect(self, *, wait: bool = True) -> None:
        """Read what is owed; without `wait`, as far as it has come."""
        while self._owed:
            answer = self._next(wait=wait)
            if answer is NOT_YET:
                return
            if isinstance(answer, RedisReplyError) and (isinstance(self._owed[0], bytes) or _is_no_master(answer)):
                raise RedisConnectionError(f"a command was refused: {answer}")
            self._heard(self._owed.popleft(), answer)

    def _next(self, *, wait: bool = True) -> Any:
        while (answer := self._reader.gets()) is False:
            if not wait and self._secure:  # a TLS socket cannot be asked without waiting
                return NOT_YET
            try:
                received = self._socket.recv(65536, 0 if wait else socket.MSG_DONTWAIT)
            except BlockingIOError:
                if wait:  # what a kernel time-out looks like
                    raise
                return NOT_YET
            if not received:
                raise RedisConnectionError("closed by the server")
            self._reader.feed(received)
        return answer

    def close(self) -> None:
        """Drop the connection."""
        with contextlib.suppress(OSError):
            self._socket.close()
