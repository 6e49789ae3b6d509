"""A hop, what this process and Redis know of it, and what it is answered: a screen, or a last one without a menu."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from threading import Lock

from msgspec import Struct

from flows.engine.variables import base_language, choose, fill, service_word, shown_language
from flows.menu.model import LINE, Turn
from sessions.publishing.published_cache import PublishedFlow
from sessions.ussd.session_record import KnownSession, SessionName, SessionState, SharedStage
from sessions.ussd.session_store import MARK, CompareAndSet

MOST = 4_000  # sessions that are remembered, some 2 kB each
UNKNOWN_CALLER = "Service not available now. Dial again, nothing was lost. / Abhi mumkin nahi, dobara milayein."


class Hop(Struct, frozen=True):
    """One request of the aggregator, strictly read: `text` is all input of the session so far, joined with `*`.

    An aggregator that only tells the last input has it joined by sessions/ussd/last_input_joiner.py first.
    """

    aggregator: str
    session: str
    phone: str  # E.164
    service_code: str
    text: str
    network: str = ""
    new: bool | None = None  # whether the aggregator says that the session begins; None: it does not say
    turn: int | None = None  # its count of the session's requests, where it counts


class AnsweredHop(Struct, frozen=True):
    """The body to answer with (`CON …` or `END …`) and what the log may say of it: never a number or an input."""

    body: str
    screen: str = ""
    revision: int = 0
    how: str = "live"  # live, repeat, late, raced, replayed, expired, changed, unknown_code, busy, lost
    store: bool = True  # False when Redis did not help
    error: Exception | None = None
    pins: int = 0  # how many of the last entries were typed where a PIN is asked for


class HopContext(Struct, frozen=True):
    """A hop with its name and its time, `at` in seconds since 1970. `dialled` are choices behind the code, which
    `hop.text` begins with.

    `in_code`: the aggregator told choices as part of the code. `session` is its name in the database, which is that in
    Redis unless an index key was replaced since the call began.
    """

    hop: Hop
    name: SessionName
    now: dt.datetime
    at: int
    session: str
    dialled: str = ""
    in_code: bool = False

    @property
    def key(self) -> str:
        """Its name in Redis."""
        return self.name.key


class SessionInRedis(Struct, frozen=True):
    """What Redis holds of a session, the key of its caller's unfinished one, and whether Redis could be asked."""

    value: bytes | None = None
    pointer: bytes | None = None
    store: bool = True


class AfterHop(Struct, frozen=True):
    """What a hop leads to: what is to be saved, the answer, the session, and its stage if others stand there too."""

    change: CompareAndSet
    answered: AnsweredHop
    live: SessionState
    stage: SharedStage | None = None


class RecentSessions:
    """The sessions this process answered last, by key, the oldest dropped first: the hop after asks Redis nothing.

    Only a guess, and a safe one. It is used when the text of a hop is exactly what this process answered, or that and
    one entry without a `*`; and saving still compares with what Redis holds, so another process that was quicker wins
    as ever.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most, self._lock = most, Lock()
        self._kept: OrderedDict[str, tuple[str, bytes, SessionState, SharedStage | None]] = OrderedDict()

    def held(self, key: str, text: str) -> KnownSession | None:
        """The session that this hop continues or repeats; None when this process cannot be sure."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        before, mark, live, stage = kept
        if text == before:
            return KnownSession(live, mark, "repeat")
        start, _, entry = text.rpartition("*")
        one_more = start == before if before or start else bool(entry)
        return KnownSession(live, mark, "next", stage) if one_more else None

    def keep(self, key: str, text: str, after: AfterHop) -> None:
        """Remember what was answered last."""
        kept = text, after.change.value[:MARK], after.live, after.stage
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def forget(self, key: str) -> None:
        """Another process was quicker."""
        with self._lock:
            self._kept.pop(key, None)


def body_of(turn: Turn) -> str:
    """What is answered with the screen of a turn."""
    assert turn.shown is not None  # noqa: S101 - every action has been performed
    return ("END " if turn.shown.ends else "CON ") + turn.shown.body


def final_answer(published: PublishedFlow | None, live: SessionState | None, why: str, code: str = "") -> AnsweredHop:
    """A last screen for what a menu cannot answer, in the words of the flow and the caller's language if known.

    `code` is the code that was dialled.
    """
    if published is None:
        return AnsweredHop(f"END {UNKNOWN_CALLER}", how=why)
    flow = published.flow
    text = flow.errors.get(why) or flow.errors.get("busy", {})
    language, screen = (shown_language(flow, live.state), live.state.screen) if live else (base_language(flow), "")
    known = live.state.values if live else {LINE: code}
    words = fill(choose(text, language, flow), lambda name: str(service_word(flow, known, name) or ""))
    return AnsweredHop(f"END {words or UNKNOWN_CALLER}", screen, published.number, why)
