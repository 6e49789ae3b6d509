"""Words of an SMS as they are compared: without what phones, keyboards and habits of spelling vary."""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct

from flows.text import phonetics
from flows.text.western_digits import western

# A run of digits, or a letter and what is written on and between letters: vowel signs, tatweel, joiners.
_WORD = re.compile(
    r"[0-9]+|[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f])*"
)
# One letter as Arabic, Urdu and Sindhi keyboards type it.
_VARIANTS = str.maketrans({**dict.fromkeys("يى", "ی"), **dict.fromkeys("كڪ", "ک"), **dict.fromkeys("هھةۃە", "ہ")})
_DROPPED = frozenset({"Mn", "Cf"})  # vowel signs, hamza above, joiners
_TATWEEL = "\u0640"


class Word(Struct, frozen=True):
    """A word as it is compared, and where it ends in the text, so that what follows is given back unchanged."""

    folded: str
    end: int


def words(text: str) -> list[Word]:
    """The words of a text in their order; punctuation is none."""
    # western() changes no length, so the places found are places in the text itself.
    return [Word(_fold(match[0]), match.end()) for match in _WORD.finditer(western(text))]


def _fold(word: str) -> str:
    if not word[0].isalpha():
        return word  # digits, or a sign such as ² that is no letter and must not become a key
    letters = unicodedata.normalize("NFKD", word)
    plain = "".join(x for x in letters if x != _TATWEEL and unicodedata.category(x) not in _DROPPED)
    return phonetics.usual(plain.casefold().translate(_VARIANTS))


def normalize_keyword(keyword: str) -> tuple[str, ...]:
    """A keyword as it is compared: its words without what phones, keyboards and habits of spelling vary."""
    return tuple(word.folded for word in words(keyword))
