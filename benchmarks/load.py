"""The citizens: a process that posts hops as Africa's Talking does over keep-alive connections, and checks each answer.

`python -m benchmarks.load` reads one JSON line (see `Leg`) and prints one: what was walked, or what was wrong.
Raw sockets and epoll, because an HTTP client library would cost more than most of the servers it measures.
"""

from __future__ import annotations

import json
import re
import select
import socket
import sys
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from benchmarks.walks import FIRST_PHONE, NETWORK, SERVICE_CODE

PATIENCE = 10.0  # seconds without any answer; Africa's Talking gives up after as long
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n", re.IGNORECASE)


class WrongAnswer(Exception):
    """A server that does not answer what the walk expects: its figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One stretch of load. Every walk has a phone and a session of its own, numbered from `first_walk`."""

    port: int
    path: str
    seconds: float
    connections: int
    token: str
    first_walk: int
    most_walks: int
    walk: dict[str, Any]


class Citizens:
    """What is sent and what must come back, step by step; built once, so that the loop only fills in numbers."""

    def __init__(self, leg: Leg) -> None:
        self._leg = leg
        self._next = 0
        head = (
            f"POST {leg.path} HTTP/1.1\r\nHost: 127.0.0.1:{leg.port}\r\nUser-Agent: aggregator\r\nAccept: */*\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s"
        )
        self._head = head.encode()
        self._rest = f"&networkCode={NETWORK}".encode()
        self._texts: list[bytes] = []
        self.expected: list[tuple[bytes, bytes]] = []
        typed: list[str] = []
        for step in leg.walk["steps"]:
            if step["typed"] is not None:
                typed.append(step["typed"])
            text = quote_plus("*".join(typed))
            self._texts.append(f"&serviceCode={quote_plus(SERVICE_CODE)}&text={text}&sessionId=ATUid_".encode())
            self.expected.append((step["begins"].encode(), step["shows"].encode()))

    @property
    def begun(self) -> int:
        """How many walks were begun."""
        return self._next

    def dial(self) -> tuple[bytes, bytes]:
        """A new walk: its caller's number and the rest of its session id, form-encoded."""
        at = self._next
        if at >= self._leg.most_walks:
            raise WrongAnswer(f"this machine walks more than the {at:,} callers prepared: raise CALLERS in hop.py")
        self._next += 1
        number = self._leg.first_walk + at
        return b"phoneNumber=%%2B%d" % (FIRST_PHONE + number), b"%s%024d" % (self._leg.token.encode(), number)

    def request(self, caller: tuple[bytes, bytes], step: int) -> bytes:
        """The whole HTTP request of one hop: the five fields in the order in which they were captured."""
        body = b"".join((caller[0], self._texts[step], caller[1], self._rest))
        return self._head % (len(body), body)


class Call:
    """One keep-alive connection and the step of its present walk."""

    __slots__ = ("buffer", "caller", "socket", "step")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer, self.caller, self.step = b"", (b"", b""), -1

    def go_on(self, citizens: Citizens) -> None:
        """Send the next hop of the walk, or dial again after its last."""
        self.step = (self.step + 1) % len(citizens.expected)
        if self.step == 0:
            self.caller = citizens.dial()
        self.socket.sendall(citizens.request(self.caller, self.step))

    def answered(self, citizens: Citizens) -> bool:
        """Take in what arrived; True when that completed the right answer. Raises WrongAnswer."""
        received = self.socket.recv(65536)
        if not received:
            raise WrongAnswer("the server closed a keep-alive connection")
        self.buffer += received
        body = answer_in(self.buffer)
        if body is None:
            return False
        begins, shows = citizens.expected[self.step]
        if not body.startswith(begins) or shows not in body:
            raise WrongAnswer(f"hop {self.step} should show {shows!r}, the caller saw {body!r}")
        self.buffer = b""
        return True


def answer_in(buffer: bytes) -> bytes | None:
    """The body of a whole HTTP answer, None while it is incomplete; raises WrongAnswer for any but a plain 200."""
    split = buffer.find(b"\r\n\r\n")
    if split < 0:
        return None
    if not buffer.startswith(b"HTTP/1.1 200 "):
        raise WrongAnswer(f"answered {buffer[:200]!r}")
    length = _LENGTH.search(buffer, 0, split + 2)
    if length is None:
        raise WrongAnswer(f"an answer without Content-Length: {buffer[:split]!r}")
    end = split + 4 + int(length[1])
    return buffer[split + 4 : end] if len(buffer) >= end else None


def walk(leg: Leg) -> dict[str, Any]:
    """Keep every connection busy for the leg's seconds, then let the hops under way finish. Raises WrongAnswer."""
    citizens = Citizens(leg)
    calls = {call.socket.fileno(): call for call in (Call(leg.port) for _ in range(leg.connections))}
    poll = select.epoll()
    for number in calls:
        poll.register(number, select.EPOLLIN)
    hops, waiting = 0, len(calls)
    began, cpu = time.monotonic(), time.process_time()
    for call in calls.values():
        call.go_on(citizens)
    while waiting:
        ready = poll.poll(PATIENCE)
        if not ready:
            raise WrongAnswer(f"no answer for {PATIENCE:.0f} s")
        for number, _ in ready:
            call = calls[number]
            if not call.answered(citizens):
                continue
            hops += 1
            if time.monotonic() - began < leg.seconds:
                call.go_on(citizens)
            else:
                waiting -= 1
    seconds, busy = time.monotonic() - began, time.process_time() - cpu
    for call in calls.values():
        call.socket.close()
    return {"hops": hops, "walks": citizens.begun, "seconds": seconds, "busy": busy / seconds}


def main() -> int:
    """Read a leg, walk it, print the result as JSON; exit code 1 when an answer was wrong."""
    leg = Leg(**json.loads(sys.stdin.readline()))
    try:
        result = walk(leg)
    except (WrongAnswer, OSError) as error:
        print(json.dumps({"wrong": str(error) or type(error).__name__}))
        return 1
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
