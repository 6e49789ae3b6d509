"""Password rules and hashes. Passwords themselves are never stored."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

SHORTEST, LONGEST = 10, 200
# 18,634 common passwords (see NOTICE), as letters and digits in lower case.
_LIST = Path(__file__).with_name("common_passwords.txt.gz")
# Some that are common here and miss there. Compared by letters and digits, in any case.
_LISTED_HERE = """
complaints pakistanzindabad pakistan bismillah allahuakbar alhamdulillah inshallah mashallah lahore karachi islamabad
faisalabad rawalpindi peshawar quetta multan punjab sindh balochistan sunwai sunwaisunwai shikayat hukumat
"""
# One thread: whoever guesses passwords takes one core at most, and callers have the others.
_HASHER = PasswordHasher(parallelism=1)

# A check takes 64 MB and some 150 ms of a core: one at a time for strangers, and one for users who are known here.
AT_ONCE, WAITING = 1, 2
PATIENCE = 2.0  # seconds that a check may wait for its turn


def unfit(password: str, name: str) -> str:
    """Why a password is too weak, as a message key: short, long, name, common; "" if it is strong enough."""
    plain = "".join(letter for letter in password.casefold() if letter.isalnum())
    own = "".join(letter for letter in name.casefold() if letter.isalnum())
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    if own and plain.strip("0123456789") == own:
        return "name"
    if len(set(password)) < 4 or {plain, plain.strip("0123456789")} & _common_passwords():
        return "common"  # a common word stays one with a year behind it
    return ""


@cache
def _common_passwords() -> frozenset[str]:
    """The common passwords: read when the first password is set, and kept (2 MB)."""
    return frozenset(gzip.decompress(_LIST.read_bytes()).decode().split()) | frozenset(_LISTED_HERE.split())


def hash_password(password: str) -> str:
    """The hash to store: argon2id with the library's current parameters."""
    return _HASHER.hash(password)


def check(kept: str | None, password: str) -> tuple[bool, bool]:
    """Whether the password is right, and whether it should be hashed again. Takes as long if there is no hash."""
    try:
        _HASHER.verify(kept or _nobodys(), password[:LONGEST])
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False, False
    return kept is not None, kept is not None and _HASHER.check_needs_rehash(kept)


class Turns:
    """At most `AT_ONCE` checks at the same time, and `WAITING` that wait; whoever comes then is sent away."""

    def __init__(self) -> None:
        self._places, self._turn = BoundedSemaphore(AT_ONCE + WAITING), BoundedSemaphore(AT_ONCE)

    @contextmanager
    def take(self) -> Iterator[bool]:
        """True within a turn; False if there is none for this check."""
        if not self._places.acquire(blocking=False):
            yield False
            return
        try:
            mine = self._turn.acquire(timeout=PATIENCE)
            try:
                yield mine
            finally:
                if mine:
                    self._turn.release()
        finally:
            self._places.release()


STRANGERS, KNOWN = Turns(), Turns()


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody has this password")
