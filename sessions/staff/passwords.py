"""Passwords: which are good enough, and their hashes. None is ever kept."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

SHORTEST, LONGEST = 10, 200
# The commonest that are long enough, and what lies near here. Compared without case, spaces and signs.
_LISTED = """
1234567890 0123456789 0987654321 12345678910 1234567891 1q2w3e4r5t qwertyuiop q1w2e3r4t5 password12 password123
password1234 passwordpassword iloveyou12 iloveyou123 qwerty12345 qwerty123456 abcd123456 abc1234567 abcdefghij
welcome123 welcome1234 letmein123 administrator admin12345 admin123456 computer123 changeme123 complaints
pakistan123 pakistan12 pakistan1947 pakistanzindabad bismillah123 bismillah786 allahuakbar allah786786 lahore12345
karachi1234 karachi12345 islamabad123 sunwai1234 sunwai12345 sunwaisunwai
"""
_COMMONEST = frozenset(_LISTED.split())
_HASHER = PasswordHasher()


def unfit(password: str, name: str) -> str:
    """Why a password is not good enough, as a key of what people are told: short, long, name, common; "" when it is."""
    plain = "".join(letter for letter in password.casefold() if letter.isalnum())
    own = "".join(letter for letter in name.casefold() if letter.isalnum())
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    if own and plain.strip("0123456789") == own:
        return "name"
    if plain in _COMMONEST or len(set(password)) < 4:
        return "common"
    return ""


def hash_password(password: str) -> str:
    """The hash to keep: argon2id with the library's parameters of today."""
    return _HASHER.hash(password)


def check(kept: str | None, password: str) -> tuple[bool, bool]:
    """Whether it is the right one, and whether its hash should be made anew. Takes as long where none is kept."""
    try:
        _HASHER.verify(kept or _nobodys(), password[:LONGEST])
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False, False
    return kept is not None, kept is not None and _HASHER.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody has this password")
