"""Rows that show whether a key ring is the one that the database was written with, before anything is written with it.

Of a wrapping key the row is a constant, encrypted; of an index key an HMAC of the constant. They are written when the
database is new, and for each key that joins the ring.
"""

import hmac
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from storage.connection.insert_once import insert
from storage.encryption.key_ring import NONCE, Key, KeyRing, UnknownKey
from storage.schema.key_tables import DataKey, KeyCheck

WORDS = b"These are the keys that this database was written with."
BACK = "Put this database's own key file back (KEYS_FILE): with another one nothing in it can be read."
NAMES = {"wrap": "Wrapping", "index": "Index"}
TAKEN_BACK = {"wrap": "no wrap", "index": "no index"}  # rows of keys that were taken off the ring

_USED = select(DataKey.id).where(DataKey.wrapping == KeyCheck.key_id).exists()
_ROWS = select(KeyCheck.purpose, KeyCheck.key_id, KeyCheck.value, _USED.label("used"))
_ROWS = _ROWS.where(KeyCheck.purpose.in_((*NAMES, *TAKEN_BACK.values())))  # the table has marks of jobs too
_ANY = select(DataKey.id, DataKey.wrapping, DataKey.secret).where(DataKey.secret != b"").limit(1)

Checks = Mapping[tuple[str, int], Row[Any]]


def find_problem(db: Session, ring: KeyRing) -> tuple[str, bool]:
    """Why this key ring must not be used with this database, "" if it may; and whether each key of it has a row.

    One statement, unless the database is new. Raises what the database raises, also where it has no such table yet.
    """
    found: Iterable[Any] = db.execute(_ROWS)
    every: Checks = {(row.purpose, row.key_id): row for row in found}
    rows: Checks = {name: row for name, row in every.items() if row.purpose in NAMES}
    problem = _problem(rows, ring) or _find_taken_back(every, ring) or ("" if rows else _unwrap_one(db, ring))
    wanted = (key for key in ring.keys if key.state != "old" and not _is_taken_back(every, key))
    return problem, all((key.purpose, key.id) in rows for key in wanted)


def find_change_problem(db: Session, ring: KeyRing) -> str:
    """Why this key ring must not replace the one that a running process uses, "" if it may. It writes nothing.

    Stricter than at a start: the active keys need their rows, which a step of a rotation writes before it writes the
    ring.
    """
    problem, _ = find_problem(db, ring)
    if problem:
        return problem
    noted = {tuple(row) for row in db.execute(select(KeyCheck.purpose, KeyCheck.key_id))}
    for key in ring.keys:
        if key.state == "active" and (key.purpose, key.id) not in noted:
            name = f"{NAMES[key.purpose]} key {key.id} of the key ring"
            return f"{name} is not known to this database. Is it this database's own? Then run `sunwai keys check`."
    return ""


def take_back(db: Session, purpose: str, number: int) -> None:
    """Nothing in the database needs this key any more. A machine that still has it must not write its row again."""
    held = db.get(KeyCheck, (purpose, number))
    if held is not None:
        values = {"purpose": TAKEN_BACK[purpose], "key_id": number, "value": held.value}
        again = {"value": held.value}
        db.execute(insert(db, KeyCheck).on_conflict_do_update(index_elements=["purpose", "key_id"], set_=again), values)
        db.delete(held)
        db.flush()


def write_key_checks(db: Session, ring: KeyRing) -> None:
    """Write the rows of the keys that have none. An old one has a row as long as the database needs it.

    A key that was taken off the ring gets none from a machine whose copy of the ring is from before.
    """
    taken: Iterable[Any] = db.execute(_ROWS)
    rows = {(row.purpose, row.key_id): row for row in taken}
    for key in ring.keys:
        if key.state == "old" or _is_taken_back(rows, key):
            continue
        values = {"purpose": key.purpose, "key_id": key.id, "value": _check(key)}
        db.execute(insert(db, KeyCheck).on_conflict_do_nothing(), values)


def _problem(rows: Checks, ring: KeyRing) -> str:
    known = {(key.purpose, key.id) for key in ring.keys}
    for key in ring.keys:
        row = rows.get((key.purpose, key.id))
        if row is not None and not _opens(key, row.value):
            name = f"{NAMES[key.purpose]} key {key.id} of the key ring"
            return f"{name} is not the one that this database was written with. {BACK}"
    lost = [row for name, row in rows.items() if name not in known]
    for row in lost:
        if row.purpose == "wrap" and row.used:
            return (
                f"Wrapping key {row.key_id}, with which data keys of this database are encrypted, is not on the key "
                f"ring. {BACK}"
            )
        if row.purpose == "index":
            return (
                f"Index key {row.key_id}, by which numbers are found in this database, is not on the key ring. {BACK}"
            )
    index = next(key for key in ring.keys if key.purpose == "index" and key.state == "active")
    if any(purpose == "index" for purpose, _ in rows) and ("index", index.id) not in rows:
        return f"The active index key {index.id} is not one that this database was written with. {BACK}"
    return ""


def _is_taken_back(rows: Checks, key: Key) -> bool:
    row = rows.get((TAKEN_BACK[key.purpose], key.id))
    return row is not None and _opens(key, row.value)


def _find_taken_back(rows: Checks, ring: KeyRing) -> str:
    for key in ring.keys:
        if key.state == "active" and _is_taken_back(rows, key):
            name = f"{NAMES[key.purpose]} key {key.id}"
            return f"{name} was taken off the key ring of this database: this copy of the ring is from before. {BACK}"
    return ""


def _unwrap_one(db: Session, ring: KeyRing) -> str:
    """Without any row, a data key shows whether the ring is the right one; a new database has none."""
    found = db.execute(_ANY).one_or_none()
    try:
        if found is not None:
            ring.unwrap(found.wrapping, found.secret, str(found.id))
    except UnknownKey:
        return f"The key ring does not open the data keys of this database. {BACK}"
    return ""


def _check(key: Key) -> bytes:
    if key.purpose == "index":
        return hmac.digest(key.secret, WORDS, "sha256")
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key.secret).encrypt(nonce, WORDS, _bound(key))


def _opens(key: Key, value: bytes) -> bool:
    if key.purpose == "index":
        return hmac.compare_digest(hmac.digest(key.secret, WORDS, "sha256"), value)
    try:
        return AESGCM(key.secret).decrypt(value[:NONCE], value[NONCE:], _bound(key)) == WORDS
    except (InvalidTag, ValueError):
        return False


def _bound(key: Key) -> bytes:
    return f"key_checks|value|{key.purpose}|{key.id}".encode()
