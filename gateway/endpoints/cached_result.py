"""A result that many ask for and that is worked out at most once a second."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
FRESH_SECONDS = 1.0  # how old an answer of /readyz or a figure of /metrics may be
STALE_SECONDS = 10.0  # older than this it is given to nobody, even while a new one is being worked out


class CachedResult(Generic[T]):
    """What `look` returned, at most `seconds` ago. One thread looks at a time; others get the last result meanwhile.

    What `look` raises goes to whoever looked, and is not kept.
    """

    def __init__(
        self, look: Callable[[], T], seconds: float = FRESH_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._look, self._seconds, self._clock = look, seconds, clock
        self._lock = threading.Lock()
        self._found: tuple[float, T] | None = None

    def get(self) -> T:
        """The result, worked out anew if the last one is too old."""
        found = self._found
        if found is not None and self._clock() < found[0] + self._seconds:
            return found[1]
        stale = found is None or self._clock() > found[0] + STALE_SECONDS
        if not self._lock.acquire(blocking=stale):
            return found[1]  # type: ignore[index]  # not stale, so it is there
        try:
            if self._found is found:  # nobody has looked while we waited
                self._found = (self._clock(), self._look())
            return self._found[1]  # type: ignore[index]  # set above or by whoever looked
        finally:
            self._lock.release()
