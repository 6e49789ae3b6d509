"""Data keys: one a case, one a contact, and one a month for rows that belong to neither. They seal and open values.

A value is `v1, id of its data key (8 bytes), nonce (12), ciphertext, tag (16)`, AES-256-GCM (NIST SP 800-38D) with
`table|column|row|data key` as additional data: in another place it does not open. It names its key, so that none is
tried in turn.
"""

import datetime as dt
import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct
from sqlalchemy import bindparam, event, insert, select
from sqlalchemy.orm import Session

from storage.connection.autocommit_reads import Glances
from storage.connection.database import Database, memory
from storage.connection.driver_statements import DriverStatement
from storage.connection.insert_once import add_once
from storage.encryption.key_ring import NONCE, SECRET, ErasedKey, KeyRing, MissingKey, PhoneIndex, UnknownKey
from storage.encryption.key_source import KeySource
from storage.encryption.rows_in_clear import RowsInClear
from storage.schema.key_tables import DataKey
from storage.schema.sealed_columns import KEYS, keys_of, raw_value

VERSION = b"\x01"
HEADER = 1 + 8  # bytes before the nonce
LARGEST = 1 << 62  # id of a data key: both databases can hold it
MONTHLY = ("effects", "inbound", "reports", "unreadable")  # rows that are no case's and no contact's
MOST_KEPT = 20_000  # data keys in memory
KEPT_FOR = 60.0  # seconds: by then a process has forgotten a key that was erased or replaced
_MADE = "data keys"  # those of this transaction, in its memory: nobody else knows them before the COMMIT

MOST_AT_ONCE = 1000  # data keys that one statement reads

_ONE = select(DataKey.wrapping, DataKey.secret, DataKey.successor).where(DataKey.id == bindparam("id"))
_DRIVER_ONE = DriverStatement(_ONE)
_SEVERAL = select(DataKey.id, DataKey.wrapping, DataKey.secret, DataKey.successor).where(
    DataKey.id.in_(bindparam("ids", expanding=True))
)


class DataKeys:
    """The data keys of a database. Thread-safe."""

    def __init__(self, source: KeySource, glances: Glances) -> None:
        self.source, self._glances = source, glances
        self.in_clear = RowsInClear(glances)
        self._kept: OrderedDict[int, _Kept] = OrderedDict()
        self._lock = threading.Lock()
        self._check: Callable[[], None] | None = None

    @property
    def ring(self) -> KeyRing:
        """The key ring that is in force."""
        return self.source.ring

    def phone_index(self, table: str, phone: str) -> PhoneIndex:
        """What finds a phone number in a table."""
        self.check()
        return self.source.ring.phone_index(table, phone)

    def time(self) -> dt.datetime:
        """The clock that data keys are dated by."""
        return dt.datetime.now(dt.UTC)

    def create(self, db: Session, kind: str) -> int:
        """A new data key, which goes with the transaction; its id."""
        return self._add(db, secrets.randbelow(LARGEST) + 1, kind)

    def create_many(self, db: Session, kind: str, count: int) -> list[int]:
        """So many new data keys, with one statement for many; their ids."""
        self.check()
        now, rows, ids = self.time(), [], []
        made = memory(db).setdefault(_MADE, {})
        for _ in range(count):
            key, secret = secrets.randbelow(LARGEST) + 1, secrets.token_bytes(SECRET)
            wrapping, wrapped = self.source.ring.wrap(secret, str(key))
            rows.append({"id": key, "kind": kind, "wrapping": wrapping, "secret": wrapped, "made_at": now})
            made[key] = AESGCM(secret)
            ids.append(key)
        if rows:
            db.execute(insert(DataKey).returning(DataKey.id), rows)
        return ids

    def replace_months(self, db: Session, kinds: Collection[str], since: dt.datetime) -> int:
        """Replace each month's key that was made before then, but for keys of these kinds; how many."""
        used = select(DataKey).where(DataKey.kind.not_in(kinds), DataKey.made_at < since, DataKey.retired_at.is_(None))
        replaced = db.scalars(used.where(DataKey.secret != b"").with_for_update()).all()
        firsts = {each.successor: each for each in db.scalars(select(DataKey).where(DataKey.successor.is_not(None)))}
        for each in replaced:
            first = firsts.get(each.id, each)
            first.successor, each.retired_at = self.create(db, each.kind), self.time()
            self.forget([first.id])
        db.flush()
        return len(replaced)

    def of_month(self, db: Session, kind: str, at: dt.datetime) -> int:
        """The data key of the month (UTC) of `at` for rows of one kind; its id. It is made where there is none."""
        return self._of_period(db, kind, f"{at.astimezone(dt.UTC):%Y-%m}")

    def make_months(self, db: Session, at: dt.datetime) -> None:
        """Make the data keys of the month of `at`, so that no caller has to: two who do would wait for each other."""
        for kind in MONTHLY:
            self.of_month(db, kind, at)

    def knows_months(self, at: dt.datetime) -> bool:
        """True if this process has read these keys lately."""
        first = [self._kept.get(_period_id(kind, f"{at.astimezone(dt.UTC):%Y-%m}")) for kind in MONTHLY]
        return all(kept is not None and kept.until > time.monotonic() for kept in first)

    def seal(self, db: Session, key: int, value: bytes, bound: str) -> bytes:
        """A value, encrypted with a data key and bound to its place. Raises UnknownKey if there is no such key."""
        nonce = secrets.token_bytes(NONCE)
        sealed = self._box(db, key).encrypt(nonce, value, f"{bound}|{key}".encode())
        return VERSION + key.to_bytes(8) + nonce + sealed

    def open(self, db: Session | None, sealed: bytes, bound: str) -> bytes:
        """The value. Raises UnknownKey if its data key is gone, or if it was altered or is not from this place."""
        key = key_of(sealed)
        nonce, rest = sealed[HEADER : HEADER + NONCE], sealed[HEADER + NONCE :]
        try:
            return self._box(db, key).decrypt(nonce, rest, f"{bound}|{key}".encode())
        except InvalidTag:
            raise UnknownKey(f"a value does not open in its place ({bound}): it was altered or moved") from None

    def read(self, db: Session | None, keys: Iterable[int]) -> None:
        """Read several data keys with one statement for MOST_AT_ONCE, where values of many rows will be opened."""
        made = memory(db).get(_MADE, {}) if db is not None else {}
        unknown = {each for each in keys if not self._known(each) and each not in made}
        waiting = iter(unknown)
        while ids := list(islice(waiting, MOST_AT_ONCE)):
            if db is None or db.get_transaction() is None:
                rows: Sequence[Any] = self._glances.all(_SEVERAL, {"ids": ids})
            else:
                with db.no_autoflush:
                    rows = db.execute(_SEVERAL, {"ids": ids}).all()
            for row in rows:
                with suppress(UnknownKey):  # what it encrypted says so when it is opened; the other rows open
                    self._take(row.id, row)

    def read_for(self, db: Session | None, values: Iterable[str | bytes | None]) -> None:
        """`read` for the data keys that these values of columns name; what is in clear, or cut off, names none."""
        named = set()
        for each in values:
            if (raw := raw_value(each)) is not None:
                with suppress(UnknownKey):  # it says so itself when it is opened
                    named.add(key_of(raw))
        self.read(db, named)

    def knows(self, sealed: bytes) -> bool:
        """Whether this process has all that a value needs at hand; one that names no data key needs none."""
        try:
            return self._known(key_of(sealed)) is not None
        except UnknownKey:
            return True

    def is_erased(self, db: Session, key: int) -> bool:
        """Whether a data key is gone."""
        try:
            self._box(db, key)
        except ErasedKey:
            return True
        return False

    def forget(self, keys: Collection[int]) -> None:
        """Forget data keys that were erased."""
        with self._lock:
            for key in keys:
                self._kept.pop(key, None)

    def check_first(self, check: Callable[[], None]) -> None:
        """Call `check` before the first use of a key. Where it raises, so does each use, until it does not."""
        self._check = check

    def check(self) -> None:
        """Make that check now, unless it was made. Raises what it raises."""
        if (check := self._check) is not None:
            check()
            self._check = None

    def _of_period(self, db: Session, kind: str, period: str) -> int:
        """The first key of a period has an id that follows from it, and says which key replaced it."""
        first = _period_id(kind, period)
        if first in memory(db).get(_MADE, {}):
            return first
        kept = self._kept.get(first)
        if kept is None or kept.until <= time.monotonic():
            self.check()
            row = _DRIVER_ONE.one(db, {"id": first})
            if row is None:
                return self._add(db, first, kind)
            kept = self._take(first, row)
        return kept.successor or first

    def _add(self, db: Session, key: int, kind: str) -> int:
        self.check()
        secret = secrets.token_bytes(SECRET)
        wrapping, wrapped = self.source.ring.wrap(secret, str(key))
        row = {"id": key, "kind": kind, "wrapping": wrapping, "secret": wrapped, "made_at": dt.datetime.now(dt.UTC)}
        if add_once(db, DataKey, **row) is None:  # of a month, by another transaction
            if self._read_one(db, key) is None:
                raise UnknownKey(f"data key {key} is there and cannot be read")
            return key
        memory(db).setdefault(_MADE, {})[key] = AESGCM(secret)
        return key

    def _box(self, db: Session | None, key: int) -> AESGCM:
        if (kept := self._known(key)) is not None:
            return kept
        if db is not None and (made := memory(db).get(_MADE, {}).get(key)) is not None:
            found: AESGCM = made
            return found
        box = self._read_one(db, key)
        if box is None:
            raise ErasedKey(f"data key {key} is gone: what it encrypted was erased")
        return box

    def _read_one(self, db: Session | None, key: int) -> AESGCM | None:
        self.check()
        if db is None or db.get_transaction() is None:
            row: Any = self._glances.one(_ONE, {"id": key})
        else:
            row = _DRIVER_ONE.one(db, {"id": key})
        return None if row is None else self._take(key, row).box

    def _take(self, key: int, row: Any) -> "_Kept":
        """Keep a data key as it was read. Of a month's first key, the secret may be gone."""
        box = self._unwrap(key, row.wrapping, row.secret) if row.secret else None
        return self._keep(key, box, row.successor)

    def _unwrap(self, key: int, wrapping: int, secret: bytes) -> AESGCM:
        try:
            return AESGCM(self.source.ring.unwrap(wrapping, secret, str(key)))
        except MissingKey:
            return AESGCM(self.source.look_again().unwrap(wrapping, secret, str(key)))  # a key that has just come

    def _known(self, key: int) -> AESGCM | None:
        kept = self._kept.get(key)
        return kept.box if kept is not None and kept.until > time.monotonic() else None

    def _keep(self, key: int, box: AESGCM | None, successor: int | None) -> "_Kept":
        kept = _Kept(box, time.monotonic() + KEPT_FOR, successor)
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return kept


class _Kept(Struct, frozen=True):
    box: AESGCM | None
    until: float  # seconds of time.monotonic()
    successor: int | None


def _period_id(kind: str, period: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"{kind} {period}".encode(), digest_size=8).digest()) >> 2


def key_of(sealed: bytes) -> int:
    """The id of the data key that a value names. Raises UnknownKey if it names none that there can be."""
    key = int.from_bytes(sealed[1:HEADER])
    if sealed[:1] != VERSION or len(sealed) < HEADER + NONCE or key > LARGEST:
        raise UnknownKey("a value was encrypted by a later release, was altered, or is cut off")
    return key


@event.listens_for(Session, "after_commit")
def _keep_made(db: Session) -> None:
    """What a transaction made is there now: this process need not read it."""
    keys: DataKeys | None = db.info.get(KEYS)
    if keys is not None and not db.in_nested_transaction():
        for key, box in memory(db).get(_MADE, {}).items():
            keys._keep(key, box, None)


def unlock(database: Database, source: KeySource) -> DataKeys:
    """Let the sessions of a database encrypt and decrypt with the data keys that this key ring opens."""
    keys = database.info[KEYS] = DataKeys(source, database.glances)
    return keys


def is_upgraded(database: Database) -> bool:
    """True until the contacts of a release that encrypted nothing are encrypted: calls of it are over long before."""
    keys: DataKeys = database.info[KEYS]
    return keys.in_clear.any(None, "contacts")


def data_keys(db: Session) -> DataKeys:
    """The data keys of this session's database. Raises PlainValueError if it was opened without keys."""
    found: Any = keys_of(db)
    keys: DataKeys = found
    return keys
