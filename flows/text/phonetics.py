"""Spelling variants: Roman Urdu has no fixed spelling, and people mistype."""

import re
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA

LONG = 6  # letters from which one mistake is allowed; shorter words are too much alike
LONGER = 10  # letters from which two are allowed
# What is worked out of a word is kept for so many words of so many letters at most: people say the same ones.
KEPT, LONG_WORD = 8192, 30

# Letters for the same sound, the longer first: "paani" and "pany" are "pani".
_SOUNDS = (
    *(("aa", "a"), ("ee", "i"), ("ii", "i"), ("oo", "u"), ("ou", "u"), ("ey", "e"), ("ay", "e"), ("ai", "e")),
    *(("kh", "kh"), ("gh", "gh"), ("q", "k"), ("w", "v"), ("z", "z"), ("x", "ks"), ("ph", "f")),
)
# Small words and their other spellings, not checked by a native reader. Spellings that are other words are left out
# ("kam" is little and "kaam" is work, "gai" is a cow).
_USUAL = {
    other: word
    for word, others in {
        "nahi": "nahin naheen nahen nahe nahee nahy nhi nhe nae nai ni نہی",
        "haan": "han haa hn",
        "ji": "jee g",
        "abhi": "abi abhe abhy",
        "bhi": "b",
        "hai": "he hy hay",
        "tak": "tk taak",
        "hua": "huwa howa hoa hova hoi hui huwi huye",
        "gaya": "gya gia gaia",
        "gayi": "gyi gaee",
        "theek": "thek thik theik thk tik tek teek ٹھک",
        "masla": "maslah masle msla mslah مسلہ مسلا",
        "waisa": "wesa wese weisa waise",
        "wapis": "wapas wapes vapis vapas",
        "kaise": "kese kesay kaisay kesy",
        "kar": "kr",
        "karo": "kro",
        "karein": "karen karain kren",
        "please": "pls plz plzz plez plese pleas",
        "shukriya": "shukria shukrya",
        "raha": "rha",
        "rahi": "rhi",
    }.items()
    for other in others.split()
}
_TWICE = re.compile(r"([a-z])\1")

# What is left of a word without vowels, and without h, w and y, which people add and leave out.
_SPELT = (
    ("sch", "sk"),
    ("tch", "C"),
    ("ch", "C"),
    ("ph", "f"),
    ("tion", "sn"),
    ("ce", "se"),
    ("ci", "si"),
    ("cy", "sy"),
)
_LATIN = str.maketrans({"C": "c", "c": "k", "q": "k", "x": "ks"} | dict.fromkeys("aeiouyhwv", ""))
_URDU = str.maketrans(
    "بپتٹطجچدڈرڑزذضظژسصثشفقکخگغلمنں",
    "bptttjcddrrzzzzzssssfkkkgglmnn",
)
_AGAIN = re.compile(r"(.)\1+")


def sound(word: str) -> str:
    """A word in Latin letters as it sounds; any other word unchanged."""
    return _kept(word) if len(word) <= LONG_WORD else _sound(word)


def _sound(word: str) -> str:
    if not word.isascii() or not word.isalpha():
        return word
    for letters, by in _SOUNDS:
        word = word.replace(letters, by)
    word = _TWICE.sub(r"\1", word)
    return word[:-1] + "i" if len(word) > 2 and word.endswith("y") else word


_kept = lru_cache(maxsize=KEPT)(_sound)


def consonants(word: str) -> str:
    """The consonants of a normalized word as they sound, alike in Latin and in Urdu script; digits unchanged.

    "pani" and "پانی" are "pn", "school", "skool" and "اسکول" are "skl".
    """
    if word.isdecimal():
        return word
    if word.isascii():
        for letters, by in _SPELT:
            word = word.replace(letters, by)
        word = word.translate(_LATIN)
    else:
        word = "".join(letter for letter in word.translate(_URDU) if letter.isascii())
    return _AGAIN.sub(r"\1", word)


def usual(word: str) -> str:
    """A small word in its usual spelling, any other unchanged: "nhi" and "nahin" are "nahi"."""
    return _USUAL.get(word, word)


def nearest(word: str, known: Iterable[str], long: int = LONG) -> list[str]:
    """The nearest known words that a word of `long` letters or more may be a misspelling of, with the same initial."""
    if len(word) < long:
        return []
    found: dict[int, list[str]] = {}
    for each in known:
        most = 2 if min(len(word), len(each)) >= LONGER else 1
        if len(each) < long or each[0] != word[0] or abs(len(each) - len(word)) > most:
            continue
        apart = OSA.distance(word, each, score_cutoff=most)
        if apart <= most:
            found.setdefault(apart, []).append(each)
    return found[min(found)] if found else []
