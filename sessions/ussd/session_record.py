"""A session as Redis holds it: its name, and the encrypted value that compare-and-set guards.

Redis, its files and its logs hold no number, no words, and no hash of either that can be made without a key. A value is
`digest of the text it has answered (8 bytes), id of the wrapping key (2), nonce (12), ciphertext, tag (16)`, with a key
of its own for each session. One that does not open is as good as none: the call is replayed.

What is encrypted is the session as msgpack, as releases before 0.3 wrote it, or shortened with the words of its flow
(sessions/redis/shared_words.py): `0xC2, revision (4 bytes), language (1), mark of the words (4), the rest`. Where the
rest was shortened by DEFLATE it is 0xC1. No session begins with either as msgpack, so a process of a release before
cannot read it, and replays the call.
"""

import hashlib
import secrets
import struct
from collections.abc import Callable
from functools import lru_cache

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from flows.menu.model import Flow, State, Turn
from sessions.redis.shared_words import own_end, shared_words
from sessions.ussd.session_store import MARK
from storage.encryption.key_ring import NONCE, SECRET, KeyRing
from storage.encryption.key_source import KeySource

LIVE, NAMES = "live sessions", "session names"  # the purposes of the keys that are derived from the ring
NAME = 16  # bytes of a name
HEADER = MARK + 2  # bytes before the nonce
FORMER = 2  # names that a session may have had before: with the index key before or after
EARLIER = 2  # screens kept for late repeats of a hop
SHORTENED, DEFLATED = b"\xc2", b"\xc1"  # what a shortened session begins with, and one that was shortened by DEFLATE
SHORT = 360  # bytes of a session that is short as it is: a call that has just begun
BOXES = 4_000  # sessions whose keys a process keeps: those that it answered last


class SessionState(Struct, frozen=True, array_like=True):
    """What is known of a session. In Redis, `MARK` bytes stand before it: the digest of the text it has answered."""

    length: int  # of that text, in characters
    body: str  # the answer, beginning `CON ` or `END `
    state: State
    at: int  # seconds since 1970 of the first hop
    resumable: bool  # the caller may go on with it at the next dial
    earlier: tuple[tuple[int, str], ...] = ()  # (length of text, body) of the hops before
    dialled: str = ""  # choices behind the code that the aggregator's `text` leaves out; here `text` begins with them
    phone: str = ""  # of the caller, and the code, while the call may be continued: an SMS may say so
    code: str = ""
    path: str = ""  # the id under which the path of this call is kept, "" for most calls
    name: str = ""  # in the database, where the index key has changed since the call began
    pin: bool = False  # a PIN was typed last: the text ends before it, and the state is as before it unless ended

    def remembered(self) -> tuple[tuple[int, str], ...]:
        """The answers a following hop keeps for late repeats."""
        return (*self.earlier, (self.length, self.body))[-EARLIER:]

    def told(self, text: str) -> str:
        """What was answered to a text that this session is past, as far as it is remembered; else its last answer."""
        return next((body for length, body in self.earlier if length == len(text)), self.body)


_DECODER = msgspec.msgpack.Decoder(SessionState)
_ENCODE = msgspec.msgpack.Encoder().encode
_FIELDS = bytes((0x90 | len(SessionState.__struct_fields__),))  # how a session begins as msgpack: a list so long
_TIME, TIME = b"\xce", 4  # what stands before a time, and its bytes
_HEAD = struct.Struct(">cIB4s")  # SHORTENED or DEFLATED, revision, language by its place in the flow, mark of the words


class SessionName(Struct, frozen=True):
    """The name of a session, 32 hex digits, and what keys the digests of its texts."""

    key: str
    secret: bytes

    def __repr__(self) -> str:
        """Without its secret: reprs come into logs and tracebacks."""
        return f"SessionName({self.key})"

    def digest(self, text: str) -> bytes:
        """`MARK` bytes that stand for a text of this session."""
        return hashlib.blake2b(text.encode(), key=self.secret, digest_size=MARK).digest()


class SharedStage(Struct, frozen=True, eq=False):
    """Where all callers stand who dialled and have chosen the same, and what their sessions have in common.

    It begins with the first screen and goes on as long as a turn is the same for everybody, so nothing personal is in
    it. Compared by identity.
    """

    flow: Flow  # whose words are shown; the same revision may get others, as when a code is taken away
    turn: Turn
    live: SessionState  # without what is the caller's own
    parts: tuple[bytes, bytes]  # of its value, as `SessionKeys.parts` makes them
    point_to: bytes | None  # as in `CompareAndSet`; None for the session itself
    counts: dict[tuple[int, str], tuple[bytes, ...]]  # by the quarter of an hour in which the call began, and network


class KnownSession(Struct, frozen=True):
    """A session that is known, its mark, and what this hop is to it."""

    live: SessionState
    mark: bytes
    hop: str  # "next": one more entry; "repeat": the very same text; "late": neither
    stage: SharedStage | None = None  # where it stands, if this process knows that others stand there too


class SessionKeys:
    """Names sessions and encrypts what Redis holds of them, with keys derived from the key ring. Thread-safe.

    Names are made with an index key, so that the others stay valid while a wrapping key is replaced.
    """

    def __init__(self, source: KeySource, flow_of: Callable[[int], Flow | None] = lambda revision: None) -> None:  # noqa: ARG005
        """`flow_of` finds the flow of a revision, with whose words sessions are shortened. Without it none is."""
        self._source, self._flow_of = source, flow_of
        self._derived: _Derived | None = None

    def name(self, *parts: str) -> SessionName:
        """The name of a session of these parts: a guessed session id opens nobody else's call."""
        return _name(self._now().names[0], parts)

    def former(self, *parts: str) -> tuple[SessionName, ...]:
        """The names of the same session with the other index keys on the ring: it may have begun under one of them."""
        return tuple(_name(key, parts) for key in self._now().names[1 : 1 + FORMER])

    def known_as(self, *parts: str, upgraded: bool = False) -> tuple[str, ...]:
        """Every name under which the database may know a session: what it did is not done again under another one.

        A database that was `upgraded` a moment ago may know it by the name that the release before gave it.
        """
        before = (earlier_name(*parts),) if upgraded else ()
        return self.name(*parts).key, *(each.key for each in self.former(*parts)), *before

    def draft(self, phone: str, code: str) -> bytes:
        """Where the session a phone left unfinished is pointed to."""
        return b"draft:" + self.name("draft", phone, code).key.encode()

    def pack(self, name: SessionName, text: str, live: SessionState) -> bytes:
        """The value for Redis: mark of the answered text, then the session, encrypted."""
        return self.seal(name.key, name.digest(text), self._shortened(live.state, _ENCODE(live)))

    def parts(self, live: SessionState) -> tuple[bytes, bytes] | None:
        """What is the same in the values of all sessions of a stage: what stands before and behind the time.

        None where sessions are not shortened.
        """
        state = live.state
        flow = self._flow_of(state.revision)
        if flow is None:
            return None
        words = shared_words(flow, state.language)
        began = _FIELDS + b"".join(map(_ENCODE, (live.length, live.body, state))) + _TIME
        before, behind = words.shorten_parts(began, TIME, _ENCODE(live.resumable) + _ENCODE(live.earlier))
        return _HEAD.pack(SHORTENED, state.revision, words.place, words.mark) + before, behind

    def pack_parts(self, name: SessionName, text: str, live: SessionState, parts: tuple[bytes, bytes]) -> bytes:
        """The value of a session whose stage has these parts: what `pack` makes of it, in other blocks."""
        before, behind = parts
        own = _ENCODE((live.dialled, live.phone, live.code, live.path, live.name, live.pin))[1:]  # no list of its own
        plain = b"".join((before, live.at.to_bytes(TIME), behind, own_end(own)))
        return self.seal(name.key, name.digest(text), plain)

    def unpack(self, key: str, value: bytes | None) -> SessionState | None:
        """The session of a value; None if there is none, or if it cannot be read."""
        plain = self.read(key, value)
        try:
            return _DECODER.decode(plain) if plain is not None else None
        except (msgspec.DecodeError, UnicodeDecodeError):  # of another version of this program
            return None

    def read(self, key: str, value: bytes | None) -> bytes | None:
        """The session of a value as msgpack; None if there is none, or if it cannot be read."""
        plain = self.open(key, value)
        if plain is None or plain[:1] not in {SHORTENED, DEFLATED} or len(plain) < _HEAD.size:
            return plain
        how, revision, at, mark = _HEAD.unpack_from(plain)
        flow = self._flow_of(revision)
        if flow is None or at >= len(flow.languages):
            return None
        words = shared_words(flow, [*flow.languages][at])
        return words.restore(plain[_HEAD.size :], deflated=how == DEFLATED) if words.mark == mark else None

    def _shortened(self, state: State, plain: bytes) -> bytes:
        flow = self._flow_of(state.revision) if len(plain) > SHORT else None
        if flow is None:
            return plain
        words = shared_words(flow, state.language)
        return _HEAD.pack(SHORTENED, state.revision, words.place, words.mark) + words.shorten(plain)

    def match(self, name: SessionName, value: bytes | None, text: str) -> KnownSession | None:
        """The session of a value from Redis, and what a hop with this text is to it; None if it cannot be read."""
        live = self.unpack(name.key, value)
        if live is None or value is None:
            return None
        mark, length = value[:MARK], live.length
        if name.digest(text) == mark:  # where a PIN was typed since, that is the hop before it
            return KnownSession(live, mark, "late" if live.pin else "repeat")
        follows = len(text) > length and (length == 0 or text[length] == "*") and name.digest(text[:length]) == mark
        if follows and live.pin and live.state.ended:
            return KnownSession(live, mark, "repeat")  # another PIN is no other hop: it gets no other answer
        return KnownSession(live, mark, "next" if follows else "late")

    def seal(self, key: str, mark: bytes, plain: bytes) -> bytes:
        """A value of the session with this name, encrypted behind its mark.

        With the key of the ring that `name` has looked at: whoever seals has named the session just before.
        """
        derived = self._derived or self._now()
        nonce = secrets.token_bytes(NONCE)
        header = mark + derived.active_id
        return header + nonce + _box(derived.secret, key).encrypt(nonce, plain, header + key.encode())

    def open(self, key: str, value: bytes | None) -> bytes | None:
        """What was encrypted; None if there is none, or it does not open: of another session, key or version."""
        secret = self._now().live.get(int.from_bytes(value[MARK:HEADER])) if value else None
        if secret is None or value is None:
            return None
        try:
            nonce, rest = value[HEADER : HEADER + NONCE], value[HEADER + NONCE :]
            return _box(secret, key).decrypt(nonce, rest, value[:HEADER] + key.encode())
        except (InvalidTag, ValueError):
            return None

    def _now(self) -> "_Derived":
        ring, derived = self._source.ring, self._derived
        if derived is None or derived.ring is not ring:
            live = ring.derive(LIVE)
            active = ring.active_wrap
            derived = _Derived(ring, active.to_bytes(2), live[active], live, ring.derive_names(NAMES))
            self._derived = derived
        return derived


class _Derived(Struct, frozen=True):
    """What was derived from a ring: secrets of live sessions by wrapping key, and of names, the active one first."""

    ring: KeyRing
    active_id: bytes
    secret: bytes  # the active one of `live`
    live: dict[int, bytes]
    names: tuple[bytes, ...]

    def __repr__(self) -> str:
        """Without secrets."""
        return f"_Derived({self.active_id.hex()})"


def whole_text(dialled: str, text: str) -> str:
    """All input of a session, where the aggregator's `text` leaves out the choices that were dialled."""
    return f"{dialled}*{text}" if dialled and text else dialled or text


def earlier_name(*parts: str) -> str:
    """The name of a session in releases before 0.2, a hash without a key: what such a call did is not done again."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=NAME).hexdigest()


@lru_cache(maxsize=BOXES)
def _name(key: bytes, parts: tuple[str, ...]) -> SessionName:
    digest = hashlib.blake2b("\0".join(parts).encode(), key=key, digest_size=NAME + SECRET).digest()
    return SessionName(digest[:NAME].hex(), digest[NAME:])


@lru_cache(maxsize=BOXES)
def _box(secret: bytes, key: str) -> AESGCM:
    """A key for each session, so that no key encrypts more than the hops of one call."""
    return AESGCM(hashlib.blake2b(key.encode(), key=secret, digest_size=SECRET).digest())
