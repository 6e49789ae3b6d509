"""The key ring: keys that stand outside the database. Wrapping keys encrypt data keys; index keys find phone numbers.

It is a text of one key a line, `purpose id state made secret`, where the secret is base64 of 32 random bytes:

    wrap 1 active 2026-11-30 q83v…
    index 1 active 2026-11-30 mZ0a…

Of each purpose one key is `active`: it is what is written with. An `old` one still reads. A `next` index key is written
beside the active one until every row has it.
"""

import base64
import binascii
import datetime as dt
import hmac
import secrets
from collections.abc import Iterable
from typing import Literal, get_args

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

Purpose = Literal["wrap", "index"]
State = Literal["active", "next", "old"]
SECRET = 32  # bytes of each key: AES-256 and HMAC-SHA-256
ENCODED = 44  # characters of a secret in base64
NONCE = 12  # bytes, as NIST SP 800-38D has it
INDEX = 16  # bytes of an HMAC that are kept: 2**64 numbers would have to be tried before two collide
LONGEST = 64 * 1024  # characters of a key ring
HEAD = "# The keys of Sunwai. Keep a copy apart from backups of the database: without it nothing in them can be read.\n"
DEVELOPMENT = "# Development keys of Sunwai: no process starts with them in production.\n"
SHOWN = 4  # bytes of a fingerprint


class UnusableKeys(Exception):
    """The key ring cannot be used; the message says which line is wrong and what to do."""


class UnknownKey(Exception):
    """Something is encrypted with a key that is not on the ring; the message names it."""


class MissingKey(UnknownKey):
    """A data key names a wrapping key that is not on the ring."""


class ErasedKey(UnknownKey):
    """The data key is gone, and with it what it encrypted."""


class Key(Struct, frozen=True):
    """A key of the ring. `id` grows by one for each purpose; 0 < id < 65536."""

    purpose: Purpose
    id: int
    state: State
    made: dt.date
    secret: bytes

    def __repr__(self) -> str:
        """Without its secret: reprs come into logs and tracebacks."""
        return f"Key({self.purpose} {self.id} {self.state})"

    def line(self) -> str:
        """Its line in the file."""
        return f"{self.purpose} {self.id} {self.state} {self.made} {base64.b64encode(self.secret).decode()}"

    def fingerprint(self) -> str:
        """Eight hexadecimal digits by which people compare two copies of a key. They tell nothing of its secret."""
        return _derive(self.secret, "fingerprint")[:SHOWN].hex()


class PhoneIndex(Struct, frozen=True):
    """What finds a phone number in a table: `now` with the active key, `others` with keys that rows may still have.

    Contacts have two columns for it, so that processes at neighbouring steps of a replacement find each other's rows
    and never make two of one number: `both` is what these columns hold meanwhile.
    """

    now: bytes
    others: tuple[bytes, ...] = ()
    both: tuple[bytes, bytes | None] | None = None

    def any(self) -> tuple[bytes, ...]:
        """Each that a row may have."""
        return (self.now, *self.others)

    @property
    def columns(self) -> tuple[bytes, bytes | None]:
        """`phone_ix` and `phone_ix_next` of a contact, as this key ring writes them."""
        return self.both or (self.now, None)


class _IndexKey:
    """An index key, and by table the HMAC that has taken its key for it: a new one takes three times as long."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        self.tables: dict[str, hmac.HMAC] = {}


class KeyRing:
    """Keys by purpose and id. Raises UnusableKeys unless each purpose has exactly one active key.

    Keys for development say so, and are refused in production.
    """

    def __init__(self, keys: Iterable[Key], *, development: bool = False) -> None:
        self.keys, self.development = tuple(keys), development
        self._wrapping = {key.id: key for key in self.keys if key.purpose == "wrap"}
        self._boxes = {key.id: AESGCM(key.secret) for key in self._wrapping.values()}
        for purpose in get_args(Purpose):
            mine = [key for key in self.keys if key.purpose == purpose]
            if len({key.id for key in mine}) < len(mine):
                raise UnusableKeys(f"The key ring has two {purpose} keys with one id: remove the one that is wrong.")
            if [key.state for key in mine].count("active") != 1:
                raise UnusableKeys(f"The key ring needs exactly one active {purpose} key: `sunwai keys list` shows it.")
        if len({key.secret for key in self.keys}) < len(self.keys):
            raise UnusableKeys("The key ring has the same key twice. `sunwai keys init` makes a ring of random keys.")
        self.active_wrap = next(key.id for key in self._wrapping.values() if key.state == "active")
        self._index = {key.id: _IndexKey(key.secret) for key in self.keys if key.purpose == "index"}
        self.active_index = next(key.id for key in self.keys if key.purpose == "index" and key.state == "active")
        self._index_now = self._index[self.active_index]
        self._index_others = [table for each, table in sorted(self._index.items()) if each != self.active_index]
        # While a key is `next`, contacts have that of the lower id and that of the higher one; then that of the active.
        paired = sorted(key.id for key in self.keys if key.purpose == "index" and key.state != "old")
        self._index_pair = [self._index[each] for each in (paired if len(paired) > 1 else (self.active_index,) * 2)][:2]

    def wrap(self, secret: bytes, name: str) -> tuple[int, bytes]:
        """Encrypt a data key called `name`; the id of the wrapping key, and nonce, ciphertext and tag."""
        nonce, bound = secrets.token_bytes(NONCE), _bound(name, self.active_wrap)
        return self.active_wrap, nonce + self._boxes[self.active_wrap].encrypt(nonce, secret, bound)

    def unwrap(self, wrapping: int, wrapped: bytes, name: str) -> bytes:
        """The data key. Raises MissingKey if its wrapping key is not here, UnknownKey if it was altered."""
        box = self._boxes.get(wrapping)
        if box is None:
            raise MissingKey(f"wrapping key {wrapping} is not on the key ring: put its line back into KEYS_FILE")
        try:
            return box.decrypt(wrapped[:NONCE], wrapped[NONCE:], _bound(name, wrapping))
        except (InvalidTag, ValueError):  # the second: it is cut off
            raise UnknownKey(f"data key {name} does not open with wrapping key {wrapping}: it was altered") from None

    def phone_index(self, table: str, phone: str) -> PhoneIndex:
        """What finds a number (E.164) in a table. Each table has a key of its own: dumps cannot be joined by it."""
        value = phone.encode()
        now = self._digest(self._index_now, table, value)
        if not self._index_others:
            return PhoneIndex(now)
        others = tuple(self._digest(each, table, value) for each in self._index_others)
        first, second = (self._digest(each, table, value) for each in self._index_pair)
        return PhoneIndex(now, others, (first, second))

    def digest(self, table: str, value: bytes) -> bytes:
        """An HMAC of a value by which its repetition is known in a table. The key changes with the index key."""
        return self._digest(self._index_now, table, value)

    def digests(self, table: str, value: bytes) -> tuple[bytes, ...]:
        """The same with each index key that a row may still have, the active one first."""
        return tuple(self._digest(each, table, value) for each in (self._index_now, *self._index_others))

    def derive(self, purpose: str) -> dict[int, bytes]:
        """32 bytes for `purpose` of each wrapping key, by its id, the active one first."""
        ids = sorted(self._wrapping, key=lambda each: each != self.active_wrap)
        return {each: _derive(self._wrapping[each].secret, purpose) for each in ids}

    def derive_names(self, purpose: str) -> tuple[bytes, ...]:
        """32 bytes for `purpose` of each index key, the active one first: what names things outside the database."""
        mine = [key for key in self.keys if key.purpose == "index"]
        return tuple(_derive(key.secret, purpose) for key in sorted(mine, key=lambda each: each.state != "active"))

    def states(self, purpose: Purpose) -> dict[State, int]:
        """The ids of the keys of a purpose by their state: while one is replaced, there are two."""
        return {key.state: key.id for key in self.keys if key.purpose == purpose}

    def text(self) -> str:
        """The ring as its file has it."""
        head = (DEVELOPMENT if self.development else "") + HEAD
        return head + "".join(f"{key.line()}\n" for key in self.keys)

    @staticmethod
    def _digest(key: _IndexKey, table: str, value: bytes) -> bytes:
        known = key.tables.get(table)
        if known is None:
            known = key.tables[table] = hmac.new(_derive(key.secret, f"index {table}"), digestmod="sha256")
        mac = known.copy()
        mac.update(value)
        return mac.digest()[:INDEX]


def parse_key_ring(text: str) -> KeyRing:
    """The ring of a file's text. Raises UnusableKeys, which names the line but never what stands in it."""
    if len(text) > LONGEST:
        raise UnusableKeys(f"The key ring is longer than {LONGEST} characters: that is not a key file.")
    keys = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            keys.append(_key(line, number))
    return KeyRing(keys, development=text.startswith(DEVELOPMENT))


def new_key_ring(today: dt.date, *, development: bool = False) -> KeyRing:
    """A ring with one key of each purpose."""
    return KeyRing((new_key(purpose, 1, "active", today) for purpose in ("wrap", "index")), development=development)


def new_key(purpose: Purpose, key_id: int, state: State, today: dt.date) -> Key:
    """A random key."""
    return Key(purpose, key_id, state, today, secrets.token_bytes(SECRET))


def _key(line: str, number: int) -> Key:
    parts = line.split()
    try:
        purpose, key_id, state, made, secret = parts
        if _is_short(secret):
            raise UnusableKeys(
                f"Line {number} of the key ring: its secret is too short: a key has {SECRET} bytes, which are "
                f"{ENCODED} characters of base64. `sunwai keys init` makes one."
            )
        found = Key(purpose, int(key_id), state, dt.date.fromisoformat(made), base64.b64decode(secret, validate=True))  # type: ignore[arg-type]  # checked below
    except (ValueError, binascii.Error):
        raise UnusableKeys(f"Line {number} of the key ring is not `purpose id state date secret`.") from None
    if found.purpose not in get_args(Purpose) or found.state not in get_args(State) or not 0 < found.id < 2**16:
        raise UnusableKeys(f"Line {number} of the key ring: a purpose is wrap or index, a state active, next or old.")
    if len(found.secret) != SECRET:
        raise UnusableKeys(f"Line {number} of the key ring: a key has {SECRET} bytes. `sunwai keys init` makes one.")
    if len(set(found.secret)) < SECRET // 4:  # random bytes repeat themselves far less
        raise UnusableKeys(f"Line {number} of the key ring is no random key. `sunwai keys init` makes one.")
    return found


def _is_short(secret: str) -> bool:
    """True for a secret that is cut off, wherever: then it may be no base64 any more."""
    return len(secret) < ENCODED


def _bound(name: str, wrapping: int) -> bytes:
    return f"data_keys|wrapped|{name}|{wrapping}".encode()


def _derive(secret: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), length=SECRET, salt=None, info=f"sunwai {purpose}".encode()).derive(secret)
