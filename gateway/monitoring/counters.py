"""Plain counters of this process, and how long its hops took. Sums over all processes: shared_counters.py."""

import threading
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Mapping
from functools import partial

NAMES = (
    "hops",  # USSD hops answered, with any answer
    "hops_failed",  # … of these, answered with the fallback text
    "hops_without_store",  # … of these, answered without Redis
    "bad_phone",  # hops and SMS whose phone number could not be read
    "bad_form",  # request bodies that are not valid forms
    "bad_secret",  # callbacks with a wrong secret
    "bad_signature",  # … with the right secret, but not signed by the vendor
    "wrong_codes",  # officers' SMS with a code that is not that of their phone
    "foreign_network",  # … with the right secret, but not from a network of that aggregator
    "sms",  # SMS accepted, including repeats
    "unreadable",  # SMS, reports, opt-outs and notices set aside
    "reports",  # delivery reports accepted
    "faults",  # requests answered with 500 or 503
    "wakes_lost",  # texts for which no worker could be woken; the sweep finds them
)
TOGETHER = 64  # hops that are counted at once, or when somebody asks
WITHIN = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)  # seconds
SLOWEST = "more"
HOW, TOOK, SENT, STEP, MICROSECONDS = "hop:", "took:", "sent:", "step:", "hop_microseconds"


class Counters:
    """Counts by name. An unknown name raises KeyError, so that a typo is noticed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = dict.fromkeys(NAMES, 0)
        self._how = Counter[str]()  # sessions.ussd.hop.Answered.how -> hops
        self._hops: deque[tuple[str, float]] = deque()  # those that are not counted yet
        self._took = Counter[int]()  # hops by the place in WITHIN of the first limit that they met; slower ones last
        self._seconds = 0.0
        self._sent: dict[str, int] = {}  # the state a send led to -> sends
        self._steps: dict[str, int] = {}  # a step of the sweep -> how often it failed

    def count(self, name: str, by: int = 1) -> None:
        """One more (or `by` more) of `name`."""
        with self._lock:
            self._counts[name] += by

    def hop(self, how: str, seconds: float) -> None:
        """One more hop, and how and in how many seconds it was answered. `how` is one of our own words."""
        self._hops.append((how, seconds))
        if len(self._hops) >= TOGETHER:
            with self._lock:
                self._add_hops()

    def _add_hops(self) -> None:
        """Count the hops that wait. For who holds the lock."""
        if hops := [self._hops.popleft() for _ in range(len(self._hops))]:
            hows, seconds = zip(*hops, strict=True)
            self._counts["hops"] += len(hops)
            self._how.update(hows)
            self._took.update(map(partial(bisect_left, WITHIN), seconds))
            self._seconds += sum(seconds)

    def sent(self, outcome: str) -> None:
        """One more attempt to send a text, with the resulting state."""
        with self._lock:
            self._sent[outcome] = self._sent.get(outcome, 0) + 1

    def step_failed(self, step: str) -> None:
        """One more failure of a step of the sweep."""
        with self._lock:
            self._steps[step] = self._steps.get(step, 0) + 1

    def all(self) -> dict[str, int]:
        """A copy of every plain count."""
        with self._lock:
            self._add_hops()
            return dict(self._counts)

    def fields(self) -> Mapping[str, int]:
        """Every count as a whole number by field: `sms`, `hop:live`, `took:0.005`, `sent:failed`, …"""
        with self._lock:
            self._add_hops()
            found = dict(self._counts)
            found |= {HOW + how: count for how, count in self._how.items()}
            found |= {f"{TOOK}{within}": self._took[at] for at, within in enumerate((*WITHIN, SLOWEST))}
            found |= {SENT + outcome: count for outcome, count in self._sent.items()}
            found |= {STEP + step: count for step, count in self._steps.items()}
            found[MICROSECONDS] = round(self._seconds * 1_000_000)
        return found


COUNTERS = Counters()
