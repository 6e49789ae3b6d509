"""The tracking number: eight digits and a Damm check digit, shown as 482-719-304.

The check digit catches every mistyped digit and every swap of neighbours, so a mistake is found without a look-up.
"""

import re
from typing import Literal

from msgspec import Struct
from stdnum import damm

from flows.text.western_digits import western

LENGTH = 9  # digits, the check digit included
COUNT = 10 ** (LENGTH - 1)  # how many numbers there are
MOST = COUNT - 1
FORM = "nine digits, such as 482-719-304"  # how messages to people describe it
SAMPLE = "482719300"
FORMATTED = r"\d{3}-\d{3}-\d{3}"  # the pattern of what format_number returns

# What people and phones put between the groups: spaces, dashes, and invisible direction marks around numbers.
_DASHES = r"\-\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
_INVISIBLE = r"\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_BETWEEN = re.compile(rf"[\s{_DASHES}{_INVISIBLE}]+")
_ALL_DIGITS = re.compile(rf"[0-9]{{{LENGTH}}}")


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
    digits = f"{eight:0{LENGTH - 1}d}"
    return digits + str(damm.calc_check_digit(digits))


def format_number(number: str) -> str:
    """Nine digits in three groups, as every text shows them: "482719304" -> "482-719-304"."""
    return f"{number[:3]}-{number[3:6]}-{number[6:]}"


FORMATTED_LENGTH = len(format_number(SAMPLE))


def parse_tracking_number(text: str) -> ParsedNumber:
    """Read a tracking number typed in digits of any script, with or without spaces and dashes."""
    digits = _BETWEEN.sub("", western(text))
    if not _ALL_DIGITS.fullmatch(digits):
        return ParsedNumber(None, "shape")
    if damm.checksum(digits) != 0:
        return ParsedNumber(None, "check")
    return ParsedNumber(digits)
