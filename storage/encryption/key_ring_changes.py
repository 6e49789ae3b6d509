"""Key rings after a step of a rotation. A step either adds a key or changes what the keys are for, never both.

An index key goes through one step more than a wrapping key, because rows are found by it: processes at two steps that
follow each other find each other's rows (KeyRing.phone_index).
"""

import datetime as dt
from collections.abc import Iterable

from msgspec.structs import replace

from storage.encryption.key_ring import Key, KeyRing, Purpose, State, new_key


def add_next(ring: KeyRing, purpose: Purpose, today: dt.date) -> KeyRing:
    """The ring with a new key that is not used yet but to read."""
    last = max(key.id for key in ring.keys if key.purpose == purpose)
    return _with(ring, (*ring.keys, new_key(purpose, last + 1, "next", today)))


def activate(ring: KeyRing, purpose: Purpose, before: State) -> KeyRing:
    """The next key is the active one; the active one becomes `before`."""
    turned: dict[State, State] = {"next": "active", "active": before}
    return _with(ring, (_turned(key, turned) if key.purpose == purpose else key for key in ring.keys))


def retire(ring: KeyRing, purpose: Purpose) -> KeyRing:
    """What is still `next`, because it was active before, is old."""
    return _with(ring, (_turned(key, {"next": "old"}) if key.purpose == purpose else key for key in ring.keys))


def turn_back(ring: KeyRing, purpose: Purpose) -> KeyRing:
    """The step before: what is old is `next` again, or what is `next` is active again."""
    states = ring.states(purpose)
    if "next" in states or purpose == "wrap":
        return activate(
            _with(ring, (_turned(key, {"old": "next"}) if key.purpose == purpose else key for key in ring.keys)),
            purpose,
            "next",
        )
    return _with(ring, (_turned(key, {"old": "next"}) if key.purpose == purpose else key for key in ring.keys))


def remove(ring: KeyRing, purpose: Purpose, number: int) -> KeyRing:
    """The ring without a key."""
    return _with(ring, (key for key in ring.keys if (key.purpose, key.id) != (purpose, number)))


def label(ring: KeyRing, purpose: Purpose) -> str:
    """The keys of a purpose in a few words: `1 old, 2 active`."""
    return ", ".join(f"{key.id} {key.state}" for key in ring.keys if key.purpose == purpose)


def _turned(key: Key, states: dict[State, State]) -> Key:
    return replace(key, state=states.get(key.state, key.state))


def _with(ring: KeyRing, keys: Iterable[Key]) -> KeyRing:
    return KeyRing(keys, development=ring.development)
