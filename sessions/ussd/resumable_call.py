"""The call a phone left unfinished, offered at its next dial.

Redis alone remembers it, and may forget it between a dial and its repeat. So an offer is written down beside what the
session does, before anybody sees it: the dial repeated offers the same, and a lost session is replayed from there.
"""

import datetime as dt
from collections.abc import Callable

from msgspec import Struct, msgpack
from sqlalchemy.orm import Session

from flows.menu.model import CAME_FROM, State
from sessions.publishing.published_cache import PublishedFlow, PublishedFlowCache
from sessions.redis.redis_connection import RedisReplyError
from sessions.redis.redis_line import StoreDown
from sessions.ussd.session_record import SessionKeys
from sessions.ussd.session_store import SessionStore
from storage.connection.database import Database
from storage.menus import action_outcomes

KEPT = dt.timedelta(hours=1)  # an offer: longer than any call, and than any repeat of its hops
_STATE = msgpack.Decoder(State)


class Beginning(Struct, frozen=True):
    """How a session began, as far as it is written down."""

    session: str  # its name in the database
    pinned: PublishedFlow | None = None  # the revision of the first thing it did
    offered: State | None = None  # the unfinished call it was offered to go on with, or its first screen (`dialled`)


class UnfinishedCalls:
    """Finds, offers and forgets unfinished calls."""

    def __init__(
        self,
        database: Database,
        store: SessionStore,
        flows: PublishedFlowCache,
        keys: SessionKeys,
        before: Callable[[], object],
    ) -> None:
        """`before` is called before something is written, and raises while nothing should be."""
        self._database, self._store, self._flows, self._keys, self._before = database, store, flows, keys, before

    def beginning(self, names: tuple[str, ...], flow: str, pointer: bytes | None, now: dt.datetime) -> Beginning:
        """How a session that Redis does not hold began; `pointer` is the key of the caller's unfinished call, if any.

        `names` are those that it may have in the database, the one of a new session first.
        Makes the offer where it is due, once for a session: the rival that was first counts. Raises what the database
        raises.
        """
        session = names[0]
        state = self._left(pointer) if pointer is not None else None
        left_on = self._flows.revision(state.revision) if state is not None else None
        began_in = (left_on.flow.name, state.values.get(CAME_FROM)) if left_on is not None and state is not None else ()
        if left_on is not None and flow in began_in and left_on.flow.resume:
            self._write(lambda db: action_outcomes.keep_offer(db, session, left_on.id, msgpack.encode(state), now))
        first = action_outcomes.earliest(self._database, names)
        if first is None:
            return Beginning(session)
        is_beginning = first.step == action_outcomes.OFFERED
        offered = _STATE.decode(first.outcome) if is_beginning and first.outcome != action_outcomes.BEGAN else None
        return Beginning(first.session, self._flows.revision(first.revision_id), offered)

    def began_with(self, session: str, revision: int, state: State, now: dt.datetime) -> None:
        """Remember a session that began with choices which wait for the caller's language, or when it began.

        `revision` is the one on which it began, which need not be that of `state`: the call may have gone on in
        another flow, and a replay begins at the beginning.
        """
        kept, pinned = (msgpack.encode(state), state.revision) if state.dialled else (action_outcomes.BEGAN, revision)
        self._write(lambda db: action_outcomes.keep_offer(db, session, pinned, kept, now))

    def began_at(self, session: str, now: dt.datetime) -> dt.datetime:
        """When a session began whose flow depends on it: now, unless it is written down."""
        return action_outcomes.began_at(self._database.glances, session) or now

    def not_offered(self, session: str) -> None:
        """A rival that knew of no unfinished call was quicker: the session began without the offer."""
        self._write(lambda db: action_outcomes.delete_offer(db, session))

    def _left(self, pointer: bytes) -> State | None:
        """The state of the call that was left, if it can still be read."""
        try:
            live = self._keys.unpack(pointer.decode("ascii", "replace"), self._store.load(pointer))
        except (StoreDown, RedisReplyError):
            return None
        return live.state if live is not None else None

    def _write(self, change: Callable[[Session], None]) -> None:
        self._before()
        with self._database.write.begin() as db:
            change(db)


def decline_offer(db: Session, session: str, state: State) -> None:
    """Keep nothing but `state` of the call that was offered, because its words are wanted no more."""
    action_outcomes.trim_offer(db, session, msgpack.encode(state))


def forget(db: Session, now: dt.datetime) -> None:
    """Forget offers whose calls are over."""
    action_outcomes.forget_offers(db, now - KEPT)
