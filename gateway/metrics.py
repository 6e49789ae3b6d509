"""Plain counters of this process. A later door may show them; a test walks them."""

from __future__ import annotations

import threading

NAMES = (
    "hops",  # USSD hops answered, whatever the answer
    "hops_failed",  # … of these, answered with the text of last resort
    "hops_without_store",  # … of these, answered without Redis
    "bad_phone",  # hops and SMS whose sender's number could not be read
    "bad_form",  # bodies refused as no form of ours
    "bad_secret",  # callbacks with a secret that is not ours
    "bad_signature",  # … with ours, but not signed by the vendor they name
    "sms",  # SMS accepted, repeats included
    "unreadable",  # SMS, reports, opt-outs and notices set aside
    "reports",  # delivery reports accepted
    "faults",  # requests answered with 500 or 503
    "wakes_lost",  # texts whose worker could not be told at once; the sweep finds them
)


class Counters:
    """Counts by name. A name that is not listed raises KeyError, so a slip cannot make a silent counter."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = dict.fromkeys(NAMES, 0)

    def count(self, name: str, by: int = 1) -> None:
        """One more (or `by` more) of `name`."""
        with self._lock:
            self._counts[name] += by

    def all(self) -> dict[str, int]:
        """A copy of every count."""
        with self._lock:
            return dict(self._counts)


COUNTERS = Counters()
