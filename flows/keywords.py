"""First words of an SMS -> what its sender wants.

Matching folds what phones and keyboards vary: case, spaces, punctuation, digits and letters of several scripts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from flows import reference
from flows.digits import western
from flows.model import Rule

FIRST = ("stop", "start", "help")  # never lost to another rule or to a number: opting out must always work
# "Band naali saaf karein" is about a blocked drain: an everyday word switches texts only when it stands alone, while
# STOP and START, whatever follows, can mean nothing else.
SWITCHES = ("stop", "start")
_ALWAYS = tuple(Rule(intent, (intent,)) for intent in FIRST)

# A run of digits, or a letter and what is written on and between letters: vowel signs, tatweel, joiners.
_WORD = re.compile(
    r"[0-9]+|[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f])*"
)
# One letter as Arabic, Urdu and Sindhi keyboards type it.
_VARIANTS = str.maketrans({**dict.fromkeys("يى", "ی"), **dict.fromkeys("كڪ", "ک"), **dict.fromkeys("هھةۃە", "ہ")})
_DROPPED = frozenset({"Mn", "Cf"})  # vowel signs, hamza above, joiners
_TATWEEL = "\u0640"
_PUNCTUATION = " \t\r\n.,:;!?-–—_*#/\"'()“”‘’«»،۔؛؟\u200e\u200f"


class Intent(Struct, frozen=True):
    """What an SMS asks for: a rule's intent, `status`, `mistyped` or `unknown`.

    `number` is a tracking number whose check digit is right. `rest` is what follows keyword and number, as it was
    typed; for `mistyped` it is the nine digits, for `unknown` the whole text.
    """

    kind: str
    number: str | None = None
    rest: str = ""


class _Word(Struct, frozen=True):
    folded: str
    end: int  # where it ends in the text, so that what follows is given back unchanged


def understand(text: str, rules: Sequence[Rule]) -> Intent:
    """Read an SMS by its first words.

    STOP, START and HELP words come before everything and are known without a rule; a tracking number alone or in
    front means `status`; then the longest matching keyword, the earlier rule first. Nine digits with a wrong check
    digit are `mistyped`.
    """
    words = _words(text)
    if not words:
        return Intent("help") if "?" in text or "؟" in text else Intent("unknown", rest=text.strip())
    kind, used = _keyword(words, _index(tuple(rules)))
    followed = any(not word.folded.isdecimal() for word in words[used:])
    if kind in SWITCHES and followed and words[0].folded not in SWITCHES:
        return Intent("unknown", rest=text.strip())
    if kind in FIRST:
        return _about(kind, text, words, used)
    if _nine_digits(words, 0)[0]:
        return _about("status", text, words, 0)
    if kind:
        return _about(kind, text, words, used)
    return Intent("unknown", rest=text.strip())


def _words(text: str) -> list[_Word]:
    # western() changes no length, so the places found are places in the text itself.
    return [_Word(_fold(match[0]), match.end()) for match in _WORD.finditer(western(text))]


def folded(keyword: str) -> tuple[str, ...]:
    """A keyword as it is compared: its words without what phones and keyboards vary."""
    return tuple(word.folded for word in _words(keyword))


def _fold(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word)
    plain = "".join(x for x in letters if x != _TATWEEL and unicodedata.category(x) not in _DROPPED)
    return plain.casefold().translate(_VARIANTS)


@lru_cache(maxsize=32)
def _index(rules: tuple[Rule, ...]) -> dict[tuple[str, ...], str]:
    """Folded keyword -> intent; the first rule to name a keyword has it, and the rules of FIRST are the first."""
    urgent = [rule for rule in rules if rule.intent in FIRST]
    index: dict[tuple[str, ...], str] = {}
    for rule in (*urgent, *_ALWAYS, *rules):
        for keyword in rule.words:
            key = folded(keyword)
            if key:
                index.setdefault(key, rule.intent)
    return index


def _keyword(words: list[_Word], index: dict[tuple[str, ...], str]) -> tuple[str, int]:
    """The intent of the longest keyword the words begin with, and how many words it takes; ("", 0) for none."""
    folded = tuple(word.folded for word in words[: max(map(len, index))])
    for used in range(len(folded), 0, -1):
        if (intent := index.get(folded[:used])) is not None:
            return intent, used
    return "", 0


def _about(kind: str, text: str, words: list[_Word], used: int) -> Intent:
    """The intent with the tracking number that follows its `used` words, if one does."""
    digits, after = _nine_digits(words, used)
    number = reference.read(digits).number
    if digits and not number and kind not in FIRST:
        return Intent("mistyped", rest=digits)
    if number:
        used = after
    return Intent(kind, number, text[words[used - 1].end :].strip(_PUNCTUATION))


def _nine_digits(words: list[_Word], start: int) -> tuple[str, int]:
    """Nine digits written from `start` on as one word or several (482 719 304), and the place after; ("", start)."""
    digits = ""
    for place in range(start, len(words)):
        if not words[place].folded.isdecimal():
            break
        digits += words[place].folded
        if len(digits) >= reference.LENGTH:
            return (digits, place + 1) if len(digits) == reference.LENGTH else ("", start)
    return "", start
