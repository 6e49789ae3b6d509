"""The server of one process: an event loop receives requests, and the application answers those that are whole.

It exists because a WSGI server that reads a body in the thread that answers is held up by whoever does not send one
(docs/decisions/032-a-server-that-waits-for-nobody.md).
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from gateway.monitoring import logs
from gateway.server import wsgi_call
from gateway.server.hop_queue import HopQueue, PollClock, WaitingHop
from gateway.server.hop_request import FormHandler, HopRequest, WsgiHop
from gateway.server.hop_runner import HopRunner
from gateway.server.http_connection import HttpConnection
from gateway.server.known_heads import KnownHeads
from gateway.server.limits import ACCEPTED, BACKLOG, NEW_SECONDS, STOP_SECONDS, ServingLimits

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

TOGETHER = 32  # answers that leave together
TOGETHER_SECONDS = 0.005  # that the first of them waits for the others
PASSED = 2  # rounds of the loop in which nobody is answered, while connections come: in the next they are read
ROUNDS = 8  # of the loop before it stops: what had arrived is accepted, read and answered


class HttpServer:
    """Serves `app` on `listener` until it is told to stop; `run` returns then.

    `alive` is asked now and then; when it says False, the server stops as if it were told to. Without threads, requests
    that are not `urgent`, by their WSGI environ, are answered one at a time, each after all urgent ones that are there.
    Those are hops: where too many wait, the application gets them with TOO_BUSY, first those that `begins_call` names.
    Hops whose head has come before go to what `form_handler` has told for it, without WSGI, where there are no threads.
    Answers to urgent ones that come in the same round of the loop leave together, after `settle` was called: what the
    application has put off until then, it does for all of them at once.
    """

    def __init__(
        self,
        app: WSGIApplication,
        listener: socket.socket,
        limits: ServingLimits,
        alive: Callable[[], bool] = lambda: True,
        urgent: Callable[[dict[str, Any]], bool] = lambda environ: True,  # noqa: ARG005
        begins_call: Callable[[dict[str, Any]], bool] = lambda environ: False,  # noqa: ARG005
        runner: HopRunner | None = None,
        form_handler: Callable[[dict[str, Any]], FormHandler | None] = lambda told: None,  # noqa: ARG005
    ) -> None:
        self.limits, self.heads, self.stopping = limits, KnownHeads(form_handler), False
        self._app, self._listener, self._alive = app, listener, alive
        self._urgent, self._begins_call = urgent, begins_call
        self._runner = runner or HopRunner()
        self._batch: list[WaitingHop] = []  # received in this round of the loop
        self._ended = False  # a connection, with an answer of this round
        self._since_sent = 0  # hops, since answers left
        self._ended_hops, self._aside_seconds = 0, 0.0  # and what those took that were put aside, as far as they came
        self._more_ready = False  # hops that were put aside and could go on
        self._answered_now, self._first_answered = list[tuple[HttpConnection, bytes]](), 0.0
        self._later = deque[tuple[HttpConnection, dict[str, Any], bool]]()
        self._hops, self._polled = HopQueue(limits), PollClock(self._finish_round)
        self._gave_way = False  # what can wait, to hops that have not had their turn since
        self._connecting, self._passed = False, 0  # somebody, since hops were answered; rounds that this has cost them
        self._busy_since = 0.0  # while hops wait: when the last turn ended, or the first of them was let wait
        self._connections: dict[HttpConnection, None] = {}
        self._buffered = self._working = 0
        self._pool = ThreadPoolExecutor(limits.threads, "page") if limits.threads else None
        self._date = b""
        self._over = asyncio.Event()

    @property
    def threads(self) -> bool:
        """True if several requests are answered at the same time."""
        return self._pool is not None

    def time(self) -> float:
        """The seconds of the loop's clock."""
        return time.monotonic()

    def run(self) -> bool:
        """Serve; SIGTERM and SIGINT end it once the requests in progress are answered, or after a few seconds.

        False if a thread still works on an answer that nobody waits for: Python does not end before that thread does.
        """
        with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(self._polled)) as runner:
            runner.run(self._serve())
        return self._working == 0

    def stop(self) -> None:
        """Take no more connections and end when the requests in progress are answered."""
        self._over.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                self._loop.add_signal_handler(number, self.stop)
        self._runner.attach(self._loop)
        self._look()
        server = await self._loop.create_server(self._accepted, sock=self._listener, backlog=ACCEPTED)
        self._listener.listen(BACKLOG)
        logs.log().info("serving")
        await self._over.wait()
        self.stopping = True
        for _ in range(ROUNDS):
            await asyncio.sleep(0)
        server.close()
        await self._finish()
        logs.log().info("served")

    def _accepted(self) -> HttpConnection:
        """A connection that was accepted: it is opened in the next round of the loop, and read in the one after."""
        self._connecting = True
        return HttpConnection(self)

    async def _finish(self) -> None:
        """Wait for the requests in progress; connections without one are closed, new ones after a moment."""
        for each in [each for each in self._connections if each.idle and not each.new]:
            each.end()
        began = self.time()
        while self._connections and self.time() < began + STOP_SECONDS:
            await asyncio.sleep(0.02)
            if self.time() >= began + NEW_SECONDS:
                for each in [each for each in self._connections if each.idle]:
                    each.end()
        for each in list(self._connections):
            each.abort()
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _look(self) -> None:
        """Close whatever is late, and look at the clock."""
        self._loop.call_later(self.limits.look_seconds, self._look)
        now = self.time()
        self._date = f"Date: {formatdate(usegmt=True)}\r\n".encode()
        for each in [each for each in self._connections if 0.0 < each.deadline < now]:
            each.late()
        self._runner.look()
        if not self._alive():
            self.stop()

    def opened(self, connection: HttpConnection) -> None:
        """Count a connection. If there are too many, the one that has kept us waiting longest makes room.

        If none has, the hop that came last is refused: its connection is over once that is told.
        """
        self._connections[connection] = None
        if len(self._connections) > self.limits.connections:
            waiting = [each for each in self._connections if each.waiting and each is not connection]
            if not waiting and (last := self._hops.take_newest()) is not None:
                self._refuse(last._replace(keep=False))
                return
            victim = min(waiting, key=lambda each: each.since, default=connection)
            self.closed(victim)  # now, not when the loop gets round to it: the next one must take another's place
            victim.abort()

    def closed(self, connection: HttpConnection) -> None:
        """It is gone."""
        self._connections.pop(connection, None)

    def hold(self, count: int) -> bool:
        """Count bytes of bodies, and of answers that nobody takes (below 0: no longer); False if they are too many."""
        self._buffered += count
        return self._buffered <= self.limits.buffered_bytes

    def plain(self, status: HTTPStatus) -> bytes:
        """An answer of the server itself, after which the connection ends."""
        return wsgi_call.plain(status, self._date)

    def answer(self, connection: HttpConnection, environ: dict[str, Any], *, keep: bool) -> None:
        """Answer a whole request: at once, or in a thread while others come in."""
        keep = keep and not self.stopping
        if self._pool is None:
            if self._urgent(environ):
                self.answer_hop(connection, WsgiHop(self._app, environ, self._begins_call), keep=keep)
                return
            self._later.append((connection, environ, keep))
            if len(self._later) == 1:
                self._loop.call_soon(self._answer_next)
        elif self._working >= self.limits.threads + self.limits.waiting:
            bare = environ["REQUEST_METHOD"] == "HEAD"
            connection.send(wsgi_call.plain(HTTPStatus.SERVICE_UNAVAILABLE, self._date, keep=keep, bare=bare))
        else:
            self._working += 1
            self._pool.submit(self._answer, connection, environ, keep=keep)

    def answer_hop(self, connection: HttpConnection, request: HopRequest, *, keep: bool) -> None:
        """Answer a hop in this round of the loop, unless that has lasted a while: then it waits, or is refused."""
        hop = WaitingHop(connection, request, keep and not self.stopping, self._polled.seen_at)
        now = time.perf_counter()
        if self._hops.has_turn and now - hop.since <= self.limits.turn_seconds:
            self._batch.append(hop)
            if len(self._batch) == TOGETHER:
                self._answer_batch()
        else:
            self._let_wait(hop, now)

    def _let_wait(self, hop: WaitingHop, now: float) -> None:
        """Let a hop wait for its turn, or refuse it."""
        if self._hops.accepts(hop.request):
            if not self._hops:
                self._busy_since = now
                self._answer_after_reading()
            self._hops.put(hop)
        else:
            self._refuse(hop)

    def _answer_batch(self) -> None:
        """Answer the hops that were received, one after the other: what one needs is in the caches for the next.

        If that takes a while, those that are left wait or are refused as if they came now.
        """
        if not self._batch:
            return
        batch, self._batch = deque(self._batch), []
        before, took = time.perf_counter(), list[float]()
        until = before + self.limits.turn_seconds
        while batch and before <= until:
            hop = batch.popleft()
            try:
                before = self._answer_hop(hop, before, took)
            except Exception:  # noqa: BLE001 - the loop goes on, and the others get their answers
                logs.log().exception("hop_not_answered")
                hop.connection.abort()
                hop.connection.send(b"")  # nothing of it is held any more
        self._hops.answered(took)
        for hop in batch:
            self._let_wait(hop, before)

    def _finish_round(self) -> bool:
        """Before the loop looks what has come: answer what was received, and send. True if it must not wait then."""
        self._answer_batch()
        self._send_answers()
        ended, self._ended = self._ended, False
        return ended or self._more_ready or bool(self._hops)

    def _answer_waiting(self) -> None:
        """Answer hops that wait, for a while; then the loop looks what has come."""
        if self._connecting and self._passed < PASSED:
            self._passed += 1
            self._answer_after_reading()
            return
        self._connecting, self._passed = False, 0
        if self._gave_way:
            self._gave_way = False
            self._loop.call_soon(self._answer_later)
        while (hopeless := self._hops.take_hopeless()) is not None:
            self._refuse(hopeless)
        until = time.perf_counter() + self.limits.turn_seconds
        took, before = list[float](), self._busy_since
        try:
            while self._hops:
                before = self._answer_hop(self._hops.take(), before, took)
                if before >= until:
                    break
        finally:  # whatever becomes of one, the others have their turn
            self._hops.answered(took)
            self._busy_since = before
            if self._hops:
                self._answer_after_reading()

    def _answer_after_reading(self) -> None:
        """Answer hops that wait once the loop has read what is there: so a refusal does not wait for others' answers.

        asyncio calls what is due by time after what has come, and what is due "soon" before.
        """
        self._loop.call_later(0, self._answer_waiting)

    def _answer_hop(self, hop: WaitingHop, before: float, took: list[float]) -> float:
        """Answer a hop; when that was done. Put how long after `before` into `took`, if somebody waits for it."""
        if hop.connection.gone:  # nobody reads the answer, and nothing has been done
            hop.connection.send(b"")
            return time.perf_counter()
        self._hops.begun += 1
        count = self._ended_hops
        self._runner.run(partial(self._put_answer, hop))
        ended = time.perf_counter()
        if self._ended_hops == count:
            self._aside_seconds += ended - before  # of one that was put aside: counted when it ends
        else:
            took.append(ended - before)
        self._since_sent += 1
        if self._since_sent == 1:
            self._first_answered = ended  # all leave before the loop looks again, at the latest
        elif self._since_sent == TOGETHER or ended - self._first_answered > TOGETHER_SECONDS:
            return ended + self._send_answers()
        return ended

    def _put_answer(self, hop: WaitingHop) -> None:
        try:
            answer = hop.request.answer(self._date, keep=hop.keep)
            self._answered_now.append((hop.connection, answer))
        finally:
            self._hops.begun -= 1
            self._ended_hops += 1

    def _refuse(self, hop: WaitingHop) -> None:
        """Let the application say that there are too many, as the aggregator wants to hear it."""
        hop.connection.send(hop.request.refuse(self._date, keep=hop.keep))
        if not hop.keep:
            hop.connection.end()

    def _send_answers(self) -> float:
        """Send what was answered in this round of the loop, the first one first.

        The seconds that hops took which went on. They are counted when hops end, also of those that asked once more.
        """
        self._since_sent, seconds, count = 0, 0.0, self._ended_hops
        self._more_ready, aside, began = False, self._hops.begun, time.perf_counter()
        try:
            self._more_ready = self._runner.settle()
        except Exception:  # noqa: BLE001 - the callers are answered; a session that was not saved is replayed
            logs.log().exception("settle_failed", answers=len(self._answered_now))
        if aside:
            seconds = time.perf_counter() - began
            self._aside_seconds += seconds
        if ended := self._ended_hops - count:
            each = self._aside_seconds / (ended + self._hops.begun)  # those that still wait have their part in it
            self._hops.answered([each] * ended)
            self._aside_seconds -= each * ended
        answered, self._answered_now = self._answered_now, []
        for connection, answer in answered:
            try:
                connection.send(answer)
            except Exception:  # noqa: BLE001 - the loop goes on, and the others get theirs
                logs.log().exception("answer_not_sent")
                connection.abort()
            self._ended = self._ended or connection.gone
        return seconds

    def _answer_next(self) -> None:
        """Answer a request that can wait. While hops wait, these have a turn before each."""
        if self._hops:
            self._gave_way = True
        else:
            self._answer_later()

    def _answer_later(self) -> None:
        """Answer the one that has waited longest; the next one has its turn after the loop has looked round."""
        self._send_answers()
        connection, environ, keep = self._later.popleft()
        if self._later:  # said first: whatever becomes of this answer, the others have theirs
            self._loop.call_soon(self._answer_next)
        connection.send(wsgi_call.call(self._app, environ, self._date, keep=keep))

    def _answer(self, connection: HttpConnection, environ: dict[str, Any], *, keep: bool) -> None:
        answer = b""  # whatever happens, its place becomes free
        try:
            answer = wsgi_call.call(self._app, environ, self._date, keep=keep)
        finally:
            with contextlib.suppress(RuntimeError):  # the loop is closed: the server has stopped
                self._loop.call_soon_threadsafe(self._answered, connection, answer)

    def _answered(self, connection: HttpConnection, answer: bytes) -> None:
        self._working -= 1
        connection.send(answer)
        if not answer:
            connection.end()
