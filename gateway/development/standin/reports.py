"""Delivery reports of the stand-in: who is told what and when, posted to our own /delivery from one thread."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable, Iterable
from itertools import count

from gateway.development.standin.faults import Behaviour
from gateway.http.client import LostAnswerError, UnsentRequestError

SOON, LATER = 0.15, 0.5  # seconds after acceptance: taken by the network, then shown by the phone
TRIES = 6
Form = dict[str, str]

# Prefixes of Pakistani mobile numbers, +92 3xx, as first allotted; ported numbers keep their prefix.
_NETWORKS = {"30": "41001", "31": "41004", "32": "41001", "33": "41003", "34": "41006"}


Post = Callable[[Form], int]  # gives the HTTP status; raises UnsentRequestError or LostAnswerError


def network(number: str) -> str:
    """The network code that goes with an E.164 number, or the sandbox's."""
    return _NETWORKS.get(number[3:5], "99999") if number.startswith("+92") else "99999"


def reports(message: str, number: str, behaviour: Behaviour) -> list[tuple[float, Form]]:
    """The reports owed for one accepted text: (seconds from now, form), in the order they are to be sent."""
    if behaviour.reports == "none":
        return []
    form = {"id": message, "phoneNumber": number, "networkCode": network(number), "retryCount": "0"}
    taken = form | {"status": "Submitted"}
    final = form | {"status": "Success"}
    if behaviour.failure:
        final = form | {"status": "Failed", "failureReason": behaviour.failure}
    match behaviour.reports:
        case "early":
            return [(0.0, taken), (0.0, final)]
        case "duplicate":
            return [(SOON, taken), (SOON, taken), (LATER, final), (LATER, final)]
        case "reordered":
            return [(SOON, final), (LATER, taken)]
        case _:
            return [(SOON, taken), (LATER, final)]


class Reporter:
    """Posts forms when they are due; what is not answered 2xx is tried again, as the web may be restarting."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._due: list[tuple[float, int, int, Form]] = []
        self._order = count()
        self._changed = threading.Condition()
        threading.Thread(target=self._run, daemon=True, name="delivery-reports").start()

    def later(self, owed: Iterable[tuple[float, Form]]) -> None:
        """Posts each form after its seconds."""
        with self._changed:
            for seconds, form in owed:
                heapq.heappush(self._due, (time.monotonic() + seconds, next(self._order), 1, form))
            self._changed.notify()

    def now(self, owed: Iterable[tuple[float, Form]]) -> None:
        """Posts each form at once, before returning."""
        for _, form in owed:
            self._deliver(form, 1)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._due or self._due[0][0] > time.monotonic():
                    self._changed.wait(self._due[0][0] - time.monotonic() if self._due else None)
                _, _, tried, form = heapq.heappop(self._due)
            self._deliver(form, tried)

    def _deliver(self, form: Form, tried: int) -> None:
        try:
            arrived = 200 <= self._post(form) < 300
        except (UnsentRequestError, LostAnswerError):
            arrived = False
        if not arrived and tried < TRIES:
            with self._changed:
                heapq.heappush(self._due, (time.monotonic() + 2 ** (tried - 1), next(self._order), tried + 1, form))
                self._changed.notify()
