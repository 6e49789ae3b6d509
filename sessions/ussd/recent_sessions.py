"""The sessions this process answered last: a hop that follows one of them needs no look into Redis.

Only a guess, and a safe one. It is used when the text of a hop is exactly what this process answered, or that and one
entry without a `*`; and saving still compares with what Redis holds, so another process that was quicker wins as ever.
"""

from collections import OrderedDict
from threading import Lock

from sessions.ussd.session_record import KnownSession, SessionState

MOST = 4_000  # sessions, some 2 kB each


class RecentSessions:
    """Sessions by key, the oldest dropped first."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._lock = most, Lock()
        self._kept: OrderedDict[str, tuple[str, bytes, SessionState]] = OrderedDict()

    def held(self, key: str, text: str) -> KnownSession | None:
        """The session that this hop continues or repeats; None when this process cannot be sure."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        before, mark, live = kept
        if text == before:
            return KnownSession(live, mark, "repeat")
        start, _, entry = text.rpartition("*")
        one_more = start == before if before or start else bool(entry)
        return KnownSession(live, mark, "next") if one_more else None

    def keep(self, key: str, text: str, mark: bytes, live: SessionState) -> None:
        """Remember what was answered last."""
        with self._lock:
            self._kept[key] = (text, mark, live)
            self._kept.move_to_end(key)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def forget(self, key: str) -> None:
        """Another process was quicker."""
        with self._lock:
            self._kept.pop(key, None)
