"""The words of an SMS as they are compared: without differences of phones, keyboards and spelling."""

import re
import unicodedata
from functools import lru_cache

from msgspec import Struct

from flows.text import phonetics
from flows.text.phonetics import KEPT, LONG_WORD
from flows.text.western_digits import western

# Marks on and between letters: accents, vowel signs of Arabic and of the scripts of South and South East Asia, joiners.
# No mark is a letter to `re`: without these, the Hindi word for language would be two words of a letter each.
MARKS = "".join(chr(at) for at in range(0x0300, 0x1D00) if unicodedata.category(chr(at)) in ("Mn", "Mc"))
# A run of digits, or a letter and what follows it.
LETTERS = rf"[^\W\d_](?:[^\W\d_]|[{MARKS}\u06d6-\u06ed\u200b-\u200f])*"  # of a word, as a pattern
_WORD = re.compile(rf"[0-9]+|{LETTERS}")
# They tell words apart; those of Arabic do not, since most people leave them out.
_VOWELS = frozenset(mark for mark in MARKS if re.match(r"(?!ARABIC).*VOWEL SIGN", unicodedata.name(mark, "")))
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
_DROPPED = frozenset({"Mn", "Cf"})  # vowel signs of Arabic, hamza above, joiners; nasals and nuktas of Hindi
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


def folded_words(text: str) -> list[str]:
    """The same words folded, for those who need not know where they end."""
    found = _WORD.findall(western(text[:MOST_LETTERS]))
    long = max(map(len, found), default=0) > LONG_WORD
    return list(map(_fold if long else _kept, found))


def _fold(word: str) -> str:
    return _kept(word) if len(word) <= LONG_WORD else _folded(word)


def _folded(word: str) -> str:
    if not word[0].isalpha():
        return word  # digits, or a character such as ² that is not a letter and must not become a key
    if word.isascii():
        return phonetics.usual(word.casefold())  # nothing else to do for it, and most words are
    letters = unicodedata.normalize("NFKD", word)
    plain = "".join(x for x in letters if x in _VOWELS or (x != _TATWEEL and unicodedata.category(x) not in _DROPPED))
    return phonetics.usual(plain.casefold().translate(_VARIANTS))


_kept = lru_cache(maxsize=KEPT)(_folded)


def normalize_keyword(keyword: str) -> tuple[str, ...]:
    """A keyword as it is compared: its normalized words."""
    return tuple(folded_words(keyword))
