"""The tracking number: eight digits and a Damm check digit, shown as 482-719-304.

The check digit catches every mistyped digit and every swap of neighbours, so a mistake is found without a look-up.
"""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct
from stdnum import damm

from flows.text.western_digits import western

MOST = 99_999_999  # the largest eight-digit number
LENGTH = 9

# What people and phones put between the groups: spaces, dashes, and invisible direction marks around numbers.
_DASHES = r"\-\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
_INVISIBLE = r"\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_BETWEEN = re.compile(rf"[\s{_DASHES}{_INVISIBLE}]+")
_NINE = re.compile(rf"[0-9]{{{LENGTH}}}")


class ParsedNumber(Struct, frozen=True):
    """A number as typed: `number` holds the nine digits, or is None and `problem` says why.

    `shape`: not nine digits. `check`: nine digits, at least one of them mistyped.
    """

    number: str | None
    problem: Literal["", "shape", "check"] = ""


def make(eight: int) -> str:
    """The nine digits of a tracking number from a random `eight` in 0..99,999,999; ValueError outside that."""
    if not 0 <= eight <= MOST:
        raise ValueError(f"a tracking number is made from 0 to {MOST}, not {eight}")
    digits = f"{eight:08d}"
    return digits + str(damm.calc_check_digit(digits))


def format_number(number: str) -> str:
    """Nine digits in three groups, as every text shows them: "482719304" -> "482-719-304"."""
    return f"{number[:3]}-{number[3:6]}-{number[6:]}"


def parse_tracking_number(text: str) -> ParsedNumber:
    """Read a tracking number typed in digits of any script, with or without spaces and dashes."""
    digits = _BETWEEN.sub("", western(text))
    if not _NINE.fullmatch(digits):
        return ParsedNumber(None, "shape")
    if damm.checksum(digits) != 0:
        return ParsedNumber(None, "check")
    return ParsedNumber(digits)
