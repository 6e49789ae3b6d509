"""The tracking number that an SMS mentions, wherever it is.

A number before or after a keyword is read by `intents.py`; this finds one in the middle of a sentence.
"""

import re
from typing import Literal

from msgspec import Struct

from flows.text import tracking_number
from flows.text.western_digits import western

# "nearly": eight or ten digits in a row, so one was left out or typed twice. "many": two numbers or more.
Problem = Literal["", "mistyped", "nearly", "many"]

_GROUP = re.compile(r"[0-9]+")
_TOGETHER = re.compile(r"[0-9](?:[ \t-]*[0-9])*")
_NEARLY = frozenset({tracking_number.LENGTH - 1, tracking_number.LENGTH + 1})
_AROUND = " \t\r\n.,:;-"


class ExtractedNumber(Struct, frozen=True):
    """A number in a text: nine digits and the words around it, or the `problem` because of which none can be used.

    With a problem `number` is "", except for `mistyped`, where it holds the digits as typed.
    """

    number: str
    words: str = ""
    problem: Problem = ""


def extract_number(text: str) -> ExtractedNumber | None:
    """The tracking number in a text; None if no digits look like one."""
    plain = western(text)
    found, mistyped = _numbers_in(plain)
    numbers = {number for number, _, _ in found}
    if len(numbers) > 1:
        return ExtractedNumber("", problem="many")
    if found:
        number, begins, ends = found[0]
        around = (text[:begins].rstrip(_AROUND), text[ends:].strip(_AROUND))
        return ExtractedNumber(number, " ".join(part for part in around if part))
    if mistyped:
        return ExtractedNumber(mistyped, problem="mistyped")
    if any(sum(map(str.isdecimal, run)) in _NEARLY for run in _TOGETHER.findall(plain)):
        return ExtractedNumber("", problem="nearly")
    return None


def _numbers_in(plain: str) -> tuple[list[tuple[str, int, int]], str]:
    """Tracking numbers with their positions, and the first digits of that length that are not one."""
    groups = [match.span() for match in _GROUP.finditer(plain)]
    found: list[tuple[str, int, int]] = []
    mistyped, at = "", 0
    while at < len(groups):
        begins, taken = groups[at][0], 1
        for width in range(1, tracking_number.LENGTH + 1):
            ends = groups[min(at + width, len(groups)) - 1][1]
            read = tracking_number.parse_tracking_number(plain[begins:ends])
            if read.number is not None:
                found.append((read.number, begins, ends))
                taken = width
                break
            if read.problem == "check":
                mistyped = mistyped or "".join(_GROUP.findall(plain[begins:ends]))
        at += taken
    return found, mistyped
