"""One SMS after a call that broke off before anything was sent: "dial again, your answers are kept".

Redis alone knows such calls: the command that keeps one for the next dial also notes when (ussd/session_store.py). If
Redis is emptied, the answers are lost, and nobody is told that they are kept. Any number of sweeps may run: the text is
owed once for a phone and day, whoever finds the call, and a call is dropped from the notes only after that.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, cast

from msgspec import msgpack
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy.orm import Session

from flows.engine.variables import text_for
from flows.menu.model import State
from sessions.cases.rules.case_policy import CasePolicy
from sessions.messages.enqueue import NewMessage, enqueue_message
from sessions.publishing.published_cache import PublishedFlowCache
from sessions.redis.redis_client import open_redis
from sessions.ussd.session_record import SessionKeys, SessionState
from sessions.ussd.session_store import UNFINISHED
from storage.cases import contacts
from storage.cases.contacts import CALL_UNFINISHED
from storage.connection.database import Database
from storage.menus import action_outcomes

AT_ONCE = 200  # calls in one round
PATIENCE = 2.0  # seconds that Redis may take; nobody waits for it


class UnfinishedCallNotes:
    """The notes in Redis. Its methods raise what redis-py raises."""

    def __init__(self, redis_url: str, keys: SessionKeys) -> None:
        self._keys = keys
        self._redis: Any = open_redis(
            redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
        )

    def due(self, until: dt.datetime) -> list[bytes]:
        """Sessions that were noted until then, the oldest first."""
        return cast("list[bytes]", self._redis.zrangebyscore(UNFINISHED, "-inf", until.timestamp(), 0, AT_ONCE))

    def left(self, key: bytes) -> tuple[SessionState, str] | None:
        """The call and its phone, if its caller neither finished it nor began another one since."""
        live = self._keys.unpack(key.decode("ascii", "replace"), cast("bytes | None", self._redis.get(key)))
        if live is None or not live.resumable or not live.phone:
            return None
        return (live, live.phone) if self._redis.get(self._keys.draft(live.phone, live.code)) == key else None

    def drop(self, key: bytes) -> None:
        """Forget a note."""
        self._redis.zrem(UNFINISHED, key)


class UnfinishedCallTexts:
    """Owes the texts. `look` is called every few seconds."""

    def __init__(
        self,
        notes: UnfinishedCallNotes,
        database: Database,
        shelf: PublishedFlowCache,
        policy: CasePolicy,
        wake: Callable[[Sequence[int]], None],
    ) -> None:
        self._notes, self._database, self._shelf, self._policy, self._wake = notes, database, shelf, policy, wake

    def look(self, now: dt.datetime) -> int:
        """Tell whose calls broke off long enough ago; how many texts are owed. Raises what Redis or SQL raises."""
        owed = []
        for key in self._notes.due(now - dt.timedelta(minutes=self._policy.life.unfinished.minutes)):
            left = self._notes.left(key)
            if left is not None and (text := self._owe(*left, now)) is not None:
                owed.append(text)
            self._notes.drop(key)
        if owed:
            self._wake(owed)
        return len(owed)

    def _owe(self, live: SessionState, phone: str, now: dt.datetime) -> int | None:
        """The outbox row of the text; None if it is owed already, or is not to be sent."""
        published = self._shelf.revision(live.state.revision)
        if published is None or CALL_UNFINISHED not in published.flow.texts:
            return None
        if count_answers(live.state) < self._policy.life.unfinished.answers:
            return None
        body = text_for(published.flow, CALL_UNFINISHED, live.state.language, {"ussd": live.code, "line": live.code})
        with self._database.write.begin() as db:
            return self._enqueue(db, live, phone, body, now)

    def _enqueue(self, db: Session, live: SessionState, phone: str, body: str, now: dt.datetime) -> int | None:
        contact = contacts.find_or_add(db, phone, now)
        began = dt.datetime.fromtimestamp(live.at, dt.UTC)
        if not contact.texts or action_outcomes.was_offered(db, msgpack.encode(live.state), began):
            return None
        day = now.astimezone(self._policy.zone).date().isoformat()
        dedupe, order = f"{CALL_UNFINISHED}:{contact.id}:{day}", f"contact:{contact.id}"
        return enqueue_message(db, now, NewMessage(contact.id, None, CALL_UNFINISHED, dedupe, order, body))


def count_answers(state: State) -> int:
    """What a caller has told of their matter: answers that are kept, without what is known of the phone."""
    kept = (value for name, value in state.values.items() if not name.startswith("contact."))
    return sum(isinstance(value, str | int) for value in kept)
