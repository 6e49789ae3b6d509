"""The short code of a case: what a phone can keep of the steps that are in the log, and compare with them for ever."""

import hashlib
from collections.abc import Sequence

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0 and O, 1 and I: nobody has to guess which it is
LENGTH = 12  # letters of five bits: 60 of SHA-256. Whoever chooses salts could try out 40 bits, but not 60
GROUP = 4  # letters between two dashes
_MAGIC = b"sunwai-case-code/v1\n"


def case_code(leaves: Sequence[bytes]) -> str:
    """The code over the leaf hashes (32 bytes each, RFC 6962) of the steps of a case in the order of the log.

    It is the first 60 bits of SHA-256 over `sunwai-case-code/v1`, a line feed and the hashes: 7KQM-2X9D-PT4V.
    """
    found = int.from_bytes(hashlib.sha256(_MAGIC + b"".join(leaves)).digest()[:8], "big") >> 64 - 5 * LENGTH
    letters = "".join(LETTERS[found >> 5 * at & 31] for at in reversed(range(LENGTH)))
    return "-".join(letters[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def parse_case_code(text: str) -> str:
    """A code as it is written by `case_code`, from what a person typed; "" if it is none.

    Small letters, spaces and missing dashes are read.
    """
    letters = "".join(text[:64].upper().replace("-", "").split())
    if len(letters) != LENGTH or not set(letters) <= set(LETTERS):
        return ""
    return "-".join(letters[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def steps_with_code(leaves: Sequence[bytes], code: str) -> int:
    """How many of the first steps give this code: as many as the case had when it was sent. 0 if none do."""
    return next((count for count in range(len(leaves), 0, -1) if case_code(leaves[:count]) == code), 0)
