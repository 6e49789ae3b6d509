"""The words of an SMS as they are compared: without differences of phones, keyboards and spelling."""

import re
import unicodedata
from functools import lru_cache

from msgspec import Struct

from flows.text import phonetics
from flows.text.phonetics import KEPT, LONG_WORD
from flows.text.western_digits import western

# A run of digits, or a letter and the marks on and between letters: vowel signs, tatweel, joiners.
_WORD = re.compile(
    r"[0-9]+|[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f])*"
)
# The same letter as Arabic, Urdu, Sindhi and Pashto keyboards type it. Unicode has no data for these: to NFKD and to
# collation they are different letters.
_VARIANTS = str.maketrans(
    {
        **dict.fromkeys("يىېۍ", "ی"),
        **dict.fromkeys("كڪ", "ک"),
        **dict.fromkeys("هھةۃە", "ہ"),
        "ګ": "گ",
        "ڼ": "ن",
    }
)
MOST_LETTERS = 2000  # of a text whose words are read, 13 SMS: what follows is stored, and decides nothing
_DROPPED = frozenset({"Mn", "Cf"})  # vowel signs, hamza above, joiners
_TATWEEL = "\u0640"


class Word(Struct, frozen=True):
    """A word as it is compared, and where it ends in the text, so that the rest can be returned unchanged."""

    folded: str
    end: int


def words(text: str) -> list[Word]:
    """The words of a text in order, without punctuation: those within its first MOST_LETTERS letters.

    An SMS of 14 kB took 8 seconds. Whoever keeps what follows a word, by its `end`, keeps all of it.
    """
    # western() keeps the length, so the positions are those of the text itself.
    return [Word(_fold(match[0]), match.end()) for match in _WORD.finditer(western(text[:MOST_LETTERS]))]


def _fold(word: str) -> str:
    return _kept(word) if len(word) <= LONG_WORD else _folded(word)


def _folded(word: str) -> str:
    if not word[0].isalpha():
        return word  # digits, or a character such as ² that is not a letter and must not become a key
    if word.isascii():
        return phonetics.usual(word.casefold())  # nothing else to do for it, and most words are
    letters = unicodedata.normalize("NFKD", word)
    plain = "".join(x for x in letters if x != _TATWEEL and unicodedata.category(x) not in _DROPPED)
    return phonetics.usual(plain.casefold().translate(_VARIANTS))


_kept = lru_cache(maxsize=KEPT)(_folded)


def normalize_keyword(keyword: str) -> tuple[str, ...]:
    """A keyword as it is compared: its normalized words."""
    return tuple(word.folded for word in words(keyword))
