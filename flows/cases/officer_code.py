"""The code with which an officer's SMS shows that it comes from the phone that was given the case.

A sender's number can be forged; what was sent to that number cannot be read by who forges it. A code is not stored: it
is computed with a secret from the case, the phone and how often it was renewed. A text holds its place until it is
sent, so neither a copy of the database nor a page with the outbox shows one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable

from msgspec import Struct, convert

from flows.text.western_digits import western

DIGITS = (4, 6, 8)  # of the first code of a phone for a case, and of those after wrong ones were sent
PLACE = "¤"  # stands for a digit of the code until the text is sent; one letter of GSM-7, as a digit is

_PLACES = re.compile(f"{PLACE}{{{DIGITS[0]},{DIGITS[-1]}}}")
_GIVEN = re.compile(rf"[\s#:.,]*([0-9]{{{DIGITS[0]},{DIGITS[-1]}}})(?![0-9])[\s.,:;-]*")
_PURPOSE = b"officer code"


class CodeHolder(Struct, frozen=True):
    """Whose code it is: the phone (a contact) and the case; `generation` counts its codes, `renewals` those renewed
    because of wrong ones."""

    complaint_id: int
    contact_id: int
    generation: int
    renewals: int

    @classmethod
    def of(cls, row: object) -> CodeHolder:
        """Of a stored row."""
        return convert(row, cls, from_attributes=True)


class OfficerCodes:
    """Computes codes. The first secret makes them; each proves one, so that a secret can be replaced in two steps."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._keys = [hashlib.blake2b(each.encode(), digest_size=32, person=_PURPOSE).digest() for each in secrets] or [
            b""
        ]

    def code(self, holder: CodeHolder) -> str:
        """The code of this phone for this case, in digits."""
        return _computed(self._keys[0], holder)

    def proves(self, holder: CodeHolder, given: str) -> bool:
        """True if the digits given are its code. Takes the same time for every wrong one."""
        found = False
        for key in self._keys:
            found |= hmac.compare_digest(_computed(key, holder), given)
        return found

    def fill(self, body: str, holder: CodeHolder) -> str:
        """A text with the code in its place."""
        return _PLACES.sub(lambda _: self.code(holder), body)


def places(renewals: int) -> str:
    """What stands for the code in a text that is not sent yet."""
    return PLACE * _digits(renewals)


def may_grow(renewals: int) -> bool:
    """True while a renewed code is longer than the one before."""
    return renewals + 1 < len(DIGITS)


def split_code(words: str) -> tuple[str, str]:
    """The code that an officer's words begin with, "" without one, and the words after it."""
    found = _GIVEN.match(western(words))
    return (found[1], words[found.end() :]) if found else ("", words)


def without_codes(body: str) -> str:
    """A text of ours without the places of codes."""
    return _PLACES.sub(" ", body)


def _digits(renewals: int) -> int:
    return DIGITS[min(renewals, len(DIGITS) - 1)]


def _computed(key: bytes, holder: CodeHolder) -> str:
    digits = _digits(holder.renewals)
    said = f"{holder.complaint_id}:{holder.contact_id}:{holder.generation}:{digits}".encode()
    drawn = int.from_bytes(hmac.digest(key, said, "sha256")[:16])
    return f"{drawn % 10**digits:0{digits}}"
