"""Delivery reports of the stand-in: which are due when, posted to our own /delivery from one thread."""

import sched
import threading
from collections.abc import Callable, Iterable

from gateway.development.standin.faults import Behaviour
from gateway.http.client import LostAnswerError, UnsentRequestError

SOON, LATER = 0.15, 0.5  # seconds after acceptance: the network has the text, then the phone shows it
ATTEMPTS = 6
Form = dict[str, str]

# Prefixes of Pakistani mobile numbers, +92 3xx, as first allotted; ported numbers keep their prefix.
_NETWORKS = {"30": "41001", "31": "41004", "32": "41001", "33": "41003", "34": "41006"}


Post = Callable[[Form], int]  # gives the HTTP status; raises UnsentRequestError or LostAnswerError


def network(number: str) -> str:
    """The network code for an E.164 number, or the sandbox's."""
    return _NETWORKS.get(number[3:5], "99999") if number.startswith("+92") else "99999"


def reports(message: str, number: str, behaviour: Behaviour) -> list[tuple[float, Form]]:
    """The reports for one accepted text, in the order in which they are sent: (seconds from now, form)."""
    if behaviour.reports == "none":
        return []
    form = {"id": message, "phoneNumber": number, "networkCode": network(number), "retryCount": "0"}
    taken = form | {"status": "Submitted"}
    final = form | {"status": "Success"}
    if behaviour.failure:
        final = form | {"status": "Failed", "failureReason": behaviour.failure}
    if behaviour.reports == "reordered":
        taken, final = final, taken
    times = 2 if behaviour.reports == "duplicate" else 1
    return [(SOON, taken)] * times + [(LATER, final)] * times


class Reporter:
    """Posts forms when they are due, and retries if the answer is not 2xx: the web server may be restarting."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._due, self._changed = sched.scheduler(), threading.Event()
        threading.Thread(target=self._run, daemon=True, name="delivery-reports").start()

    def later(self, reports: Iterable[tuple[float, Form]]) -> None:
        """Post each form after so many seconds."""
        for seconds, form in reports:
            self._due.enter(seconds, 0, self._deliver, (form,))
        self._changed.set()

    def now(self, reports: Iterable[tuple[float, Form]]) -> None:
        """Post each form at once, before returning."""
        for _, form in reports:
            self._deliver(form)

    def _run(self) -> None:
        while True:
            self._changed.clear()
            self._changed.wait(self._due.run(blocking=False))

    def _deliver(self, form: Form, attempt: int = 1) -> None:
        try:
            arrived = 200 <= self._post(form) < 300
        except (UnsentRequestError, LostAnswerError):
            arrived = False
        if not arrived and attempt < ATTEMPTS:
            self._due.enter(2 ** (attempt - 1), 0, self._deliver, (form, attempt + 1))
            self._changed.set()
