"""Which language an SMS is written in, if its sender never chose one."""

import math
import unicodedata
from collections import Counter
from functools import lru_cache
from itertools import pairwise

from flows.engine.variables import needs_ucs2
from flows.menu.model import Flow
from flows.text.normalization import words

ENGLISH = "en"
# Small words of one language and not of the other. Not here: what is both, such as "me" (in), "to" (then), "do" (two).
_ENGLISH = frozenset(
    word.folded
    for word in words(
        "a an the is are was were am be been has have had my our your their his her this that these there it i we you"
        " they of for from with and at by not no since what when where how why who which can will did does please"
    )
)
_URDU = frozenset(
    word.folded
    for word in words(
        "hai hain hun ka ki ke ko kay se say mein main mai me men par pe ne nay aur ya bhi nahi kya koi kab kahan kaise"
        " yeh ye woh wo mera meri mere hamara hamari hamare aap apna apni hum ho hua hui gaya gayi gai rahi raha rahe"
        " ab abhi tak din wala wali"
    )
)


LIKELIER = 3.0  # by how much, as a logarithm, another language than the first must be likelier for Latin letters
_UNSEEN = 0.5  # how often a pair of letters counts that the flow never uses
_ALL_PAIRS = 2000  # pairs of letters that a language has, roughly


def detect_language(text: str, flow: Flow) -> str | None:
    """The language to answer in; None where the flow has none.

    It is English where the small words say so. Of several languages in the script of the text it is the one whose words
    in the flow are spelt most like it, so a new language needs no rules here. Everything else is the flow's first one.
    """
    first = next(iter(flow.languages), None)
    foreign = any(each.isalpha() and not unicodedata.name(each, "").startswith("LATIN") for each in text)
    if not foreign and ENGLISH in flow.languages and is_english(text):
        return ENGLISH
    alike = [tag for tag in flow.languages if needs_ucs2(flow, tag) == foreign and (foreign or tag != ENGLISH)]
    if len(alike) < 2:
        return alike[0] if foreign and alike else first
    likely = {tag: _likelihood(text, flow.words_by_language.get(tag, "")) for tag in alike}
    best = max(alike, key=lambda tag: likely[tag])
    return best if foreign or likely[best] - likely.get(first or "", 0.0) > LIKELIER else first


def _likelihood(text: str, known: str) -> float:
    """How likely a text is, as a logarithm, in the language of these words: by the pairs of letters in both."""
    pairs = _pairs(known)
    whole = pairs.total() + _UNSEEN * _ALL_PAIRS
    return sum(many * math.log((pairs[pair] + _UNSEEN) / whole) for pair, many in _count_pairs(text).items())


@lru_cache(maxsize=32)
def _pairs(known: str) -> Counter[str]:
    return _count_pairs(known)


def _count_pairs(text: str) -> Counter[str]:
    said = "".join(each if each.isalpha() else " " for each in text.casefold())
    spaced = f" {' '.join(said.split())} "
    return Counter(map("".join, pairwise(spaced)))


def is_english(text: str) -> bool:
    """True for words in Latin letters with more small words of English than of Roman Urdu."""
    said = [word.folded for word in words(text)]
    return sum(word in _ENGLISH for word in said) > sum(word in _URDU for word in said)
