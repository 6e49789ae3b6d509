"""Citizens who do not wait for each other: a process that begins calls at times that were fixed beforehand.

`python -m benchmarks.open_load` reads one JSON line (see `OpenLeg`) and prints one. A load that begins the next call
when the last one was answered slows down with the server, and leaves out the waits of those who would have called
meanwhile. Here each call has its time, drawn before the first one is made, and each hop is timed from when it was due,
not from when it could be sent. How late the generator itself was is counted apart from how long a hop waited because
all connections were taken.
"""

from __future__ import annotations

import heapq
import json
import random
import select
import socket
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from benchmarks.load import Citizens, Leg, WrongAnswer, answer_in
from gateway.http.errors import BUSY

PATIENCE = 10.0  # seconds after which an aggregator gives a hop up
MOST_CONNECTIONS = 900  # of the aggregator, fewer than a process keeps open; they are kept alive
LOOK = 0.25  # seconds between two looks for hops that nobody answers
REDIALS = 2  # of a caller whose first hop was refused
REFUSED = BUSY.encode()


@dataclass(frozen=True, slots=True)
class OpenLeg:
    """Phases of (seconds, calls a second), and what is typed. `think` is how long a screen is read, on average.

    `together`: with a number, so many callers begin at once, walk at their pace, and send the last hop at the same
    moment, so many seconds later.
    """

    port: int
    path: str
    phases: list[tuple[float, float]]
    think: float
    token: str
    seed: int
    first_walk: int
    most_walks: int
    walk: dict[str, Any]
    together: int = 0
    together_at: float = 0.0


@dataclass(slots=True)
class OpenCall:
    """A caller: who, the step that is due, and how often they still dial again."""

    caller: tuple[bytes, bytes]
    thinks: list[float]
    step: int = 0
    redials: int = REDIALS


@dataclass(slots=True)
class Line:
    """A connection and the hop that is under way on it; `unsent`: what is sent once it is open."""

    socket: socket.socket
    call: OpenCall | None = None
    due: float = 0.0
    buffer: bytes = b""
    opens: bool = True
    unsent: bytes = b""


@dataclass(slots=True)
class Seen:
    """What came of the hops: (due, seconds) of those answered and those refused; and counts."""

    answered: list[tuple[float, float]] = field(default_factory=list)
    refused: list[tuple[float, float]] = field(default_factory=list)
    late: list[float] = field(default_factory=list)  # by how much the generator itself was late to look
    unconnected: list[float] = field(default_factory=list)  # how long a hop waited because no connection was free
    calls: int = 0
    ended: int = 0  # calls that came to their end
    refused_midway: int = 0
    cut: int = 0  # hops whose connection was closed or that nobody answered in time


class OpenCitizens:
    """Makes the calls of a leg."""

    def __init__(self, leg: OpenLeg) -> None:
        self._leg = leg
        plain = Leg(leg.port, leg.path, 0, 0, leg.token, leg.first_walk, leg.most_walks, leg.walk)
        self._citizens, self._steps = Citizens(plain), len(leg.walk["steps"])
        self._poll, self._lines, self._idle = select.epoll(), dict[int, Line](), list[Line]()
        self._due: list[tuple[float, int, OpenCall]] = []
        self._waiting = deque[tuple[float, float, OpenCall]]()  # due, seen
        self._looked = 0.0
        self._order, self._again = count(), random.Random(leg.seed + 1)
        self.seen = Seen()
        self._plan()

    def _plan(self) -> None:
        """Fix when each call begins, and how long its caller reads each screen."""
        draw, begins = random.Random(self._leg.seed), list[float]()
        at = 0.0
        for seconds, rate in self._leg.phases:
            end = at + seconds
            while (at := at + draw.expovariate(rate)) < end:
                begins.append(at)
            at = end
        for begin in [*begins, *(0.005 * each for each in range(self._leg.together))]:
            thinks = [draw.uniform(0.5, 1.5) * self._leg.think for _ in range(self._steps)]
            heapq.heappush(self._due, (begin, next(self._order), OpenCall(self._citizens.dial(), thinks)))

    def run(self) -> Seen:
        """Make all calls; returns when the last one is over."""
        began = self._began = time.monotonic()
        while self._due or self._waiting or len(self._idle) < len(self._lines):
            now = time.monotonic() - began
            while self._due and self._due[0][0] <= now:
                due, _, call = heapq.heappop(self._due)
                self.seen.calls += call.step == 0 and call.redials == REDIALS
                self.seen.late.append(now - due)
                self._waiting.append((due, now, call))
            while self._waiting and (line := self._free_line()) is not None:
                due, seen, call = self._waiting.popleft()
                self.seen.unconnected.append(now - seen)
                self._send(line, due, call)
            wait = min(0.05, max(0.0, self._due[0][0] - (time.monotonic() - began))) if self._due else 0.05
            for number, what in self._poll.poll(wait):
                line = self._lines[number]
                if what == select.EPOLLOUT:
                    self._opened(line)
                else:
                    self._receive(line)
            if now - self._looked > LOOK:
                self._give_up()
        return self.seen

    def _free_line(self) -> Line | None:
        if self._idle:
            return self._idle.pop()
        if len(self._lines) >= MOST_CONNECTIONS:
            return None
        made = Line(socket.socket())
        made.socket.setblocking(False)
        made.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.socket.connect_ex(("127.0.0.1", self._leg.port))
        self._lines[made.socket.fileno()] = made
        self._poll.register(made.socket, select.EPOLLOUT)
        return made

    def _send(self, line: Line, due: float, call: OpenCall) -> None:
        line.call, line.due, line.buffer = call, due, b""
        line.unsent = self._citizens.request(call.caller, call.step)
        if not line.opens:
            self._write(line)

    def _opened(self, line: Line) -> None:
        line.opens = False
        self._poll.modify(line.socket, select.EPOLLIN)
        self._write(line)

    def _write(self, line: Line) -> None:
        try:
            line.socket.sendall(line.unsent)
        except OSError:
            self._drop(line)

    def _receive(self, line: Line) -> None:
        try:
            received = line.socket.recv(65536)
        except OSError:
            received = b""
        if not received:
            self._drop(line)
            return
        line.buffer += received
        body = answer_in(line.buffer)
        if body is None or line.call is None:
            return
        now, call = time.monotonic() - self._began, line.call
        took = line.due, now - line.due
        line.call = None
        self._idle.append(line)
        if body == REFUSED:
            self.seen.refused.append(took)
            self._refused(call, now)
            return
        begins, shows = self._citizens.expected[call.step]
        if not body.startswith(begins) or shows not in body:
            raise WrongAnswer(f"hop {call.step} should show {shows!r}, the caller saw {body!r}")
        self.seen.answered.append(took)
        call.step += 1
        if call.step == self._steps:
            self.seen.ended += 1
            return
        due = now + call.thinks[call.step]
        if self._leg.together and call.step == self._steps - 1:
            due = self._leg.together_at
        heapq.heappush(self._due, (due, next(self._order), call))

    def _refused(self, call: OpenCall, now: float) -> None:
        """Dial again after a while, who has not begun; who has gives up."""
        if call.step:
            self.seen.refused_midway += 1
        elif call.redials:
            call.redials -= 1
            heapq.heappush(self._due, (now + self._again.uniform(1, 4), next(self._order), call))

    def _give_up(self) -> None:
        now = self._looked = time.monotonic() - self._began
        for line in [each for each in self._lines.values() if each.call is not None and now - each.due > PATIENCE]:
            self._drop(line)

    def _drop(self, line: Line) -> None:
        """The connection is of no use any more: who waited there is not answered."""
        self.seen.cut += line.call is not None
        if line in self._idle:
            self._idle.remove(line)
        del self._lines[line.socket.fileno()]
        self._poll.unregister(line.socket)
        line.socket.close()


def main() -> int:
    """Read a leg, make its calls, print what came of them as JSON; exit code 1 when an answer was wrong."""
    given = json.loads(sys.stdin.readline())
    cpu, began = time.process_time(), time.monotonic()
    try:
        seen = OpenCitizens(OpenLeg(**given)).run()
    except (WrongAnswer, OSError) as error:
        print(json.dumps({"wrong": str(error) or type(error).__name__}))
        return 1
    told = {name: getattr(seen, name) for name in Seen.__dataclass_fields__}
    print(json.dumps(told | {"busy": (time.process_time() - cpu) / (time.monotonic() - began)}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
