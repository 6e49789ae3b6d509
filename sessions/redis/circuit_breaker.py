"""Leaving alone what keeps failing: after a few failures in a row nobody waits for it again for a while."""

import time


class CircuitBreaker:
    """Opens after `failures` in a row, for `rest` seconds; then one try decides again. Shared by threads.

    Two threads may count at once and be off by one: that changes nothing that matters.
    """

    def __init__(self, failures: int, rest: float) -> None:
        self._most, self._rest = failures, rest
        self._failures, self._closed_until = 0, 0.0

    @property
    def open(self) -> bool:
        """True while it is to be left alone."""
        return time.monotonic() < self._closed_until

    def worked(self) -> None:
        """It answered."""
        self._failures = 0

    def failed(self) -> None:
        """It did not. After a rest one failure more is enough to leave it alone again."""
        self._failures += 1
        if self._failures >= self._most:
            self._failures = self._most - 1
            self._closed_until = time.monotonic() + self._rest
