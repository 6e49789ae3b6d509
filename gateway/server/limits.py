"""What one process accepts from its clients: docs/operators/limits.md names these for operators."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.http.forms import MOST_RAW
from gateway.http.request_bounds import MOST_ANONYMOUS_BYTES, MOST_UPLOAD_BYTES

CONNECTIONS = 1024  # open at the same time; for one more, the one that has kept us waiting longest is closed
BACKLOG = 1024  # connections that the kernel keeps until we accept them
ACCEPTED = 64  # of them at once: those that make room are closed before more come
HEAD_BYTES = 16 * 1024  # of a request without its body: the address, headers, sizes of chunks, trailers
HEADERS = 100
FIRST_BYTE_SECONDS = 5.0  # from connecting to the first byte of the first request
IDLE_SECONDS = 75.0  # between two requests; a proxy in front closes its idle connections after 60
WRITE_SECONDS = 30.0  # for a client to take an answer
LINGER_SECONDS = 2.0  # for a client to notice that it was refused
STOP_SECONDS = 5.0  # for requests in progress when the process is told to stop
NEW_SECONDS = 0.5  # then, for the first request of a connection that was accepted just before
BUFFERED_BYTES = 64 * 1024 * 1024  # of all bodies that are being received or wait for a thread
WAITING = 64  # requests that may wait for a thread

LOOK_SECONDS = 0.25  # how often deadlines are looked at
TURN_SECONDS = 0.02  # for which hops are answered before the loop looks again what has come
NEW_CALL_WAIT = 0.25  # seconds that the first hop of a call may have to wait for its turn; else it is told "busy"
CALL_WAIT = 1.0  # … and a hop of a call that is going on

CALLBACK_SECONDS = 5.0  # from the first byte of a request to the last of its body
PAGE_SECONDS = 30.0  # a workbook may come over a slow line
PAGE_THREADS = 8  # pages are made by several threads: one that takes long delays only itself


@dataclass(frozen=True, slots=True)
class ServingLimits:
    """The limits of one process. With no `threads`, requests are answered one after the other, which costs less."""

    body_bytes: Callable[[Mapping[str, Any]], int] = lambda environ: MOST_RAW  # noqa: ARG005
    read_seconds: float = CALLBACK_SECONDS
    threads: int = 0
    connections: int = CONNECTIONS
    buffered_bytes: int = BUFFERED_BYTES
    waiting: int = WAITING
    look_seconds: float = LOOK_SECONDS
    turn_seconds: float = TURN_SECONDS
    new_call_wait: float = NEW_CALL_WAIT
    call_wait: float = CALL_WAIT


def page_bytes(environ: Mapping[str, Any]) -> int:
    """How long a body may be that is sent to the console: little from somebody who shows no cookie."""
    return MOST_UPLOAD_BYTES if "HTTP_COOKIE" in environ else MOST_ANONYMOUS_BYTES


HOOKS = ServingLimits()
CONSOLE = ServingLimits(page_bytes, PAGE_SECONDS, PAGE_THREADS)
