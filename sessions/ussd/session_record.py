"""A session as Redis holds it: its keys, and the value that compare-and-set guards."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from flows.menu.model import State
from sessions.ussd.session_store import MARK

PURPOSE = b"unfinished call"  # of the key that phone numbers are encrypted with
NONCE = 12  # bytes of it, as NIST SP 800-38D has it
EARLIER = 2  # screens kept for late repeats of a hop


class SessionState(Struct, frozen=True, array_like=True):
    """What is known of a session. In Redis, `MARK` bytes stand before it: the digest of the text it has answered."""

    length: int  # of that text, in characters
    body: str  # the answer, beginning `CON ` or `END `
    state: State
    at: int  # seconds since 1970 of the first hop
    resumable: bool  # the caller may go on with it at the next dial
    earlier: tuple[tuple[int, str], ...] = ()  # (length of text, body) of the hops before
    dialled: str = ""  # choices behind the code that the aggregator's `text` leaves out; here `text` begins with them
    phone: bytes = b""  # of the caller, encrypted, and the code, while the call may be continued: an SMS may say so
    code: str = ""
    path: str = ""  # the id under which the path of this call is kept, "" for most calls

    def remembered(self) -> tuple[tuple[int, str], ...]:
        """The answers a following hop keeps for late repeats."""
        return (*self.earlier, (self.length, self.body))[-EARLIER:]

    def told(self, text: str) -> str:
        """What was answered to a text that this session is past, as far as it is remembered; else its last answer."""
        return next((body for length, body in self.earlier if length == len(text)), self.body)


_DECODER = msgspec.msgpack.Decoder(SessionState)
_ENCODE = msgspec.msgpack.Encoder().encode


def pack(text: str, live: SessionState) -> bytes:
    """The value for Redis: mark of the answered text, then the session."""
    return digest(text) + _ENCODE(live)


def unpack(value: bytes) -> SessionState:
    """The session of a value. Raises msgspec.DecodeError for one of another version of this program."""
    return _DECODER.decode(value[MARK:])


class KnownSession(Struct, frozen=True):
    """A session that is known, its mark, and what this hop is to it."""

    live: SessionState
    mark: bytes
    hop: str  # "next": one more entry; "repeat": the very same text; "late": neither


def match_hop(value: bytes, text: str) -> KnownSession:
    """The session of a value from Redis, and what a hop with this text is to it."""
    live, mark = unpack(value), value[:MARK]
    if digest(text) == mark:
        return KnownSession(live, mark, "repeat")
    length = live.length
    follows = len(text) > length and (length == 0 or text[length] == "*") and digest(text[:length]) == mark
    return KnownSession(live, mark, "next" if follows else "late")


def whole_text(dialled: str, text: str) -> str:
    """All input of a session, where the aggregator's `text` leaves out the choices that were dialled."""
    return f"{dialled}*{text}" if dialled and text else dialled or text


def digest(text: str) -> bytes:
    """`MARK` bytes that stand for a text."""
    return hashlib.blake2b(text.encode(), digest_size=MARK).digest()


def session_key(aggregator: str, session: str, phone: str, code: str) -> str:
    """The key of a session, 32 hex digits. Bound to phone and code: a guessed session id opens nobody else's call."""
    return hashlib.blake2b("\0".join((aggregator, session, phone, code)).encode(), digest_size=16).hexdigest()


def draft_key(phone: str, code: str) -> bytes:
    """Where the session a phone left unfinished is pointed to."""
    return b"draft:" + hashlib.blake2b(f"{phone}\0{code}".encode(), digest_size=16).hexdigest().encode()


class PhoneSeal:
    """Encrypts the phone of a call that may be continued (AES-256-GCM): Redis, with its files and logs, holds none.

    The first secret encrypts; each decrypts, so that one can be replaced. Without any, no phone is kept.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        keys = [hashlib.blake2b(secret.encode(), digest_size=32, person=PURPOSE).digest() for secret in secrets]
        self._boxes = [AESGCM(key) for key in keys]

    def close(self, phone: str, session: str) -> bytes:
        """The number, encrypted; `session` is its key of 32 hex digits.

        The nonce is made from it: a session has one phone, so a nonce never serves two different numbers.
        """
        if not self._boxes:
            return b""
        return self._boxes[0].encrypt(bytes.fromhex(session)[:NONCE], phone.encode(), session.encode())

    def open(self, sealed: bytes, session: str) -> str:
        """The number; "" if it was encrypted with another secret, or for another session."""
        for box in self._boxes:
            with suppress(InvalidTag, ValueError):
                return box.decrypt(bytes.fromhex(session)[:NONCE], sealed, session.encode()).decode()
        return ""
