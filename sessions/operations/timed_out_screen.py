"""The screen on which a caller waited too long, by the aggregator's notice that the call ended.

Some aggregators say so. Africa's Talking has one word for hanging up and for a timeout, so these are distinguished by
how long the screen was shown: the key of a session tells when it was last saved.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from msgspec import Struct

from flows.engine.variables import shown_language
from sessions.messages.inbound_types import SessionEndNotice
from sessions.publishing.published_cache import PublishedFlowCache
from sessions.redis.redis_connection import RedisReplyError
from sessions.redis.redis_line import StoreDown
from sessions.ussd import screen_counters
from sessions.ussd.last_input_joiner import find_joined_session
from sessions.ussd.screen_counters import ScreenCounters, ScreenKey
from sessions.ussd.session_record import SessionKeys, SessionState
from sessions.ussd.session_store import SessionStore

TIMED_OUT = frozenset({"timeout", "timedout", "expired"})  # words of aggregators, letters only
OPEN_ENDED = frozenset({"incomplete"})  # the caller hung up, or waited too long
PATIENCE = 20  # seconds: networks give up after 30 to 180, and callers hang up sooner


class TimeoutDetector(Struct, frozen=True):
    """Finds the screen. `seconds` and `keep` are how long Redis keeps a session, and one that can be continued."""

    store: SessionStore
    shelf: PublishedFlowCache
    timezone: str
    keys: SessionKeys
    seconds: int
    keep: int

    def spot(self, end: SessionEndNotice) -> ScreenKey | None:
        """Where the caller waited too long; None if they did not, or if it is not known."""
        words = {_letters(end.status), _letters(end.error)}
        if not words & (TIMED_OUT | OPEN_ENDED) or not (end.phone and end.service_code):
            return None
        try:
            joined = find_joined_session(self.store, self.keys, end.aggregator, end.session, end.phone)
            name, code = joined or (end.session, end.service_code)
            code, _ = self.shelf.own_code(code)
            key = self.keys.name(end.aggregator, name, end.phone, code).key
            live = self.keys.unpack(key, self.store.load(key.encode()))
            if live is None or live.state.ended or not (words & TIMED_OUT or self._stood(key.encode(), live)):
                return None
        except (StoreDown, RedisReplyError):
            return None
        return self._of(live, end.network)

    def _stood(self, key: bytes, live: SessionState) -> bool:
        left = self.store.seconds_left(key)
        return left >= 0 and (self.keep if live.resumable else self.seconds) - left >= PATIENCE

    def _of(self, live: SessionState, network: str) -> ScreenKey | None:
        published = self.shelf.revision(live.state.revision)
        if published is None:
            return None
        day: dt.date = ScreenCounters(ZoneInfo(self.timezone)).day(live.at)
        language = shown_language(published.flow, live.state)
        return screen_counters.screen_key(day, published.flow.name, live.state.screen, language, network)


def _letters(words: str) -> str:
    return "".join(filter(str.isalpha, words.casefold()))
