"""Digits people type in their own script, as 0-9."""

import re
import unicodedata

MOST_DIGITS = 9  # more is a mistake, could not be stored, and is slow to convert
_OTHER_DIGIT = re.compile(r"[^\D0-9]")  # any Unicode decimal digit but 0-9: Urdu, Persian, Arabic, Sindhi, Devanagari


def western(text: str) -> str:
    """The text with the decimal digits of every script as 0-9, and everything else unchanged."""
    if text.isascii():
        return text
    return _OTHER_DIGIT.sub(_plain, text)


def whole_number(words: str) -> int | None:
    """A whole number of at most nine digits in any script; None for anything else, including minus signs."""
    return int(words) if words.isdecimal() and len(words) <= MOST_DIGITS else None


def _plain(match: re.Match[str]) -> str:
    return str(unicodedata.decimal(match[0]))
