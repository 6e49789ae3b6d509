"""The letters that a language is written in, and what is left where they were lost."""

import re

from flows.text.languages import LATIN, script_of

LETTERS = {
    "Arab": re.compile("[\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]"),
    "Latn": re.compile("[A-Za-z\u00c0-\u024f]"),
    "Deva": re.compile("[\u0904-\u0939]"),
}
NAMES = {"Arab": "Urdu or Arabic", "Latn": "Latin", "Deva": "Devanagari"}
# What a spreadsheet leaves of letters that its CSV cannot hold; after letters that stayed, ?? is on purpose.
_MARKS = re.compile(r"(?<![\u0600-\u06ff\u0900-\u097f?])\?\?|^\s*\?[?\s]*$")
_MISREAD = re.compile("(?:[\u00d8-\u00db]\\S){2}")  # UTF-8 that was read as if each octet were a letter


def is_lost(tag: str, words: str) -> bool:
    """True for words of which only marks are left, in a language that Latin letters cannot write."""
    if "\ufffd" in words:
        return True
    if script_of(tag) == LATIN:
        return False
    marked = "?" in words and _MARKS.search(words) is not None
    return marked or (not words.isascii() and _MISREAD.search(words) is not None)
