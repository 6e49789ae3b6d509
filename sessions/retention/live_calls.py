"""What Redis has of a phone: calls that may be continued, and pointers to them. Calls that are going on end soon."""

from collections.abc import Collection
from typing import Any

from sessions.ussd.session_record import SessionKeys
from sessions.ussd.session_store import UNFINISHED

MOST = 100_000  # calls that may be continued, which are looked through


def forget_calls(redis: Any, keys: SessionKeys, phone: str, codes: Collection[str]) -> int:
    """Remove a phone's unfinished calls; how many. `codes` are those that people dial. Raises what redis-py raises."""
    gone = {key for key in redis.zrange(UNFINISHED, 0, MOST) if _is_of(redis, keys, key, phone)}
    for code in codes:
        former = (b"draft:" + name.key.encode() for name in keys.former("draft", phone, code))
        for pointer in (keys.draft(phone, code), *former):
            if (session := redis.get(pointer)) is not None:
                gone.add(session)
            redis.delete(pointer)
    for session in gone:
        redis.delete(session)
        redis.zrem(UNFINISHED, session)
    return len(gone)


def _is_of(redis: Any, keys: SessionKeys, session: bytes, phone: str) -> bool:
    live = keys.unpack(session.decode("ascii", "replace"), redis.get(session))
    return live is not None and live.phone == phone
